/* The fields that describe a part (RFC 2045, 2183), as they stand in its header block. */
#pragma once

#include <glib.h>

/* The first field of that name, unfolded and not decoded; NULL when there is none. The caller's. */
char *mime_field_raw(const char *block, gsize len, const char *name);

/* "text/plain; charset=utf-8" or "attachment; filename=x": what stands before the first parameter, and
 * names and values by turns, unquoted; RFC 2231 is left as it is (mime/filename). */
typedef struct {
	char *value;       /* "text/plain", stripped */
	GPtrArray *params; /* char *, owned */
} MimeFieldValue;

MimeFieldValue *mime_field_value(const char *raw);
void mime_field_value_free(MimeFieldValue *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeFieldValue, mime_field_value_free)
