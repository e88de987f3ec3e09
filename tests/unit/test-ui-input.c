/* Bytes of terminals into keys, pastes and mouse presses; whole, byte by byte, and in between. */
#include "input.h"

#include <glib.h>
#include <locale.h>
#include <string.h>

/* The events of BYTES as one line: "j Ctrl-d paste(x) click(3,4)". CUT bytes are fed at once. */
static char *
events_of(const char *bytes, gsize len, gsize cut)
{
	g_autoptr(Input) input = input_new();
	GString *out = g_string_new(NULL);
	InputEvent event;
	input_learn(input, "\033Oq", KEY_F1);
	for (gsize at = 0; at <= len; at += cut) {
		if (at + cut > len)
			cut = len - at;
		input_feed(input, bytes + at, cut);
		if (cut == 0)
			input_expire(input);
		while (input_next(input, &event)) {
			g_autofree char *key = NULL;
			if (out->len > 0)
				g_string_append_c(out, ' ');
			switch (event.kind) {
			case INPUT_KEY:
				key = key_to_string(event.key);
				g_string_append(out, key);
				break;
			case INPUT_PASTE:
				g_string_append_printf(out, "paste(%s)", event.text);
				break;
			case INPUT_MOUSE:
				g_string_append_printf(out, "%s(%u,%u)",
					event.mouse == INPUT_PRESS      ? "click"
					: event.mouse == INPUT_WHEEL_UP ? "up"
									: "down",
					event.row, event.col);
				break;
			case INPUT_ANSWER:
				g_string_append_printf(out, "answer(%s)", event.text);
				break;
			}
		}
		if (cut == 0)
			break;
	}
	g_assert_false(input_is_waiting(input));
	return g_string_free(out, FALSE);
}

static void
test_sequences(void)
{
	static const struct {
		const char *bytes, *events;
	} cases[] = {
		{"jG?", "j G ?"},
		{"\r\n\t\177\b", "Enter Enter Tab Backspace Backspace"},
		{"\001\004\032", "Ctrl-a Ctrl-d Ctrl-z"},
		{"é漢", "é 漢"},
		{"\033", "Esc"},
		{"\033\033", "Esc Esc"},
		{"\033x\033é", "Alt-x Alt-é"},
		{"\033[A\033[B\033[C\033[D", "Up Down Right Left"},
		{"\033OA\033OH\033OF", "Up Home End"},
		{"\033[1~\033[4~\033[5~\033[6~\033[3~", "Home End PgUp PgDn Delete"},
		{"\033[1;5A\033[1;2B\033[3;3~", "Ctrl-Up Shift-Down Alt-Delete"},
		{"\033[Z", "Shift-Tab"},
		{"\033[11~\033OP\033[[A\033[24~", "F1 F1 F1 F12"},
		{"\033Oq", "F1"}, /* learned */
		{"\033[97;5u\033[13;3u", "Ctrl-a Alt-Enter"},
		{"\033[<0;5;4M\033[<0;5;4m", "click(3,4)"},
		{"\033[<64;1;1M\033[<65;1;1M", "up(0,0) down(0,0)"},
		{"\033[<2;1;1M", ""},
		{"\033[200~a\033[A\nb\033[201~j", "paste(a\033[A\nb) j"},
		{"\033[Ij", "j"},
		{"\033[?62;4;22cj", "answer(?62;4;22c) j"},
		{"\033[6;20;10tj", "answer(6;20;10t) j"},
		{"\033_Gi=31;OK\033\\j", "answer(Gi=31;OK) j"},
		{"\033_Gi=31;OK\033\\\033[?6c\033[A", "answer(Gi=31;OK) answer(?6c) Up"},
		{"\033_Gi=31;EBADF: no\rj", "Enter j"}, /* cut */
		{"\033_Gi=3\033[A\033[?1\033[B", "Up Down"},
		{"\033_\033_x", "Alt-_ Alt-_ x"},
		{"\033[", "Esc ["},
		{"\033[12", "Esc [ 1 2"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gsize len = strlen(cases[i].bytes);
		for (gsize cut = 1; cut <= len; cut++) {
			g_autofree char *events = events_of(cases[i].bytes, len, cut);
			g_assert_cmpstr(events, ==, cases[i].events);
		}
	}
}

/* A lone Escape waits for its timer, and only for that. */
static void
test_escape(void)
{
	g_autoptr(Input) input = input_new();
	InputEvent event;
	input_feed(input, "\033", 1);
	g_assert_false(input_next(input, &event));
	g_assert_true(input_is_waiting(input));
	input_expire(input);
	g_assert_true(input_next(input, &event));
	g_assert_cmphex(event.key, ==, KEY_ESCAPE);
	g_assert_false(input_is_waiting(input));
	input_feed(input, "j", 1);
	g_assert_true(input_next(input, &event));
	g_assert_cmphex(event.key, ==, 'j');
}

/* What begins as an answer is never taken for keys, however late the rest comes. */
static void
test_late_answers(void)
{
	static const char *const answers[] = {"\033_Gi=31;OK\033\\", "\033[?62;4c"};
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		gsize len = strlen(answers[i]);
		for (gsize cut = 3; cut < len; cut++) {
			g_autoptr(Input) input = input_new();
			InputEvent event;
			input_feed(input, answers[i], cut);
			g_assert_false(input_next(input, &event));
			input_expire(input);
			g_assert_false(input_next(input, &event));
			g_assert_false(input_is_waiting(input));
			input_feed(input, answers[i] + cut, len - cut);
			g_assert_true(input_next(input, &event));
			g_assert_cmpint(event.kind, ==, INPUT_ANSWER);
			g_assert_false(input_next(input, &event));
		}
	}
}

