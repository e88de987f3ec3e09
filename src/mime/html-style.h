/* What the style of an element says, as far as a terminal can show it. */
#pragma once

#include <glib.h>

typedef enum {
	HTML_UNSET,
	HTML_OFF,
	HTML_ON,
} HtmlSwitch;

typedef struct {
	HtmlSwitch bold, italic, underline, deleted, pre;
	gboolean wraps;         /* preformatted, but long lines wrap */
	gboolean hidden;        /* with all that is in it, whatever DISPLAY says */
	HtmlSwitch display;     /* OFF: not there, with all that is in it */
	gboolean display_stays; /* the word on that was "!important" */
	HtmlSwitch readable; /* OFF: letters too small to see, unless an element inside sets its own
				size */
	gboolean right;      /* aligned to the right */
	gboolean pixel;      /* at most one wide or high */
} HtmlStyle;

/* STYLE: "display:none; color:red", or NULL. The caller has set what its element is without. */
void html_style_apply(HtmlStyle *style, const char *declarations);
/* Lays what OVER says over what STYLE said before. */
void html_style_merge(HtmlStyle *style, const HtmlStyle *over);
/* TRUE when nothing of the element is to be seen. */
gboolean html_style_hides(const HtmlStyle *style);
/* A width or height of "1", "1px" or less. NULL: FALSE. */
gboolean html_style_is_dot(const char *length);
