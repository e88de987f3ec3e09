/* Names of keys, the action table and bindings. */
#include "keymap.h"

#include <glib.h>
#include <string.h>

static void
assert_key(const char *name, Key expected, const char *written)
{
	g_autoptr(GError) error = NULL;
	Key key = 0;
	g_assert_true(key_parse(name, &key, &error));
	g_assert_no_error(error);
	g_assert_cmphex(key, ==, expected);
	g_autofree char *back = key_to_string(key);
	g_assert_cmpstr(back, ==, written);
}

static void
test_names(void)
{
	assert_key("j", 'j', "j");
	assert_key("G", 'G', "G");
	assert_key("?", '?', "?");
	assert_key("-", '-', "-");
	assert_key("<", '<', "<");
	assert_key("é", 0xe9, "é");
	assert_key("Ctrl-d", 'd' | KEY_CTRL, "Ctrl-d");
	assert_key("<C-d>", 'd' | KEY_CTRL, "Ctrl-d");
	assert_key("C-D", 'd' | KEY_CTRL, "Ctrl-d");
	assert_key("Ctrl--", '-' | KEY_CTRL, "Ctrl--");
	assert_key("<A-x>", 'x' | KEY_ALT, "Alt-x");
	assert_key("Ctrl-Alt-x", 'x' | KEY_ALT | KEY_CTRL, "Ctrl-Alt-x");
	assert_key("Shift-g", 'G', "G");
	assert_key("Shift-Tab", KEY_TAB | KEY_SHIFT, "Shift-Tab");
	assert_key("Enter", KEY_RETURN, "Enter");
	assert_key("<cr>", KEY_RETURN, "Enter");
	assert_key("Ctrl-m", KEY_RETURN, "Enter");
	assert_key("Ctrl-i", KEY_TAB, "Tab");
	assert_key("Space", ' ', "Space");
	assert_key("F1", KEY_F1, "F1");
	assert_key("f12", KEY_F12, "F12");
	assert_key("pagedown", KEY_PAGE_DOWN, "PgDn");
}

static void
test_bad_names(void)
{
	static const char *const bad[] = {"", " ", "jj", "F0", "F13", "F1x", "Ctrl-", "<>", "<C->",
		"Hyper-x", "\x01", "\xff", "\xc3", "Ctrl-jj", "Entre"};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		Key key = 77;
		g_assert_false(key_parse(bad[i], &key, &error));
		g_assert_nonnull(error);
		g_assert_cmpuint(key, ==, 77);
	}
}

static void
test_sequences(void)
{
	static const struct {
		const char *text, *written;
		guint n;
	} good[] = {
		{"g g", "g g", 2},
		{"<C-x>g", "Ctrl-x g", 2},
		{"g<C-x>", "g Ctrl-x", 2},
		{"  Ctrl-x   Enter ", "Ctrl-x Enter", 2},
		{"< >", "< >", 2},
		{"a b c d", "a b c d", 4},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
		KeySeq seq;
		g_autoptr(GError) error = NULL;
		g_assert_true(key_parse_seq(good[i].text, &seq, &error));
		g_assert_cmpuint(seq.n, ==, good[i].n);
		g_autofree char *written = key_seq_to_string(&seq);
		g_assert_cmpstr(written, ==, good[i].written);
	}
	KeySeq seq;
	g_assert_false(key_parse_seq("a b c d e", &seq, NULL));
	g_assert_false(key_parse_seq("   ", &seq, NULL));
	g_assert_false(key_parse_seq("g nope", &seq, NULL));
}

/* Every line of the table is complete, and its keys are keys. */
static void
test_actions(void)
{
	const Action *action;
	guint n = 0;
	for (guint i = 0; (action = action_at(i)) != NULL; i++, n++) {
		g_assert_nonnull(action->help);
		g_assert_true(action_find(action->name) == action);
		g_assert_true(action_get(action->id) == action);
		g_auto(GStrv) keys = g_strsplit(action->keys, ", ", -1);
		for (char **key = keys; *key != NULL; key++) {
			KeySeq seq;
			g_assert_true(key_parse_seq(*key, &seq, NULL));
		}
	}
	g_assert_cmpuint(n, ==, ACTION_COUNT - 1);
}

