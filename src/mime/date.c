#include "mime/date.h"

#include "base/text.h"

#include <string.h>

#define MAX_DATE 200 /* bytes looked at */

typedef struct {
	int year, month, day; /* month 1..12; 0: not seen yet */
	int hour, minute, second;
	int offset; /* minutes */
	gboolean has_time;
	gboolean has_number_zone; /* which wins over a name */
	gboolean has_year;
} Date;

static const struct {
	const char *name;
	int minutes;
} zones[] = {
	/* RFC 5322 4.3; its one-letter zones were used with both signs and mean nothing. */
	{"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},
	{"PST", -480}, {"PDT", -420},
	/* What people write besides. */
	{"ADT", -180}, {"AEDT", 660}, {"AEST", 600}, {"AKDT", -480}, {"AKST", -540}, {"AST", -240},
	{"BST", 60}, {"CEST", 120}, {"CET", 60}, {"EEST", 180}, {"EET", 120}, {"HKT", 480},
	{"HST", -600}, {"IST", 330}, {"JST", 540}, {"KST", 540}, {"MEST", 120}, {"MESZ", 120},
	{"MET", 60}, {"MEZ", 60}, {"MSK", 180}, {"NZDT", 780}, {"NZST", 720}, {"SGT", 480},
	{"WEST", 60}, {"WET", 0}};

/* A number of at most 9 digits at *S, which moves behind it; -1 when there is none. */
static int
take_number(const char **s, guint *out_digits)
{
	int value = 0;
	guint n = 0;

	for (; g_ascii_isdigit((*s)[n]) && n < 9; n++)
		value = value * 10 + g_ascii_digit_value((*s)[n]);
	*out_digits = n;
	*s += n;
	return n ? value : -1;
}

static int
month_of(const char *word)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char key[4];
	const char *found;

	if (strlen(word) < 3)
		return 0;
	g_strlcpy(key, word, sizeof key);
	for (char *c = key; *c; c++)
		*c = g_ascii_tolower(*c);
	found = strstr(names, key);
	return found && (found - names) % 3 == 0 ? (int)(found - names) / 3 + 1 : 0;
}

/* RFC 5322 4.3: two digits are 1950 to 2049, three count from 1900. */
static void
set_year(Date *date, int year, guint digits)
{
	if (digits == 2)
		year += year < 50 ? 2000 : 1900;
	else if (digits == 3)
		year += 1900;
	date->year = year;
	date->has_year = TRUE;
}

/* "+0200", "-600", "+02:00", "+2"; one that can't be is left out. FALSE when S is none. */
static gboolean
take_zone(Date *date, const char **s)
{
	const char *at = *s + 1;
	guint digits;
	int sign = **s == '-' ? -1 : 1;
	int value = take_number(&at, &digits);
	int hours, minutes = 0;

	if (digits == 0)
		return FALSE;
	hours = digits > 2 ? value / 100 : value;
	if (digits > 2)
		minutes = value % 100;
	else if (at[0] == ':' && g_ascii_isdigit(at[1])) {
		at++;
		minutes = take_number(&at, &digits);
	}
	while (g_ascii_isdigit(*at))
		at++;
	*s = at;
	if (digits <= 4 && hours < 24 && minutes < 60 && !date->has_number_zone) {
		date->offset = sign * (hours * 60 + minutes);
		date->has_number_zone = TRUE;
	}
	return TRUE;
}

/* "09:41", "09:41:07", "09:41:07.123" whose hour is taken already. */
static gboolean
take_time(Date *date, int hour, const char **s)
{
	guint digits;

	if (date->has_time)
		return FALSE;
	(*s)++;
	date->hour = hour;
	date->minute = take_number(s, &digits);
	if (digits == 0 || digits > 2)
		return FALSE;
	if (**s == ':') {
		(*s)++;
		date->second = take_number(s, &digits);
		if (digits == 0 || digits > 2)
			return FALSE;
	}
	if (**s == '.' || (**s == ',' && g_ascii_isdigit((*s)[1]))) {
		(*s)++;
		while (g_ascii_isdigit(**s))
			(*s)++;
	}
	date->has_time = TRUE;
	return TRUE;
}

