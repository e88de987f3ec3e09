/* Mailbox names: modified UTF-7 (RFC 3501 section 5.1.3) to UTF-8 and back. The raw name stays the
 * key everywhere; these are for showing and for names that the user types. */
#pragma once

#include <glib.h>

/* UTF-8 for RAW; where RAW is not modified UTF-7 it is given back as it is (a name must never be
 * hidden because it is malformed). Not filtered for the screen. The caller's. */
char *imap_utf7_decode(const char *raw, gssize len);

/* NULL when UTF8 is not valid UTF-8. imap_utf7_decode(imap_utf7_encode(x)) is x. The caller's. */
char *imap_utf7_encode(const char *utf8);
