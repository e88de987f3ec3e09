/*
 * The rules of the <style> elements of a page, as far as they say what is hidden or emphasised: for
 * a tag, a class, an id, or a tag with one of these. Other selectors count only where they show what
 * would be hidden otherwise, so that no text is lost; of media queries, those for wide screens do
 * the same, all others mean nothing.
 */
#pragma once

#include "mime/html-style.h"
#include "mime/html-token.h"

typedef struct HtmlSheet HtmlSheet;

HtmlSheet *html_sheet_new(void);
void html_sheet_free(HtmlSheet *sheet);
/* CSS in pieces, cut anywhere; the first 256 KB of a page count. */
void html_sheet_feed(HtmlSheet *sheet, const char *css, gsize len);
/* At the end of a <style>: its rules are in force from here on. */
void html_sheet_end(HtmlSheet *sheet);
/* Adds to STYLE what the rules say of TAG. */
void html_sheet_apply(const HtmlSheet *sheet, const HtmlTag *tag, HtmlStyle *style);
