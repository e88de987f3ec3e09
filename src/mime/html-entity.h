/* Character references of HTML: "&eacute;", "&#233;", "&#xe9;". */
#pragma once

#include <glib.h>

enum {
	HTML_ENTITY_MAX = 16, /* bytes of the longest name */
};

/* The character of the longest known name at the start of NAME (LEN bytes, without "&"): its bytes
 * in *OUT_USED, 0 when there is none. Without a semicolon behind it (ENDED FALSE) only the old
 * names count, and of those also a start: "&copy2026". */
gunichar html_entity_named(const char *name, gsize len, gboolean ended, gsize *out_used);

/* What the number means: 0x80 to 0x9f are windows-1252, what is no character is U+FFFD. */
gunichar html_entity_number(guint64 number);
