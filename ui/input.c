/* See input.h. Sequences: ECMA-48 section 5.4, and XTerm's control sequences for modifiers, mouse
 * (1006), pastes (2004) and answers. */
#include "input.h"

#include <string.h>
#include <wchar.h>

enum {
	SEQUENCE_MAX = 64,     /* a longer control sequence is none */
	PASTE_MAX = 64 * 1024, /* what a paste is cut to */
	PARAMS_MAX = 4,
	STRING_MAX = 1024, /* of an answer of kitty's */
};

#define PASTE_END "\033[201~"

typedef struct {
	char *sequence;
	Key key;
} Learned;

struct Input {
	GString *bytes;
	GArray *learned;
	GString *paste;                /* NULL while none is coming */
	char *pasted;                  /* handed out */
	char answer[SEQUENCE_MAX + 1]; /* handed out */
	gboolean expired;
};

/* What a parser says: bytes taken, MORE, or NOTHING here for me. */
enum { MORE = -1, NOTHING = 0 };

static void
learned_clear(gpointer data)
{
	g_free(((Learned *)data)->sequence);
}

Input *
input_new(void)
{
	Input *input = g_new0(Input, 1);
	input->bytes = g_string_new(NULL);
	input->learned = g_array_new(FALSE, FALSE, sizeof(Learned));
	g_array_set_clear_func(input->learned, learned_clear);
	return input;
}

void
input_free(Input *input)
{
	if (input == NULL)
		return;
	g_string_free(input->bytes, TRUE);
	g_array_unref(input->learned);
	if (input->paste != NULL)
		g_string_free(input->paste, TRUE);
	g_free(input->pasted);
	g_free(input);
}

void
input_learn(Input *input, const char *sequence, Key key)
{
	Learned learned = {g_strdup(sequence), key};
	if (strlen(sequence) > 1 && strlen(sequence) <= SEQUENCE_MAX)
		g_array_append_val(input->learned, learned);
	else
		learned_clear(&learned);
}

void
input_feed(Input *input, const char *bytes, gsize len)
{
	g_string_append_len(input->bytes, bytes, (gssize)len);
	input->expired = FALSE;
}

void
input_expire(Input *input)
{
	input->expired = TRUE;
}

/* ---- control sequences ---- */

static Key
letter_key(char final)
{
	switch (final) {
	case 'A': return KEY_UP_ARROW;
	case 'B': return KEY_DOWN_ARROW;
	case 'C': return KEY_RIGHT_ARROW;
	case 'D': return KEY_LEFT_ARROW;
	case 'F': return KEY_GO_END;
	case 'H': return KEY_GO_HOME;
	case 'M': return KEY_RETURN; /* of the keypad, after SS3 */
	case 'P':
	case 'Q':
	case 'R':
	case 'S': return KEY_F1 + (Key)(final - 'P');
	case 'Z': return KEY_TAB | KEY_SHIFT;
	default: return 0;
	}
}

static Key
number_key(guint number)
{
	static const Key low[] = {0, KEY_GO_HOME, KEY_INSERT, KEY_DELETE, KEY_GO_END, KEY_PAGE_UP,
		KEY_PAGE_DOWN, KEY_GO_HOME, KEY_GO_END};
	if (number < G_N_ELEMENTS(low))
		return low[number];
	if (number >= 11 && number <= 15)
		return KEY_F1 + number - 11;
	if (number >= 17 && number <= 21)
		return KEY_F1 + number - 12;
	if (number >= 23 && number <= 24)
		return KEY_F1 + number - 13;
	return 0;
}

static Key
modifier_bits(guint parameter)
{
	guint bits = parameter > 0 ? parameter - 1 : 0;
	return (bits & 1 ? KEY_SHIFT : 0) | (bits & 2 ? KEY_ALT : 0) | (bits & 4 ? KEY_CTRL : 0);
}

static guint
read_params(const char *text, guint *params)
{
	guint n = 0;
	for (guint i = 0; i < PARAMS_MAX; i++)
		params[i] = 0;
	for (; n < PARAMS_MAX && (g_ascii_isdigit(*text) || *text == ';' || *text == ':'); text++) {
		if (*text == ';' || *text == ':')
			n++;
		else if (params[n] < 10000)
			params[n] = params[n] * 10 + (guint)(*text - '0');
	}
	return n + 1;
}

static gboolean
mouse_event(const guint *params, char final, InputEvent *out)
{
	guint button = params[0] & ~0x1cu; /* without Shift, Alt and Ctrl */
	if (final != 'M' || params[1] == 0 || params[2] == 0)
		return FALSE;
	*out = (InputEvent){.kind = INPUT_MOUSE, .col = params[1] - 1, .row = params[2] - 1};
	if (button != 0 && button != 64 && button != 65)
		return FALSE;
	out->mouse = button == 64 ? INPUT_WHEEL_UP : button == 65 ? INPUT_WHEEL_DOWN : INPUT_PRESS;
	return TRUE;
}

