/*
 * The page that an HTML part becomes: collapses blanks, makes lines of running text, keeps the
 * lines of an open table back, and writes to the document. It knows no elements.
 */
#pragma once

#include "mime/body.h"

typedef struct HtmlPage HtmlPage;

/* DOCUMENT must outlive it. */
HtmlPage *html_page_new(MimeDocument *document);
void html_page_free(HtmlPage *page);

/* How lines look from now on, the open one too; INDENT in cells. */
void html_page_look(HtmlPage *page, MimeLineKind kind, guint quote, guint indent);
/* What stands at the left of the next line, in the indent. */
void html_page_mark(HtmlPage *page, const char *mark);
/* TRUE while no line has taken the mark. */
gboolean html_page_is_marked(const HtmlPage *page);

void html_page_text(HtmlPage *page, const char *text, gsize len, guint emphasis);
/* Keeps blanks and line ends; each line is one of its own. */
void html_page_preformatted(HtmlPage *page, const char *text, gsize len, guint emphasis);
/* Behind what is on the line, after one blank. */
void html_page_append(HtmlPage *page, const char *text, guint emphasis);

void html_page_break(HtmlPage *page);
void html_page_newline(HtmlPage *page); /* a second one in a row leaves a line empty */
void html_page_gap(HtmlPage *page);     /* break, and an empty line if anything comes */

void html_page_begin_table(HtmlPage *page);
void html_page_begin_row(HtmlPage *page);
void html_page_begin_cell(HtmlPage *page, guint columns, gboolean right);
void html_page_end_table(HtmlPage *page);

gboolean html_page_is_full(const HtmlPage *page); /* no more is taken */
guint html_page_lines(const HtmlPage *page);      /* written so far */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlPage, html_page_free)