/* "2024-03-01" and "2024/03/01", "01.03.2024": the first number is taken already. */
static gboolean
take_numeric_date(Date *date, int first, guint digits, const char **s)
{
	char separator = **s;
	const char *at = *s + 1;
	guint second_digits, third_digits;
	int second = take_number(&at, &second_digits);
	int third;

	if (second < 0 || *at != separator)
		return FALSE;
	at++;
	third = take_number(&at, &third_digits);
	if (third < 0 || (digits != 4 && (separator != '.' || third_digits < 2)))
		return FALSE;
	set_year(date, digits == 4 ? first : third, digits == 4 ? 4 : third_digits);
	date->month = second;
	date->day = digits == 4 ? third : first;
	*s = at;
	if ((**s == 'T' || **s == 't') && g_ascii_isdigit((*s)[1]))
		(*s)++;
	return TRUE;
}

/* "27 6 2001": what stands before a year of four digits and is no day is a month. */
static gboolean
is_year_next(const char *s)
{
	gsize blanks = strspn(s, " ");

	return blanks > 0 && strspn(s + blanks, "0123456789") == 4;
}

static gboolean
take_digits(Date *date, const char **s)
{
	guint digits;
	int value = take_number(s, &digits);

	if (**s == ':')
		return take_time(date, value, s);
	if (strchr("-/.", **s) && **s && !date->day && g_ascii_isdigit((*s)[1]))
		return take_numeric_date(date, value, digits, s);
	if (!date->day && digits <= 2)
		date->day = value;
	else if (!date->month && !date->has_year && digits <= 2 && is_year_next(*s))
		date->month = value;
	else if (!date->has_year)
		set_year(date, value, digits);
	else
		return FALSE;
	return TRUE;
}

static void
take_word(Date *date, const char **s)
{
	char word[16];
	gsize n = 0;

	for (; g_ascii_isalpha((*s)[n]); n++)
		if (n < sizeof word - 1)
			word[n] = (*s)[n];
	word[MIN(n, sizeof word - 1)] = 0;
	*s += n;
	if (!date->month && (date->month = month_of(word)))
		return;
	if (date->has_time && g_ascii_strcasecmp(word, "PM") == 0 && date->hour < 12)
		date->hour += 12;
	else if (date->has_time && g_ascii_strcasecmp(word, "AM") == 0 && date->hour == 12)
		date->hour = 0;
	for (guint i = 0; i < G_N_ELEMENTS(zones); i++)
		if (g_ascii_strcasecmp(word, zones[i].name) == 0 && !date->has_number_zone)
			date->offset = zones[i].minutes;
}

static const char *
skip_comment(const char *s)
{
	guint depth = 0;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (*s == '(')
			depth++;
		else if (*s == ')' && --depth == 0)
			return s + 1;
	}
	return s;
}

static gboolean
take_all(Date *date, const char *s)
{
	while (*s) {
		if (*s == '(')
			s = skip_comment(s);
		else if (g_ascii_isdigit(*s)) {
			/* Behind a whole date there may be anything. */
			if (!take_digits(date, &s))
				return date->day && date->has_year && date->has_time;
		} else if (g_ascii_isalpha(*s))
			take_word(date, &s);
		else if (date->has_time && (*s == '+' || *s == '-')) {
			if (!take_zone(date, &s))
				s++;
		} else
			s++;
	}
	return TRUE;
}

static gboolean
in_range(const Date *date)
{
	if (!date->has_year || date->year < 1 || date->year > 9999 || date->month < 1 ||
		date->month > 12)
		return FALSE;
	return date->day >= 1 &&
	       date->day <=
		       g_date_get_days_in_month((GDateMonth)date->month, (GDateYear)date->year) &&
	       date->hour <= 24 && date->minute <= 59 && date->second <= 60;
}

/* Days from 1970-01-01; the Gregorian calendar is taken for all years. */
static gint64
days_of(int year, int month, int day)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	return (gint64)g_date_get_julian(&date) - 719163; /* that day's number in GLib */
}

gboolean
mime_date_parse(const char *raw, gint64 *out_seconds, int *out_offset)
{
	g_autofree char *text = g_strndup(raw, MAX_DATE);
	Date date = {0};

	if (!take_all(&date, text) || !in_range(&date))
		return FALSE;
	*out_seconds = days_of(date.year, date.month, date.day) * 86400 + date.hour * 3600 +
		       (date.minute - date.offset) * 60 + date.second;
	if (out_offset)
		*out_offset = date.offset;
	return TRUE;
}

char *
mime_date_words(const char *raw)
{
	char words[TEXT_DATE_MAX] = "";
	gint64 seconds;

	if (mime_date_parse(raw, &seconds, NULL))
		text_date(seconds, words, sizeof words);
	return g_strdup(*words ? words : raw);
}
