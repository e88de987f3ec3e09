/* The fields of a header that name people, taken apart here: of a message inside of another the server may not tell. */
#pragma once

#include <glib.h>

/* "Ada Lovelace <ada@example.org>, bob@example.org" of the first field NAME of a header block, decoded: groups
 * opened, comments taken for names where there are no others, routes left out. What has no address comes out as
 * it is; "" when there is no such field. The caller's. */
char *mime_address_field(const char *block, gsize len, const char *name);
