/* What the files of the walk share: html-walk.c goes through tags and text, html-walk-open.c knows which
 * elements are open, what they do to the text in them, and how they begin and end. */
#pragma once

#include "mime/html-anchor.h"
#include "mime/html-element.h"
#include "mime/html-sheet.h"
#include "mime/html-style.h"
#include "mime/html-walk.h"

enum {
	MAX_OPEN = 256, /* elements; deeper ones only break lines */
	OVER = 64,      /* counters for those, by name */
	MAX_LISTS = 12, /* deeper ones are not indented further */
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
	HtmlAnchor *anchor;
	Open open[MAX_OPEN];
	guint n_open;
	guint over[OVER]; /* open elements that found no place */
	guint counts[EFFECTS];
	gboolean unreadable;
	gboolean at_pre; /* the first line end in it does not count */
	List lists[MAX_LISTS];
	guint n_lists;
	guint images, dots;
};

/* Ends the line, or leaves a blank one behind it, unless all is hidden. */
void html_walk_break(HtmlWalk *walk);
void html_walk_gap(HtmlWalk *walk);
/* Of the text that comes now, as of html_page_text(). */
guint html_walk_emphasis(const HtmlWalk *walk);

/* html-walk-open.c; NAME: g_str_hash() of it. */
void html_walk_begin_element(HtmlWalk *walk, const HtmlTag *tag, guint32 name, HtmlElement element);
void html_walk_close_element(HtmlWalk *walk, guint32 name, HtmlElement element);
/* The paragraph that is open, if any. */
void html_walk_close_paragraph(HtmlWalk *walk);
/* All from the Ith open element on. */
void html_walk_close_down_to(HtmlWalk *walk, guint i);
