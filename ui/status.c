/* See status.h. */
#include "status.h"

#include "base/text.h"
#include "date.h"

#include <string.h>

enum { NOTICE_US = 5 * G_USEC_PER_SEC, TEXT_MAX = 2048, WIDE_TITLE = 60, FACT_GAP = 3 };

struct Status {
	EngineNoticeLevel level;
	char *text; /* NULL: nothing to say */
	gint64 expires;
};

Status *
status_new(void)
{
	return g_new0(Status, 1);
}

void
status_free(Status *status)
{
	if (status == NULL)
		return;
	g_free(status->text);
	g_free(status);
}

void
status_notice(Status *status, EngineNoticeLevel level, const char *text)
{
	/* An error that nobody has seen yet is not covered by what matters less. */
	if (status->text != NULL && status->level == ENGINE_NOTICE_ERROR &&
		level != ENGINE_NOTICE_ERROR)
		return;
	g_free(status->text);
	status->text = g_strndup(text, TEXT_MAX);
	status->level = level;
	status->expires = level == ENGINE_NOTICE_ERROR ? 0 : g_get_monotonic_time() + NOTICE_US;
}

gboolean
status_seen(Status *status)
{
	gboolean was = status->text != NULL;
	g_clear_pointer(&status->text, g_free);
	return was;
}

gint64
status_expires(const Status *status)
{
	return status->text != NULL ? status->expires : 0;
}

const char *
status_text(const Status *status)
{
	return status->text != NULL ? status->text : "";
}

/* ---- the title ---- */

