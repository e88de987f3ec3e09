/* Days of the Gregorian calendar, and the rules by which events come again (RFC 5545 3.3.10). */
#pragma once

#include <glib.h>

typedef enum {
	CALENDAR_ONCE,
	CALENDAR_DAILY,
	CALENDAR_WEEKLY,
	CALENDAR_MONTHLY,
	CALENDAR_YEARLY,
	CALENDAR_OTHERWISE, /* by a rule that has no words here */
} CalendarEvery;

typedef struct {
	CalendarEvery every;
	guint interval; /* 1: each */
	guint count;    /* 0: without end */
	gint64 until;   /* the last time on the wall, 0: none */
	guint weekdays; /* bits from Monday on */
	int nth;        /* of WEEKDAYS in the month, -1: the last; 0: each */
	int month_day;  /* 0: that of the first time; -1: the last */
	guint month;    /* 1..12, 0: that of the first time */
} CalendarRule;

/* What can't be understood becomes CALENDAR_OTHERWISE. */
void calendar_rule_parse(const char *text, CalendarRule *out_rule);
/* "every 2 weeks on Monday and Friday, 10 times". NULL for CALENDAR_ONCE and CALENDAR_OTHERWISE. */
char *calendar_rule_text(const CalendarRule *rule);
/* The last time at or before WALL of what began at START; of yearly rules only, of others START.
 * G_MININT64: none. */
gint64 calendar_rule_last(const CalendarRule *rule, gint64 start, gint64 wall);

/* Days since 1970-01-01. */
gint64 calendar_days(int year, int month, int day);
gint64 calendar_day_of(gint64 wall); /* of seconds */
/* DAYS must lie between the years 1 and 9999. */
void calendar_split_day(gint64 days, int *out_year, int *out_month, int *out_day);
guint calendar_weekday(gint64 days); /* 0: Monday */
const char *calendar_weekday_name(guint weekday);
const char *calendar_month_name(guint month); /* 1..12 */
