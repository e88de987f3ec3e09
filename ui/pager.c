#include "pager.h"

#include "base/text.h"
#include "wrap.h"

#include <string.h>

enum {
	MARGIN = 1,             /* cells left free at both sides */
	TEXT_CELLS = 100,       /* lines longer than this are hard to read */
	BAR_CELLS = 2,          /* of a quote's bar */
	BARS = 6,               /* deeper quotes look like this */
	PARAGRAPH_BYTES = 8192, /* longer ones are taken as several: one must never cost a frame */
	SEARCH_BYTES = 65536,   /* searched in one slice */
};

typedef struct {
	const char *text;         /* as it came; cleaned when it comes into view */
	const char *lead, *label; /* or NULL */
	gsize before;             /* bytes of all paragraphs above */
	guint32 len;
	guint first_span,
		n_spans; /* of the pager's; their starts count from the paragraph's text */
	guint8 style, lead_style, label_style, quote;
	gboolean fixed;
} Paragraph;

typedef struct {
	guint paragraph;
	gsize byte; /* of the prepared text */
} Place;

struct Pager {
	GStringChunk *texts;
	GArray *paragraphs;
	GArray *spans; /* TextSpan */
	gsize bytes;
	guint rows, cols;
	Place top; /* may lie behind the last full screen, see visible_top() */

	char *needle; /* folded; NULL: no search */
	gint direction;
	gboolean has_hit;
	guint hit;                   /* paragraph */
	guint search_at, unsearched; /* the next paragraph to look at, and how many are left */
};

Pager *
pager_new(void)
{
	Pager *pager = g_new0(Pager, 1);
	pager->texts = g_string_chunk_new(65536);
	pager->paragraphs = g_array_new(FALSE, FALSE, sizeof(Paragraph));
	pager->spans = g_array_new(FALSE, FALSE, sizeof(TextSpan));
	return pager;
}

void
pager_free(Pager *pager)
{
	if (!pager)
		return;
	g_string_chunk_free(pager->texts);
	g_array_unref(pager->paragraphs);
	g_array_unref(pager->spans);
	g_free(pager->needle);
	g_free(pager);
}

void
pager_clear(Pager *pager)
{
	g_string_chunk_clear(pager->texts);
	g_array_set_size(pager->paragraphs, 0);
	g_array_set_size(pager->spans, 0);
	pager->bytes = 0;
	pager->has_hit = FALSE;
	pager->unsearched = 0;
}

static const Paragraph *
paragraph_at(const Pager *pager, guint i)
{
	return &g_array_index(pager->paragraphs, Paragraph, i);
}

/* Where to part a text that is too long: at a blank, else between characters. */
static gsize
part_at(const char *text, gsize len)
{
	gsize at = PARAGRAPH_BYTES;
	if (len <= PARAGRAPH_BYTES)
		return len;
	while (at > PARAGRAPH_BYTES / 2 && text[at - 1] != ' ')
		at--;
	if (at > PARAGRAPH_BYTES / 2)
		return at;
	for (at = PARAGRAPH_BYTES; at > PARAGRAPH_BYTES - 4 && ((guchar)text[at] & 0xc0) == 0x80;)
		at--;
	return at;
}

/* Keeps those of LOOK's spans that lie in the LEN bytes from START on, as counted from there; how
 * many these are. */
static guint
add_spans(Pager *pager, const PagerLook *look, gsize start, gsize len)
{
	guint before = pager->spans->len;
	for (guint i = 0; i < look->n_spans; i++) {
		TextSpan span = look->spans[i];
		gsize from = CLAMP(span.start, start, start + len);
		gsize to = CLAMP((gsize)span.start + span.len, from, start + len);
		span.start = (guint)(from - start);
		span.len = (guint)(to - from);
		if (span.len > 0)
			g_array_append_val(pager->spans, span);
	}
	return pager->spans->len - before;
}

void
pager_add(Pager *pager, const PagerLook *look, const char *text)
{
	gsize left = strlen(text), at = 0;
	const char *lead = look->lead, *label = look->label;
	do {
		gsize len = part_at(text, left);
		Paragraph paragraph = {
			.text = g_string_chunk_insert_len(pager->texts, text, (gssize)len),
			.lead = lead ? g_string_chunk_insert_const(pager->texts, lead) : NULL,
			.label = label ? g_string_chunk_insert_const(pager->texts, label) : NULL,
			.before = pager->bytes,
			.first_span = pager->spans->len,
			.n_spans = add_spans(pager, look, at, len),
			.len = (guint32)len,
			.style = (guint8)look->style,
			.lead_style = (guint8)look->lead_style,
			.label_style = (guint8)look->label_style,
			.quote = (guint8)MIN(look->quote, BARS),
			.fixed = look->fixed,
		};
		g_array_append_val(pager->paragraphs, paragraph);
		pager->bytes += len + 1;
		text += len;
		at += len;
		left -= len;
		lead = label = NULL;
	} while (left > 0);
}

