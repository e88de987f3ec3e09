#include "mime/calendar-rule.h"

#include <stdlib.h>
#include <string.h>

enum {
	DAY = 86400,
	WEEK_DAYS = 7,
	WORK_DAYS = 0x1f,
	EPOCH = 719163, /* the day 1970-01-01 as GLib counts */
};

static const char *const weekday_keys[WEEK_DAYS] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
static const char *const weekday_names[WEEK_DAYS] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const month_names[] = {"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"};

/* --- Days -------------------------------------------------------------------------------------- */

gint64
calendar_days(int year, int month, int day)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	return (gint64)g_date_get_julian(&date) - EPOCH;
}

gint64
calendar_day_of(gint64 wall)
{
	return wall >= 0 ? wall / DAY : -((DAY - 1 - wall) / DAY);
}

void
calendar_split_day(gint64 days, int *out_year, int *out_month, int *out_day)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_julian(&date, (guint32)(days + EPOCH));
	*out_year = g_date_get_year(&date);
	*out_month = g_date_get_month(&date);
	*out_day = g_date_get_day(&date);
}

guint
calendar_weekday(gint64 days)
{
	/* 1970-01-01 was a Thursday. */
	return (guint)(((days + 3) % WEEK_DAYS + WEEK_DAYS) % WEEK_DAYS);
}

const char *
calendar_weekday_name(guint weekday)
{
	return weekday_names[weekday % WEEK_DAYS];
}

const char *
calendar_month_name(guint month)
{
	return month_names[(month + 11) % G_N_ELEMENTS(month_names)];
}

/* --- Reading ----------------------------------------------------------------------------------- */

/* "MO,WE", "2TU", "-1FR". */
static gboolean
parse_weekdays(const char *text, CalendarRule *rule)
{
	g_auto(GStrv) words = g_strsplit(text, ",", 8);

	for (guint i = 0; words[i]; i++) {
		char *key;
		int nth = (int)CLAMP(strtol(words[i], &key, 10), -99, 99);
		guint day = 0;

		while (day < WEEK_DAYS && g_ascii_strcasecmp(key, weekday_keys[day]) != 0)
			day++;
		if (day == WEEK_DAYS || (i > 0 && nth != rule->nth))
			return FALSE;
		rule->nth = nth;
		rule->weekdays |= 1u << day;
	}
	return TRUE;
}

static gint64
parse_until(const char *text)
{
	guint64 date = g_ascii_strtoull(text, NULL, 10);
	int year = (int)(date / 10000 % 10000), month = (int)(date / 100 % 100);
	int day = (int)(date % 100);

	if (year < 1 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return 0;
	return calendar_days(year, month, day) * DAY;
}

static gboolean
parse_frequency(const char *text, CalendarRule *rule)
{
	static const char *const words[] = {
		[CALENDAR_DAILY] = "DAILY",
		[CALENDAR_WEEKLY] = "WEEKLY",
		[CALENDAR_MONTHLY] = "MONTHLY",
		[CALENDAR_YEARLY] = "YEARLY",
	};

	for (guint i = CALENDAR_DAILY; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(text, words[i]) == 0) {
			rule->every = (CalendarEvery)i;
			return TRUE;
		}
	}
	return FALSE;
}

/* A number between LOW and HIGH, and nothing else. */
static gboolean
parse_number(const char *text, int low, int high, int *out_number)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || *end || number < low || number > high)
		return FALSE;
	*out_number = (int)number;
	return TRUE;
}

static gboolean
take(CalendarRule *rule, const char *key, const char *value)
{
	int number = 0;

	if (strcmp(key, "FREQ") == 0)
		return parse_frequency(value, rule);
	if (strcmp(key, "BYDAY") == 0)
		return parse_weekdays(value, rule);
	if (strcmp(key, "UNTIL") == 0)
		return (rule->until = parse_until(value)) != 0;
	if (strcmp(key, "BYMONTHDAY") == 0)
		return parse_number(value, -1, 31, &rule->month_day) && rule->month_day != 0;
	if (strcmp(key, "INTERVAL") == 0) {
		gboolean good = parse_number(value, 1, 9999, &number);

		rule->interval = (guint)number;
		return good;
	}
	if (strcmp(key, "COUNT") == 0) {
		gboolean good = parse_number(value, 1, 999999, &number);

		rule->count = (guint)number;
		return good;
	}
	if (strcmp(key, "BYMONTH") == 0) {
		gboolean good = parse_number(value, 1, 12, &number);

		rule->month = (guint)number;
		return good;
	}
	if (strcmp(key, "BYSETPOS") == 0)
		return rule->nth == 0 && parse_number(value, -1, 5, &rule->nth);
	return strcmp(key, "WKST") == 0;
}

/* TRUE when what RULE says besides its frequency has words. */
static gboolean
has_words(const CalendarRule *rule)
{
	gboolean one_day = rule->weekdays && !(rule->weekdays & (rule->weekdays - 1));

	switch (rule->every) {
	case CALENDAR_DAILY:
		return !rule->nth && !rule->month_day && !rule->month &&
		       (!rule->weekdays || rule->interval == 1);
	case CALENDAR_WEEKLY: return !rule->nth && !rule->month_day && !rule->month;
	case CALENDAR_MONTHLY:
		if (rule->month || (rule->weekdays && rule->month_day))
			return FALSE;
		break;
	case CALENDAR_YEARLY:
		if ((rule->weekdays && (rule->month_day || !rule->month)) ||
			(rule->month_day && !rule->month))
			return FALSE;
		break;
	case CALENDAR_ONCE:
	case CALENDAR_OTHERWISE: return FALSE;
	}
	if (rule->nth < -1 || rule->nth > 5)
		return FALSE;
	return rule->nth ? one_day || rule->weekdays == WORK_DAYS : !rule->weekdays;
}

