/*
 * Dates as people say them, in local time: "09:41" today, "Yesterday", "Sun" within a week, "12 May"
 * within this year, "2024-03-01" before and for everything in the future.
 */
#pragma once

#include <glib.h>

#define DATE_WORDS_MAX 16 /* bytes that are enough */

/* Writes "" for a DATE of 0. */
void date_words(gint64 date, gint64 now, char *out, gsize size);
/* "Sunday, 12 May 2024, 09:41", for the reader. */
void date_long(gint64 date, char *out, gsize size);
