/* Dates of every age and form. */
#include "mime/date.h"

/* EXPECT: ISO 8601 in UTC; NULL when RAW is no date. */
static void
check(const char *raw, const char *expect, int expect_offset)
{
	gint64 seconds = 0;
	int offset = 0;
	gboolean is_date = mime_date_parse(raw, &seconds, &offset);
	g_autoptr(GDateTime) time = NULL;
	g_autofree char *text = NULL;

	g_assert_cmpint(is_date, ==, expect != NULL);
	if (!expect)
		return;
	time = g_date_time_new_from_unix_utc(seconds);
	text = g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
	g_assert_cmpstr(text, ==, expect);
	g_assert_cmpint(offset, ==, expect_offset);
}

static void
test_rfc5322(void)
{
	check("Fri, 01 Mar 2024 09:41:07 +0100", "2024-03-01 08:41:07", 60);
	check("Fri, 1 Mar 2024 09:41 -0830", "2024-03-01 18:11:00", -510);
	check("1 Mar 2024 09:41:07 +0000", "2024-03-01 09:41:07", 0);
	check("Fri,1 Mar 2024 09:41:07 +0100 (CET)", "2024-03-01 08:41:07", 60);
	check("Fri (a (nested) day), 1 (day) Mar 2024 09:41:07 +0100", "2024-03-01 08:41:07", 60);
	check("Fri, 1 Mar 2024\r\n 09:41:07 +0100", "2024-03-01 08:41:07", 60);
	check("Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01 00:00:00", 0);
	check("Thu, 29 Feb 2024 00:00:00 +1400", "2024-02-28 10:00:00", 840);
}

static void
test_obsolete(void)
{
	check("Fri, 1 Mar 24 09:41:07 GMT", "2024-03-01 09:41:07", 0);
	check("1 Mar 97 09:41:07 EST", "1997-03-01 14:41:07", -300);
	check("1 Mar 49 00:00:00 UT", "2049-03-01 00:00:00", 0);
	check("1 Mar 104 00:00:00 Z", "2004-03-01 00:00:00", 0);
	check("1 Mar 2024 09:41:07 PDT", "2024-03-01 16:41:07", -420);
	check("1 Mar 2024 09:41:07 A", "2024-03-01 09:41:07", 0);
	check("1 Mar 2024 09:41:07 CEST", "2024-03-01 07:41:07", 120);
}

/* GMime gets all of these wrong. */
static void
test_gmime_faults(void)
{
	check("Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01 00:00:00", 0);
	check("Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31 23:59:59", 0);
	check("Sun, 20 Jul 1969 20:17:40 +0000", "1969-07-20 20:17:40", 0);
	check("1 Mar 2024 09:41:07 est", "2024-03-01 14:41:07", -300);
	check("1 Mar 2024 09:41:07 gmt", "2024-03-01 09:41:07", 0);
	check("1 Mar 2024 09:41:07 -600", "2024-03-01 15:41:07", -360);
}

static void
test_other_forms(void)
{
	check("2024-03-01T09:41:07Z", "2024-03-01 09:41:07", 0);
	check("2024-03-01 09:41:07.123456 +02:00", "2024-03-01 07:41:07", 120);
	check("2024-03-01", "2024-03-01 00:00:00", 0);
	check("2024/03/01 09:41", "2024-03-01 09:41:00", 0);
	check("Fri Mar  1 09:41:07 2024", "2024-03-01 09:41:07", 0);
	check("Fri Mar  1 09:41:07 CET 2024", "2024-03-01 08:41:07", 60);
	check(" 1-Mar-2024 09:41:07 +0100", "2024-03-01 08:41:07", 60);
	check("Friday, 01-Mar-24 09:41:07 GMT", "2024-03-01 09:41:07", 0);
	check("01.03.2024 09:41", "2024-03-01 09:41:00", 0);
	check("March 1, 2024 9:41 PM", "2024-03-01 21:41:00", 0);
	check("Fri, 1 Mar 2024 12:00 AM", "2024-03-01 00:00:00", 0);
	check("Fri, 1 Mar 2024 09:41:07 GMT+0200", "2024-03-01 07:41:07", 120);
	check("Fri, 1 Mar 2024 09:41:07 +2", "2024-03-01 07:41:07", 120);
	check("FRI, 1 MAR 2024 09:41:07 \"GMT\"", "2024-03-01 09:41:07", 0);
	check("Fri, 1 March 2024 09:41:07+0100", "2024-03-01 08:41:07", 60);
	check("1 Mar 2024", "2024-03-01 00:00:00", 0);
}

static void
test_no_date(void)
{
	check("", NULL, 0);
	check("tomorrow", NULL, 0);
	check("Fri, 1 Mar", NULL, 0);
	check("Fri, 32 Mar 2024 00:00:00 +0000", NULL, 0);
	check("Fri, 30 Feb 2024 00:00:00 +0000", NULL, 0);
	check("Fri, 0 Mar 2024 00:00:00 +0000", NULL, 0);
	check("1 Mar 2024 25:00:00 +0000", NULL, 0);
	check("1 Mar 2024 00:61:00 +0000", NULL, 0);
	check("1 Mar 99999 00:00:00 +0000", NULL, 0);
	check("99999999999999999999 Mar 2024", NULL, 0);
	check("2024-13-01", NULL, 0);
	check("(((((((", NULL, 0);
	check(")", NULL, 0);
	check("\xff\xfe", NULL, 0);
	check("1:2:3:4:5:6", NULL, 0);
}

/* A zone that can't be is no reason to lose the date. */
static void
test_bad_zone(void)
{
	check("1 Mar 2024 09:41:07 +9999", "2024-03-01 09:41:07", 0);
	check("1 Mar 2024 09:41:07 XYZ", "2024-03-01 09:41:07", 0);
	check("1 Mar 2024 09:41:07 +00001234", "2024-03-01 09:41:07", 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/date/rfc5322", test_rfc5322);
	g_test_add_func("/date/obsolete", test_obsolete);
	g_test_add_func("/date/gmime-faults", test_gmime_faults);
	g_test_add_func("/date/other-forms", test_other_forms);
	g_test_add_func("/date/none", test_no_date);
	g_test_add_func("/date/bad-zone", test_bad_zone);
	return g_test_run();
}
