/* The line editor, key by key. */
#include "prompt.h"

#include <glib.h>
#include <string.h>

typedef struct {
	Prompt *prompt;
	char *answer;
	guint answers;
} Fixture;

static void
on_done(const char *text, gpointer user)
{
	Fixture *f = user;
	g_assert_false(prompt_is_open(f->prompt));
	g_free(f->answer);
	f->answer = g_strdup(text);
	f->answers++;
}

static GPtrArray *
complete(const char *text, gpointer user)
{
	static const char *const values[] = {"archive", "archives", "inbox", "größe", "grün"};
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		if (strncmp(values[i], text, strlen(text)) == 0)
			g_ptr_array_add(out, g_strdup(values[i]));
	}
	return out;
}

static void
setup(Fixture *f, gconstpointer data)
{
	f->prompt = prompt_new();
}

static void
teardown(Fixture *f, gconstpointer data)
{
	prompt_free(f->prompt);
	g_free(f->answer);
}

static void
open_prompt(Fixture *f, const char *text, gboolean pick)
{
	PromptSetup how = {.label = ":",
		.text = text,
		.history = "test",
		.pick = pick,
		.complete = complete,
		.done = on_done,
		.user = f};
	prompt_open(f->prompt, &how);
}

static void
press(Fixture *f, const char *keys)
{
	g_auto(GStrv) words = g_strsplit(keys, " ", -1);
	for (char **word = words; *word != NULL; word++) {
		Key key;
		g_assert_true(key_parse(*word, &key, NULL));
		prompt_key(f->prompt, key);
	}
}

static void
test_editing(Fixture *f, gconstpointer data)
{
	static const struct {
		const char *before, *keys, *after;
		guint cursor;
	} cases[] = {
		{"", "a b c", "abc", 3},
		{"abc", "Left Left x", "axbc", 2},
		{"abc", "Home x End y", "xabcy", 5},
		{"abc", "Ctrl-a Delete", "bc", 0},
		{"abc", "Backspace", "ab", 2},
		{"abc", "Ctrl-b Ctrl-k", "ab", 2},
		{"abc", "Ctrl-b Ctrl-u", "c", 0},
		{"one two-three", "Ctrl-w", "one two-", 8},
		{"one two-three", "Ctrl-w Ctrl-w", "one ", 4},
		{"one two", "Alt-b x", "one xtwo", 5},
		{"one two", "Home Alt-f x", "onex two", 4},
		{"one two", "Home Alt-d", " two", 0},
		{"größe", "Left Backspace", "gröe", 4},
		{"e\xcc\x81x", "Home Right Backspace", "x", 0}, /* a cluster goes whole */
		{"abc", "Left F5 Up", "abc", 2},
		{"abc", "Right Right x", "abcx", 4},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		open_prompt(f, cases[i].before, FALSE);
		press(f, cases[i].keys);
		g_assert_cmpstr(prompt_text(f->prompt), ==, cases[i].after);
		g_assert_cmpuint(prompt_cursor(f->prompt), ==, cases[i].cursor);
		prompt_leave(f->prompt);
	}
}

static void
test_answers(Fixture *f, gconstpointer data)
{
	open_prompt(f, NULL, FALSE);
	press(f, "h i Enter");
	g_assert_cmpstr(f->answer, ==, "hi");
	open_prompt(f, "x", FALSE);
	press(f, "Esc");
	g_assert_null(f->answer);
	open_prompt(f, "x", FALSE);
	press(f, "Backspace Backspace"); /* with nothing left to erase it closes */
	g_assert_null(f->answer);
	g_assert_cmpuint(f->answers, ==, 3);
	g_assert_false(prompt_is_open(f->prompt));
	press(f, "a");
	g_assert_cmpuint(f->answers, ==, 3);
}

static void
test_yes_no(Fixture *f, gconstpointer data)
{
	PromptSetup how = {.label = "Sure? ", .yes_no = TRUE, .done = on_done, .user = f};
	prompt_open(f->prompt, &how);
	press(f, "y");
	g_assert_cmpstr(f->answer, ==, "y");
	prompt_open(f->prompt, &how);
	press(f, "Enter");
	g_assert_null(f->answer);
}

