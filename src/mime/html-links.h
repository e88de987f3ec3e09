/* The links of a document: their numbers, and whether they lead where their text says. */
#pragma once

#include <glib.h>

typedef struct HtmlLinks HtmlLinks;

HtmlLinks *html_links_new(void);
void html_links_free(HtmlLinks *links);

/* The number of TARGET, from 1; the same target keeps its number. 0: it leads nowhere (a place in
 * the page, a script), or there are too many. */
guint html_links_add(HtmlLinks *links, const char *target);
guint html_links_count(const HtmlLinks *links);
const char *html_links_target(const HtmlLinks *links, guint number);

/* The host that TARGET leads to when TEXT, what the reader sees of the link, names another one, which
 * comes in *OUT_SAID; else NULL, and *OUT_SAID is left alone. Both the caller's. */
char *html_links_lie(const char *text, const char *target, char **out_said);
/* A text of link NUMBER names the host SAID, where it does not lead. The first one is kept. */
void html_links_doubt(HtmlLinks *links, guint number, const char *said);
/* That host, NULL: no text of the link lies. */
const char *html_links_said(const HtmlLinks *links, guint number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlLinks, html_links_free)