/* One that does not end is given up, and takes no key with it that is pressed after that. */
static void
test_endless_answer(void)
{
	g_autoptr(Input) input = input_new();
	g_autofree char *block = g_strnfill(3000, '=');
	InputEvent event;
	guint keys = 0;
	input_feed(input, "\033_G", 3);
	input_feed(input, block, 3000);
	while (input_next(input, &event))
		keys++;
	g_assert_cmpuint(keys, <, 3000);
	input_feed(input, "\rj", 2);
	g_assert_true(input_next(input, &event));
	g_assert_cmphex(event.key, ==, KEY_RETURN);
	g_assert_true(input_next(input, &event));
	g_assert_cmphex(event.key, ==, 'j');
}

/* Whatever comes: it ends, and every key has a code. */
static void
test_garbage(void)
{
	static const char alphabet[] = "\033[[O<0123456789;:~MmuAZ?ct_G\\\xff\xc3\xa9\x80\x01 x";
	for (guint round = 0; round < 3000; round++) {
		char bytes[40];
		gsize len = (gsize)g_test_rand_int_range(1, sizeof(bytes));
		for (gsize i = 0; i < len; i++)
			bytes[i] = alphabet[g_test_rand_int_range(0, sizeof(alphabet))];
		g_autoptr(Input) input = input_new();
		InputEvent event;
		guint n = 0;
		input_feed(input, bytes, len);
		input_expire(input);
		while (input_next(input, &event)) {
			n++;
			g_assert_true(event.kind != INPUT_KEY || event.key != 0);
		}
		g_assert_cmpuint(n, <=, len);
		g_assert_false(input_is_waiting(input));
	}
}

/* A paste without end takes what it may and no more. */
static void
test_long_paste(void)
{
	g_autoptr(Input) input = input_new();
	g_autofree char *block = g_strnfill(4096, 'x');
	InputEvent event;
	input_feed(input, "\033[200~", 6);
	for (guint i = 0; i < 100; i++) {
		input_feed(input, block, 4096);
		g_assert_false(input_next(input, &event));
		g_assert_false(input_is_waiting(input)); /* no timer runs for a paste */
	}
	input_feed(input, "\033[201~", 6);
	g_assert_true(input_next(input, &event));
	g_assert_cmpint(event.kind, ==, INPUT_PASTE);
	g_assert_cmpuint(strlen(event.text), ==, 65536);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		g_error("this test needs the locale C.UTF-8");
	g_test_add_func("/input/sequences", test_sequences);
	g_test_add_func("/input/escape", test_escape);
	g_test_add_func("/input/late-answers", test_late_answers);
	g_test_add_func("/input/endless-answer", test_endless_answer);
	g_test_add_func("/input/garbage", test_garbage);
	g_test_add_func("/input/long-paste", test_long_paste);
	return g_test_run();
}
