/* Which elements are open, what they do to the text in them, and how each begins and ends. */
#include "mime/html-walk-private.h"

#include <string.h>

enum {
	MAX_QUOTE = 64,
	BULLET_CELLS = 2,
	INDENT_CELLS = 4, /* of the explanation of a term */
};

/* --- What is open does to the text -------------------------------------------------------------- */

static void
set_look(HtmlWalk *walk)
{
	MimeLineKind kind = MIME_LINE_TEXT;
	guint indent = walk->counts[INDENT] ? INDENT_CELLS : 0;

	if (walk->counts[PRE] && !walk->counts[WRAPS])
		kind = MIME_LINE_FIXED;
	else if (walk->counts[HEADING])
		kind = MIME_LINE_HEADING;
	for (guint i = 0; i < MIN(walk->n_lists, MAX_LISTS); i++)
		indent += walk->lists[i].cells;
	html_page_look(walk->page, kind, MIN(walk->counts[QUOTE], MAX_QUOTE), indent);
}

static void
set_readable(HtmlWalk *walk)
{
	walk->unreadable = FALSE;
	for (guint i = walk->n_open; i-- > 0;) {
		if (walk->open[i].readable == HTML_UNSET)
			continue;
		walk->unreadable = walk->open[i].readable == HTML_OFF;
		return;
	}
}

/* --- Lists -------------------------------------------------------------------------------------- */

static void
begin_list(HtmlWalk *walk, const HtmlTag *tag, gboolean numbered)
{
	const char *start = html_tag_get(tag, "start");
	gint64 first = start ? g_ascii_strtoll(start, NULL, 10) : 1;

	if (walk->n_lists < MAX_LISTS)
		walk->lists[walk->n_lists] =
			(List){numbered, (gint)CLAMP(first, -9999, 999999), BULLET_CELLS};
	walk->n_lists++;
}

static void
begin_item(HtmlWalk *walk, const HtmlTag *tag)
{
	static const char *const bullets[] = {"• ", "◦ ", "▪ "};
	guint depth = CLAMP(walk->n_lists, 1, MAX_LISTS) - 1;
	const char *value = html_tag_get(tag, "value");
	List *list = &walk->lists[depth];
	char number[24];

	if (walk->n_lists == 0 || !list->numbered) {
		html_page_mark(walk->page, bullets[MIN(depth, 2)]);
		return;
	}
	if (value)
		list->number = (gint)CLAMP(g_ascii_strtoll(value, NULL, 10), -9999, 999999);
	list->number = MIN(list->number, 9999999);
	g_snprintf(number, sizeof number, "%d. ", list->number++);
	list->cells = (guint)strlen(number);
	html_page_mark(walk->page, number);
}

/* --- Ending ------------------------------------------------------------------------------------- */

/* What the end of an element does to the page, whether it found a place among the open ones or not. */
static void
leave(HtmlWalk *walk, HtmlElement element)
{
	switch (element) {
	case HTML_P:
		if (walk->counts[ITEM])
			html_walk_break(walk);
		else
			html_walk_gap(walk);
		break;
	case HTML_BLOCKQUOTE:
	case HTML_HEADING:
	case HTML_PRE: html_walk_gap(walk); break;
	case HTML_OL:
	case HTML_UL:
		if (walk->n_lists <= 1)
			html_walk_gap(walk);
		else
			html_walk_break(walk);
		break;
	case HTML_BLOCK:
	case HTML_DD:
	case HTML_DT:
	case HTML_LI:
	case HTML_TD:
	case HTML_TH:
	case HTML_TR: html_walk_break(walk); break;
	case HTML_TABLE:
		html_walk_break(walk);
		html_page_end_table(walk->page);
		break;
	case HTML_Q: html_page_text(walk->page, "”", strlen("”"), html_walk_emphasis(walk)); break;
	default: break;
	}
}

static void
close_at(HtmlWalk *walk, guint i)
{
	Open open = walk->open[i];

	leave(walk, open.element);
	if (open.effects & 1u << LINK)
		html_anchor_end(walk->anchor);
	for (guint effect = 0; effect < EFFECTS; effect++)
		walk->counts[effect] -= open.effects >> effect & 1;
	if ((open.element == HTML_UL || open.element == HTML_OL) && walk->n_lists > 0)
		walk->n_lists--;
	/* A mark that no line took is not for the text behind. */
	if (open.element == HTML_LI)
		html_page_mark(walk->page, "");
	walk->n_open--;
	memmove(&walk->open[i], &walk->open[i + 1], (walk->n_open - i) * sizeof(Open));
	if (open.readable != HTML_UNSET)
		set_readable(walk);
	set_look(walk);
}

