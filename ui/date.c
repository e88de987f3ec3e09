#include "date.h"

#include "base/text.h"

#include <time.h>

static const char *const days[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"};

/* FALSE for what the calendar has no four-digit year for: a sender may say anything. */
static gboolean
to_local(gint64 date, struct tm *out_tm)
{
	time_t seconds = (time_t)date;
	return localtime_r(&seconds, out_tm) && out_tm->tm_year >= -1900 &&
	       out_tm->tm_year <= 9999 - 1900;
}

/* Days from DATE to NOW on the calendar: 0 is today, 1 yesterday. Noon to noon, so that an hour
 * more or less of daylight saving does not count. */
static gint64
days_between(const struct tm *date, const struct tm *now)
{
	struct tm from = {
		.tm_year = date->tm_year, .tm_mon = date->tm_mon, .tm_mday = date->tm_mday};
	struct tm to = {.tm_year = now->tm_year, .tm_mon = now->tm_mon, .tm_mday = now->tm_mday};
	from.tm_hour = to.tm_hour = 12;
	return (timegm(&to) - timegm(&from)) / (24 * 60 * 60);
}

/* A moment, and how it lies to today. */
typedef struct {
	struct tm tm;
	gint64 age; /* days; negative: to come */
	gboolean this_year;
} Day;

/* FALSE where there is nothing to say of DATE. */
static gboolean
read_day(gint64 date, gint64 now, Day *out_day)
{
	struct tm today;
	if (date == 0 || !to_local(date, &out_day->tm) || !to_local(now, &today))
		return FALSE;
	out_day->age = days_between(&out_day->tm, &today);
	out_day->this_year = out_day->tm.tm_year == today.tm_year;
	return TRUE;
}

static gboolean
is_of_this_week(const Day *day)
{
	return day->age > 0 && day->age < 7;
}

/* FALSE: neither of today, nor of this week or year. */
static gboolean
write_near(const Day *day, char *out, gsize size)
{
	const struct tm *tm = &day->tm;
	if (day->age == 0)
		g_snprintf(out, size, "%02d:%02d", tm->tm_hour, tm->tm_min);
	else if (is_of_this_week(day))
		g_snprintf(out, size, "%.3s", days[tm->tm_wday]);
	else if (day->age > 0 && day->this_year)
		g_snprintf(out, size, "%d %.3s", tm->tm_mday, months[tm->tm_mon]);
	else
		return FALSE;
	return TRUE;
}

void
date_words(gint64 date, gint64 now, char *out, gsize size)
{
	Day day;
	out[0] = '\0';
	if (!read_day(date, now, &day))
		return;
	if (day.age == 1)
		g_strlcpy(out, "Yesterday", size);
	else if (!write_near(&day, out, size))
		g_snprintf(out, size, "%04d-%02d-%02d", day.tm.tm_year + 1900, day.tm.tm_mon + 1,
			day.tm.tm_mday);
}

void
date_short(gint64 date, gint64 now, char *out, gsize size)
{
	Day day;
	out[0] = '\0';
	if (read_day(date, now, &day) && !write_near(&day, out, size))
		g_snprintf(out, size, "%04d-%02d", day.tm.tm_year + 1900, day.tm.tm_mon + 1);
}

void
date_moment(gint64 date, gint64 now, char *out, gsize size)
{
	Day day;
	date_words(date, now, out, size);
	if (read_day(date, now, &day) && is_of_this_week(&day))
		g_snprintf(out, size, "%.3s %02d:%02d", days[day.tm.tm_wday], day.tm.tm_hour,
			day.tm.tm_min);
}

void
date_ago(gint64 date, gint64 now, char *out, gsize size)
{
	static const struct {
		gint64 seconds;
		const char *name;
	} units[] = {{24 * 60 * 60, "day"}, {60 * 60, "hour"}, {60, "minute"}};
	gint64 age = now - date;
	g_strlcpy(out, date == 0 ? "" : "just now", size);
	for (guint i = 0; date != 0 && i < G_N_ELEMENTS(units); i++) {
		gint64 n = age / units[i].seconds;
		if (n < 1)
			continue;
		g_snprintf(out, size, "%" G_GINT64_FORMAT " %s%s ago", n, units[i].name,
			n == 1 ? "" : "s");
		return;
	}
}

void
date_long(gint64 date, char *out, gsize size)
{
	out[0] = '\0';
	if (date != 0)
		text_date(date, out, size);
}

void
size_words(guint64 octets, char *out, gsize size)
{
	text_size(octets, out, size);
}
