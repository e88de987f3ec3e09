/* Which lines of a message are one quote, beside a reading of this file's own. */
#include "fold.h"

#include <string.h>

/* A letter for each line: its depth of quoting. */
struct EngineReading {
	const char *quotes;
};

gboolean
engine_reading_line(const EngineReading *reading, guint i, EngineLine *out_line)
{
	if (i >= strlen(reading->quotes))
		return FALSE;
	*out_line = (EngineLine){.quote = (guint)(reading->quotes[i] - '0'), .text = ""};
	return TRUE;
}

static void
test_quotes(void)
{
	const EngineReading reading = {"0011221000111111"};
	g_assert_cmpuint(fold_quote(&reading, 0), ==, 0);
	g_assert_cmpuint(fold_quote(&reading, 2), ==, 5); /* deeper ones are part of it */
	g_assert_cmpuint(fold_quote(&reading, 7), ==, 0);
	g_assert_cmpuint(fold_quote(&reading, 10), ==, 6);
	g_assert_cmpuint(fold_quote(&reading, 16), ==, 0); /* behind the end */
}

static void
test_long(void)
{
	g_assert_false(fold_is_long(0));
	g_assert_false(fold_is_long(1)); /* a line that says less than the one in its place */
	g_assert_true(fold_is_long(20));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fold/quotes", test_quotes);
	g_test_add_func("/fold/long", test_long);
	return g_test_run();
}