static void
test_history(Fixture *f, gconstpointer data)
{
	static const char *const lines[] = {"o n e Enter", "t w o Enter", "o n e Enter"};
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		open_prompt(f, NULL, FALSE);
		press(f, lines[i]);
	}
	open_prompt(f, NULL, FALSE);
	press(f, "x Up");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "one");
	press(f, "Up");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "two");
	press(f, "Up"); /* "one" is there once */
	g_assert_cmpstr(prompt_text(f->prompt), ==, "two");
	press(f, "Down Down");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "x");
}

static void
test_completion(Fixture *f, gconstpointer data)
{
	open_prompt(f, "i", FALSE);
	press(f, "Tab");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "inbox");
	g_assert_cmpuint(prompt_choice_count(f->prompt), ==, 0);
	open_prompt(f, "ar", FALSE);
	press(f, "Tab");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "archive");
	g_assert_cmpuint(prompt_choice_count(f->prompt), ==, 2);
	press(f, "Tab Tab");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "archives");
	press(f, "Shift-Tab");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "archive");
	/* What is certain ends between characters: ö and ü begin with the same byte. */
	open_prompt(f, "g", FALSE);
	press(f, "Tab");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "gr");
	open_prompt(f, "zzz", FALSE);
	press(f, "Tab");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "zzz");
}

static void
test_pick(Fixture *f, gconstpointer data)
{
	open_prompt(f, NULL, TRUE);
	g_assert_cmpuint(prompt_choice_count(f->prompt), ==, 5);
	g_assert_cmpuint(prompt_rows(f->prompt), ==, 6);
	press(f, "Down Down Enter");
	g_assert_cmpstr(f->answer, ==, "inbox");
	open_prompt(f, NULL, TRUE);
	press(f, "g");
	g_assert_cmpuint(prompt_choice_count(f->prompt), ==, 2);
	press(f, "Up Enter");
	g_assert_cmpstr(f->answer, ==, "grün");
	open_prompt(f, NULL, TRUE);
	press(f, "z Enter"); /* no choice: what was typed */
	g_assert_cmpstr(f->answer, ==, "z");
	open_prompt(f, NULL, TRUE);
	press(f, "Enter"); /* what was taken last and is among the choices */
	g_assert_cmpstr(f->answer, ==, "grün");
	open_prompt(f, NULL, TRUE);
	press(f, "Down Enter");
	g_assert_cmpstr(f->answer, ==, "inbox");
}

static void
test_paste(Fixture *f, gconstpointer data)
{
	open_prompt(f, "ab", FALSE);
	press(f, "Left");
	prompt_paste(f->prompt, "1\r\n2\033[2J\xff");
	g_assert_true(g_utf8_validate(prompt_text(f->prompt), -1, NULL));
	g_assert_null(strpbrk(prompt_text(f->prompt), "\r\n\033"));
	g_assert_true(g_str_has_prefix(prompt_text(f->prompt), "a1"));
	g_assert_true(prompt_is_open(f->prompt));
	g_autofree char *long_text = g_strnfill(100000, 'x');
	prompt_paste(f->prompt, long_text);
	g_assert_cmpuint(strlen(prompt_text(f->prompt)), <=, 4096);
}

static void
test_secret(Fixture *f, gconstpointer data)
{
	PromptSetup how = {.label = "Passphrase: ", .secret = TRUE, .done = on_done, .user = f};
	prompt_open(f->prompt, &how);
	press(f, "g r ü n Enter");
	g_assert_cmpstr(f->answer, ==, "grün");
	g_assert_cmpstr(prompt_text(f->prompt), ==, ""); /* wiped */
	open_prompt(f, NULL, FALSE);                     /* nothing of it is in the history */
	press(f, "Up");
	g_assert_cmpstr(prompt_text(f->prompt), ==, "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/prompt/" name, Fixture, NULL, setup, func, teardown)
	ADD("editing", test_editing);
	ADD("answers", test_answers);
	ADD("yes-no", test_yes_no);
	ADD("history", test_history);
	ADD("completion", test_completion);
	ADD("pick", test_pick);
	ADD("paste", test_paste);
	ADD("secret", test_secret);
#undef ADD
	return g_test_run();
}
