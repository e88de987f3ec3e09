/*
 * The link that is open in an HTML part: what its text says, and the number that stands behind it on the
 * page; at the end, the list of all. Owns the target and the text of the open one; what is known of each link
 * goes into HtmlLinks.
 */
#pragma once

#include "mime/html-links.h"
#include "mime/html-page.h"

typedef struct HtmlAnchor HtmlAnchor;

/* PAGE and LINKS must outlive it; links that are there already are other parts'. */
HtmlAnchor *html_anchor_new(HtmlPage *page, HtmlLinks *links);
void html_anchor_free(HtmlAnchor *anchor);

void html_anchor_begin(HtmlAnchor *anchor, const char *target);
gboolean html_anchor_is_open(const HtmlAnchor *anchor);
/* TEXT is shown: part of the link, when one is open. */
void html_anchor_see(HtmlAnchor *anchor, const char *text, gsize len);
/* Puts the number behind the text of the open link, and where it leads when its text lies. */
void html_anchor_number(HtmlAnchor *anchor);
/* The same, and it is no longer open. */
void html_anchor_end(HtmlAnchor *anchor);
/* Adds the links of this part to the page, each with its number. */
void html_anchor_list(const HtmlAnchor *anchor);
