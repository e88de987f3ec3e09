/* Sets of flags: read, written, compared. */
#include "base/flags.h"

#include <string.h>

static void
assert_flags(const FlagSet *set, const char *expected)
{
	g_autofree char *text = flagset_to_string(set);

	g_assert_cmpstr(text, ==, expected);
}

static void
assert_parsed(const char *text, const char *expected)
{
	g_auto(FlagSet) set = flagset_parse(text);

	assert_flags(&set, expected);
}

static void
test_parse(void)
{
	assert_parsed("", "");
	assert_parsed("  ", "");
	assert_parsed("todo \\Flagged  \\Seen $Forwarded", "\\Seen \\Flagged $Forwarded todo");
	assert_parsed("\\SEEN $notjunk $JUNK", "\\Seen $Junk $NotJunk");
	assert_parsed("\\Unheard-of $Other", "$Other \\Unheard-of");
	/* Case matters in keywords that we do not know. */
	assert_parsed("b A b a", "A a b");
}

static void
test_recent_is_never_written(void)
{
	g_auto(FlagSet) set = flagset_parse("\\Recent \\Seen");

	g_assert_cmpuint(set.bits, ==, FLAG_RECENT | FLAG_SEEN);
	assert_flags(&set, "\\Seen");
}

static void
test_what_is_no_flag_is_left_out(void)
{
	assert_parsed("\\* \\ ( ) a(b x* \"q\" a\\b a]b {1} \r\n \001 ok", "ok");
	assert_parsed("caf\303\251", "caf\303\251");
}

static void
test_long_names_are_left_out(void)
{
	g_auto(FlagSet) set = {0};
	g_autofree char *name = g_strnfill(101, 'x');

	flagset_add_name(&set, name, 101);
	g_assert_true(flagset_is_empty(&set));
	flagset_add_name(&set, name, 100);
	g_assert_cmpuint(strlen(set.keywords[0]), ==, 100);
	flagset_add_name(&set, "", 0);
	flagset_add_name(&set, "\\", 1);
	g_assert_cmpuint(g_strv_length(set.keywords), ==, 1);
}

static void
test_number_of_keywords_is_bounded(void)
{
	g_auto(FlagSet) set = {0};

	for (guint i = 0; i < 1000; i++) {
		g_autofree char *name = g_strdup_printf("k%u", i);

		flagset_add_name(&set, name, strlen(name));
	}
	g_assert_cmpuint(g_strv_length(set.keywords), ==, 100);
}

static void
test_sets(void)
{
	g_auto(FlagSet) a = flagset_parse("\\Seen x z");
	g_auto(FlagSet) b = flagset_parse("\\Flagged y z");
	g_auto(FlagSet) copy = flagset_copy(&a);

	g_assert_true(flagset_equal(&a, &copy));
	g_assert_false(flagset_equal(&a, &b));
	flagset_add_set(&a, &b);
	assert_flags(&a, "\\Seen \\Flagged x y z");
	assert_flags(&copy, "\\Seen x z");
	flagset_remove_set(&a, &copy);
	assert_flags(&a, "\\Flagged y");
	flagset_remove_set(&a, &b);
	g_assert_true(flagset_is_empty(&a));
	g_assert_null(a.keywords);
	flagset_add_set(&b, &b);
	assert_flags(&b, "\\Flagged y z");
	flagset_remove_set(&b, &b);
	g_assert_true(flagset_is_empty(&b));
}

static void
test_equal_looks_at_everything(void)
{
	g_auto(FlagSet) x = flagset_parse("x");
	g_auto(FlagSet) y = flagset_parse("y");
	g_auto(FlagSet) xy = flagset_parse("x y");
	g_auto(FlagSet) seen_x = flagset_parse("\\Seen x");
	const FlagSet empty = {0};

	g_assert_false(flagset_equal(&x, &y));
	g_assert_false(flagset_equal(&x, &xy));
	g_assert_false(flagset_equal(&x, &seen_x));
	g_assert_false(flagset_equal(&x, &empty));
	g_assert_true(flagset_equal(&empty, &empty));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/flags/parse", test_parse);
	g_test_add_func("/flags/recent", test_recent_is_never_written);
	g_test_add_func("/flags/no-flag", test_what_is_no_flag_is_left_out);
	g_test_add_func("/flags/long-names", test_long_names_are_left_out);
	g_test_add_func("/flags/bounded", test_number_of_keywords_is_bounded);
	g_test_add_func("/flags/sets", test_sets);
	g_test_add_func("/flags/equal", test_equal_looks_at_everything);
	return g_test_run();
}
