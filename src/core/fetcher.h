/*
 * Which rows of a list have to be asked for, and in which order: those in view first, then what has
 * just arrived, then a screenful on both sides of the view while nothing else is under way.
 */
#pragma once

#include "core/link.h"
#include "core/msglist.h"

typedef struct Fetcher Fetcher;

Fetcher *fetcher_new(EngineList *list);
void fetcher_free(Fetcher *fetcher);

/* LINK has the folder selected; NULL: there is no connection. */
void fetcher_attach(Fetcher *fetcher, Link *link);
/* Positions FIRST to LAST are wanted though they may not be in view. */
void fetcher_want(Fetcher *fetcher, guint32 first, guint32 last);
/* Messages went: positions mean others now. */
void fetcher_shift(Fetcher *fetcher);
/* The flags that the store has are those of the last visit (FALSE, as after fetcher_attach()): rows
 * in view are asked for them. Or what changed since is known (TRUE). */
void fetcher_set_confirmed(Fetcher *fetcher, gboolean confirmed);
/* The server has told the flags of UID. */
void fetcher_confirm(Fetcher *fetcher, guint32 uid);
/* Asks for what is missing. Once per turn. */
void fetcher_settle(Fetcher *fetcher);
/* The first row in view and how many there are; a guess before anybody has looked. */
void fetcher_view(const Fetcher *fetcher, guint *out_first, guint *out_rows);
/* TRUE while rows in view are on their way. */
gboolean fetcher_is_busy(const Fetcher *fetcher);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fetcher, fetcher_free)
