#include "mime/html-walk.h"

#include "mime/html-element.h"
#include "mime/html-line.h"
#include "mime/html-sheet.h"
#include "mime/html-style.h"

#include <string.h>

enum {
	MAX_OPEN = 256, /* elements; deeper ones only break lines */
	OVER = 64,      /* counters for those, by name */
	MAX_LISTS = 12, /* deeper ones are not indented further */
	MAX_QUOTE = 64,
	MAX_LINK_TEXT = 300, /* bytes that are compared with the target */
	BULLET_CELLS = 2,
	INDENT_CELLS = 4, /* of the explanation of a term */
};

/* What an open element does to the text in it. */
typedef enum {
	BOLD,
	ITALIC,
	UNDERLINE,
	CODE,
	DELETED,
	LINK,
	HIDDEN,
	PRE,
	WRAPS, /* preformatted, but long lines wrap */
	QUOTE,
	HEADING,
	INDENT,
	ITEM,
	EFFECTS,
} Effect;

typedef struct {
	guint32 name; /* hash */
	HtmlElement element;
	guint32 effects;     /* bits */
	HtmlSwitch readable; /* as of HtmlStyle */
} Open;

typedef struct {
	gboolean numbered;
	gint number;
	guint cells;
} List;

struct HtmlWalk {
	HtmlPage *page;
	HtmlSheet *sheet;
	gboolean sheet_means; /* the open <style> is for what this is */
	HtmlLinks *links;
	guint links_before; /* numbers of other parts */
	Open open[MAX_OPEN];
	guint n_open;
	guint over[OVER]; /* open elements that found no place */
	guint counts[EFFECTS];
	gboolean unreadable;
	gboolean at_pre; /* the first line end in it does not count */
	List lists[MAX_LISTS];
	guint n_lists;

	char *target; /* of the open link, or NULL */
	GString *link_text;
	gboolean link_seen; /* something of it is on the page, and its number not yet */
	guint images, dots;
};

HtmlWalk *
html_walk_new(HtmlPage *page, HtmlLinks *links)
{
	HtmlWalk *walk = g_new0(HtmlWalk, 1);

	walk->page = page;
	walk->sheet = html_sheet_new();
	walk->links = links;
	walk->links_before = html_links_count(links);
	walk->link_text = g_string_new(NULL);
	return walk;
}

void
html_walk_hide_class(HtmlWalk *walk, const char *name)
{
	g_autofree char *rule = g_strdup_printf(".%s{display:none}", name);

	html_sheet_feed(walk->sheet, rule, strlen(rule));
	html_sheet_end(walk->sheet);
}

void
html_walk_free(HtmlWalk *walk)
{
	if (!walk)
		return;
	html_sheet_free(walk->sheet);
	g_string_free(walk->link_text, TRUE);
	g_free(walk->target);
	g_free(walk);
}

/* --- Links ------------------------------------------------------------------------------------- */

static void
begin_link(HtmlWalk *walk, const char *target)
{
	g_free(walk->target);
	walk->target = g_strdup(target);
	g_string_truncate(walk->link_text, 0);
	walk->link_seen = FALSE;
}

/* Puts the number behind the text of the open link, and where it leads when its text lies. */
static void
number_link(HtmlWalk *walk)
{
	g_autofree char *host = NULL, *said = NULL, *mark = NULL;
	guint number;

	if (!walk->target || !walk->link_seen)
		return;
	walk->link_seen = FALSE;
	number = html_links_add(walk->links, walk->target);
	if (number == 0)
		return;
	host = html_links_lie(walk->link_text->str, walk->target, &said);
	if (host)
		html_links_doubt(walk->links, number, said);
	mark = host ? g_strdup_printf("[%u, leads to %s]", number, host)
		    : g_strdup_printf("[%u]", number);
	html_page_append(walk->page, mark, TEXT_LINK | (host ? TEXT_WARNING : 0));
}

