/* text/enriched (RFC 1896) and its forerunner text/richtext (RFC 1341) as HTML. */
#pragma once

#include <glib.h>

/* TEXT is UTF-8. Of the commands those that HTML has come out as its tags, of the others only the text inside; time
 * and size are in proportion to the text. RICHTEXT: the older one. The caller's. */
char *mime_enriched_to_html(const char *text, gboolean richtext);
