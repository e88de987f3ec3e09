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
 * Makes any bytes safe to show and valid UTF-8. The result is NUL-terminated and the caller's.
 * LEN -1: BYTES end with a NUL.
 *
 * Invalid bytes and unassigned characters become U+FFFD; C0, DEL and C1 become marks: "^[", "<9B>".
 * Bidi controls, zero-width and other invisible characters, tags, soft hyphens and variation
 * selectors are dropped. ZWNJ and ZWJ stay where they are spelling (RFC 5892 A.1, A.2: after a
 * virama, between joining letters). A base keeps at most 8 zero-width marks, and a mark that starts
 * a line gets U+25CC to stand on.
 *
 * What joins emoji is dropped too: ZWJ, U+FE0F and skin tones after a person. Terminals do not
 * agree on the cells of such a sequence (a farmer is 2 in one and 4 in the next), so one of them in
 * a subject would push the rest of the row aside. Taken apart, each emoji has the cells that every
 * terminal and ncurses give it, and nothing but a skin tone is lost.
 */
char *text_clean(const char *bytes, gssize len, TextShape shape);

/* All below take text that text_clean() returned; other input gives some safe answer. A tab counts
 * as one cell: whoever shows a tab expands it before. */

/* Cells that TEXT takes on one line. */
guint text_width(const char *text, gssize len);

/* The next grapheme cluster of TEXT (NUL-terminated): its bytes, and its cells (0, 1 or 2) in
 * *OUT_CELLS. 0 at the end. The cells are the sum over its characters, as terminals count; a
 * cluster that would take more than 2 comes in pieces. */
gsize text_cluster(const char *text, guint *out_cells);

/* The longest start of TEXT that fits into CELLS: its bytes; the cells it takes in *OUT_CELLS.
 * Reads no further than that, however long TEXT is. */
gsize text_fit(const char *text, guint cells, guint *out_cells);

/* TEXT cut to CELLS; where it was cut it ends with "…" (one cell). The caller's. */
char *text_ellipsize(const char *text, guint cells);

/* Where to break TEXT (one paragraph, NUL-terminated, no LF) so that a line takes at most CELLS:
 * the bytes of the first line, without the blanks at the break; *OUT_NEXT is where the next line
 * begins, behind them. ASCII words break at blanks only, other text where UAX 14 allows. A word
 * longer than CELLS is cut between clusters. Never 0 for non-empty TEXT. */
gsize text_wrap(const char *text, guint cells, gsize *out_next);

/* TRUE when NEEDLE is in TEXT under full case folding and canonical equivalence. */
gboolean text_contains(const char *text, const char *needle);
/* A key that sorts and compares equal for texts that differ by case only. The caller's. */
char *text_fold(const char *text);

/* How a stretch of text is meant. */
typedef enum {
	TEXT_BOLD = 1 << 0,
	TEXT_ITALIC = 1 << 1,
	TEXT_UNDERLINE = 1 << 2,
	TEXT_CODE = 1 << 3,
	TEXT_LINK = 1 << 4,
	TEXT_DELETED = 1 << 5, /* struck out */
	TEXT_WARNING = 1 << 6, /* said by Postern: here something is not what it seems */
	TEXT_ADDED = 1 << 7,   /* a line of a patch */
	TEXT_REMOVED = 1 << 8,
	TEXT_HUNK = 1 << 9, /* where in the file the lines below are */
} TextEmphasis;

typedef struct {
	guint start, len; /* bytes */
	guint emphasis;   /* TextEmphasis */
} TextSpan;

/* "87 B", "1.2 kB", "180 MB" into OUT of SIZE bytes; TEXT_SIZE_MAX is enough. */
enum { TEXT_SIZE_MAX = 16 };
void text_size(guint64 octets, char *out, gsize size);

/* "Sunday, 12 May 2024, 09:41" of seconds since 1970, in local time, into OUT of SIZE bytes; TEXT_DATE_MAX is
 * enough. "" for what the calendar has no year of four digits for: a sender may say anything. */
enum { TEXT_DATE_MAX = 64 };
void text_date(gint64 date, char *out, gsize size);
