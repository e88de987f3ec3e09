#include "row.h"

#include "base/text.h"
#include "date.h"

enum {
	MARK_AT = 0, /* cells of the signs */
	STATE_AT = 1,
	FLAG_AT = 2,
	GAP = 2,
	PENDING_CELLS = 1, /* the last cell of the row */
	DATE_CELLS = 10,
	DATE_SHORT_CELLS = 7,
	SIZE_CELLS = 6,
	SHORT_FROM = 54, /* columns from which there are dates, short ones */
	LONG_FROM = 84,
	SIZE_FROM = 90,
};

static guint
from_cells(guint cols)
{
	if (cols < 30)
		return 0;
	if (cols < SHORT_FROM)
		return 11;
	if (cols < 72)
		return 15;
	return CLAMP(cols * 22 / 100, 16, 30);
}

/* Takes CELLS and the gap before them off the right end. */
static guint
take_right(guint *end, guint cells)
{
	guint at = *end - cells;
	*end = at - GAP;
	return at;
}

void
row_columns(guint cols, RowColumns *out_columns)
{
	RowColumns c = {
		.signs = cols >= SHORT_FROM ? 4 : MIN(cols, 3),
		.from = from_cells(cols),
		.attachment = cols >= SHORT_FROM ? 1 : 0,
		.size = cols >= SIZE_FROM ? SIZE_CELLS : 0,
		.date = cols >= LONG_FROM    ? DATE_CELLS
			: cols >= SHORT_FROM ? DATE_SHORT_CELLS
					     : 0,
	};
	guint end = cols > 12 ? cols - PENDING_CELLS : cols;
	c.from_at = c.signs;
	c.subject_at = c.from > 0 ? c.from_at + c.from + GAP : c.from_at;
	c.date_at = c.date > 0 ? take_right(&end, c.date) : 0;
	c.size_at = c.size > 0 ? take_right(&end, c.size) : 0;
	c.attachment_at = c.attachment > 0 ? take_right(&end, c.attachment) + 1 : 0;
	c.subject = end - MIN(end, c.subject_at);
	*out_columns = c;
}

typedef struct {
	Style text, from, date, glyph;
} RowStyles;

static RowStyles
row_styles(const EngineRow *row)
{
	if (row->flags & FLAG_DELETED)
		return (RowStyles){STYLE_LIST_DELETED, STYLE_LIST_DELETED, STYLE_LIST_DELETED,
			STYLE_LIST_GLYPH};
	if (row->flags & FLAG_SEEN)
		return (RowStyles){STYLE_LIST, STYLE_LIST_FROM, STYLE_LIST_DATE, STYLE_LIST_GLYPH};
	return (RowStyles){STYLE_LIST_UNREAD, STYLE_LIST_UNREAD_FROM, STYLE_LIST_UNREAD_DATE,
		STYLE_LIST_UNREAD_GLYPH};
}

/* The one sign that says most; FALSE: an ordinary message that was read. */
static gboolean
state_glyph(guint32 flags, Glyph *out_glyph)
{
	if (flags & FLAG_DELETED)
		*out_glyph = GLYPH_DELETED;
	else if (flags & FLAG_DRAFT)
		*out_glyph = GLYPH_DRAFT;
	else if (!(flags & FLAG_SEEN))
		*out_glyph = GLYPH_UNREAD;
	else if (flags & FLAG_ANSWERED)
		*out_glyph = GLYPH_ANSWERED;
	else if (flags & FLAG_FORWARDED)
		*out_glyph = GLYPH_FORWARDED;
	else
		return FALSE;
	return TRUE;
}

static void
draw_signs(Paint *paint, guint line, const RowColumns *columns, const EngineRow *row,
	const RowLook *look, const RowStyles *styles)
{
	gboolean flagged = row->flags & FLAG_FLAGGED;
	gboolean one_cell = columns->signs < 4; /* for state and star together */
	Glyph glyph;
	if (look->marked)
		paint_glyph(paint, line, MARK_AT, STYLE_LIST_MARK_GLYPH, GLYPH_MARKED);
	if (flagged)
		paint_glyph(paint, line, one_cell ? STATE_AT : FLAG_AT, STYLE_LIST_FLAG_GLYPH,
			GLYPH_FLAGGED);
	if (!(flagged && one_cell) && state_glyph(row->flags, &glyph))
		paint_glyph(paint, line, STATE_AT, styles->glyph, glyph);
}

