/*
 * Header values as people read them: RFC 2047 encoded words, raw 8-bit text, addresses, and
 * beside them dates and file names. Nothing fails: what can't be decoded comes out as it is. The results are
 * valid UTF-8 and not filtered for the screen (text_clean() does that).
 */
#pragma once

#include "mime/date.h"
#include "mime/filename.h"

#include <glib.h>

/* A Subject, a display name, a Content-Description. Undeclared 8-bit bytes are taken for UTF-8 when
 * they are, else for windows-1252. The caller's. */
char *mime_header_decode(const char *raw, gssize len);

/* MAILBOX and HOST as ENVELOPE has them; a server's stand-in for a missing host (Dovecot's
 * MISSING_DOMAIN) is left out. */

/* "Ada Lovelace" of a display name, else "ada@example.org", else "". Either may be NULL. */
char *mime_address_name(const char *raw_name, const char *mailbox, const char *host);
/* "Ada Lovelace <ada@example.org>". */
char *mime_address_full(const char *raw_name, const char *mailbox, const char *host);

/* One field of a header block as decoded text, folded lines joined; the first of that name. NULL
 * when there is none. */
char *mime_header_get(const char *block, gsize len, const char *name);

typedef struct {
	char *name;  /* as written */
	char *value; /* decoded, one line */
} MimeField;
/* All fields of a header block in order; lines that are no fields are left out. Free with
 * g_ptr_array_unref(). */
GPtrArray *mime_header_fields(const char *block, gsize len);