static Key
csi_key(const guint *params, guint n, char final)
{
	Key key = 0;
	if (final == '~')
		key = number_key(params[0]);
	else if (final == 'u')
		key = params[0] == 27    ? KEY_ESCAPE
		      : params[0] == 13  ? KEY_RETURN
		      : params[0] == 9   ? KEY_TAB
		      : params[0] == 127 ? KEY_ERASE
		      : params[0] > 31   ? params[0]
					 : 0;
	else if (final != 'M')
		key = letter_key(final);
	return key != 0 && n > 1 ? key | modifier_bits(params[1]) : key;
}

/* What the terminal says of itself, and what nobody asked; no key is ever made of it. */
static gboolean
answer_event(Input *input, const char *text, gsize len, InputEvent *out)
{
	gsize n = MIN(len, SEQUENCE_MAX);
	memcpy(input->answer, text, n);
	input->answer[n] = '\0';
	*out = (InputEvent){.kind = INPUT_ANSWER, .text = input->answer};
	return TRUE;
}

/* CSI: parameters 0x30-0x3f, intermediates 0x20-0x2f, one final 0x40-0x7e. *OUT_FOUND: an event. */
static gssize
parse_csi(Input *input, const char *text, gsize len, InputEvent *out, gboolean *out_found)
{
	gsize at = 2;
	guint params[PARAMS_MAX];
	if (len > 2 && text[2] == '[') { /* the function keys of the Linux console */
		if (len < 4)
			return MORE;
		*out_found = text[3] >= 'A' && text[3] <= 'E';
		*out = (InputEvent){.kind = INPUT_KEY, .key = KEY_F1 + (Key)(text[3] - 'A')};
		return 4;
	}
	while (at < len && at < SEQUENCE_MAX && text[at] >= 0x20 && text[at] <= 0x3f)
		at++;
	if (at == len)
		return MORE;
	char final = text[at];
	if ((guchar) final < 0x40) /* cut by the next one */
		return (gssize)at;
	gboolean mouse = text[2] == '<';
	guint n = read_params(text + 2 + (mouse ? 1 : 0), params);
	if (mouse) {
		*out_found = mouse_event(params, final, out);
	} else if (final == '~' && params[0] == 200) {
		input->paste = g_string_new(NULL);
	} else if (final == 't' || (final == 'c' && text[2] == '?')) {
		*out_found = answer_event(input, text + 2, at - 1, out);
	} else {
		*out = (InputEvent){.kind = INPUT_KEY, .key = csi_key(params, n, final)};
		*out_found = out->key != 0;
	}
	return (gssize)at + 1;
}

/* APC: kitty answers by "ESC _ G ... ESC \". One that is cut by anything else means nothing. */
static gssize
parse_apc(Input *input, const char *text, gsize len, InputEvent *out, gboolean *out_found)
{
	gsize at = 2;
	while (at < len && at < STRING_MAX && text[at] >= 0x20 && text[at] <= 0x7e)
		at++;
	if (at == len || (text[at] == '\033' && at + 1 == len))
		return MORE;
	if (text[at] != '\033' || text[at + 1] != '\\')
		return (gssize)at;
	*out_found = answer_event(input, text + 2, at - 2, out);
	return (gssize)at + 2;
}

/* Nothing else begins like this, so the rest is on its way, however long it takes. */
static gboolean
is_answer(const GString *bytes)
{
	return bytes->len > 2 &&
	       (memcmp(bytes->str, "\033_G", 3) == 0 || memcmp(bytes->str, "\033[?", 3) == 0);
}

static gssize
parse_learned(const Input *input, const char *text, gsize len, InputEvent *out)
{
	gssize best = NOTHING;
	gboolean longer = FALSE;
	for (guint i = 0; i < input->learned->len; i++) {
		const Learned *learned = &g_array_index(input->learned, Learned, i);
		gsize n = strlen(learned->sequence);
		if (n <= len && (gssize)n > best && memcmp(text, learned->sequence, n) == 0) {
			*out = (InputEvent){.kind = INPUT_KEY, .key = learned->key};
			best = (gssize)n;
		} else if (n > len && memcmp(text, learned->sequence, len) == 0) {
			longer = TRUE;
		}
	}
	return best == NOTHING && longer ? MORE : best;
}

/* ---- characters ---- */