static void
end_link(HtmlWalk *walk)
{
	number_link(walk);
	g_clear_pointer(&walk->target, g_free);
}

static void
see_link(HtmlWalk *walk, const char *text, gsize len)
{
	gsize room = MAX_LINK_TEXT - MIN(walk->link_text->len, MAX_LINK_TEXT);

	if (!walk->target)
		return;
	g_string_append_len(walk->link_text, text, (gssize)MIN(len, room));
	walk->link_seen = walk->link_seen || !html_text_is_blank(text, len);
}

/* --- The look of what comes -------------------------------------------------------------------- */

static void
break_line(HtmlWalk *walk)
{
	number_link(walk);
	if (walk->counts[HIDDEN] == 0)
		html_page_break(walk->page);
}

static void
break_with_gap(HtmlWalk *walk)
{
	number_link(walk);
	if (walk->counts[HIDDEN] == 0)
		html_page_gap(walk->page);
}

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

static guint
emphasis(const HtmlWalk *walk)
{
	const guint *counts = walk->counts;

	return (counts[BOLD] && !counts[HEADING] ? TEXT_BOLD : 0) |
	       (counts[ITALIC] ? TEXT_ITALIC : 0) |
	       (counts[UNDERLINE] && !counts[LINK] ? TEXT_UNDERLINE : 0) |
	       (counts[CODE] ? TEXT_CODE : 0) | (counts[DELETED] ? TEXT_DELETED : 0) |
	       (walk->target ? TEXT_LINK : 0);
}

/* --- Opening and closing ----------------------------------------------------------------------- */

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

/* What the end of an element does to the page, whether it found a place among the open ones or not. */
static void
leave(HtmlWalk *walk, HtmlElement element)
{
	switch (element) {
	case HTML_P:
		if (walk->counts[ITEM])
			break_line(walk);
		else
			break_with_gap(walk);
		break;
	case HTML_BLOCKQUOTE:
	case HTML_HEADING:
	case HTML_PRE: break_with_gap(walk); break;
	case HTML_OL:
	case HTML_UL:
		if (walk->n_lists <= 1)
			break_with_gap(walk);
		else
			break_line(walk);
		break;
	case HTML_BLOCK:
	case HTML_DD:
	case HTML_DT:
	case HTML_LI:
	case HTML_TD:
	case HTML_TH:
	case HTML_TR: break_line(walk); break;
	case HTML_TABLE:
		break_line(walk);
		html_page_end_table(walk->page);
		break;
	case HTML_Q: html_page_text(walk->page, "”", strlen("”"), emphasis(walk)); break;
	default: break;
	}
}

static void
close_at(HtmlWalk *walk, guint i)
{
	Open open = walk->open[i];

	leave(walk, open.element);
	if (open.effects & 1u << LINK)
		end_link(walk);
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

static void
close_down_to(HtmlWalk *walk, guint i)
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

static void
close_element(HtmlWalk *walk, guint32 name, HtmlElement element)
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
		close_down_to(walk, (guint)i);
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
		close_down_to(walk, found);
}

static void
close_paragraph(HtmlWalk *walk)
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
		begin_link(walk, html_tag_get(tag, "href"));
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
		if (walk->target)
			close_element(walk, g_str_hash("a"), HTML_A);
		end_link(walk);
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
		close_paragraph(walk);
}

