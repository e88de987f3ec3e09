/*
 * What the views of text have in common: moving about in a pager and searching it. A search of a
 * long text goes on in turns of the main loop.
 */
#pragma once

#include "app.h"
#include "pager.h"

typedef struct {
	App *app;
	ViewKind kind;
	Pager *pager;
	char *needle; /* NULL: no search */
	guint source; /* of a search that goes on */
} Scroll;

void scroll_init(Scroll *scroll, App *app, ViewKind kind);
void scroll_clear(Scroll *scroll); /* frees what it holds */
/* VIEW_PASS for what is neither a move nor a search. */
ViewAnswer scroll_act(Scroll *scroll, const Command *command);
void scroll_mouse(Scroll *scroll, const Mouse *mouse);
/* "62%" or "end", with "3 of 17 · " before it while there are hits. */
void scroll_where(const Scroll *scroll, char *out, gsize size);
/* Another text is shown: there is nothing to go on searching in. */
void scroll_stop_search(Scroll *scroll);