static Key
control_key(guchar c)
{
	switch (c) {
	case '\r':
	case '\n': return KEY_RETURN;
	case '\t': return KEY_TAB;
	case 0x7f:
	case 0x08: return KEY_ERASE;
	case 0x1b: return KEY_ESCAPE;
	case 0: return ' ' | KEY_CTRL;
	default: return (Key)(c < 27 ? c + 'a' - 1 : c + '@') | KEY_CTRL;
	}
}

/* One character in the locale's charset. */
static gssize
parse_character(const char *text, gsize len, InputEvent *out)
{
	mbstate_t state = {0};
	wchar_t wide = 0;
	*out = (InputEvent){.kind = INPUT_KEY};
	if ((guchar)*text < 0x20 || *text == 0x7f) {
		out->key = control_key((guchar)*text);
		return 1;
	}
	size_t n = mbrtowc(&wide, text, len, &state);
	if (n == (size_t)-2)
		return MORE;
	if (n == (size_t)-1 || n == 0 || (guint32)wide >= KEY_NAMED) {
		out->key = 0xfffd;
		return 1;
	}
	out->key = (Key)wide;
	return (gssize)n;
}

static gssize
parse_escape(Input *input, const char *text, gsize len, InputEvent *out, gboolean *out_found)
{
	gssize n = parse_learned(input, text, len, out);
	*out_found = n > 0;
	if (n > 0)
		return n;
	if (len == 1)
		return MORE;
	if (text[1] == '[')
		return parse_csi(input, text, len, out, out_found);
	if (text[1] == 'O' && len > 2) {
		*out = (InputEvent){.kind = INPUT_KEY, .key = letter_key(text[2])};
		*out_found = out->key != 0;
		return 3;
	}
	if (text[1] == 'O')
		return MORE;
	if (text[1] == '_' && len == 2 && !input->expired) /* Alt-_, or an answer */
		return MORE;
	if (text[1] == '_' && len > 2 && text[2] == 'G')
		return parse_apc(input, text, len, out, out_found);
	if (text[1] == '\033') { /* Escape twice */
		*out = (InputEvent){.kind = INPUT_KEY, .key = KEY_ESCAPE};
		*out_found = TRUE;
		return 1;
	}
	n = parse_character(text + 1, len - 1, out);
	if (n == MORE)
		return MORE;
	out->key |= KEY_ALT;
	*out_found = TRUE;
	return n + 1;
}

/* A paste may hold anything, NUL too. */
static const char *
find_paste_end(const char *bytes, gsize len)
{
	gsize mark = strlen(PASTE_END);
	for (gsize i = 0; i + mark <= len; i++) {
		if (memcmp(bytes + i, PASTE_END, mark) == 0)
			return bytes + i;
	}
	return NULL;
}

/* While a paste comes: takes it in, up to its end mark. */
static gssize
parse_paste(Input *input, InputEvent *out, gboolean *out_found)
{
	const GString *bytes = input->bytes;
	const char *end = find_paste_end(bytes->str, bytes->len);
	gsize keep = end == NULL ? MIN(bytes->len, strlen(PASTE_END) - 1) : 0;
	gsize take = end != NULL ? (gsize)(end - bytes->str) : bytes->len - keep;
	gsize room = PASTE_MAX - MIN(input->paste->len, PASTE_MAX);
	g_string_append_len(input->paste, bytes->str, (gssize)MIN(take, room));
	if (end == NULL)
		return take > 0 ? (gssize)take : MORE;
	g_free(input->pasted);
	input->pasted = g_string_free(g_steal_pointer(&input->paste), FALSE);
	*out = (InputEvent){.kind = INPUT_PASTE, .text = input->pasted};
	*out_found = TRUE;
	return (gssize)(take + strlen(PASTE_END));
}

gboolean
input_next(Input *input, InputEvent *out_event)
{
	while (input->bytes->len > 0) {
		const char *text = input->bytes->str;
		gsize len = input->bytes->len;
		InputEvent event = {0};
		gboolean found = FALSE;
		gssize n;
		if (input->paste != NULL) {
			n = parse_paste(input, &event, &found);
			if (n == MORE)
				return FALSE;
		} else if (*text == '\033') {
			n = parse_escape(input, text, len, &event, &found);
		} else {
			n = parse_character(text, len, &event);
			found = TRUE;
		}
		if (n == MORE && (!input->expired || is_answer(input->bytes)))
			return FALSE;
		if (n == MORE) { /* it was not the start of anything */
			event = (InputEvent){
				.kind = INPUT_KEY, .key = *text == '\033' ? KEY_ESCAPE : 0xfffd};
			found = TRUE;
			n = 1;
		}
		g_string_erase(input->bytes, 0, n);
		if (found) {
			*out_event = event;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
input_is_waiting(const Input *input)
{
	return input->bytes->len > 0 && input->paste == NULL && !input->expired;
}