static gboolean
is_of_table(HtmlElement element)
{
	return element == HTML_TABLE || element == HTML_TR || element == HTML_TD ||
	       element == HTML_TH;
}

/* The innermost open element of that name, looked for no further than the cell or the table that
 * all is in; -1: none. */
static int
find_open(const HtmlWalk *walk, guint32 name, HtmlElement element)
{
	for (guint i = walk->n_open; i-- > 0;) {
		HtmlElement at = walk->open[i].element;

		if (walk->open[i].name == name)
			return (int)i;
		if (at == HTML_TABLE || ((at == HTML_TD || at == HTML_TH) && !is_of_table(element)))
			return -1;
	}
	return -1;
}

void
html_walk_close_down_to(HtmlWalk *walk, guint i)
{
	while (walk->n_open > i)
		close_at(walk, walk->n_open - 1);
}

static gboolean
is_inline(HtmlElement element)
{
	switch (element) {
	case HTML_OTHER:
	case HTML_A:
	case HTML_CODE:
	case HTML_DELETED:
	case HTML_EMPHASIS:
	case HTML_P: /* what is emphasised goes on being so in the next paragraph */
	case HTML_Q:
	case HTML_STRONG:
	case HTML_UNDERLINE: return TRUE;
	default: return FALSE;
	}
}

void
html_walk_close_element(HtmlWalk *walk, guint32 name, HtmlElement element)
{
	int i;

	if (walk->over[name % OVER] > 0) {
		walk->over[name % OVER]--;
		leave(walk, element);
		return;
	}
	i = find_open(walk, name, element);
	if (i < 0)
		return;
	if (is_inline(element))
		close_at(walk, (guint)i);
	else
		html_walk_close_down_to(walk, (guint)i);
}

/* Closes what can't hold ELEMENT: the item before it, the cell before it. LAST and OTHER are closed,
 * looked for up to an UNTIL or a table. */
static void
close_before(HtmlWalk *walk, HtmlElement last, HtmlElement other, HtmlElement until)
{
	guint found = G_MAXUINT;

	for (guint i = walk->n_open; i-- > 0;) {
		HtmlElement at = walk->open[i].element;

		if (at == last || at == other)
			found = i;
		if (at == until || at == HTML_TABLE || at == HTML_UL || at == HTML_OL ||
			(!is_of_table(last) && (at == HTML_TD || at == HTML_TH)))
			break;
		if (found == i && !is_of_table(last))
			break;
	}
	if (found != G_MAXUINT)
		html_walk_close_down_to(walk, found);
}

void
html_walk_close_paragraph(HtmlWalk *walk)
{
	for (guint i = walk->n_open; i-- > 0;) {
		HtmlElement at = walk->open[i].element;

		if (at == HTML_P) {
			close_at(walk, i);
			return;
		}
		if (!is_inline(at))
			return;
	}
}

/* --- Beginning --------------------------------------------------------------------------------- */

static guint32
effects_of(HtmlElement element, HtmlStyle *style)
{
	switch (element) {
	case HTML_BLOCKQUOTE: return 1u << QUOTE;
	case HTML_CODE: return 1u << CODE;
	case HTML_DD: return 1u << INDENT;
	case HTML_DELETED: return 1u << DELETED;
	case HTML_EMPHASIS: style->italic = HTML_ON; return 0;
	case HTML_HEADING: return 1u << HEADING;
	case HTML_HIDDEN: return 1u << HIDDEN;
	case HTML_LI: return 1u << ITEM;
	case HTML_PRE: style->pre = HTML_ON; return 0;
	case HTML_STRONG:
	case HTML_TH: style->bold = HTML_ON; return 0;
	case HTML_UNDERLINE: style->underline = HTML_ON; return 0;
	default: return 0;
	}
}

