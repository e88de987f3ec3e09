#include "pager.h"

#include "base/text.h"
#include "hits.h"
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
	guint32 len, line;
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

	Hits *hits; /* NULL: no search */
	gboolean has_hit;
	guint hit;      /* the one that was gone to last */
	gboolean asked; /* for the next one from FROM on */
	Hit from;
	gint direction;
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
	hits_free(pager->hits);
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
	if (pager->hits)
		hits_forget(pager->hits);
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
			.line = look->line,
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

static gboolean
is_before(Place a, Place b)
{
	return a.paragraph != b.paragraph ? a.paragraph < b.paragraph : a.byte < b.byte;
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

guint
pager_line(const Pager *pager)
{
	Place top = visible_top(pager);
	return pager->paragraphs->len > 0 ? paragraph_at(pager, top.paragraph)->line : 0;
}

void
pager_show_line(Pager *pager, guint line)
{
	guint i = 0, n = pager->paragraphs->len;
	while (i < n && paragraph_at(pager, i)->line < line)
		i++;
	(void)go_to(pager, (Place){i < n ? i : 0, 0});
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

/* TRUE when the rows of the screen hold PLACE. */
static gboolean
is_in_view(const Pager *pager, Place place)
{
	Place top = visible_top(pager);
	Place below = place_moved(pager, top, (gint64)MAX(pager->rows, 1));
	if (is_before(place, top))
		return FALSE;
	return is_before(place, below) ||
	       rows_below(pager, top, pager->rows + 1) <= pager->rows; /* nothing is below */
}

static Place
place_of(Hit hit)
{
	return (Place){hit.paragraph, hit.start};
}

/* Puts hit I into view, not at the very edge when it was not there. */
static PagerAnswer
show_hit(Pager *pager, guint i)
{
	Place place = place_of(hits_at(pager->hits, i));
	pager->asked = FALSE;
	pager->has_hit = TRUE;
	pager->hit = i;
	if (!is_in_view(pager, place))
		(void)go_to(pager, place_moved(pager, place, -(gint64)(pager->rows / 3)));
	return PAGER_FOUND;
}

/* Of the hits that are known the one that is asked for, FALSE: it is not known yet. */
static gboolean
find_hit(const Pager *pager, guint *out_hit)
{
	guint n = hits_count(pager->hits), next = hits_from(pager->hits, pager->from);
	gboolean all = !pager_is_searching(pager);
	if (pager->direction > 0 && next < n)
		*out_hit = next;
	else if (pager->direction < 0 && next > 0 &&
		 (all || hits_known(pager->hits) > pager->from.paragraph))
		*out_hit = next - 1;
	else if (all && n > 0)
		*out_hit = pager->direction > 0 ? 0 : n - 1;
	else
		return FALSE;
	return TRUE;
}

PagerAnswer
pager_search_more(Pager *pager)
{
	guint hit;
	for (gsize searched = 0; pager_is_searching(pager) && searched <= SEARCH_BYTES;) {
		const Paragraph *paragraph = paragraph_at(pager, hits_known(pager->hits));
		hits_look(pager->hits, paragraph->text, paragraph->len);
		searched += paragraph->len + 1;
	}
	if (!pager->asked)
		return PAGER_FOUND;
	if (find_hit(pager, &hit))
		return show_hit(pager, hit);
	if (pager_is_searching(pager))
		return PAGER_SEARCHING;
	pager->asked = pager->has_hit = FALSE;
	return PAGER_NOT_FOUND;
}

/* Where a search begins: behind the hit before when that is in view, else with what is in view. */
static Hit
search_start(const Pager *pager, gint direction)
{
	Place top = visible_top(pager);
	if (pager->has_hit && is_in_view(pager, place_of(hits_at(pager->hits, pager->hit)))) {
		Hit hit = hits_at(pager->hits, pager->hit);
		hit.start += direction > 0 ? 1 : 0;
		return hit;
	}
	return (Hit){top.paragraph, (guint32)MIN(top.byte, G_MAXUINT32)};
}

PagerAnswer
pager_search(Pager *pager, const char *text, gint direction)
{
	g_autoptr(Hits) hits = hits_new(text);
	if (!hits || !pager->hits || strcmp(hits_needle(hits), hits_needle(pager->hits)) != 0) {
		hits_free(pager->hits);
		pager->hits = g_steal_pointer(&hits);
		pager->has_hit = FALSE;
	}
	if (!pager->hits)
		return PAGER_NOT_FOUND;
	pager->from = search_start(pager, direction);
	pager->direction = direction;
	pager->asked = TRUE;
	return pager_search_more(pager);
}

gboolean
pager_is_searching(const Pager *pager)
{
	return pager->hits && hits_known(pager->hits) < pager->paragraphs->len;
}

gboolean
pager_hit(const Pager *pager, guint *out_hit, guint *out_count)
{
	if (!pager->has_hit || pager_is_searching(pager))
		return FALSE;
	*out_hit = pager->hit + 1;
	*out_count = hits_count(pager->hits);
	return TRUE;
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
		{TEXT_ADDED, STYLE_READER_ADDED}, {TEXT_REMOVED, STYLE_READER_REMOVED},
		{TEXT_HUNK, STYLE_READER_HUNK}, {TEXT_CODE, STYLE_READER_CODE},
		{TEXT_DELETED, STYLE_READER_DELETED}, {TEXT_BOLD, STYLE_READER_BOLD},
		{TEXT_ITALIC, STYLE_READER_ITALIC}, {TEXT_UNDERLINE, STYLE_READER_UNDERLINE}};
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

/* TRUE when the hit that was gone to begins in the row. */
static gboolean
has_hit_in(const Pager *pager, const Walk *walk)
{
	WrapSpan row = walk_row(walk);
	Hit hit = pager->has_hit ? hits_at(pager->hits, pager->hit) : (Hit){G_MAXUINT32, 0};
	return hit.paragraph == walk->paragraph && hit.start >= row.start &&
	       hit.start - row.start < MAX(row.len, 1);
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
		if (pager->hits && matched != walk.paragraph) {
			matched = walk.paragraph;
			g_array_set_size(matches, 0);
			wrap_matches(walk.text, hits_needle(pager->hits), matches);
		}
		if (has_hit_in(pager, &walk))
			cursor = line;
		draw_text(&walk, matches, paint, line, draw_lead(&walk, paint, line));
	} while (++line < pager->rows && walk_step(&walk, 1));
	if (focused)
		paint_cursor(paint, cursor, 0);
}
