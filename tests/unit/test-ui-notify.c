/* No text of mail can end the control sequence that it is in. */
#include "notify.h"

#include <string.h>

static void
assert_bytes(const char *kind, gboolean bell, const char *text, const char *wanted)
{
	g_autofree char *bytes = notify_bytes(notify_kind(kind), bell, "Postern", text);
	g_assert_cmpstr(bytes, ==, wanted);
}

static void
test_kinds(void)
{
	assert_bytes("none", FALSE, "Ada: Notes", "");
	assert_bytes("none", TRUE, "Ada: Notes", "\a");
	assert_bytes("osc9", FALSE, "Ada: Notes", "\033]9;Ada: Notes\033\\");
	assert_bytes("osc777", TRUE, "Ada: Notes", "\033]777;notify;Postern;Ada: Notes\033\\\a");
	assert_bytes("osc99", FALSE, "Ada: Notes",
		"\033]99;i=postern:d=0:p=title;Postern\033\\"
		"\033]99;i=postern:d=1:p=body;Ada: Notes\033\\");
}

static void
test_hostile(void)
{
	assert_bytes("osc9", FALSE, "4;3;50", "\033]9;4,3,50\033\\");
	assert_bytes(
		"osc9", FALSE, "a\033\\\033]52;c;eA==\ab", "\033]9;a^[\\^[]52,c,eA==^Gb\033\\");
	assert_bytes("osc9", FALSE,
		"a\xc2\x9c\xc2\x9d"
		"b\x9c\r\nc",
		"\033]9;a<9C><9D>b\xef\xbf\xbd c\033\\");
	/* Whatever comes, between start and end there is nothing that a terminal acts on. */
	for (guint i = 1; i < 256; i++) {
		char text[] = {'x', (char)i, 'y', '\0'};
		g_autofree char *bytes = notify_bytes(NOTIFY_OSC9, FALSE, "", text);
		gsize n = strlen(bytes);
		g_assert_true(g_utf8_validate(bytes, -1, NULL));
		for (const char *at = bytes + 4; at < bytes + n - 2; at = g_utf8_next_char(at)) {
			g_assert_false(g_unichar_iscntrl(g_utf8_get_char(at)));
			g_assert_cmpint(*at, !=, ';');
		}
	}
}

static void
test_long(void)
{
	g_autofree char *text = g_strnfill(100000, 'x');
	g_autofree char *bytes = notify_bytes(NOTIFY_OSC777, TRUE, text, text);
	g_assert_cmpuint(strlen(bytes), <, 1000);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notify/kinds", test_kinds);
	g_test_add_func("/notify/hostile", test_hostile);
	g_test_add_func("/notify/long", test_long);
	return g_test_run();
}