/* Pushes the element with what it and its style do. */
static void
open_element(HtmlWalk *walk, const HtmlTag *tag, guint32 name, HtmlElement element)
{
	Open open = {.name = name, .element = element};
	HtmlStyle style = {0};

	if (walk->n_open == MAX_OPEN) {
		walk->over[name % OVER]++;
		return;
	}
	open.effects = effects_of(element, &style);
	html_sheet_apply(walk->sheet, tag, &style);
	html_style_apply(&style, html_tag_get(tag, "style"));
	open.effects |= (style.bold == HTML_ON) << BOLD | (style.italic == HTML_ON) << ITALIC |
			(style.underline == HTML_ON) << UNDERLINE |
			(style.deleted == HTML_ON) << DELETED | (style.pre == HTML_ON) << PRE |
			(style.pre == HTML_ON && style.wraps) << WRAPS;
	if (html_style_hides(&style) || html_tag_get(tag, "hidden"))
		open.effects |= 1u << HIDDEN;
	if (element == HTML_A && html_tag_get(tag, "href")) {
		open.effects |= 1u << LINK;
		html_anchor_begin(walk->anchor, html_tag_get(tag, "href"));
	}
	open.readable = style.readable;
	for (guint effect = 0; effect < EFFECTS; effect++)
		walk->counts[effect] += open.effects >> effect & 1;
	walk->open[walk->n_open++] = open;
	if (open.readable != HTML_UNSET)
		set_readable(walk);
}

/* What has to end before ELEMENT begins. */
static void
make_room(HtmlWalk *walk, HtmlElement element)
{
	switch (element) {
	case HTML_A: {
		if (html_anchor_is_open(walk->anchor))
			html_walk_close_element(walk, g_str_hash("a"), HTML_A);
		html_anchor_end(walk->anchor);
		return;
	}
	case HTML_LI: close_before(walk, HTML_LI, HTML_LI, HTML_UL); break;
	case HTML_DD:
	case HTML_DT: close_before(walk, HTML_DD, HTML_DT, HTML_BLOCK); break;
	case HTML_TR: close_before(walk, HTML_TR, HTML_TD, HTML_TABLE); break;
	case HTML_TD:
	case HTML_TH: close_before(walk, HTML_TD, HTML_TH, HTML_TR); break;
	default: break;
	}
	if (!is_inline(element) || element == HTML_P)
		html_walk_close_paragraph(walk);
}

/* Ends the line that came before ELEMENT. */
static void
arrive(HtmlWalk *walk, HtmlElement element)
{
	switch (element) {
	case HTML_P:
		if (html_page_is_marked(walk->page))
			html_walk_break(walk);
		else
			html_walk_gap(walk);
		break;
	case HTML_BLOCKQUOTE:
	case HTML_HEADING:
	case HTML_PRE: html_walk_gap(walk); break;
	case HTML_OL:
	case HTML_UL:
		if (walk->n_lists == 0)
			html_walk_gap(walk);
		else
			html_walk_break(walk);
		break;
	default:
		if (!is_inline(element) && element != HTML_HIDDEN)
			html_walk_break(walk);
		break;
	}
}

static void
begin_cell(HtmlWalk *walk, const HtmlTag *tag)
{
	const char *span = html_tag_get(tag, "colspan"), *align = html_tag_get(tag, "align");
	HtmlStyle style = {.right = align && g_ascii_strcasecmp(align, "right") == 0};
	guint64 columns = span ? g_ascii_strtoull(span, NULL, 10) : 1;

	html_style_apply(&style, html_tag_get(tag, "style"));
	html_page_begin_cell(walk->page, (guint)MIN(columns, G_MAXINT), style.right);
}

void
html_walk_begin_element(HtmlWalk *walk, const HtmlTag *tag, guint32 name, HtmlElement element)
{
	make_room(walk, element);
	arrive(walk, element);
	if (element == HTML_UL || element == HTML_OL)
		begin_list(walk, tag, element == HTML_OL);
	open_element(walk, tag, name, element);
	switch (element) {
	case HTML_LI: begin_item(walk, tag); break;
	case HTML_PRE: walk->at_pre = TRUE; break;
	case HTML_Q: html_page_text(walk->page, "“", strlen("“"), html_walk_emphasis(walk)); break;
	case HTML_TABLE: html_page_begin_table(walk->page); break;
	case HTML_TR: html_page_begin_row(walk->page); break;
	case HTML_TD:
	case HTML_TH: begin_cell(walk, tag); break;
	default: break;
	}
	set_look(walk);
}
