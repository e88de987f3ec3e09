#include "mime/html-walk.h"

#include "mime/html-line.h"
#include "mime/html-walk-private.h"

#include <string.h>

HtmlWalk *
html_walk_new(HtmlPage *page, HtmlLinks *links)
{
	HtmlWalk *walk = g_new0(HtmlWalk, 1);

	walk->page = page;
	walk->sheet = html_sheet_new();
	walk->anchor = html_anchor_new(page, links);
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
	html_anchor_free(walk->anchor);
	g_free(walk);
}

/* --- The look of what comes -------------------------------------------------------------------- */

void
html_walk_break(HtmlWalk *walk)
{
	html_anchor_number(walk->anchor);
	if (walk->counts[HIDDEN] == 0)
		html_page_break(walk->page);
}

void
html_walk_gap(HtmlWalk *walk)
{
	html_anchor_number(walk->anchor);
	if (walk->counts[HIDDEN] == 0)
		html_page_gap(walk->page);
}

guint
html_walk_emphasis(const HtmlWalk *walk)
{
	const guint *counts = walk->counts;

	return (counts[BOLD] && !counts[HEADING] ? TEXT_BOLD : 0) |
	       (counts[ITALIC] ? TEXT_ITALIC : 0) |
	       (counts[UNDERLINE] && !counts[LINK] ? TEXT_UNDERLINE : 0) |
	       (counts[CODE] ? TEXT_CODE : 0) | (counts[DELETED] ? TEXT_DELETED : 0) |
	       (html_anchor_is_open(walk->anchor) ? TEXT_LINK : 0);
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
		alt = html_anchor_is_open(walk->anchor) ? "image" : "";
	if (*alt == '\0')
		return;
	html_page_text(walk->page, " ", 1, 0);
	html_page_text(walk->page, alt, strlen(alt), html_walk_emphasis(walk) | TEXT_ITALIC);
	html_page_text(walk->page, " ", 1, 0);
	html_anchor_see(walk->anchor, alt, strlen(alt));
}

static void
show_rule(HtmlWalk *walk)
{
	static const char rule[] = "────────────────────────";

	html_walk_close_paragraph(walk);
	html_walk_gap(walk);
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
	html_page_text(walk->page, label, strlen(label), html_walk_emphasis(walk));
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
			html_anchor_number(walk->anchor);
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
		html_walk_close_element(walk, g_str_hash(name), element);
	else if (!show_empty(walk, tag, element))
		html_walk_begin_element(walk, tag, g_str_hash(name), element);
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
	html_anchor_see(walk->anchor, text, len);
	if (walk->counts[PRE])
		html_page_preformatted(walk->page, text, len, html_walk_emphasis(walk));
	else
		html_page_text(walk->page, text, len, html_walk_emphasis(walk));
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
	html_walk_close_down_to(walk, 0);
	html_anchor_end(walk->anchor);
	html_page_end_table(walk->page);
	html_page_mark(walk->page, "");
	html_anchor_list(walk->anchor);
	tell_images(walk);
}