static void
draw_placeholder(Paint *paint, guint line, const RowColumns *columns)
{
	const char *dot = paint_glyph_text(GLYPH_DOT);
	g_autofree char *dots = g_strdup_printf("%s %s %s", dot, dot, dot);
	paint_text(paint, line, columns->from_at, columns->from, STYLE_LIST_WAITING, dots);
	paint_text(paint, line, columns->subject_at, columns->subject, STYLE_LIST_WAITING, dots);
}

static void
draw_right_columns(Paint *paint, guint line, const RowColumns *columns, const EngineRow *row,
	const RowStyles *styles, gint64 now)
{
	char date[DATE_WORDS_MAX], size[SIZE_WORDS_MAX];
	if (columns->attachment > 0 && row->attachment)
		paint_glyph(
			paint, line, columns->attachment_at, STYLE_LIST_GLYPH, GLYPH_ATTACHMENT);
	if (columns->size > 0 && row->size > 0) {
		size_words(row->size, size, sizeof size);
		paint_right(paint, line, columns->size_at, columns->size, STYLE_LIST_SIZE, size);
	}
	if (columns->date >= DATE_CELLS)
		date_words(row->date, now, date, sizeof date);
	else
		date_short(row->date, now, date, sizeof date);
	if (columns->date > 0)
		paint_right(paint, line, columns->date_at, columns->date, styles->date, date);
}

char *
row_tags(const EngineRow *row)
{
	g_auto(GStrv) words = g_strsplit(row->keywords ? row->keywords : "", " ", -1);
	g_autoptr(GString) tags = g_string_new(NULL);
	for (guint i = 0; words[i]; i++) {
		if (*words[i] && *words[i] != '$' && g_ascii_strcasecmp(words[i], "NonJunk") != 0)
			g_string_append_printf(tags, "%s%s", tags->len ? " " : "", words[i]);
	}
	return g_string_free(g_steal_pointer(&tags), FALSE);
}

/* At the end of the subject, where it leaves room for them. */
static void
draw_tags(Paint *paint, guint line, const RowColumns *columns, const EngineRow *row)
{
	g_autofree char *tags = row_tags(row);
	guint width = text_width(tags, -1);
	if (!width || text_width(row->subject, -1) + GAP + width > columns->subject)
		return;
	paint_right(paint, line, columns->subject_at + columns->subject - width, width,
		STYLE_LIST_SIZE, tags);
}

static void
set_band(Paint *paint, const RowLook *look)
{
	if (look->cursor)
		paint_set_band(paint, look->focused ? STYLE_LIST_CURSOR : STYLE_LIST_CURSOR_AWAY);
	else
		paint_set_band(paint, look->marked ? STYLE_LIST_MARK : STYLE_NONE);
}

void
row_draw(Paint *paint, guint line, const RowColumns *columns, const EngineRow *row,
	const RowLook *look, gint64 now)
{
	RowStyles styles = row_styles(row);
	guint cols = paint_cols(paint);
	gboolean has_subject = row->subject && *row->subject;
	Style subject = look->match ? STYLE_LIST_MATCH : has_subject ? styles.text : STYLE_QUIET;
	set_band(paint, look);
	guint right = columns->subject_at + columns->subject;
	/* The gaps look like what stands beside them: fewer changes of style on the line. */
	paint_fill(paint, line, 0, columns->from_at, STYLE_LIST);
	paint_fill(paint, line, columns->from_at, right - columns->from_at, styles.text);
	paint_fill(paint, line, right, cols - MIN(right, cols), styles.date);
	if (row->uid == 0) {
		draw_placeholder(paint, line, columns);
	} else {
		draw_signs(paint, line, columns, row, look, &styles);
		paint_text(paint, line, columns->from_at, columns->from, styles.from, row->from);
		paint_text(paint, line, columns->subject_at, columns->subject, subject,
			has_subject ? row->subject : "(no subject)");
		draw_tags(paint, line, columns, row);
		draw_right_columns(paint, line, columns, row, &styles, now);
	}
	if (row->pending && cols > 0)
		paint_glyph(paint, line, cols - 1, STYLE_LIST_WAITING, GLYPH_PENDING);
	paint_set_band(paint, STYLE_NONE);
}
