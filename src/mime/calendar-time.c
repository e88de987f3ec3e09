#include "mime/calendar-time.h"

#include "mime/calendar-rule.h"

#include <string.h>

enum {
	MAX_ZONES = 50,
	MAX_CHANGES = 100, /* of one zone */
	DAY = 86400,
};

/* Between what clocks can show: 0001-01-01 and 9999-12-31. */
#define MIN_WALL     G_GINT64_CONSTANT(-62135596800)
#define MAX_DURATION (100 * G_GINT64_CONSTANT(366) * DAY)
#define MAX_WALL     G_GINT64_CONSTANT(253402300799)

typedef struct {
	gint64 wall;  /* the first time, on the clock before */
	int from, to; /* seconds east of Greenwich, before and behind it */
	CalendarRule rule;
} Change;

typedef struct {
	char name[CALENDAR_ZONE_MAX];
	GArray *changes; /* Change */
} Zone;

struct CalendarZones {
	GArray *zones; /* Zone */
};

static void
clear_zone(gpointer data)
{
	g_array_unref(((Zone *)data)->changes);
}

CalendarZones *
calendar_zones_new(void)
{
	CalendarZones *zones = g_new0(CalendarZones, 1);

	zones->zones = g_array_new(FALSE, FALSE, sizeof(Zone));
	g_array_set_clear_func(zones->zones, clear_zone);
	return zones;
}

void
calendar_zones_free(CalendarZones *zones)
{
	if (!zones)
		return;
	g_array_unref(zones->zones);
	g_free(zones);
}

/* --- Reading ----------------------------------------------------------------------------------- */

static int
digits(const char *s, guint n)
{
	int value = 0;

	for (guint i = 0; i < n; i++) {
		if (!g_ascii_isdigit(s[i]))
			return -1;
		value = value * 10 + g_ascii_digit_value(s[i]);
	}
	return value;
}

