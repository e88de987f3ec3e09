/*
 * Dates and sizes as people say them, dates in local time.
 */
#pragma once

#include <glib.h>

#define DATE_WORDS_MAX 16 /* bytes that are enough */
#define DATE_LONG_MAX  64
#define SIZE_WORDS_MAX 16

/* "09:41" today, "Yesterday", "Sun" within a week, "12 May" within this year, "2024-03-01" before
 * and for everything in the future: at most 10 cells. Writes "" for a DATE of 0 and for what is on
 * no calendar. */
void date_words(gint64 date, gint64 now, char *out, gsize size);
/* The same in at most 7 cells: yesterday is "Sun" too, another year "2024-03". */
void date_short(gint64 date, gint64 now, char *out, gsize size);
/* "09:41" today, "Sun 09:41" within a week, else as date_words(). */
void date_moment(gint64 date, gint64 now, char *out, gsize size);
/* "just now", "1 minute ago", "2 hours ago", "3 days ago"; "" for a DATE of 0. */
void date_ago(gint64 date, gint64 now, char *out, gsize size);
/* "Sunday, 12 May 2024, 09:41", for the reader. */
void date_long(gint64 date, char *out, gsize size);

/* "832 B", "1.4 kB", "12 MB": at most 6 cells. */
void size_words(guint64 octets, char *out, gsize size);
