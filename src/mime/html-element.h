/* The elements of HTML that change how text is shown. */
#pragma once

#include <glib.h>

typedef enum {
	HTML_OTHER, /* text in it is shown as if it were not there */
	HTML_A,
	HTML_BLOCK, /* begins and ends a line: div, section, form ... */
	HTML_BLOCKQUOTE,
	HTML_BODY,
	HTML_BR,
	HTML_CODE,
	HTML_DD,
	HTML_DELETED,
	HTML_DT,
	HTML_EMPHASIS,
	HTML_HEADING,
	HTML_HIDDEN,
	HTML_HR,
	HTML_IMG,
	HTML_INPUT,
	HTML_LI,
	HTML_OL,
	HTML_P,
	HTML_PRE,
	HTML_Q,
	HTML_STRONG,
	HTML_TABLE,
	HTML_TD,
	HTML_TH,
	HTML_TR,
	HTML_UL,
	HTML_UNDERLINE,
	HTML_VOID, /* nothing, and never closed: meta, link ... */
} HtmlElement;

/* NAME in lower case. */
HtmlElement html_element_find(const char *name);
