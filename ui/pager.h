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
gboolean pager_at_end(const Pager *pager);
guint pager_percent(const Pager *pager); /* of the text that is above the lower edge */

typedef enum {
	PAGER_FOUND, /* and in view */
	PAGER_NOT_FOUND,
	PAGER_SEARCHING, /* a slice of a long text is done: call pager_search_more() in a later turn */
} PagerAnswer;

/* Goes to the next paragraph with TEXT, round the ends, from the hit before when that is in view.
 * All hits are shown; "" ends that. */
PagerAnswer pager_search(Pager *pager, const char *text, gint direction);
PagerAnswer pager_search_more(Pager *pager);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pager, pager_free)
