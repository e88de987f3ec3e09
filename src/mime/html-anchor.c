#include "mime/html-anchor.h"

#include "mime/html-line.h"

#include <string.h>

#define MAX_TEXT 300 /* bytes that are compared with the target */

struct HtmlAnchor {
	HtmlPage *page;
	HtmlLinks *links;
	guint links_before; /* numbers of other parts */
	char *target;       /* of the open link, or NULL */
	GString *text;
	gboolean seen; /* something of it is on the page, and its number not yet */
};

HtmlAnchor *
html_anchor_new(HtmlPage *page, HtmlLinks *links)
{
	HtmlAnchor *anchor = g_new0(HtmlAnchor, 1);

	anchor->page = page;
	anchor->links = links;
	anchor->links_before = html_links_count(links);
	anchor->text = g_string_new(NULL);
	return anchor;
}

void
html_anchor_free(HtmlAnchor *anchor)
{
	if (!anchor)
		return;
	g_string_free(anchor->text, TRUE);
	g_free(anchor->target);
	g_free(anchor);
}

void
html_anchor_begin(HtmlAnchor *anchor, const char *target)
{
	g_free(anchor->target);
	anchor->target = g_strdup(target);
	g_string_truncate(anchor->text, 0);
	anchor->seen = FALSE;
}

gboolean
html_anchor_is_open(const HtmlAnchor *anchor)
{
	return anchor->target != NULL;
}

void
html_anchor_number(HtmlAnchor *anchor)
{
	g_autofree char *host = NULL, *said = NULL, *mark = NULL;
	guint number;

	if (!anchor->target || !anchor->seen)
		return;
	anchor->seen = FALSE;
	number = html_links_add(anchor->links, anchor->target);
	if (number == 0)
		return;
	host = html_links_lie(anchor->text->str, anchor->target, &said);
	if (host)
		html_links_doubt(anchor->links, number, said);
	mark = host ? g_strdup_printf("[%u, leads to %s]", number, host)
		    : g_strdup_printf("[%u]", number);
	html_page_append(anchor->page, mark, TEXT_LINK | (host ? TEXT_WARNING : 0));
}

void
html_anchor_end(HtmlAnchor *anchor)
{
	html_anchor_number(anchor);
	g_clear_pointer(&anchor->target, g_free);
}

void
html_anchor_see(HtmlAnchor *anchor, const char *text, gsize len)
{
	gsize room = MAX_TEXT - MIN(anchor->text->len, MAX_TEXT);

	if (!anchor->target)
		return;
	g_string_append_len(anchor->text, text, (gssize)MIN(len, room));
	anchor->seen = anchor->seen || !html_text_is_blank(text, len);
}

void
html_anchor_list(const HtmlAnchor *anchor)
{
	guint n = html_links_count(anchor->links);

	if (n == anchor->links_before)
		return;
	html_page_look(anchor->page, MIME_LINE_HEADING, 0, 0);
	html_page_gap(anchor->page);
	html_page_text(anchor->page, "Links", strlen("Links"), 0);
	html_page_break(anchor->page);
	for (guint i = anchor->links_before + 1; i <= n; i++) {
		const char *target = html_links_target(anchor->links, i);
		char mark[24];

		g_snprintf(mark, sizeof mark, "[%u] ", i);
		html_page_look(anchor->page, MIME_LINE_TEXT, 0, (guint)strlen(mark));
		html_page_mark(anchor->page, mark);
		html_page_text(anchor->page, target, strlen(target), TEXT_LINK);
		html_page_break(anchor->page);
	}
}
