/*
 * What text is taken for that does not say its charset and is not UTF-8: the user's list, of which the first
 * fits that has a character for every octet. It is the same for all mail, as the locale is, and set once
 * before any mail is decoded, on whatever thread.
 */
#pragma once

#include <glib.h>

/* Charsets, separated by commas. FALSE names the one that nobody knows. */
gboolean mime_assumed_check(const char *list, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* LIST as checked; "": windows-1252. */
void mime_assumed_set(const char *list);
/* For BYTES, which may end within a character. Borrowed. */
const char *mime_assumed_for(const char *bytes, gsize len);
