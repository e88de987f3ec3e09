/*
 * The one gate between any outside text and the screen, and everything that knows how wide text
 * is: cells, grapheme clusters, cutting and wrapping. Outside text is every header, body, folder
 * name, server response, certificate field, attachment name and error string of a helper.
 *
 * Text inside the program is UTF-8. Cells follow UAX 11 (through libunistring), clusters UAX 29,
 * line breaks UAX 14.
 */
#pragma once

#include <glib.h>

/* How text_clean() treats line ends and tabs. */
typedef enum {
	TEXT_LINE,  /* one line: CR, LF and TAB become a space */
	TEXT_BLOCK, /* CRLF, CR and LF become LF; TAB stays */
} TextShape;

/*
 * Makes any bytes safe to show and valid UTF-8: C0, DEL, C1 (raw or as U+0080..9F), bidi controls,
 * zero-width and other invisible spoofers, tags, noncharacters, private controls are dropped or
 * shown as U+FFFD (invalid bytes) or as caret/hex marks (controls); a cluster keeps at most 8
 * combining marks. ZWJ and variation selectors stay where they join emoji. LEN -1: NUL-terminated.
 * The result is NUL-terminated and the caller's.
 */
char *text_clean(const char *bytes, gssize len, TextShape shape);

/* All below take text that text_clean() returned; other input gives some safe answer. */

/* Cells that TEXT takes on one line. */
guint text_width(const char *text, gssize len);

/* The next grapheme cluster of TEXT (NUL-terminated): its bytes, and its cells (0, 1 or 2) in
 * *OUT_CELLS. 0 at the end. */
gsize text_cluster(const char *text, guint *out_cells);

/* The longest start of TEXT that fits into CELLS: its bytes; the cells it takes in *OUT_CELLS. */
gsize text_fit(const char *text, guint cells, guint *out_cells);

/* TEXT cut to CELLS; where it was cut it ends with "…" (one cell). The caller's. */
char *text_ellipsize(const char *text, guint cells);

/* Where to break TEXT (one paragraph, NUL-terminated, no LF) so that a line takes at most CELLS:
 * the bytes of the first line, with blanks at the break left at its end; *OUT_NEXT is where the
 * next line begins. A word longer than CELLS is cut between clusters. Never 0 for non-empty TEXT. */
gsize text_wrap(const char *text, guint cells, gsize *out_next);

/* TRUE when NEEDLE is in TEXT under full case folding and canonical equivalence. */
gboolean text_contains(const char *text, const char *needle);
/* A key that sorts and compares equal for texts that differ by case only. The caller's. */
char *text_fold(const char *text);
