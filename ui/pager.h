/*
 * Scrolled text: paragraphs with a style, wrapped to the width that they are shown in. The reader,
 * the help page and the log are made of it. Paragraphs hold any bytes.
 *
 * Only what is in view is ever cleaned and wrapped, so a text of megabytes costs what a screen
 * costs; the place is a byte of a paragraph, so it stays when the width changes.
 */
#pragma once

#include "base/text.h"
#include "paint.h"

#include <glib.h>

typedef struct Pager Pager;

Pager *pager_new(void);
void pager_free(Pager *pager);

void pager_clear(Pager *pager); /* the place stays, as far as the next text is long enough */

typedef struct {
	Style style;
	Style lead_style;
	const char
		*lead; /* "From     ": before the first line; its width is the indent of the rest */
	const char *label; /* behind the lead, in another style; or NULL */
	Style label_style;
	guint quote;           /* bars before each line */
	gboolean fixed;        /* broken at the edge instead of between words */
	const TextSpan *spans; /* emphasis in the text, which has been through text_clean() then */
	guint n_spans;
	guint line; /* a number of the caller's, for pager_line(); they ascend, 0: none */
} PagerLook;

/* Copies TEXT (one paragraph without LF). */
void pager_add(Pager *pager, const PagerLook *look, const char *text);
void pager_resize(Pager *pager, guint rows, guint cols);
void pager_draw(const Pager *pager, Paint *paint, gboolean focused);

/* TRUE when the place is another one. */
gboolean pager_scroll(Pager *pager, gint lines);
gboolean pager_page(Pager *pager, gint direction, guint parts); /* as list_page() */
gboolean pager_home(Pager *pager);
gboolean pager_end(Pager *pager);
/* The number of what is at the top of the screen; and the way back there. */
guint pager_line(const Pager *pager);
void pager_show_line(Pager *pager, guint line);
gboolean pager_at_end(const Pager *pager);
guint pager_percent(const Pager *pager); /* of the text that is above the lower edge */

typedef enum {
	PAGER_FOUND, /* and in view */
	PAGER_NOT_FOUND,
	PAGER_SEARCHING, /* not in what was looked at so far */
} PagerAnswer;

/* Goes to the next place with TEXT, round the ends, from the hit before when that is in view. All
 * hits are shown; "" ends that. */
PagerAnswer pager_search(Pager *pager, const char *text, gint direction);
/* While there is text that was not looked at, also when an answer is here: call the other in a later
 * turn, for a slice of it. */
gboolean pager_is_searching(const Pager *pager);
PagerAnswer pager_search_more(Pager *pager);
/* "3 of 17": FALSE when there is no hit or not all are counted. */
gboolean pager_hit(const Pager *pager, guint *out_hit, guint *out_count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pager, pager_free)
