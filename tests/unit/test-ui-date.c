/* Dates as people say them: every edge between two ways to say it. */
#include "date.h"

#include <stdlib.h>
#include <time.h>

static gint64
at(const char *when)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(when, NULL);
	g_assert_nonnull(time);
	return g_date_time_to_unix(time);
}

static void
assert_words(const char *date, const char *now, const char *expected, const char *expected_short)
{
	char words[DATE_WORDS_MAX];
	date_words(at(date), at(now), words, sizeof words);
	g_assert_cmpstr(words, ==, expected);
	date_short(at(date), at(now), words, sizeof words);
	g_assert_cmpstr(words, ==, expected_short);
}

static void
test_words(void)
{
	const char *now = "2024-05-15T12:00:00Z"; /* a Wednesday */
	assert_words("2024-05-15T09:41:59Z", now, "09:41", "09:41");
	assert_words("2024-05-15T00:00:00Z", now, "00:00", "00:00");
	assert_words("2024-05-15T23:59:59Z", now, "23:59", "23:59");
	assert_words("2024-05-14T23:59:59Z", now, "Yesterday", "Tue");
	assert_words("2024-05-14T00:00:00Z", now, "Yesterday", "Tue");
	assert_words("2024-05-13T23:59:59Z", now, "Mon", "Mon");
	assert_words("2024-05-09T00:00:00Z", now, "Thu", "Thu");
	assert_words("2024-05-08T23:59:59Z", now, "8 May", "8 May");
	assert_words("2024-01-01T00:00:00Z", now, "1 Jan", "1 Jan");
	assert_words("2023-12-31T23:59:59Z", now, "2023-12-31", "2023-12");
	assert_words("2024-05-16T00:00:00Z", now, "2024-05-16", "2024-05");
	assert_words("1970-01-01T00:00:01Z", now, "1970-01-01", "1970-01");
	/* The week goes before the year. */
	assert_words("2023-12-30T10:00:00Z", "2024-01-02T10:00:00Z", "Sat", "Sat");
	assert_words("2023-12-31T10:00:00Z", "2024-01-01T00:00:00Z", "Yesterday", "Sun");
}

static void
test_daylight_saving(void)
{
	const char *zone = g_getenv("TZ");
	g_autofree char *before = g_strdup(zone);
	/* In Berlin 2024-03-31 has 23 hours, 2024-10-27 has 25. */
	g_setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", TRUE);
	tzset();
	assert_words("2024-03-30T23:30:00Z", "2024-03-31T22:30:00Z", "Yesterday", "Sun");
	assert_words("2024-03-30T22:30:00Z", "2024-03-31T21:30:00Z", "Yesterday", "Sat");
	assert_words("2024-10-26T22:30:00Z", "2024-10-27T22:30:00Z", "00:30", "00:30");
	g_setenv("TZ", before ? before : "UTC", TRUE);
	tzset();
}

static void
assert_ago(gint64 seconds, const char *expected)
{
	char words[DATE_LONG_MAX];
	gint64 now = at("2024-05-15T12:00:00Z");
	date_ago(now - seconds, now, words, sizeof words);
	g_assert_cmpstr(words, ==, expected);
}

static void
assert_moment(const char *date, const char *expected)
{
	char words[DATE_LONG_MAX];
	date_moment(at(date), at("2024-05-15T12:00:00Z"), words, sizeof words);
	g_assert_cmpstr(words, ==, expected);
}

static void
test_ages(void)
{
	char words[DATE_LONG_MAX];
	assert_ago(-100, "just now");
	assert_ago(59, "just now");
	assert_ago(60, "1 minute ago");
	assert_ago(3599, "59 minutes ago");
	assert_ago(2 * 3600, "2 hours ago");
	assert_ago(24 * 3600, "1 day ago");
	assert_ago(100 * 24 * 3600, "100 days ago");
	date_ago(0, 1000, words, sizeof words);
	g_assert_cmpstr(words, ==, "");
	assert_moment("2024-05-15T09:41:59Z", "09:41");
	assert_moment("2024-05-14T09:41:59Z", "Tue 09:41");
	assert_moment("2024-05-01T09:41:59Z", "1 May");
	date_moment(0, 1000, words, sizeof words);
	g_assert_cmpstr(words, ==, "");
}

static void
test_long(void)
{
	char words[DATE_LONG_MAX];
	date_long(at("2024-05-12T09:41:00Z"), words, sizeof words);
	g_assert_cmpstr(words, ==, "Sunday, 12 May 2024, 09:41");
	date_long(at("2024-09-25T23:05:00Z"), words, sizeof words);
	g_assert_cmpstr(words, ==, "Wednesday, 25 September 2024, 23:05");
	date_long(0, words, sizeof words);
	g_assert_cmpstr(words, ==, "");
}

/* A sender says any number. */
static void
test_absurd(void)
{
	static const gint64 dates[] = {G_MININT64, G_MININT64 + 1, -1, 253402300800,
		999999999999999, G_MAXINT64 / 2, G_MAXINT64};
	char words[DATE_WORDS_MAX], sentence[DATE_LONG_MAX];
	for (guint i = 0; i < G_N_ELEMENTS(dates); i++) {
		date_words(dates[i], at("2024-05-15T12:00:00Z"), words, sizeof words);
		g_assert_cmpuint(strlen(words), <=, 10);
		date_words(at("2024-05-15T12:00:00Z"), dates[i], words, sizeof words);
		g_assert_cmpuint(strlen(words), <=, 10);
		date_long(dates[i], sentence, sizeof sentence);
		g_assert_cmpuint(strlen(sentence), <, sizeof sentence - 1);
	}
	date_words(G_MAXINT64, at("2024-05-15T12:00:00Z"), words, sizeof words);
	g_assert_cmpstr(words, ==, "");
	date_words(0, at("2024-05-15T12:00:00Z"), words, sizeof words);
	g_assert_cmpstr(words, ==, "");
}

static void
test_sizes(void)
{
	static const struct {
		guint64 octets;
		const char *words;
	} cases[] = {{0, "0 B"}, {1, "1 B"}, {999, "999 B"}, {1000, "1.0 kB"}, {1449, "1.4 kB"},
		{9949, "9.9 kB"}, {9950, "10 kB"}, {12345, "12 kB"}, {999499, "999 kB"},
		{999500, "1.0 MB"}, {14200000, "14 MB"}, {999999999, "1.0 GB"},
		{G_MAXUINT64, "18 EB"}};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		char words[SIZE_WORDS_MAX];
		size_words(cases[i].octets, words, sizeof words);
		g_assert_cmpstr(words, ==, cases[i].words);
		g_assert_cmpuint(strlen(words), <=, 6);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_setenv("TZ", "UTC", TRUE);
	tzset();
	g_test_add_func("/date/words", test_words);
	g_test_add_func("/date/daylight-saving", test_daylight_saving);
	g_test_add_func("/date/ages", test_ages);
	g_test_add_func("/date/long", test_long);
	g_test_add_func("/date/absurd", test_absurd);
	g_test_add_func("/size/words", test_sizes);
	return g_test_run();
}
