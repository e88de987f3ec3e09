/*
 * A message as the lines of a pager: its header, what is said of its security, its text, what else it holds.
 * Knows how much of it is in the pager already; what the user does there is a matter of the view.
 */
#pragma once

#include "engine.h"
#include "pager.h"

typedef struct MessagePage MessagePage;

typedef struct {
	gboolean full;   /* all header fields */
	gboolean folded; /* long quotes */
	gboolean secure; /* all that is said of signatures and encryption */
	gboolean low;    /* the text has to begin soon: only the fields that say most */
} PageWish;

/* PAGER is borrowed. */
MessagePage *message_page_new(Pager *pager);
void message_page_free(MessagePage *page);

/* The head, and everything below it anew. */
void message_page_fill(MessagePage *page, const EngineReading *reading, const PageWish *wish);
/* More of it is here. While it loads lines are only added, so that a long text costs no more for coming in
 * pieces. */
void message_page_add(MessagePage *page, const EngineReading *reading, const PageWish *wish);
