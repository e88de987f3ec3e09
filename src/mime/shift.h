/*
 * Charsets with shift states, turned byte by byte into charsets without before iconv sees them.
 *
 * ISO-2022-JP becomes EUC-JP, whose tables have the signs of NEC and Microsoft that Japanese mail is
 * full of and that the strict converter refuses. UTF-7 becomes UTF-16BE: glibc's converter gives
 * other text for the same broken bytes when they come in two pieces. HZ, which glibc does not know,
 * becomes GB18030.
 */
#pragma once

#include <glib.h>

typedef struct MimeShift MimeShift;

/* NULL when NAME (lower case) is no such charset. *OUT_NAMES, ended by NULL: what iconv should be
 * asked for, best first. */
MimeShift *mime_shift_new(const char *name, const char *const **out_names);
void mime_shift_free(MimeShift *shift);
void mime_shift_feed(MimeShift *shift, const char *bytes, gsize len, GString *out);
/* The end of a text; what comes next is another one. */
void mime_shift_end(MimeShift *shift, GString *out);