/* No default key means two things in one view. */
static void
test_no_clash(void)
{
	const Action *a, *b;
	for (guint i = 0; (a = action_at(i)) != NULL; i++) {
		g_auto(GStrv) keys = g_strsplit(a->keys, ", ", -1);
		for (guint j = i + 1; (b = action_at(j)) != NULL; j++) {
			g_auto(GStrv) others = g_strsplit(b->keys, ", ", -1);
			for (char **key = keys; (a->views & b->views) && *key != NULL; key++)
				g_assert_false(g_strv_contains((const char *const *)others, *key));
		}
	}
}

static const char *
press(Keymap *keymap, ViewKind view, const char *keys)
{
	KeySeq seq;
	const char *command = NULL;
	g_assert_true(key_parse_seq(keys, &seq, NULL));
	for (guint i = 0; i < seq.n; i++) {
		KeymapAnswer answer = keymap_feed(keymap, view, seq.keys[i], &command);
		if (i + 1 < seq.n && answer != KEYMAP_MORE)
			return "(too early)";
		if (i + 1 == seq.n && answer != KEYMAP_COMMAND)
			return answer == KEYMAP_MORE ? "(more)" : "(none)";
	}
	return command;
}

static void
test_defaults(void)
{
	g_autoptr(Keymap) keymap = keymap_new();
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "j"), ==, "next");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "Down"), ==, "next");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "q"), ==, "quit");
	g_assert_cmpstr(press(keymap, VIEW_READER, "q"), ==, "close");
	g_assert_cmpstr(press(keymap, VIEW_READER, "Space"), ==, "page-down");
	g_assert_cmpstr(press(keymap, VIEW_FOLDERS, "Enter"), ==, "read");
	g_assert_cmpstr(press(keymap, VIEW_FOLDERS, "d"), ==, "(none)");
	g_autofree char *one = keymap_keys_of(keymap, ACTION_NEXT, VIEW_INDEX, FALSE);
	g_autofree char *all = keymap_keys_of(keymap, ACTION_NEXT, VIEW_INDEX, TRUE);
	g_assert_cmpstr(one, ==, "j");
	g_assert_cmpstr(all, ==, "j, Down");
	g_assert_null(keymap_keys_of(keymap, ACTION_FLAG, VIEW_INDEX, FALSE));
}

static void
bind(Keymap *keymap, guint views, const char *keys, const char *command)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(keymap_bind(keymap, views, keys, command, &error));
	g_assert_no_error(error);
}

static void
test_user_bindings(void)
{
	g_autoptr(Keymap) keymap = keymap_new();
	bind(keymap, IN_ALL, "e", "move Archive");
	bind(keymap, IN_INDEX, "e", "copy Archive");
	bind(keymap, IN_ALL, "d", "");
	bind(keymap, IN_ALL, "g g", "first");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "e"), ==, "copy Archive");
	g_assert_cmpstr(press(keymap, VIEW_READER, "e"), ==, "move Archive");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "d"), ==, "(none)");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "g"), ==, "(more)");
	g_assert_cmpstr(keymap_pending(keymap), ==, "g");
	keymap_forget(keymap);
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "g g"), ==, "first");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "j"), ==, "next");
	/* One of all views that comes later does not go before one of a view. */
	bind(keymap, IN_ALL, "e", "archive");
	g_assert_cmpstr(press(keymap, VIEW_INDEX, "e"), ==, "copy Archive");
	g_assert_cmpstr(press(keymap, VIEW_READER, "e"), ==, "archive");
	/* The hint names a key that still does it. */
	g_autofree char *deleting = keymap_keys_of(keymap, ACTION_DELETE, VIEW_INDEX, FALSE);
	g_assert_cmpstr(deleting, ==, "Delete");
	g_assert_false(keymap_bind(keymap, IN_ALL, "nope", "first", NULL));
	g_assert_false(keymap_bind(keymap, IN_ALL, "z", "frist", NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/key/names", test_names);
	g_test_add_func("/key/bad-names", test_bad_names);
	g_test_add_func("/key/sequences", test_sequences);
	g_test_add_func("/action/table", test_actions);
	g_test_add_func("/action/no-clash", test_no_clash);
	g_test_add_func("/keymap/defaults", test_defaults);
	g_test_add_func("/keymap/user", test_user_bindings);
	return g_test_run();
}
