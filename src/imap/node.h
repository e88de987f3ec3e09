/*
 * What stands on a line, as a tree: atoms, strings and parenthesized lists of RFC 3501 section 9,
 * without knowing yet what they mean. The lexer below builds it from the text between literals; the
 * decoders walk it with cursors and checked getters and never index into it.
 *
 * The nodes are one array in the order of the text: a list is followed by its members. Strings stay
 * where they are in the segment, which belongs to the arena of the response: a getter unescapes and
 * terminates them in place.
 */
#pragma once

#include "imap/arena.h"
#include "imap/parser.h"
#include "imap/response.h"

typedef enum {
	IMAP_NODE_ATOM,
	IMAP_NODE_STRING, /* quoted or literal */
	IMAP_NODE_LIST,
	IMAP_NODE_STREAM, /* a literal whose bytes were handed out as they came */
} ImapNodeKind;

typedef struct {
	char *data;
	guint32 len;
	guint32 span; /* nodes of this one and all below it: the next sibling is at + span */
	guint8 kind;
	guint8 escaped; /* a quoted string with backslashes in it, not yet unescaped */
	guint8 damaged; /* a list that was never closed, or lost members to a limit */
} ImapNode;

typedef struct {
	ImapArena arena;
	const ImapLimits *limits;
	ImapNode *nodes; /* [0] is the root, a list of everything */
	guint n_nodes, allocated;
	guint32 *open; /* the lists that are not closed yet, outermost first */
	guint n_open;
	guint skipped; /* lists that are open and not kept, inside the last of OPEN */
	gboolean
		sections; /* for the caller to set: members of the first list may be "BODY[...]", blanks and all */
	gboolean section_open; /* a literal stands inside such brackets */
	gboolean section_lost; /* this segment has a "[" without "]": not looked for again */
} ImapTree;

typedef struct {
	ImapNode *at, *end;
} ImapCursor;

void imap_tree_init(ImapTree *tree, const ImapLimits *limits);
void imap_tree_clear(ImapTree *tree);
/* Forgets all nodes and the arena. */
void imap_tree_reset(ImapTree *tree);

typedef enum { IMAP_LEX_END, IMAP_LEX_LITERAL, IMAP_LEX_TOO_BIG } ImapLex;

/* Adds the tokens of one segment: the text up to a line end, which is CRLF for LITERAL (a literal of
 * *OUT_SIZE bytes follows) or the end. SEGMENT is in the arena and has a NUL behind it. */
ImapLex imap_tree_lex(ImapTree *tree, char *segment, gsize len, guint64 *out_size);
/* Adds a literal; DATA is in the arena. */
void imap_tree_add_literal(ImapTree *tree, char *data, gsize len);
/* Adds the place of a literal that is streamed. */
void imap_tree_add_stream(ImapTree *tree);
/* TRUE when a literal that comes now would not be kept anyway. */
gboolean imap_tree_drops(const ImapTree *tree);
/* Text is missing from here on: what is open is damaged. */
void imap_tree_cut(ImapTree *tree);
/* Closes what the server left open. */
void imap_tree_finish(ImapTree *tree);

/* All of the line. Before imap_tree_finish(), what is there by now. */
ImapCursor imap_tree_root(const ImapTree *tree);
/* What a FETCH that is still open holds so far, and the last of it or NULL. */
ImapCursor imap_tree_items(const ImapTree *tree);
ImapNode *imap_tree_last_item(const ImapTree *tree);

/* The next member; NULL at the end. */
ImapNode *imap_cursor_next(ImapCursor *cursor);
/* The same without going on. */
ImapNode *imap_cursor_peek(const ImapCursor *cursor);

/* All below take NULL, which is what a cursor gives at the end, and are FALSE or empty for it. */

gboolean imap_node_is_list(const ImapNode *node);
gboolean imap_node_is_nil(const ImapNode *node);
/* TRUE when NODE is the atom NAME in any case. */
gboolean imap_node_is_atom(const ImapNode *node, const char *name);
/* An atom or string, NIL included. */
gboolean imap_node_is_text(const ImapNode *node);
/* Members of a list; none of anything else, which is how a server's NIL for () reads. */
ImapCursor imap_node_members(const ImapNode *node);
guint imap_node_count(const ImapNode *node);

/* nstring of RFC 3501, atoms too: {NULL, 0} for NIL and for what is no text. */
ImapBytes imap_node_bytes(ImapNode *node);
/* FALSE for NIL and for what is no text. */
gboolean imap_node_get_text(ImapNode *node, ImapBytes *out_text) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE for what is no number from 0 to MAX. */
gboolean imap_node_get_number(
	ImapNode *node, guint64 max, guint64 *out_number) G_GNUC_WARN_UNUSED_RESULT;

/* A number at the start of TEXT, as above. "5.0" is 5: mail.ru writes numbers so. */
gboolean imap_text_get_number(
	const char *text, gsize len, guint64 max, guint64 *out_number) G_GNUC_WARN_UNUSED_RESULT;
/* The place of "{12}" or "{12+}" at the end of START to END, which announces a literal, or NULL; and
 * its size, FALSE when that is above MAX. */
char *imap_text_find_literal(char *start, char *end);
gboolean imap_text_get_literal(
	const char *literal, guint64 max, guint64 *out_size) G_GNUC_WARN_UNUSED_RESULT;
/* ASCII case does not matter. */
gboolean imap_bytes_equal(ImapBytes bytes, const char *text);