/* Ends the line that came before ELEMENT. */
static void
arrive(HtmlWalk *walk, HtmlElement element)
{
	switch (element) {
	case HTML_P:
		if (html_page_is_marked(walk->page))
			break_line(walk);
		else
			break_with_gap(walk);
		break;
	case HTML_BLOCKQUOTE:
	case HTML_HEADING:
	case HTML_PRE: break_with_gap(walk); break;
	case HTML_OL:
	case HTML_UL:
		if (walk->n_lists == 0)
			break_with_gap(walk);
		else
			break_line(walk);
		break;
	default:
		if (!is_inline(element) && element != HTML_HIDDEN)
			break_line(walk);
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

static void
begin_element(HtmlWalk *walk, const HtmlTag *tag, guint32 name, HtmlElement element)
{
	make_room(walk, element);
	arrive(walk, element);
	if (element == HTML_UL || element == HTML_OL)
		begin_list(walk, tag, element == HTML_OL);
	open_element(walk, tag, name, element);
	switch (element) {
	case HTML_LI: begin_item(walk, tag); break;
	case HTML_PRE: walk->at_pre = TRUE; break;
	case HTML_Q: html_page_text(walk->page, "“", strlen("“"), emphasis(walk)); break;
	case HTML_TABLE: html_page_begin_table(walk->page); break;
	case HTML_TR: html_page_begin_row(walk->page); break;
	case HTML_TD:
	case HTML_TH: begin_cell(walk, tag); break;
	default: break;
	}
	set_look(walk);
}

/* --- What has no content ----------------------------------------------------------------------- */

static gboolean
is_remote(const char *source)
{
	while (g_ascii_isspace(*source))
		source++;
	return g_ascii_strncasecmp(source, "http:", 5) == 0 ||
	       g_ascii_strncasecmp(source, "https:", 6) == 0 || g_str_has_prefix(source, "//");
}

static void
show_image(HtmlWalk *walk, const HtmlTag *tag)
{
	const char *source = html_tag_get(tag, "src"), *alt = html_tag_get(tag, "alt");
	HtmlStyle style = {0};
	gboolean dot;

	html_sheet_apply(walk->sheet, tag, &style);
	html_style_apply(&style, html_tag_get(tag, "style"));
	dot = html_style_hides(&style) || style.pixel || html_tag_get(tag, "hidden") ||
	      html_style_is_dot(html_tag_get(tag, "width")) ||
	      html_style_is_dot(html_tag_get(tag, "height"));
	if (source && is_remote(source)) {
		walk->images++;
		walk->dots += dot || walk->counts[HIDDEN] > 0;
	}
	if (dot || walk->counts[HIDDEN])
		return;
	if (!alt || html_text_is_blank(alt, strlen(alt)))
		alt = walk->target ? "image" : "";
	if (*alt == '\0')
		return;
	html_page_text(walk->page, " ", 1, 0);
	html_page_text(walk->page, alt, strlen(alt), emphasis(walk) | TEXT_ITALIC);
	html_page_text(walk->page, " ", 1, 0);
	see_link(walk, alt, strlen(alt));
}

static void
show_rule(HtmlWalk *walk)
{
	static const char rule[] = "────────────────────────";

	close_paragraph(walk);
	break_with_gap(walk);
	html_page_text(walk->page, rule, strlen(rule), 0);
	html_page_gap(walk->page);
}

/* A button is all that is left of a form. */
static void
show_input(HtmlWalk *walk, const HtmlTag *tag)
{
	const char *type = html_tag_get(tag, "type"), *value = html_tag_get(tag, "value");
	g_autofree char *label = g_strdup_printf("[%s]", value ? value : "");

	if (!type || !value ||
		(g_ascii_strcasecmp(type, "submit") != 0 &&
			g_ascii_strcasecmp(type, "button") != 0))
		return;
	html_page_text(walk->page, label, strlen(label), emphasis(walk));
}

static gboolean
is_visible(const HtmlWalk *walk)
{
	return walk->counts[HIDDEN] == 0 && !walk->unreadable;
}

/* TRUE when ELEMENT is one that can't hold anything. */
static gboolean
show_empty(HtmlWalk *walk, const HtmlTag *tag, HtmlElement element)
{
	switch (element) {
	case HTML_BR:
		if (walk->counts[HIDDEN] == 0) {
			number_link(walk);
			html_page_newline(walk->page);
		}
		return TRUE;
	case HTML_HR:
		if (walk->counts[HIDDEN] == 0)
			show_rule(walk);
		return TRUE;
	case HTML_IMG: show_image(walk, tag); return TRUE;
	case HTML_INPUT:
		if (is_visible(walk))
			show_input(walk, tag);
		return TRUE;
	/* Were the whole page hidden, nobody would have sent it. */
	case HTML_BODY:
	case HTML_VOID: return TRUE;
	default: return FALSE;
	}
}

/* --- The way through --------------------------------------------------------------------------- */

/* At both ends of a <style>; one for paper or for narrow screens says nothing here. */
static void
bound_sheet(HtmlWalk *walk, const HtmlTag *tag)
{
	const char *media = html_tag_get(tag, "media");

	if (html_tag_closes(tag))
		html_sheet_end(walk->sheet);
	else
		walk->sheet_means = !media || g_ascii_strcasecmp(media, "all") == 0 ||
				    g_ascii_strcasecmp(media, "screen") == 0;
}

void
html_walk_style(HtmlWalk *walk, const char *css, gsize len)
{
	if (walk->sheet_means)
		html_sheet_feed(walk->sheet, css, len);
}

void
html_walk_tag(HtmlWalk *walk, const HtmlTag *tag)
{
	const char *name = html_tag_name(tag);
	HtmlElement element = html_element_find(name);

	if (strcmp(name, "style") == 0)
		bound_sheet(walk, tag);
	if (html_tag_closes(tag) && element != HTML_BR)
		close_element(walk, g_str_hash(name), element);
	else if (!show_empty(walk, tag, element))
		begin_element(walk, tag, g_str_hash(name), element);
}

void
html_walk_text(HtmlWalk *walk, const char *text, gsize len)
{
	if (!is_visible(walk))
		return;
	if (walk->at_pre && len > 0 && *text == '\n') {
		text++;
		len--;
	}
	walk->at_pre = FALSE;
	see_link(walk, text, len);
	if (walk->counts[PRE])
		html_page_preformatted(walk->page, text, len, emphasis(walk));
	else
		html_page_text(walk->page, text, len, emphasis(walk));
}

static void
list_links(HtmlWalk *walk)
{
	guint n = html_links_count(walk->links);

	if (n == walk->links_before)
		return;
	html_page_look(walk->page, MIME_LINE_HEADING, 0, 0);
	html_page_gap(walk->page);
	html_page_text(walk->page, "Links", strlen("Links"), 0);
	html_page_break(walk->page);
	for (guint i = walk->links_before + 1; i <= n; i++) {
		const char *target = html_links_target(walk->links, i);
		char mark[24];

		g_snprintf(mark, sizeof mark, "[%u] ", i);
		html_page_look(walk->page, MIME_LINE_TEXT, 0, (guint)strlen(mark));
		html_page_mark(walk->page, mark);
		html_page_text(walk->page, target, strlen(target), TEXT_LINK);
		html_page_break(walk->page);
	}
}

static void
tell_images(HtmlWalk *walk)
{
	g_autoptr(GString) note = g_string_new(NULL);

	if (walk->images == 0)
		return;
	if (walk->images == 1)
		g_string_append(note, "1 remote image was not loaded");
	else
		g_string_append_printf(note, "%u remote images were not loaded", walk->images);
	if (walk->dots == walk->images)
		g_string_append(note, ": invisible, to tell the sender that you read this.");
	else if (walk->dots > 0)
		g_string_append_printf(note,
			", %u of them invisible, to tell the sender that you read this.",
			walk->dots);
	else
		g_string_append_c(note, '.');
	html_page_look(walk->page, MIME_LINE_NOTE, 0, 0);
	html_page_gap(walk->page);
	html_page_text(walk->page, note->str, note->len, 0);
	html_page_break(walk->page);
}

void
html_walk_end(HtmlWalk *walk)
{
	close_down_to(walk, 0);
	end_link(walk);
	html_page_end_table(walk->page);
	html_page_mark(walk->page, "");
	list_links(walk);
	tell_images(walk);
}
