/*
 * Memory that lives as long as one response: taken in small pieces, given back all at once. The
 * chunk that one response needed is kept for the next, so that rows of a list cost no malloc.
 */
#pragma once

#include <glib.h>

typedef struct ImapArenaChunk ImapArenaChunk;

typedef struct {
	ImapArenaChunk *chunk; /* the newest; older ones hang behind it */
	gsize used;
} ImapArena;

/* Zeroed, aligned for any of our structs, never NULL. Sizes come from limits checked before. */
gpointer imap_arena_alloc(ImapArena *arena, gsize size);
/* The same, not zeroed. */
gpointer imap_arena_take(ImapArena *arena, gsize size);
/* COUNT elements of SIZE. */
gpointer imap_arena_alloc_n(ImapArena *arena, gsize count, gsize size);
/* A copy of DATA with a NUL behind it; not zeroed first. */
char *imap_arena_copy(ImapArena *arena, const char *data, gsize len);
char *imap_arena_printf(ImapArena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Everything taken before is void. */
void imap_arena_reset(ImapArena *arena);
void imap_arena_clear(ImapArena *arena);
