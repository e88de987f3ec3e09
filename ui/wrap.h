/*
 * One paragraph of outside text made ready for the screen and broken into rows. Arithmetic alone:
 * it knows no terminal and keeps nothing.
 */
#pragma once

#include <glib.h>

/* A stretch of a paragraph's text, in bytes. */
typedef struct {
	gsize start, len;
} WrapSpan;

/* BYTES as it is shown: through text_clean(), line ends as blanks, tabs as blanks up to every
 * eighth cell. The caller's. */
char *wrap_prepare(const char *bytes, gsize len);

/* Appends the rows of TEXT (from wrap_prepare()) to OUT_ROWS (of WrapSpan): none takes more than
 * CELLS cells (but for a single wide character at CELLS 1), one at least. Together they hold the
 * whole text in order, except that blanks at a break between words are in no row. FIXED breaks at
 * the edge only and leaves nothing out. */
void wrap_rows(const char *text, guint cells, gboolean fixed, GArray *out_rows);

/* Appends where NEEDLE (from text_fold(), not empty) is in TEXT, without overlaps. */
void wrap_matches(const char *text, const char *needle, GArray *out_spans);
