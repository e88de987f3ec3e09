/* See prompt.h. */
#include "prompt.h"

#include "base/text.h"

#include <string.h>

enum { TEXT_MAX = 4096, SECRET_ROOM = 256, HISTORY_MAX = 100, CHOICES_SHOWN = 8 };

struct Prompt {
	gboolean open;
	char *label, *history_name;
	gboolean yes_no, pick, secret;
	PromptComplete complete;
	PromptDone done;
	gpointer user;

	GString *text;
	gsize cursor; /* in bytes, always between clusters */

	GHashTable *histories; /* name -> GPtrArray of lines, oldest first */
	guint history_at;      /* lines from the newest, 0: the one being typed */
	char *typed;           /* that one, while older ones are shown */

	GPtrArray *choices; /* NULL while none are shown */
	gint choice;        /* under the cursor, -1: none */
};

Prompt *
prompt_new(void)
{
	Prompt *prompt = g_new0(Prompt, 1);
	prompt->text = g_string_new(NULL);
	prompt->histories = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	return prompt;
}

static void
wipe(char *take_text)
{
	if (take_text != NULL)
		explicit_bzero(take_text, strlen(take_text));
	g_free(take_text);
}

static void
close_prompt(Prompt *prompt)
{
	prompt->open = FALSE;
	if (prompt->secret) {
		explicit_bzero(prompt->text->str, prompt->text->allocated_len);
		g_string_truncate(prompt->text, 0);
	}
	g_clear_pointer(&prompt->label, g_free);
	g_clear_pointer(&prompt->history_name, g_free);
	g_clear_pointer(&prompt->typed, g_free);
	g_clear_pointer(&prompt->choices, g_ptr_array_unref);
}

void
prompt_free(Prompt *prompt)
{
	if (prompt == NULL)
		return;
	close_prompt(prompt);
	g_hash_table_unref(prompt->histories);
	g_string_free(prompt->text, TRUE);
	g_free(prompt);
}

/* ---- choices ---- */

static void
hide_choices(Prompt *prompt)
{
	g_clear_pointer(&prompt->choices, g_ptr_array_unref);
	prompt->choice = -1;
}

static GPtrArray *
history_of(Prompt *prompt)
{
	if (prompt->history_name == NULL)
		return NULL;
	GPtrArray *lines = g_hash_table_lookup(prompt->histories, prompt->history_name);
	if (lines == NULL) {
		lines = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(prompt->histories, g_strdup(prompt->history_name), lines);
	}
	return lines;
}

/* Where nothing is typed yet, what was taken last stands first: Enter takes it again. */
static void
put_recent_first(Prompt *prompt)
{
	const GPtrArray *lines = history_of(prompt);
	guint index;
	if (lines == NULL || prompt->text->len > 0)
		return;
	for (guint i = 0; i < lines->len; i++) {
		if (g_ptr_array_find_with_equal_func(
			    prompt->choices, lines->pdata[i], g_str_equal, &index))
			g_ptr_array_insert(prompt->choices, 0,
				g_ptr_array_steal_index(prompt->choices, index));
	}
}

static void
find_choices(Prompt *prompt)
{
	hide_choices(prompt);
	if (prompt->complete == NULL)
		return;
	prompt->choices = prompt->complete(prompt->text->str, prompt->user);
	if (prompt->choices == NULL || prompt->choices->len == 0) {
		hide_choices(prompt);
	} else if (prompt->pick) {
		put_recent_first(prompt);
		prompt->choice = 0;
	}
}

/* The text is another one. */
static void
edited(Prompt *prompt)
{
	prompt->history_at = 0;
	if (prompt->pick)
		find_choices(prompt);
	else
		hide_choices(prompt);
}

static void
set_text(Prompt *prompt, const char *text)
{
	g_string_assign(prompt->text, text);
	prompt->cursor = prompt->text->len;
}