/* "20260304", "20260304T100000", "20260304T100000Z"; with the hyphens and colons of ISO 8601 too. */
static gboolean
parse_time(const char *text, CalendarTime *out_time)
{
	char bare[20];
	gsize n = 0;
	int year, month, day, hour, minute, second;

	for (; *text && n < sizeof bare - 1; text++)
		if (!strchr("-: ", *text))
			bare[n++] = *text;
	bare[n] = '\0';
	if (n < 8)
		return FALSE;
	year = digits(bare, 4);
	month = digits(bare + 4, 2);
	day = digits(bare + 6, 2);
	if (year < 1 || month < 1 || day < 1 ||
		!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return FALSE;
	out_time->wall = calendar_days(year, month, day) * DAY;
	out_time->kind = CALENDAR_DATE;
	if (n < 15 || (bare[8] != 'T' && bare[8] != 't'))
		return TRUE;
	hour = digits(bare + 9, 2);
	minute = digits(bare + 11, 2);
	second = digits(bare + 13, 2);
	if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return FALSE;
	out_time->wall += hour * 3600 + minute * 60 + second;
	out_time->kind = bare[15] == 'Z' || bare[15] == 'z' ? CALENDAR_UTC : CALENDAR_FLOATING;
	return TRUE;
}

CalendarTime
calendar_time_of(const ContentLine *line)
{
	const char *zone = content_line_param(line, "TZID");
	CalendarTime time = {0};

	if (!parse_time(line->value, &time))
		return (CalendarTime){0};
	if (time.kind == CALENDAR_FLOATING && zone && *zone) {
		time.kind = CALENDAR_ZONED;
		g_strlcpy(time.zone, zone, sizeof time.zone);
	}
	return time;
}

gboolean
calendar_duration_parse(const char *text, gint64 *out_seconds)
{
	static const struct {
		char letter;
		gint64 seconds;
	} units[] = {{'W', 7 * DAY}, {'D', DAY}, {'H', 3600}, {'M', 60}, {'S', 1}};
	gint64 sum = 0;
	const char *s = text + (*text == '+');

	if (*s++ != 'P')
		return FALSE;
	while (*s) {
		char *end;
		gint64 n;

		s += *s == 'T';
		if (!g_ascii_isdigit(*s))
			return FALSE;
		n = (gint64)MIN(g_ascii_strtoull(s, &end, 10), 100000000);
		for (guint i = 0; i < G_N_ELEMENTS(units); i++)
			sum += *end == units[i].letter ? n * units[i].seconds : 0;
		s = *end ? end + 1 : end;
	}
	*out_seconds = MIN(sum, MAX_DURATION);
	return TRUE;
}

/* "+0100", "-053000". */
static int
parse_offset(const char *text)
{
	int hours, minutes;

	if (*text != '+' && *text != '-')
		return 0;
	hours = digits(text + 1, 2);
	minutes = hours < 0 ? -1 : digits(text + 3, 2);
	if (minutes < 0 || hours > 23 || minutes > 59)
		return 0;
	return (*text == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

void
calendar_zones_take(CalendarZones *zones, const ContentLine *line)
{
	Zone *zone = NULL;
	Change *change = NULL;

	if (strcmp(line->name, "BEGIN") == 0 && g_ascii_strcasecmp(line->value, "VTIMEZONE") == 0) {
		Zone fresh = {.changes = g_array_new(FALSE, TRUE, sizeof(Change))};

		if (zones->zones->len == MAX_ZONES)
			g_array_remove_index(zones->zones, MAX_ZONES - 1);
		g_array_append_val(zones->zones, fresh);
		return;
	}
	if (zones->zones->len == 0)
		return;
	zone = &g_array_index(zones->zones, Zone, zones->zones->len - 1);
	if (strcmp(line->name, "TZID") == 0)
		g_strlcpy(zone->name, line->value, sizeof zone->name);
	if (strcmp(line->name, "BEGIN") == 0 && zone->changes->len < MAX_CHANGES)
		g_array_set_size(zone->changes, zone->changes->len + 1);
	if (zone->changes->len == 0)
		return;
	change = &g_array_index(zone->changes, Change, zone->changes->len - 1);
	if (strcmp(line->name, "DTSTART") == 0)
		change->wall = calendar_time_of(line).wall;
	else if (strcmp(line->name, "TZOFFSETFROM") == 0)
		change->from = parse_offset(line->value);
	else if (strcmp(line->name, "TZOFFSETTO") == 0)
		change->to = parse_offset(line->value);
	else if (strcmp(line->name, "RRULE") == 0)
		calendar_rule_parse(line->value, &change->rule);
}

/* --- Zones ------------------------------------------------------------------------------------- */

/* Exchange and Outlook name zones as Windows does. */
static const struct {
	const char *windows, *zone;
} windows_zones[] = {
	{"AUS Eastern Standard Time", "Australia/Sydney"},
	{"Arabian Standard Time", "Asia/Dubai"},
	{"Argentina Standard Time", "America/Argentina/Buenos_Aires"},
	{"Atlantic Standard Time", "America/Halifax"},
	{"Central Europe Standard Time", "Europe/Budapest"},
	{"Central European Standard Time", "Europe/Warsaw"},
	{"Central Standard Time", "America/Chicago"},
	{"China Standard Time", "Asia/Shanghai"},
	{"E. Europe Standard Time", "Europe/Chisinau"},
	{"E. South America Standard Time", "America/Sao_Paulo"},
	{"Eastern Standard Time", "America/New_York"},
	{"Egypt Standard Time", "Africa/Cairo"},
	{"FLE Standard Time", "Europe/Kiev"},
	{"GMT Standard Time", "Europe/London"},
	{"GTB Standard Time", "Europe/Bucharest"},
	{"Greenwich Standard Time", "Atlantic/Reykjavik"},
	{"Hawaiian Standard Time", "Pacific/Honolulu"},
	{"India Standard Time", "Asia/Kolkata"},
	{"Israel Standard Time", "Asia/Jerusalem"},
	{"Korea Standard Time", "Asia/Seoul"},
	{"Mountain Standard Time", "America/Denver"},
	{"New Zealand Standard Time", "Pacific/Auckland"},
	{"Pacific Standard Time", "America/Los_Angeles"},
	{"Romance Standard Time", "Europe/Paris"},
	{"Russian Standard Time", "Europe/Moscow"},
	{"SE Asia Standard Time", "Asia/Bangkok"},
	{"Singapore Standard Time", "Asia/Singapore"},
	{"South Africa Standard Time", "Africa/Johannesburg"},
	{"Tokyo Standard Time", "Asia/Tokyo"},
	{"Turkey Standard Time", "Europe/Istanbul"},
	{"US Mountain Standard Time", "America/Phoenix"},
	{"UTC", "UTC"},
	{"W. Australia Standard Time", "Australia/Perth"},
	{"W. Europe Standard Time", "Europe/Berlin"},
};

/* GLib takes a name for a path below the zone files: nothing of a mail may lead elsewhere. */
static gboolean
is_zone_name(const char *name)
{
	gsize len = strlen(name);

	if (len == 0 || len > 64 || !g_ascii_isalpha(*name) || strstr(name, ".."))
		return FALSE;
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isalnum(name[i]) && !strchr("/_+-", name[i]))
			return FALSE;
	return strcmp(name, "UTC") == 0 || strchr(name, '/') != NULL;
}

/* "/mozilla.org/20050126_1/Europe/Berlin" ends with the name that counts. */
static const char *
zone_at_end(const char *name)
{
	const char *last = strrchr(name, '/'), *before = last;

	while (before && before > name && before[-1] != '/')
		before--;
	return before ? before : name;
}

static GTimeZone *
known_zone(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(windows_zones); i++)
		if (g_ascii_strcasecmp(name, windows_zones[i].windows) == 0)
			return g_time_zone_new_identifier(windows_zones[i].zone);
	if (*name == '/')
		name = zone_at_end(name);
	return is_zone_name(name) ? g_time_zone_new_identifier(name) : NULL;
}

/* The offset that the calendar's own zone NAME has when its clocks show WALL. */
static gboolean
own_offset(const CalendarZones *zones, const char *name, gint64 wall, int *out_offset)
{
	const Zone *zone = NULL;
	gint64 best = G_MININT64;

	for (guint i = 0; i < zones->zones->len && !zone; i++) {
		const Zone *one = &g_array_index(zones->zones, Zone, i);

		zone = strcmp(one->name, name) == 0 && one->changes->len ? one : NULL;
	}
	if (!zone)
		return FALSE;
	*out_offset = g_array_index(zone->changes, Change, 0).from;
	for (guint i = 0; i < zone->changes->len; i++) {
		const Change *change = &g_array_index(zone->changes, Change, i);
		gint64 last = calendar_rule_last(&change->rule, change->wall, wall);

		if (last < best || last == G_MININT64)
			continue;
		best = last;
		*out_offset = change->to;
	}
	return TRUE;
}

static GDateTime *
date_time(GTimeZone *zone, gint64 wall)
{
	int year, month, day;
	gint64 seconds = wall - calendar_day_of(wall) * DAY;

	calendar_split_day(calendar_day_of(wall), &year, &month, &day);
	return g_date_time_new(zone, year, month, day, (int)(seconds / 3600),
		(int)(seconds / 60 % 60), (gdouble)(seconds % 60));
}

static gboolean
to_utc(const CalendarTime *time, const CalendarZones *zones, gint64 *out_utc)
{
	g_autoptr(GTimeZone) zone = NULL;
	g_autoptr(GDateTime) there = NULL;
	int offset;

	*out_utc = time->wall;
	if (time->kind == CALENDAR_UTC)
		return TRUE;
	zone = known_zone(time->zone);
	if (zone) {
		there = date_time(zone, time->wall);
		if (there)
			*out_utc = g_date_time_to_unix(there);
		return there != NULL;
	}
	if (!own_offset(zones, time->zone, time->wall, &offset))
		return FALSE;
	*out_utc = time->wall - offset;
	return TRUE;
}

gboolean
calendar_time_local(
	const CalendarTime *time, const CalendarZones *zones, GTimeZone *local, gint64 *out_wall)
{
	g_autoptr(GDateTime) utc = NULL, here = NULL;
	gint64 seconds;

	*out_wall = time->wall;
	if (time->kind != CALENDAR_UTC && time->kind != CALENDAR_ZONED)
		return TRUE;
	if (!to_utc(time, zones, &seconds))
		return FALSE;
	utc = g_date_time_new_from_unix_utc(seconds);
	here = utc ? g_date_time_to_timezone(utc, local) : NULL;
	if (!here)
		return FALSE;
	*out_wall = seconds + g_date_time_get_utc_offset(here) / G_TIME_SPAN_SECOND;
	return TRUE;
}

/* --- In words ---------------------------------------------------------------------------------- */

char *
calendar_day_text(gint64 wall)
{
	gint64 days = calendar_day_of(CLAMP(wall, MIN_WALL, MAX_WALL));
	int year, month, day;

	calendar_split_day(days, &year, &month, &day);
	return g_strdup_printf("%s %d %s %d", calendar_weekday_name(calendar_weekday(days)), day,
		calendar_month_name((guint)month), year);
}

char *
calendar_clock_text(gint64 wall)
{
	int minutes = (int)((wall - calendar_day_of(wall) * DAY) / 60);

	return g_strdup_printf("%02d:%02d", minutes / 60, minutes % 60);
}
