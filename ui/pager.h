/*
 * Scrolled text: paragraphs with a style, wrapped to the width that they are shown in. The reader,
 * the help page and the log are made of it. Paragraphs hold any bytes.
 */
#pragma once

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
	guint quote;   /* bars before each line */
	gboolean fixed; /* cut instead of wrapped */
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
guint pager_percent(const Pager *pager); /* of the text that has been in view */

/* Goes to the next line with TEXT (none: "" ends the search); FALSE: there is none. */
gboolean pager_search(Pager *pager, const char *text, gint direction);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pager, pager_free)