void
calendar_rule_parse(const char *text, CalendarRule *out_rule)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", 20);
	gboolean good = TRUE;

	*out_rule = (CalendarRule){.interval = 1};
	for (guint i = 0; parts[i]; i++) {
		char *equals = strchr(parts[i], '=');
		g_autofree char *key = NULL;

		if (!equals)
			continue;
		key = g_ascii_strup(parts[i], equals - parts[i]);
		good = take(out_rule, key, equals + 1) && good;
	}
	if (!good || !has_words(out_rule))
		out_rule->every = CALENDAR_OTHERWISE;
}

/* --- In words ---------------------------------------------------------------------------------- */

static void
append_weekdays(GString *out, guint days)
{
	guint left = (guint)__builtin_popcount(days), n = 0;

	if (days == WORK_DAYS) {
		g_string_append(out, "Monday to Friday");
		return;
	}
	for (guint day = 0; day < WEEK_DAYS; day++) {
		if (!(days & 1u << day))
			continue;
		left--;
		g_string_append(out, n++ == 0 ? "" : left == 0 ? " and " : ", ");
		g_string_append(out, weekday_names[day]);
	}
}

static void
append_nth(GString *out, const CalendarRule *rule)
{
	static const char *const words[] = {
		"last", "", "first", "second", "third", "fourth", "fifth"};

	g_string_append_printf(out, " on the %s ", words[rule->nth + 1]);
	if (rule->weekdays == WORK_DAYS)
		g_string_append(out, "weekday");
	else
		append_weekdays(out, rule->weekdays);
}

static void
append_day_of_month(GString *out, const CalendarRule *rule)
{
	if (rule->nth)
		append_nth(out, rule);
	else if (rule->month_day < 0)
		g_string_append(out, " on the last day");
	else if (rule->month_day && rule->every == CALENDAR_MONTHLY)
		g_string_append_printf(out, " on day %d", rule->month_day);
	if (rule->every != CALENDAR_YEARLY || !rule->month)
		return;
	if (rule->month_day > 0)
		g_string_append_printf(
			out, " on %d %s", rule->month_day, calendar_month_name(rule->month));
	else
		g_string_append_printf(out, rule->nth || rule->month_day ? " of %s" : " in %s",
			calendar_month_name(rule->month));
}

char *
calendar_rule_text(const CalendarRule *rule)
{
	static const char *const units[] = {"", "day", "week", "month", "year"};
	GString *out;
	int year, month, day;

	if (rule->every == CALENDAR_ONCE || rule->every == CALENDAR_OTHERWISE)
		return NULL;
	out = g_string_new("every ");
	if (rule->interval > 1)
		g_string_append_printf(out, "%u %ss", rule->interval, units[rule->every]);
	else
		g_string_append(out, units[rule->every]);
	if (rule->weekdays && !rule->nth) {
		g_string_append(out, " on ");
		append_weekdays(out, rule->weekdays);
	}
	if (rule->every == CALENDAR_MONTHLY || rule->every == CALENDAR_YEARLY)
		append_day_of_month(out, rule);
	if (rule->count)
		g_string_append_printf(
			out, ", %u %s", rule->count, rule->count == 1 ? "time" : "times");
	if (rule->until) {
		calendar_split_day(calendar_day_of(rule->until), &year, &month, &day);
		g_string_append_printf(
			out, ", until %d %s %d", day, calendar_month_name((guint)month), year);
	}
	return g_string_free(out, FALSE);
}

/* --- Yearly changes of a clock ----------------------------------------------------------------- */

/* The day in YEAR that a yearly rule means, as days since 1970. */
static gint64
day_in_year(const CalendarRule *rule, int year, int month, int day)
{
	guint weekday = 0;
	gint64 first, length;

	if (rule->month)
		month = (int)rule->month;
	length = g_date_get_days_in_month((GDateMonth)month, (GDateYear)year);
	first = calendar_days(year, month, 1);
	if (!rule->nth || !rule->weekdays) {
		day = rule->month_day > 0 ? rule->month_day : day;
		return first + (rule->month_day < 0 ? length : MIN(day, length)) - 1;
	}
	while (!(rule->weekdays & 1u << weekday))
		weekday++;
	if (rule->nth < 0) {
		gint64 last = first + length - 1;

		return last - (calendar_weekday(last) + WEEK_DAYS - weekday) % WEEK_DAYS;
	}
	return first + (weekday + WEEK_DAYS - calendar_weekday(first)) % WEEK_DAYS +
	       (rule->nth - 1) * WEEK_DAYS;
}

gint64
calendar_rule_last(const CalendarRule *rule, gint64 start, gint64 wall)
{
	int year, month, day, now, ignored;
	gint64 clock = start - calendar_day_of(start) * DAY;

	if (start > wall)
		return G_MININT64;
	if (rule->every != CALENDAR_YEARLY)
		return start;
	if (rule->until && wall > rule->until + DAY)
		wall = rule->until + DAY;
	calendar_split_day(calendar_day_of(start), &year, &month, &day);
	calendar_split_day(calendar_day_of(wall), &now, &ignored, &ignored);
	for (int y = now; y >= MAX(now - 1, year); y--) {
		gint64 time = day_in_year(rule, y, month, day) * DAY + clock;

		if (time <= wall && time >= start)
			return time;
	}
	return start;
}
