/*
 * Goes through the tags and text of an HTML part and says what each means for the page: which elements
 * are open, what is hidden, lists, links, images. Nothing is ever fetched.
 */
#pragma once

#include "mime/html-links.h"
#include "mime/html-page.h"
#include "mime/html-token.h"

typedef struct HtmlWalk HtmlWalk;

/* PAGE and LINKS, where the links go, must outlive it. */
HtmlWalk *html_walk_new(HtmlPage *page, HtmlLinks *links);
void html_walk_free(HtmlWalk *walk);
/* Before the first text: elements of the class NAME are not shown. */
void html_walk_hide_class(HtmlWalk *walk, const char *name);
/* As of HtmlTokenSink. */
void html_walk_text(HtmlWalk *walk, const char *text, gsize len);
void html_walk_tag(HtmlWalk *walk, const HtmlTag *tag);
void html_walk_style(HtmlWalk *walk, const char *css, gsize len);
/* Closes what is open and adds the list of links and what was left out. */
void html_walk_end(HtmlWalk *walk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlWalk, html_walk_free)
