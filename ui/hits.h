/*
 * Where a text that is searched holds what is looked for: found paragraph by paragraph, in slices, and kept in
 * order, so that one hit is the seventh of nine.
 */
#pragma once

#include <glib.h>

typedef struct Hits Hits;

typedef struct {
	guint32 paragraph, start; /* byte of the prepared text */
} Hit;

/* NEEDLE as the user typed it; NULL when there is nothing in it to look for. */
Hits *hits_new(const char *needle);
void hits_free(Hits *hits);
const char *hits_needle(const Hits *hits); /* folded */

/* The text is another one. */
void hits_forget(Hits *hits);
/* The paragraph to look at next: those before it are known. */
guint hits_known(const Hits *hits);
/* Looks at that paragraph: TEXT as it came. */
void hits_look(Hits *hits, const char *text, gsize len);

guint hits_count(const Hits *hits);
Hit hits_at(const Hits *hits, guint i);
/* The first hit at or behind FROM: its index, hits_count() when there is none. */
guint hits_from(const Hits *hits, Hit from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hits, hits_free)
