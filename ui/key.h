/*
 * Keys as the program sees them, whatever the terminal calls them: a Unicode character or a named
 * key, with Ctrl, Alt and Shift as bits. Written "j", "Ctrl-d" or "<C-d>", "Alt-x" or "<A-x>",
 * "Enter", "F1", "Shift-Tab"; a sequence is keys with blanks between them, "g g" (or "<C-x>g").
 */
#pragma once

#include <glib.h>

typedef guint32 Key; /* 0: none */

#define KEY_CTRL    0x01000000u
#define KEY_ALT     0x02000000u
#define KEY_SHIFT   0x04000000u
#define KEY_CODE(k) ((k)&0x00ffffffu)
#define KEY_SEQ_MAX 4

/* Named keys lie above Unicode; the names differ from those of curses. Space is the character. */
enum {
	KEY_NAMED = 0x110000,
	KEY_RETURN,
	KEY_TAB,
	KEY_ESCAPE,
	KEY_ERASE, /* "Backspace" */
	KEY_UP_ARROW,
	KEY_DOWN_ARROW,
	KEY_LEFT_ARROW,
	KEY_RIGHT_ARROW,
	KEY_GO_HOME,
	KEY_GO_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_INSERT,
	KEY_DELETE,
	KEY_F1, /* to KEY_F1 + 11 */
	KEY_F12 = KEY_F1 + 11,
};

typedef struct {
	Key keys[KEY_SEQ_MAX];
	guint n;
} KeySeq;

/* FALSE with ERR_INPUT, saying what is not a key. */
gboolean key_parse(const char *name, Key *out_key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean key_parse_seq(const char *text, KeySeq *out_seq, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As the user reads it: "Ctrl-d", "Enter", "g g". The caller's. */
char *key_to_string(Key key);
char *key_seq_to_string(const KeySeq *seq);
