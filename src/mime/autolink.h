/* Addresses of the web and of mail that stand in plain text. */
#pragma once

#include <glib.h>

/* The first address of http, https or mailto in TEXT (NUL-terminated): its bytes, and where it begins
 * in *OUT_START; 0: there is none. Only ASCII, as in RFC 3986; punctuation behind it is the
 * sentence's. */
gsize autolink_next(const char *text, gsize *out_start);