/* --- How one paragraph lies on the screen ------------------------------------------------------- */

typedef struct {
	guint margin, lead, label, bars; /* cells before the text, from left to right */
	guint cells;                     /* for the text */
} Measure;

static guint
cells_of(const char *lead)
{
	g_autofree char *clean = lead ? text_clean(lead, -1, TEXT_LINE) : NULL;
	return clean ? text_width(clean, -1) : 0;
}

static Measure
measure(const Pager *pager, const Paragraph *paragraph)
{
	Measure m = {.margin = pager->cols > 20 ? MARGIN : 0};
	guint cells = MAX(pager->cols, 2 * m.margin + 1) - 2 * m.margin;
	if (!paragraph->fixed)
		cells = MIN(cells, TEXT_CELLS);
	m.lead = MIN(cells_of(paragraph->lead), cells / 2);
	m.label = MIN(cells_of(paragraph->label), (cells - m.lead) / 2);
	m.bars = MIN(paragraph->quote * BAR_CELLS, (cells - m.lead - m.label) / 2);
	m.cells = MAX(cells - m.lead - m.label - m.bars, 1);
	return m;
}

/* A walk over the rows of the text, one paragraph at a time in the hand. */
typedef struct {
	const Pager *pager;
	guint paragraph, row;
	Measure measure;
	char *text;
	GArray *rows;
} Walk;