/* "1,204,331" */
static void
number_words(guint32 number, char *out, gsize size)
{
	char digits[16];
	gsize n = (gsize)g_snprintf(digits, sizeof(digits), "%u", number), at = 0;
	for (gsize i = 0; i < n && at + 2 < size; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

static void
count_words(const EngineFolder *folder, gboolean wide, char *out, gsize size)
{
	char unread[16], total[16];
	number_words(folder->unread, unread, sizeof(unread));
	number_words(folder->total, total, sizeof(total));
	if (!folder->counts_known)
		g_strlcpy(out, "", size);
	else if (!wide)
		g_snprintf(out, size, "%s / %s", unread, total);
	else if (folder->unread == 0)
		g_snprintf(out, size, "%s message%s", total, folder->total == 1 ? "" : "s");
	else
		g_snprintf(out, size, "%s unread %s %s message%s", unread,
			paint_glyph_text(GLYPH_DOT), total, folder->total == 1 ? "" : "s");
}

/* The state by word, by glyph and by colour. */
static void
state_words(const StatusFacts *facts, char *out, gsize size, Glyph *out_glyph, Style *out_style)
{
	const EngineAccount *account = facts->account;
	*out_glyph = GLYPH_WAITING;
	*out_style = STYLE_TITLE_WAITING;
	gint64 wait = account->retry_at - engine_now();
	switch (account->state) {
	case ENGINE_OFFLINE: g_strlcpy(out, "offline", size); break;
	case ENGINE_CONNECTING: g_strlcpy(out, "connecting", size); break;
	case ENGINE_WAITING:
		if (wait > 0)
			g_snprintf(out, size, "again in %u s", (guint)MIN(wait, 9999));
		else
			g_strlcpy(out, "reconnecting", size);
		break;
	case ENGINE_STOPPED:
		g_strlcpy(out, "stopped", size);
		*out_glyph = GLYPH_STOPPED;
		*out_style = STYLE_TITLE_STOPPED;
		break;
	case ENGINE_LIVE:
		g_strlcpy(out, facts->current ? "live" : "updating", size);
		*out_glyph = facts->current ? GLYPH_LIVE : GLYPH_WAITING;
		*out_style = facts->current ? STYLE_TITLE_LIVE : STYLE_TITLE_WAITING;
		break;
	}
}

static guint
draw_state(Paint *paint, const StatusFacts *facts)
{
	char words[32] = "";
	Glyph glyph;
	Style style;
	guint cols = paint_cols(paint);
	state_words(facts, words, sizeof(words), &glyph, &style);
	guint need = text_width(words, -1) + 4;
	if (need > cols / 2)
		return 0;
	paint_piece(paint, 0, cols - need + 1, need - 4, style, words);
	paint_glyph(paint, 0, cols - 2, style, glyph);
	return need;
}

void
status_draw_title(const Status *status, Paint *paint, const StatusFacts *facts)
{
	guint cols = paint_cols(paint), at = 1;
	paint_fill(paint, 0, 0, cols, STYLE_TITLE);
	if (cols < 12 || facts->account == NULL) {
		paint_text(paint, 0, at, cols, STYLE_TITLE, "Postern");
		return;
	}
	guint right = draw_state(paint, facts);
	if (facts->folder != NULL) {
		char counts[64];
		count_words(facts->folder, cols >= WIDE_TITLE, counts, sizeof(counts));
		guint need = text_width(counts, -1);
		if (need > 0 && need + right + 12 < cols) {
			right += need + (right > 0 ? 3 : 1);
			paint_piece(paint, 0, cols - right, need, STYLE_TITLE_COUNT, counts);
		}
	}
	guint room = cols > right + 2 ? cols - right - 2 : 0;
	at += paint_piece(paint, 0, at, room, STYLE_TITLE, facts->account->name);
	if (facts->folder != NULL && room > at + 3)
		paint_piece(
			paint, 0, at + 2, room - at - 1, STYLE_TITLE_FOLDER, facts->folder->path);
}

/* ---- the status line ---- */

static Style
level_style(EngineNoticeLevel level)
{
	switch (level) {
	case ENGINE_NOTICE_ERROR: return STYLE_STATUS_ERROR;
	case ENGINE_NOTICE_WARNING: return STYLE_STATUS_WARNING;
	default: return STYLE_STATUS_INFO;
	}
}

static void
add_fact(GString *out, const char *text)
{
	if (out->len > 0)
		g_string_append_printf(out, " %s ", paint_glyph_text(GLYPH_DOT));
	g_string_append(out, text);
}

/* What the user is told, or NULL. */
static const char *
find_sentence(const Status *status, const EngineAccount *account, Style *out_style)
{
	if (status->text != NULL) {
		*out_style = level_style(status->level);
		return status->text;
	}
	if (account == NULL)
		return NULL;
	if (account->state != ENGINE_STOPPED && account->state != ENGINE_WAITING)
		return NULL;
	*out_style = account->state == ENGINE_STOPPED ? STYLE_STATUS_ERROR : STYLE_STATUS_WARNING;
	return account->state_text;
}

/* What is on the way, and where the view is if there is ROOM for that, at the right end; returns its
 * cells. */
static guint
draw_progress(const Status *status, Paint *paint, const StatusFacts *facts, guint room)
{
	g_autoptr(GString) words = g_string_new(NULL);
	guint cols = paint_cols(paint);
	char part[64];
	const EngineAccount *account = facts->account;
	if (account != NULL && account->progress_total > 0) {
		guint64 percent = MIN(account->progress_done * 100 / account->progress_total, 100);
		g_autofree char *size = g_format_size(account->progress_total);
		g_snprintf(part, sizeof(part), "%u%% of %s", (guint)percent, size);
		add_fact(words, part);
	}
	if (account != NULL && account->keeping != NULL) {
		char done[16], total[16];
		number_words(account->kept, done, sizeof(done));
		number_words(account->to_keep, total, sizeof(total));
		g_autofree char *keeping =
			g_strdup_printf("keeping %.200s %s of %s", account->keeping, done, total);
		add_fact(words, keeping);
	}
	if (facts->pending > 0) {
		g_snprintf(part, sizeof(part), "%u change%s on the way", facts->pending,
			facts->pending == 1 ? "" : "s");
		add_fact(words, part);
	}
	if (status->text == NULL && facts->folder != NULL && !facts->current &&
		facts->seen_at != 0) {
		char moment[DATE_LONG_MAX];
		date_moment(facts->seen_at, engine_now(), moment, sizeof(moment));
		g_snprintf(part, sizeof(part), "as of %.40s", moment);
		add_fact(words, part);
	}
	if (facts->where != NULL && *facts->where != '\0' &&
		text_width(words->str, -1) + text_width(facts->where, -1) + FACT_GAP <= room)
		add_fact(words, facts->where);
	if (facts->keys != NULL && *facts->keys != '\0')
		add_fact(words, facts->keys);
	guint need = MIN(text_width(words->str, -1), cols > 2 ? cols - 2 : 0);
	if (need > 0)
		paint_piece(paint, 0, cols - need - 1, need,
			facts->pending > 0 ? STYLE_STATUS_PENDING : STYLE_STATUS, words->str);
	return need;
}

void
status_draw_line(const Status *status, Paint *paint, const StatusFacts *facts)
{
	guint cols = paint_cols(paint);
	paint_fill(paint, 0, 0, cols, STYLE_STATUS);
	Style style = STYLE_STATUS;
	const char *sentence = find_sentence(status, facts->account, &style);
	guint said = sentence != NULL ? text_width(sentence, -1) : 0;
	/* What the user must read goes before what is on the way. */
	guint taken = 0, rest = cols > said + FACT_GAP ? cols - said - FACT_GAP : 0;
	if (status->text == NULL || status->level == ENGINE_NOTICE_INFO || cols >= WIDE_TITLE)
		taken = draw_progress(status, paint, facts, said > 0 ? rest : G_MAXUINT);
	guint used = taken > 0 ? taken + FACT_GAP : 2;
	if (sentence != NULL && cols > used)
		paint_piece(paint, 0, 1, cols - used, style, sentence);
}

/* ---- the hints ---- */

static guint
hint_width(const char *keys, const Action *action)
{
	return text_width(keys, -1) + 1 + text_width(action->hint, -1) + 3;
}

static guint
draw_hint(Paint *paint, guint at, const char *keys, const Action *action)
{
	guint room = paint_cols(paint) - at;
	guint n = paint_piece(paint, 0, at, room, STYLE_HINT_KEY, keys);
	return n + 1 + paint_piece(paint, 0, at + n + 1, room - n, STYLE_HINT, action->hint) + 3;
}

void
status_draw_hints(Paint *paint, const ActionId *hints, const Keymap *keymap, ViewKind view)
{
	guint cols = paint_cols(paint), at = 1;
	const Action *help = action_get(ACTION_HELP);
	g_autofree char *help_keys = keymap_keys_of(keymap, ACTION_HELP, view, FALSE);
	/* Help is how everything else is found: it always has its place. */
	guint reserve = help_keys != NULL ? hint_width(help_keys, help) - 3 : 0;
	paint_fill(paint, 0, 0, cols, STYLE_HINT);
	for (; hints != NULL && *hints != ACTION_NONE; hints++) {
		const Action *action = action_get(*hints);
		g_autofree char *keys = keymap_keys_of(keymap, *hints, view, FALSE);
		if (*hints == ACTION_HELP || keys == NULL || action->hint == NULL)
			continue;
		if (at + hint_width(keys, action) + reserve > cols)
			break;
		at += draw_hint(paint, at, keys, action);
	}
	if (help_keys != NULL && at + reserve <= cols)
		draw_hint(paint, at, help_keys, help);
}