/* Bytes that all choices begin with. */
static gsize
common_start(const GPtrArray *choices)
{
	const char *first = choices->pdata[0];
	gsize len = strlen(first);
	for (guint i = 1; i < choices->len; i++) {
		const char *other = choices->pdata[i];
		gsize same = 0;
		while (same < len && first[same] == other[same])
			same++;
		len = same;
	}
	while (len > 0 && (first[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* Tab: as much as is certain first, then one choice after the other. */
static void
complete_text(Prompt *prompt, gint direction)
{
	if (prompt->choices == NULL) {
		find_choices(prompt);
		if (prompt->choices == NULL)
			return;
		gsize common = common_start(prompt->choices);
		if (common > prompt->text->len || prompt->choices->len == 1) {
			g_autofree char *start = g_strndup(prompt->choices->pdata[0], common);
			gboolean only = prompt->choices->len == 1;
			set_text(prompt, start);
			if (only)
				hide_choices(prompt);
			return;
		}
	}
	gint count = (gint)prompt->choices->len;
	gint next = prompt->choice < 0 && direction < 0 ? count - 1 : prompt->choice + direction;
	prompt->choice = (next + count) % count;
	if (!prompt->pick)
		set_text(prompt, prompt->choices->pdata[prompt->choice]);
}

/* ---- history ---- */

static void
remember(Prompt *prompt)
{
	GPtrArray *lines = history_of(prompt);
	if (lines == NULL || prompt->text->len == 0)
		return;
	for (guint i = 0; i < lines->len; i++) {
		if (strcmp(lines->pdata[i], prompt->text->str) == 0) {
			g_ptr_array_remove_index(lines, i);
			break;
		}
	}
	if (lines->len == HISTORY_MAX)
		g_ptr_array_remove_index(lines, 0);
	g_ptr_array_add(lines, g_strdup(prompt->text->str));
}

static void
recall(Prompt *prompt, gint direction)
{
	GPtrArray *lines = history_of(prompt);
	if (lines == NULL || (direction < 0 && prompt->history_at == 0) ||
		(direction > 0 && prompt->history_at >= lines->len))
		return;
	if (prompt->history_at == 0) {
		g_free(prompt->typed);
		prompt->typed = g_strdup(prompt->text->str);
	}
	prompt->history_at += (guint)direction;
	set_text(prompt, prompt->history_at == 0 ? prompt->typed
						 : lines->pdata[lines->len - prompt->history_at]);
	hide_choices(prompt);
}

/* ---- editing ---- */

static gsize
step_right(const Prompt *prompt, gsize at)
{
	guint cells;
	return at + text_cluster(prompt->text->str + at, &cells);
}

static gsize
step_left(const Prompt *prompt, gsize at)
{
	gsize before = 0;
	for (gsize next = 0; next < at;) {
		before = next;
		next = step_right(prompt, next);
		if (next == before)
			break;
	}
	return before;
}

static gboolean
is_word(char c)
{
	return g_ascii_isalnum(c) || (c & 0x80) != 0;
}

static gsize
word_right(const Prompt *prompt, gsize at)
{
	const char *text = prompt->text->str;
	while (at < prompt->text->len && !is_word(text[at]))
		at++;
	while (at < prompt->text->len && is_word(text[at]))
		at++;
	return at;
}

static gsize
word_left(const Prompt *prompt, gsize at)
{
	const char *text = prompt->text->str;
	while (at > 0 && !is_word(text[at - 1]))
		at--;
	while (at > 0 && is_word(text[at - 1]))
		at--;
	return at;
}

static void
erase(Prompt *prompt, gsize from, gsize to)
{
	if (from == to)
		return;
	g_string_erase(prompt->text, (gssize)from, (gssize)(to - from));
	prompt->cursor = from;
	edited(prompt);
}

static void
insert(Prompt *prompt, const char *text)
{
	if (prompt->text->len + strlen(text) > TEXT_MAX)
		return;
	g_string_insert(prompt->text, (gssize)prompt->cursor, text);
	prompt->cursor += strlen(text);
	edited(prompt);
}

/* ---- opening and leaving ---- */

static void
finish(Prompt *prompt, const char *answer)
{
	PromptDone done = prompt->done;
	gpointer user = prompt->user;
	char *copy = g_strdup(answer);
	if (answer != NULL)
		remember(prompt);
	close_prompt(prompt);
	if (done != NULL)
		done(copy, user);
	wipe(copy);
}

void
prompt_open(Prompt *prompt, const PromptSetup *setup)
{
	prompt_leave(prompt);
	prompt->open = TRUE;
	prompt->label = g_strdup(setup->label);
	prompt->history_name = g_strdup(setup->history);
	prompt->yes_no = setup->yes_no;
	prompt->pick = setup->pick;
	prompt->secret = setup->secret;
	/* So that it does not move while it grows, and leaves no copies behind. */
	if (prompt->secret)
		g_string_set_size(prompt->text, SECRET_ROOM);
	prompt->complete = setup->complete;
	prompt->done = setup->done;
	prompt->user = setup->user;
	prompt->history_at = 0;
	prompt->choice = -1;
	set_text(prompt, setup->text != NULL ? setup->text : "");
	if (prompt->pick || prompt->yes_no)
		find_choices(prompt);
}

gboolean
prompt_is_open(const Prompt *prompt)
{
	return prompt->open;
}

void
prompt_leave(Prompt *prompt)
{
	if (prompt->open)
		finish(prompt, NULL);
}

static void
accept(Prompt *prompt)
{
	if (prompt->pick && prompt->choice >= 0)
		set_text(prompt, prompt->choices->pdata[prompt->choice]);
	char *answer = g_strdup(prompt->text->str);
	finish(prompt, answer);
	wipe(answer);
}

/* ---- keys ---- */

static void
vertical(Prompt *prompt, gint direction)
{
	if (prompt->choices != NULL)
		complete_text(prompt, direction);
	else
		recall(prompt, -direction);
}

static gboolean
move_key(Prompt *prompt, Key key)
{
	gsize at = prompt->cursor;
	switch (key) {
	case KEY_LEFT_ARROW:
	case 'b' | KEY_CTRL: at = step_left(prompt, at); break;
	case KEY_RIGHT_ARROW:
	case 'f' | KEY_CTRL: at = step_right(prompt, at); break;
	case KEY_GO_HOME:
	case 'a' | KEY_CTRL: at = 0; break;
	case KEY_GO_END:
	case 'e' | KEY_CTRL: at = prompt->text->len; break;
	case KEY_LEFT_ARROW | KEY_CTRL:
	case 'b' | KEY_ALT: at = word_left(prompt, at); break;
	case KEY_RIGHT_ARROW | KEY_CTRL:
	case 'f' | KEY_ALT: at = word_right(prompt, at); break;
	default: return FALSE;
	}
	prompt->cursor = at;
	return TRUE;
}

static gboolean
erase_key(Prompt *prompt, Key key)
{
	gsize at = prompt->cursor;
	switch (key) {
	case KEY_ERASE:
	case 'h' | KEY_CTRL: erase(prompt, step_left(prompt, at), at); break;
	case KEY_DELETE:
	case 'd' | KEY_CTRL: erase(prompt, at, step_right(prompt, at)); break;
	case 'w' | KEY_CTRL:
	case KEY_ERASE | KEY_ALT: erase(prompt, word_left(prompt, at), at); break;
	case 'd' | KEY_ALT: erase(prompt, at, word_right(prompt, at)); break;
	case 'u' | KEY_CTRL: erase(prompt, 0, at); break;
	case 'k' | KEY_CTRL: erase(prompt, at, prompt->text->len); break;
	default: return FALSE;
	}
	return TRUE;
}

static void
type_key(Prompt *prompt, Key key)
{
	char bytes[8] = "";
	if (key >= KEY_NAMED || !g_unichar_isdefined(key) || g_unichar_iscntrl(key))
		return;
	bytes[g_unichar_to_utf8(key, bytes)] = '\0';
	insert(prompt, bytes);
}

void
prompt_key(Prompt *prompt, Key key)
{
	if (!prompt->open)
		return;
	if (prompt->yes_no) {
		finish(prompt, key == 'y' || key == 'Y' ? "y" : NULL);
		return;
	}
	gboolean nothing_to_erase =
		prompt->text->len == 0 && (key == KEY_ERASE || key == ('h' | KEY_CTRL));
	if (key == KEY_ESCAPE || key == ('c' | KEY_CTRL) || key == ('g' | KEY_CTRL) ||
		nothing_to_erase)
		prompt_leave(prompt);
	else if (key == KEY_RETURN)
		accept(prompt);
	else if (key == KEY_TAB)
		complete_text(prompt, 1);
	else if (key == (KEY_TAB | KEY_SHIFT))
		complete_text(prompt, -1);
	else if (key == KEY_UP_ARROW || key == ('p' | KEY_CTRL))
		vertical(prompt, -1);
	else if (key == KEY_DOWN_ARROW || key == ('n' | KEY_CTRL))
		vertical(prompt, 1);
	else if (!move_key(prompt, key) && !erase_key(prompt, key))
		type_key(prompt, key);
}

void
prompt_paste(Prompt *prompt, const char *text)
{
	if (!prompt->open || prompt->yes_no)
		return;
	g_autofree char *clean = text_clean(text, -1, TEXT_LINE);
	insert(prompt, clean);
}

/* ---- reading and painting ---- */

const char *
prompt_text(const Prompt *prompt)
{
	return prompt->text->str;
}

guint
prompt_cursor(const Prompt *prompt)
{
	return (guint)prompt->cursor;
}

guint
prompt_choice_count(const Prompt *prompt)
{
	return prompt->choices != NULL ? prompt->choices->len : 0;
}

const char *
prompt_choice(const Prompt *prompt, guint i)
{
	return i < prompt_choice_count(prompt) ? prompt->choices->pdata[i] : NULL;
}

gint
prompt_choice_cursor(const Prompt *prompt)
{
	return prompt->choice;
}

guint
prompt_rows(const Prompt *prompt)
{
	return prompt->open ? MIN(prompt_choice_count(prompt), CHOICES_SHOWN) + 1 : 0;
}

static void
draw_choices(const Prompt *prompt, Paint *paint, guint rows)
{
	guint count = prompt_choice_count(prompt), cols = paint_cols(paint);
	guint at = prompt->choice > 0 ? (guint)prompt->choice : 0;
	guint top = at >= rows ? at - rows + 1 : 0;
	for (guint row = 0; row < rows && top + row < count; row++) {
		gboolean here = prompt->choice >= 0 && top + row == at;
		if (here)
			paint_set_band(paint, STYLE_PROMPT_CURSOR);
		paint_fill(paint, row, 0, 1, STYLE_PROMPT_CHOICE);
		paint_text(paint, row, 1, cols - 1, STYLE_PROMPT_CHOICE,
			prompt->choices->pdata[top + row]);
		paint_set_band(paint, STYLE_NONE);
	}
	if (top + rows < count && cols > 12) {
		char more[32];
		g_snprintf(more, sizeof(more), "%u more ", count - top - rows);
		paint_right(paint, rows - 1, cols - 12, 12, STYLE_PROMPT_CHOICE, more);
	}
}

/* Where the stars have no room it does not matter which ones are seen. */
static void
draw_secret(const Prompt *prompt, Paint *paint, guint at, guint room)
{
	const char *text = prompt->text->str;
	guint before = (guint)g_utf8_pointer_to_offset(text, text + prompt->cursor);
	g_autofree char *stars = g_strnfill(MIN((gsize)g_utf8_strlen(text, -1), room), '*');
	guint line = paint_rows(paint) - 1;
	paint_text(paint, line, at, room, STYLE_PROMPT_TEXT, stars);
	paint_cursor(paint, line, at + MIN(before, room));
}

void
prompt_draw(const Prompt *prompt, Paint *paint)
{
	guint rows = paint_rows(paint), cols = paint_cols(paint);
	if (!prompt->open || rows == 0 || cols < 4)
		return;
	if (rows > 1)
		draw_choices(prompt, paint, rows - 1);
	guint line = rows - 1;
	paint_fill(paint, line, 0, cols, STYLE_PROMPT_TEXT);
	guint at = 1 + paint_piece(paint, line, 1, cols - 2, STYLE_PROMPT, prompt->label);
	guint room = cols > at + 1 ? cols - at - 1 : 0;
	if (prompt->secret) {
		draw_secret(prompt, paint, at, room);
		return;
	}
	/* What is left of the cursor scrolls away when it does not fit. */
	gsize from = 0;
	guint before = text_width(prompt->text->str, (gssize)prompt->cursor);
	while (before > room && from < prompt->cursor) {
		from = step_right(prompt, from);
		before = text_width(prompt->text->str + from, (gssize)(prompt->cursor - from));
	}
	paint_text(paint, line, at, cols - at, STYLE_PROMPT_TEXT, prompt->text->str + from);
	paint_cursor(paint, line, at + before);
}
