/* Names of keys; see key.h. */
#include "key.h"

#include "base/err.h"

#include <string.h>

/* The first name of a key is the one that the user reads. */
static const struct {
	const char *name;
	Key key;
} names[] = {
	{"Enter", KEY_RETURN},
	{"Return", KEY_RETURN},
	{"CR", KEY_RETURN},
	{"Tab", KEY_TAB},
	{"Esc", KEY_ESCAPE},
	{"Escape", KEY_ESCAPE},
	{"Backspace", KEY_ERASE},
	{"BS", KEY_ERASE},
	{"Space", ' '},
	{"Up", KEY_UP_ARROW},
	{"Down", KEY_DOWN_ARROW},
	{"Left", KEY_LEFT_ARROW},
	{"Right", KEY_RIGHT_ARROW},
	{"Home", KEY_GO_HOME},
	{"End", KEY_GO_END},
	{"PgUp", KEY_PAGE_UP},
	{"PageUp", KEY_PAGE_UP},
	{"PgDn", KEY_PAGE_DOWN},
	{"PageDown", KEY_PAGE_DOWN},
	{"Insert", KEY_INSERT},
	{"Ins", KEY_INSERT},
	{"Delete", KEY_DELETE},
	{"Del", KEY_DELETE},
	{"Lt", '<'},
	{"Gt", '>'},
	{"Comma", ','},
	{"Minus", '-'},
};

static const struct {
	const char *name;
	Key bit;
} modifiers[] = {
	{"Ctrl", KEY_CTRL},
	{"Control", KEY_CTRL},
	{"C", KEY_CTRL},
	{"Alt", KEY_ALT},
	{"Meta", KEY_ALT},
	{"A", KEY_ALT},
	{"M", KEY_ALT},
	{"Shift", KEY_SHIFT},
	{"S", KEY_SHIFT},
};

static gboolean
same_name(const char *name, gsize len, const char *known)
{
	return strlen(known) == len && g_ascii_strncasecmp(name, known, len) == 0;
}

/* The key without modifiers; 0 when NAME is none. */
static Key
find_base(const char *name, gsize len)
{
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (same_name(name, len, names[i].name))
			return names[i].key;
	}
	if ((len == 2 || len == 3) && (name[0] == 'F' || name[0] == 'f')) {
		guint n = 0;
		for (gsize i = 1; i < len; i++)
			n = g_ascii_isdigit(name[i]) ? n * 10 + (guint)(name[i] - '0') : 99;
		if (n >= 1 && n <= 12)
			return KEY_F1 + n - 1;
	}
	gunichar c = g_utf8_get_char_validated(name, (gssize)len);
	if (c == (gunichar)-1 || c == (gunichar)-2 || c <= ' ' || c == 0x7f)
		return 0;
	return g_utf8_skip[(guchar)name[0]] == (char)len ? c : 0;
}

/* Takes one "Ctrl-" off the start; FALSE when there is none. */
static gboolean
take_modifier(const char **name, gsize *len, Key *bits)
{
	const char *dash = memchr(*name, '-', *len);
	gsize n = dash != NULL ? (gsize)(dash - *name) : 0;
	if (n == 0 || n + 1 == *len)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(modifiers); i++) {
		if (!same_name(*name, n, modifiers[i].name))
			continue;
		*bits |= modifiers[i].bit;
		*name += n + 1;
		*len -= n + 1;
		return TRUE;
	}
	return FALSE;
}

/* What terminals can't tell apart is one key: Ctrl-D is Ctrl-d, Shift-g is G. */
static Key
normal_form(Key base, Key bits)
{
	if (bits & KEY_CTRL && base < KEY_NAMED) {
		base = g_unichar_tolower(base);
		bits &= ~KEY_SHIFT;
		if (base == 'm')
			return KEY_RETURN | (bits & ~KEY_CTRL);
		if (base == 'i')
			return KEY_TAB | (bits & ~KEY_CTRL);
		if (base == '[')
			return KEY_ESCAPE | (bits & ~KEY_CTRL);
	} else if (bits & KEY_SHIFT && base < KEY_NAMED) {
		base = g_unichar_toupper(base);
		bits &= ~KEY_SHIFT;
	}
	return base | bits;
}

static gboolean
parse_bare(const char *name, gsize len, Key *out_key)
{
	Key bits = 0;
	while (take_modifier(&name, &len, &bits))
		;
	Key base = len > 0 ? find_base(name, len) : 0;
	if (base == 0)
		return FALSE;
	*out_key = normal_form(base, bits);
	return TRUE;
}

gboolean
key_parse(const char *name, Key *out_key, GError **error)
{
	gsize len = strlen(name);
	gboolean bracketed = len > 2 && name[0] == '<' && name[len - 1] == '>';
	if (bracketed ? parse_bare(name + 1, len - 2, out_key) : parse_bare(name, len, out_key))
		return TRUE;
	return err_set(error, ERR_INPUT,
		"\"%s\" is not a key; keys are written j, Ctrl-d, Alt-x, Enter, F1", name);
}

/* The bytes of the next key of TEXT: "<C-x>" and what follows without a blank are two keys. */
static gsize
token_len(const char *text)
{
	if (text[0] == '<') {
		const char *end = strchr(text, '>');
		gsize blank = strcspn(text, " \t");
		if (end != NULL && end > text + 1 && (gsize)(end - text) < blank)
			return (gsize)(end - text) + 1;
	}
	gsize n = strcspn(text, " \t");
	const char *next = n > 1 ? memchr(text + 1, '<', n - 1) : NULL;
	return next != NULL && text[n - 1] == '>' ? (gsize)(next - text) : n;
}

gboolean
key_parse_seq(const char *text, KeySeq *out_seq, GError **error)
{
	KeySeq seq = {.n = 0};
	while (*(text += strspn(text, " \t")) != '\0') {
		gsize n = token_len(text);
		g_autofree char *token = g_strndup(text, n);
		if (seq.n == KEY_SEQ_MAX)
			return err_set(
				error, ERR_INPUT, "A sequence has at most %d keys", KEY_SEQ_MAX);
		if (!key_parse(token, &seq.keys[seq.n], error))
			return FALSE;
		seq.n++;
		text += n;
	}
	if (seq.n == 0)
		return err_set(error, ERR_INPUT, "There is no key");
	*out_seq = seq;
	return TRUE;
}

char *
key_to_string(Key key)
{
	GString *out = g_string_new(NULL);
	if (key & KEY_CTRL)
		g_string_append(out, "Ctrl-");
	if (key & KEY_ALT)
		g_string_append(out, "Alt-");
	if (key & KEY_SHIFT)
		g_string_append(out, "Shift-");
	Key base = KEY_CODE(key);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].key == base && (base >= KEY_NAMED || base == ' '))
			return g_string_free(g_string_append(out, names[i].name), FALSE);
	}
	if (base >= KEY_F1 && base <= KEY_F12)
		g_string_append_printf(out, "F%u", base - KEY_F1 + 1);
	else
		g_string_append_unichar(out, base);
	return g_string_free(out, FALSE);
}

char *
key_seq_to_string(const KeySeq *seq)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < seq->n; i++) {
		g_autofree char *name = key_to_string(seq->keys[i]);
		if (i > 0)
			g_string_append_c(out, ' ');
		g_string_append(out, name);
	}
	return g_string_free(out, FALSE);
}
