/* A message as text for the printer, beside a reading of this file's own. */
#include "plain.h"

#include <string.h>

struct EngineReading {
	const EngineLine *lines;
	guint n;
};

gboolean
engine_reading_line(const EngineReading *reading, guint i, EngineLine *out_line)
{
	if (i < reading->n)
		*out_line = reading->lines[i];
	return i < reading->n;
}

gboolean
engine_reading_field(const EngineReading *reading, gboolean full, guint i, EngineField *out_field)
{
	static const EngineField fields[] = {{"From", "Ada <ada@example.org>"},
		{"Subject", "An \033[31mengine"}, {"X-Long-Name-Of-A-Field", "value"}};
	if (i >= (full ? 3 : 2))
		return FALSE;
	*out_field = fields[i];
	return TRUE;
}

static void
check(const EngineLine *lines, guint n, gboolean full, const char *expect)
{
	const EngineReading reading = {lines, n};
	g_autofree char *text = plain_text(&reading, full);
	g_assert_cmpstr(text, ==, expect);
}

static void
test_fields(void)
{
	check(NULL, 0, FALSE, "From:      Ada <ada@example.org>\nSubject:   An ^[[31mengine\n\n");
	check(NULL, 0, TRUE,
		"From:      Ada <ada@example.org>\nSubject:   An ^[[31mengine\n"
		"X-Long-Name-Of-A-Field: value\n\n");
}

static void
test_lines(void)
{
	static const EngineLine lines[] = {
		{.kind = ENGINE_LINE_TEXT,
			.text = "A paragraph that is longer than a line of the page "
				"is broken between its words."},
		{.kind = ENGINE_LINE_TEXT, .text = ""},
		{.kind = ENGINE_LINE_TEXT, .quote = 2, .text = "quoted"},
		{.kind = ENGINE_LINE_TEXT, .quote = 1, .text = ""},
		{.kind = ENGINE_LINE_TEXT,
			.lead = "1. ",
			.text = "An item of a list that is so long that it "
				"does not fit into one line of the page"},
		{.kind = ENGINE_LINE_FIXED,
			.text = "+ a line of a patch, which is kept whole, however long it is, "
				"as every line is there"},
		{.kind = ENGINE_LINE_SIGNATURE, .text = "-- "},
	};
	const EngineReading reading = {lines, G_N_ELEMENTS(lines)};
	g_autofree char *text = plain_text(&reading, FALSE);
	g_assert_cmpstr(strstr(text, "\n\n") + 2, ==,
		"A paragraph that is longer than a line of the page is broken between "
		"its\nwords.\n\n"
		">> quoted\n>\n"
		"1. An item of a list that is so long that it does not fit into one line of the\n  "
		" page\n"
		"+ a line of a patch, which is kept whole, however long it is, as every line is "
		"there\n--\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plain/fields", test_fields);
	g_test_add_func("/plain/lines", test_lines);
	return g_test_run();
}
