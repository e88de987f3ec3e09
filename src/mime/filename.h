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