static void
walk_clear(Walk *walk)
{
	g_clear_pointer(&walk->text, g_free);
	g_clear_pointer(&walk->rows, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static void
walk_load(Walk *walk, guint i)
{
	const Paragraph *paragraph = paragraph_at(walk->pager, i);
	walk_clear(walk);
	walk->paragraph = i;
	walk->row = 0;
	walk->measure = measure(walk->pager, paragraph);
	walk->text = wrap_prepare(paragraph->text, paragraph->len);
	walk->rows = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	wrap_rows(walk->text, walk->measure.cells, paragraph->fixed, walk->rows);
}

static WrapSpan
walk_row(const Walk *walk)
{
	return g_array_index(walk->rows, WrapSpan, walk->row);
}

/* Begins at the row that holds PLACE, or at the last one. FALSE: there is no text. */
static gboolean
walk_begin(Walk *walk, const Pager *pager, Place place)
{
	guint n = pager->paragraphs->len;
	walk->pager = pager;
	if (n == 0)
		return FALSE;
	walk_load(walk, MIN(place.paragraph, n - 1));
	if (place.paragraph >= n)
		place.byte = G_MAXSIZE;
	while (walk->row + 1 < walk->rows->len &&
		g_array_index(walk->rows, WrapSpan, walk->row + 1).start <= place.byte)
		walk->row++;
	return TRUE;
}

static gboolean
walk_step(Walk *walk, gint direction)
{
	if (direction > 0 && walk->row + 1 < walk->rows->len) {
		walk->row++;
	} else if (direction < 0 && walk->row > 0) {
		walk->row--;
	} else if (direction > 0 && walk->paragraph + 1 < walk->pager->paragraphs->len) {
		walk_load(walk, walk->paragraph + 1);
	} else if (direction < 0 && walk->paragraph > 0) {
		walk_load(walk, walk->paragraph - 1);
		walk->row = walk->rows->len - 1;
	} else {
		return FALSE;
	}
	return TRUE;
}

static Place
walk_place(const Walk *walk)
{
	return (Place){walk->paragraph, walk_row(walk).start};
}

static Place
place_moved(const Pager *pager, Place from, gint64 rows)
{
	g_auto(Walk) walk = {0};
	if (!walk_begin(&walk, pager, from))
		return (Place){0};
	for (gint direction = rows < 0 ? -1 : 1; rows != 0; rows -= direction) {
		if (!walk_step(&walk, direction))
			break;
	}
	return walk_place(&walk);
}

/* The rows from FROM on, counted no further than MAX. */
static guint
rows_below(const Pager *pager, Place from, guint max)
{
	g_auto(Walk) walk = {0};
	guint rows = 0;
	if (!walk_begin(&walk, pager, from))
		return 0;
	do {
		rows++;
	} while (rows < max && walk_step(&walk, 1));
	return rows;
}

/* What is the top of the screen: TOP, but no blank lines below while there is text above. */
static Place
visible_top(const Pager *pager)
{
	const Place last = {G_MAXUINT, 0};
	guint rows = MAX(pager->rows, 1);
	if (pager->top.paragraph < pager->paragraphs->len &&
		rows_below(pager, pager->top, rows) == rows)
		return pager->top;
	return place_moved(pager, last, 1 - (gint64)rows);
}

static gboolean
go_to(Pager *pager, Place place)
{
	Place before = visible_top(pager);
	pager->top = place;
	pager->top = visible_top(pager);
	return pager->top.paragraph != before.paragraph || pager->top.byte != before.byte;
}

/* --- Moving ------------------------------------------------------------------------------------- */

void
pager_resize(Pager *pager, guint rows, guint cols)
{
	pager->rows = rows;
	pager->cols = cols;
}

gboolean
pager_scroll(Pager *pager, gint lines)
{
	return go_to(pager, place_moved(pager, visible_top(pager), lines));
}

gboolean
pager_page(Pager *pager, gint direction, guint parts)
{
	gint step = (gint)MAX(MIN(pager->rows, G_MAXINT) / MAX(parts, 1), 1);
	if (parts <= 1 && step > 2)
		step--; /* the line that was last stays in view, to go on reading from */
	return pager_scroll(pager, direction * step);
}

gboolean
pager_home(Pager *pager)
{
	return go_to(pager, (Place){0});
}

gboolean
pager_end(Pager *pager)
{
	return go_to(pager, (Place){G_MAXUINT, 0});
}

gboolean
pager_at_end(const Pager *pager)
{
	return rows_below(pager, visible_top(pager), pager->rows + 1) <= pager->rows;
}

guint
pager_percent(const Pager *pager)
{
	g_auto(Walk) walk = {0};
	Place bottom = place_moved(pager, visible_top(pager), (gint64)MAX(pager->rows, 1) - 1);
	if (pager_at_end(pager) || !walk_begin(&walk, pager, bottom))
		return 100;
	WrapSpan row = walk_row(&walk);
	guint64 seen = paragraph_at(pager, walk.paragraph)->before + row.start + row.len;
	return (guint)MIN(seen * 100 / MAX(pager->bytes, 1), 99);
}

/* --- Searching ---------------------------------------------------------------------------------- */

static gboolean
is_in_view(const Pager *pager, guint paragraph)
{
	Place top = visible_top(pager);
	Place bottom = place_moved(pager, top, (gint64)MAX(pager->rows, 1) - 1);
	return paragraph >= top.paragraph && paragraph <= bottom.paragraph;
}

/* Puts the first match of PARAGRAPH into view, not at the very edge when it was not there. */
static void
show_hit(Pager *pager, guint paragraph)
{
	g_auto(Walk) walk = {0};
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	pager->has_hit = TRUE;
	pager->hit = paragraph;
	walk_begin(&walk, pager, (Place){paragraph, 0});
	wrap_matches(walk.text, pager->needle, spans);
	Place at = {paragraph, spans->len > 0 ? g_array_index(spans, WrapSpan, 0).start : 0};
	Place top = visible_top(pager);
	for (guint i = 0; i < pager->rows; i++) {
		Place next = place_moved(pager, top, i);
		Place after = place_moved(pager, top, i + 1);
		if (next.paragraph == at.paragraph && next.byte <= at.byte &&
			(after.paragraph != at.paragraph || after.byte > at.byte))
			return;
	}
	(void)go_to(pager, place_moved(pager, at, -(gint64)(pager->rows / 3)));
}

PagerAnswer
pager_search_more(Pager *pager)
{
	gsize searched = 0;
	guint n = pager->paragraphs->len;
	while (pager->unsearched > 0) {
		guint i = pager->search_at;
		const Paragraph *paragraph = paragraph_at(pager, i);
		if (searched > SEARCH_BYTES)
			return PAGER_SEARCHING;
		searched += paragraph->len + 1;
		pager->unsearched--;
		pager->search_at = (i + (pager->direction < 0 ? n - 1 : 1)) % n;
		if (!text_contains(paragraph->text, pager->needle))
			continue;
		pager->unsearched = 0;
		show_hit(pager, i);
		return PAGER_FOUND;
	}
	pager->has_hit = FALSE;
	return PAGER_NOT_FOUND;
}

PagerAnswer
pager_search(Pager *pager, const char *text, gint direction)
{
	g_autofree char *clean = text_clean(text, -1, TEXT_LINE);
	guint n = pager->paragraphs->len;
	gboolean go_on = pager->has_hit && is_in_view(pager, pager->hit);
	g_free(pager->needle);
	pager->needle = *clean ? text_fold(clean) : NULL;
	pager->unsearched = 0;
	if (!pager->needle || n == 0)
		return PAGER_NOT_FOUND;
	pager->direction = direction;
	pager->search_at = go_on ? pager->hit : visible_top(pager).paragraph;
	if (go_on || direction < 0)
		pager->search_at = (pager->search_at + (direction < 0 ? n - 1 : 1)) % n;
	pager->unsearched = n;
	return pager_search_more(pager);
}

/* --- Painting ----------------------------------------------------------------------------------- */

static Style
quote_style(guint depth)
{
	static const Style styles[] = {
		STYLE_READER_QUOTE1, STYLE_READER_QUOTE2, STYLE_READER_QUOTE3};
	return styles[MIN(depth, G_N_ELEMENTS(styles)) - 1];
}

static guint
draw_span(Paint *paint, guint line, guint col, Style style, const char *text, gsize len)
{
	g_autofree char *piece = g_strndup(text, len);
	return paint_piece(
		paint, line, col, paint_cols(paint) - MIN(col, paint_cols(paint)), style, piece);
}

static Style
emphasis_style(guint emphasis, Style otherwise)
{
	static const struct {
		guint emphasis;
		Style style;
	} styles[] = {{TEXT_WARNING, STYLE_READER_WARNING}, {TEXT_LINK, STYLE_READER_LINK},
		{TEXT_CODE, STYLE_READER_CODE}, {TEXT_DELETED, STYLE_READER_DELETED},
		{TEXT_BOLD, STYLE_READER_BOLD}, {TEXT_ITALIC, STYLE_READER_ITALIC},
		{TEXT_UNDERLINE, STYLE_READER_UNDERLINE}};
	for (guint i = 0; i < G_N_ELEMENTS(styles); i++) {
		if (emphasis & styles[i].emphasis)
			return styles[i].style;
	}
	return otherwise;
}

/* The text between FROM and TO, with its emphasis. */
static guint
draw_emphasis(const Walk *walk, Paint *paint, guint line, guint col, gsize from, gsize to)
{
	const Paragraph *paragraph = paragraph_at(walk->pager, walk->paragraph);
	Style style = (Style)paragraph->style;
	guint begin = col;
	for (guint i = 0; i < paragraph->n_spans && from < to; i++) {
		TextSpan span =
			g_array_index(walk->pager->spans, TextSpan, paragraph->first_span + i);
		gsize start = CLAMP(span.start, from, to);
		gsize end = CLAMP((gsize)span.start + span.len, start, to);
		if (start == end)
			continue;
		col += draw_span(paint, line, col, style, walk->text + from, start - from);
		col += draw_span(paint, line, col, emphasis_style(span.emphasis, style),
			walk->text + start, end - start);
		from = end;
	}
	col += draw_span(paint, line, col, style, walk->text + from, to - from);
	return col - begin;
}

/* The text of a row with its matches. */
static void
draw_text(const Walk *walk, const GArray *matches, Paint *paint, guint line, guint col)
{
	WrapSpan row = walk_row(walk);
	gsize at = row.start, end = row.start + row.len;
	for (guint i = 0; i < matches->len && at < end; i++) {
		WrapSpan match = g_array_index(matches, WrapSpan, i);
		gsize from = CLAMP(match.start, at, end),
		      to = CLAMP(match.start + match.len, from, end);
		if (from == to)
			continue;
		col += draw_emphasis(walk, paint, line, col, at, from);
		col += draw_span(
			paint, line, col, STYLE_READER_MATCH, walk->text + from, to - from);
		at = to;
	}
	(void)draw_emphasis(walk, paint, line, col, at, end);
}

static guint
draw_lead(const Walk *walk, Paint *paint, guint line)
{
	const Paragraph *paragraph = paragraph_at(walk->pager, walk->paragraph);
	guint col = walk->measure.margin;
	if (paragraph->lead && walk->row == 0)
		paint_text(paint, line, col, walk->measure.lead, (Style)paragraph->lead_style,
			paragraph->lead);
	col += walk->measure.lead;
	if (paragraph->label && walk->row == 0)
		paint_text(paint, line, col, walk->measure.label, (Style)paragraph->label_style,
			paragraph->label);
	col += walk->measure.label;
	for (guint i = 0; i < walk->measure.bars / BAR_CELLS; i++)
		paint_glyph(paint, line, col + i * BAR_CELLS, quote_style(i + 1), GLYPH_QUOTE);
	return col + walk->measure.bars;
}

void
pager_draw(const Pager *pager, Paint *paint, gboolean focused)
{
	g_auto(Walk) walk = {0};
	g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	guint line = 0, matched = G_MAXUINT, cursor = 0;
	paint_fill_below(paint, 0, STYLE_READER);
	if (!walk_begin(&walk, pager, visible_top(pager)))
		return;
	do {
		if (pager->needle && matched != walk.paragraph) {
			matched = walk.paragraph;
			g_array_set_size(matches, 0);
			wrap_matches(walk.text, pager->needle, matches);
			if (pager->has_hit && pager->hit == walk.paragraph)
				cursor = line;
		}
		draw_text(&walk, matches, paint, line, draw_lead(&walk, paint, line));
	} while (++line < pager->rows && walk_step(&walk, 1));
	if (focused)
		paint_cursor(paint, cursor, 0);
}
