/* The times of calendars: dates, clocks in a zone, and zones that the calendar brings itself
 * (RFC 5545 3.3.4, 3.3.5, 3.3.6, 3.6.5). */
#pragma once

#include "mime/content-line.h"

typedef enum {
	CALENDAR_NEVER,
	CALENDAR_DATE,
	CALENDAR_FLOATING, /* what the clock on the wall says, wherever that is */
	CALENDAR_UTC,
	CALENDAR_ZONED,
} CalendarTimeKind;

enum { CALENDAR_ZONE_MAX = 128 };

typedef struct {
	CalendarTimeKind kind;
	gint64 wall; /* seconds from 1970 to what the clock shows there */
	char zone[CALENDAR_ZONE_MAX];
} CalendarTime;

typedef struct CalendarZones CalendarZones; /* the VTIMEZONEs of a calendar */

CalendarZones *calendar_zones_new(void);
void calendar_zones_free(CalendarZones *zones);
/* The properties between BEGIN:VTIMEZONE and its END, and those of the STANDARD and DAYLIGHT in it,
 * with their BEGINs. */
void calendar_zones_take(CalendarZones *zones, const ContentLine *line);

/* CALENDAR_NEVER when LINE holds no time. */
CalendarTime calendar_time_of(const ContentLine *line);
/* "PT1H30M" in seconds; FALSE: no duration. */
gboolean calendar_duration_parse(const char *text, gint64 *out_seconds);
/* Days, months and weekdays of a time on the wall. */
char *calendar_day_text(gint64 wall);   /* "Wednesday 4 March 2026" */
char *calendar_clock_text(gint64 wall); /* "10:00" */

/* The clock in LOCAL at TIME; FALSE when its zone is not known: *OUT_WALL is the clock there then.
 * Dates and floating times are the same everywhere. */
gboolean calendar_time_local(
	const CalendarTime *time, const CalendarZones *zones, GTimeZone *local, gint64 *out_wall);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalendarZones, calendar_zones_free)
