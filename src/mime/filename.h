/* The name of an attachment, from the many ways in which mailers write it. */
#pragma once

#include <glib.h>

/*
 * The file name of a part for showing, without any folder: RFC 2231 (charset, continuations), RFC
 * 2047 where it is not allowed, raw 8-bit. NAMES and VALUES are the parameters of
 * Content-Disposition, then those of Content-Type; "filename" wins over "name" and the RFC 2231 form
 * over the plain one. NULL when there is none; the caller's. It is not fit to be a path.
 */
char *mime_filename(const char *const *names, const char *const *values, guint n);

/* NAME (from a mail, or "") as one that is fit for a file of the user's: no separators, no control or
 * formatting characters, no dot, dash or tilde before, no blank behind, at most 200 bytes, of which the ending is
 * kept. TYPE ("image/png") gives the ending of a name that has to be made up. The caller's. */
char *mime_filename_safe(const char *name, const char *type);
/* An ending without the dot for a file of TYPE that another program is to open: by our own table, where
 * nothing is a program. Where TYPE says little, NAME's ending if it is in the table; else "bin". */
const char *mime_filename_ending(const char *type, const char *name);
