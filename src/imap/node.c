#include "imap/node.h"

#include <string.h>

/* Nodes that are kept for the members of the outermost list when a monster inside has used up all. */
enum { RESERVE = 64 };

/* The depth of "* 1 FETCH (here": the root and one list are open. */
enum { ITEM_DEPTH = 2 };

void
imap_tree_init(ImapTree *tree, const ImapLimits *limits)
{
	*tree = (ImapTree){.limits = limits};
	tree->open = g_new(guint32, limits->nesting + 1);
	imap_tree_reset(tree);
}

void
imap_tree_clear(ImapTree *tree)
{
	imap_arena_clear(&tree->arena);
	g_clear_pointer(&tree->nodes, g_free);
	g_clear_pointer(&tree->open, g_free);
}

/* Room for one more node. What one response needed is kept for the next, unless it was a monster. */
static inline ImapNode *
next_node(ImapTree *tree)
{
	if (G_UNLIKELY(tree->n_nodes == tree->allocated)) {
		tree->allocated = MAX(256, tree->allocated * 2);
		tree->nodes = g_renew(ImapNode, tree->nodes, tree->allocated);
	}
	return &tree->nodes[tree->n_nodes++];
}

void
imap_tree_reset(ImapTree *tree)
{
	imap_arena_reset(&tree->arena);
	if (tree->allocated > 16384) {
		g_clear_pointer(&tree->nodes, g_free);
		tree->allocated = 0;
	}
	tree->n_nodes = 0;
	*next_node(tree) = (ImapNode){.kind = IMAP_NODE_LIST, .span = 1};
	tree->open[0] = 0;
	tree->n_open = 1;
	tree->skipped = 0;
	tree->sections = FALSE;
	tree->section_open = FALSE;
}

/* ---- building ---- */

/* Whatever is open has lost something. A list below a damaged one was damaged with it. */
static void
damage_open(ImapTree *tree)
{
	for (guint i = tree->n_open; i > 0; i--) {
		ImapNode *node = &tree->nodes[tree->open[i - 1]];

		if (node->damaged)
			return;
		node->damaged = TRUE;
	}
}

static inline ImapNode *
push(ImapTree *tree, ImapNodeKind kind, char *data, gsize len)
{
	guint room = tree->limits->list + (tree->n_open <= ITEM_DEPTH ? RESERVE : 0);
	ImapNode *node;

	if (tree->skipped || tree->n_nodes >= room) {
		damage_open(tree);
		return NULL;
	}
	node = next_node(tree);
	node->data = data;
	node->len = (guint32)len; /* limits.line is below 4 GiB */
	node->span = 1;
	node->kind = kind;
	node->escaped = FALSE;
	node->damaged = FALSE;
	return node;
}

static void
open_list(ImapTree *tree)
{
	if (!tree->skipped && tree->n_open <= tree->limits->nesting &&
		push(tree, IMAP_NODE_LIST, NULL, 0)) {
		tree->open[tree->n_open++] = tree->n_nodes - 1;
		return;
	}
	damage_open(tree);
	tree->skipped++;
}

static void
close_list(ImapTree *tree)
{
	guint32 list;

	if (tree->skipped) {
		tree->skipped--;
		return;
	}
	if (tree->n_open == 1)
		return; /* one ")" too many */
	list = tree->open[--tree->n_open];
	tree->nodes[list].span = tree->n_nodes - list;
}

void
imap_tree_add_literal(ImapTree *tree, char *data, gsize len)
{
	if (!tree->section_open)
		push(tree, IMAP_NODE_STRING, data, len);
}

void
imap_tree_add_stream(ImapTree *tree)
{
	push(tree, IMAP_NODE_STREAM, NULL, 0);
}

gboolean
imap_tree_drops(const ImapTree *tree)
{
	return tree->skipped || tree->section_open;
}

void
imap_tree_cut(ImapTree *tree)
{
	damage_open(tree);
}

void
imap_tree_finish(ImapTree *tree)
{
	if (tree->n_open > 1 || tree->skipped)
		damage_open(tree);
	tree->skipped = 0;
	while (tree->n_open > 1)
		close_list(tree);
	tree->nodes[0].span = tree->n_nodes;
}

/* ---- the lexer ---- */

/* A segment has no NUL but the one behind it, so the loops below need not look for its end. */

/* What ends an atom, or may not in a section. Everything else is taken, control and 8-bit bytes too:
 * Exchange writes such folder names without quotes. */
static const guint8 stops_atom[256] = {['\0'] = 1, [' '] = 1, ['('] = 1, [')'] = 1, ['['] = 1};
static const guint8 stops_quoted[256] = {['\0'] = 1, ['"'] = 1, ['\\'] = 1};

static char *
lex_quoted(ImapTree *tree, char *p, char *end)
{
	char *start = p;
	gboolean escaped = FALSE;
	ImapNode *node;

	for (;;) {
		while (!stops_quoted[(guint8)*p])
			p++;
		if (*p != '\\')
			break;
		escaped = TRUE;
		p += p + 1 < end ? 2 : 1;
	}
	node = push(tree, IMAP_NODE_STRING, start, p - start);
	if (node)
		node->escaped = escaped;
	if (p < end)
		return p + 1;
	damage_open(tree); /* no closing quote */
	return end;
}

/* Behind "[": the place behind the matching "]", or NULL. Quoted header names may hold one. */
static char *
skip_section(char *p, char *end)
{
	gboolean quoted = FALSE;

	for (; p < end; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == ']' && !quoted)
			return p + 1;
	}
	return NULL;
}

/* "[HEADER.FIELDS (Date From)]": the place behind it. A header name may be a literal: then the place
 * of that literal, and the section stays open. */
static char *
lex_section(ImapTree *tree, char *p, char *end)
{
	char *behind = skip_section(p + 1, end), *literal;

	if (behind)
		return behind;
	literal = imap_text_find_literal(p, end);
	tree->section_open = literal != NULL;
	tree->section_lost = TRUE;
	return literal ? literal : p + 1;
}

static char *
lex_atom(ImapTree *tree, char *p, char *end)
{
	gboolean sections = tree->sections && tree->n_open == ITEM_DEPTH && !tree->skipped;
	char *start = p;

	for (;;) {
		while (!stops_atom[(guint8)*p])
			p++;
		if (*p != '[')
			break;
		p = sections && !tree->section_lost ? lex_section(tree, p, end) : p + 1;
		if (tree->section_open)
			break;
	}
	push(tree, IMAP_NODE_ATOM, start, p - start);
	return p;
}

/* The rest of a section that a literal interrupted. Its text is left out of the name. */
static char *
lex_section_rest(ImapTree *tree, char *p, char *end)
{
	char *behind = skip_section(p, end);
	char *literal = behind ? NULL : imap_text_find_literal(p, end);

	if (literal)
		return literal;
	tree->section_open = FALSE;
	if (!behind)
		return p; /* never closed: what comes is read as anything else */
	while (!stops_atom[(guint8)*behind])
		behind++;
	return behind;
}

static ImapLex
read_literal(const ImapTree *tree, const char *literal, guint64 *out_size)
{
	return imap_text_get_literal(literal, tree->limits->literal, out_size) ? IMAP_LEX_LITERAL
									       : IMAP_LEX_TOO_BIG;
}

ImapLex
imap_tree_lex(ImapTree *tree, char *segment, gsize len, guint64 *out_size)
{
	char *p = segment, *end = segment + len;
	char *literal = imap_text_find_literal(segment, end);

	tree->section_lost = FALSE;
	if (tree->section_open)
		p = lex_section_rest(tree, p, end);
	while (p < end) {
		switch (*p) {
		case ' ':
		case '\t': p++; break;
		case '(':
			open_list(tree);
			p++;
			break;
		case ')':
			close_list(tree);
			p++;
			break;
		case '"': p = lex_quoted(tree, p + 1, end); break;
		default:
			/* A literal begins a token; literal8 (RFC 3516) has a "~" before it. */
			if (literal && (p == literal || (p + 1 == literal && *p == '~')))
				return read_literal(tree, literal, out_size);
			p = lex_atom(tree, p, end);
		}
	}
	return IMAP_LEX_END;
}

/* ---- walking ---- */

ImapCursor
imap_tree_root(const ImapTree *tree)
{
	return (ImapCursor){tree->nodes + 1, tree->nodes + tree->n_nodes};
}

ImapCursor
imap_tree_items(const ImapTree *tree)
{
	if (tree->n_open < ITEM_DEPTH)
		return (ImapCursor){NULL, NULL};
	return (ImapCursor){tree->nodes + tree->open[1] + 1, tree->nodes + tree->n_nodes};
}

ImapNode *
imap_tree_last_item(const ImapTree *tree)
{
	if (tree->n_open != ITEM_DEPTH || tree->skipped || tree->section_open ||
		tree->open[1] + 1 == tree->n_nodes)
		return NULL;
	return &tree->nodes[tree->n_nodes - 1];
}

ImapNode *
imap_cursor_peek(const ImapCursor *cursor)
{
	return cursor->at < cursor->end ? cursor->at : NULL;
}

ImapNode *
imap_cursor_next(ImapCursor *cursor)
{
	ImapNode *node = imap_cursor_peek(cursor);

	if (node)
		cursor->at += node->span;
	return node;
}

gboolean
imap_node_is_list(const ImapNode *node)
{
	return node && node->kind == IMAP_NODE_LIST;
}

gboolean
imap_node_is_text(const ImapNode *node)
{
	return node && (node->kind == IMAP_NODE_ATOM || node->kind == IMAP_NODE_STRING);
}

gboolean
imap_node_is_atom(const ImapNode *node, const char *name)
{
	return node && node->kind == IMAP_NODE_ATOM &&
	       imap_bytes_equal((ImapBytes){node->data, node->len}, name);
}

gboolean
imap_node_is_nil(const ImapNode *node)
{
	return imap_node_is_atom(node, "NIL");
}

ImapCursor
imap_node_members(const ImapNode *node)
{
	ImapNode *list = (ImapNode *)node;

	if (!imap_node_is_list(node))
		return (ImapCursor){NULL, NULL};
	return (ImapCursor){list + 1, list + list->span};
}

guint
imap_node_count(const ImapNode *node)
{
	ImapCursor cursor = imap_node_members(node);
	guint n = 0;

	while (imap_cursor_next(&cursor))
		n++;
	return n;
}

/* quoted-specials are the quote and the backslash; before anything else a backslash is a server's
 * that forgot to escape it, and stays. */
static void
unescape(ImapNode *node)
{
	guint32 to = 0;

	for (guint32 from = 0; from < node->len; from++) {
		if (node->data[from] == '\\' && from + 1 < node->len &&
			(node->data[from + 1] == '"' || node->data[from + 1] == '\\'))
			from++;
		node->data[to++] = node->data[from];
	}
	node->len = to;
	node->escaped = FALSE;
}

ImapBytes
imap_node_bytes(ImapNode *node)
{
	if (!imap_node_is_text(node) || imap_node_is_nil(node))
		return (ImapBytes){NULL, 0};
	if (node->escaped)
		unescape(node);
	node->data[node->len] = '\0';
	return (ImapBytes){node->data, node->len};
}

gboolean
imap_node_get_text(ImapNode *node, ImapBytes *out_text)
{
	ImapBytes text = imap_node_bytes(node);

	if (!text.data)
		return FALSE;
	*out_text = text;
	return TRUE;
}

gboolean
imap_node_get_number(ImapNode *node, guint64 max, guint64 *out_number)
{
	return imap_node_is_text(node) &&
	       imap_text_get_number(node->data, node->len, max, out_number);
}

gboolean
imap_text_get_number(const char *text, gsize len, guint64 max, guint64 *out_number)
{
	guint64 number = 0;
	gsize i;

	for (i = 0; i < len && g_ascii_isdigit(text[i]); i++) {
		guint64 digit = (guint64)(text[i] - '0');

		if (number > (max - digit) / 10 || digit > max)
			return FALSE;
		number = number * 10 + digit;
	}
	if (i == 0)
		return FALSE;
	if (i < len && text[i] == '.')
		for (i++; i < len && g_ascii_isdigit(text[i]);)
			i++;
	if (i < len)
		return FALSE;
	*out_number = number;
	return TRUE;
}

gboolean
imap_bytes_equal(ImapBytes bytes, const char *text)
{
	if (!bytes.data)
		return FALSE;
	for (gsize i = 0; i < bytes.len; i++) {
		char a = bytes.data[i], b = text[i];

		/* The case of a letter is one bit. */
		if (b == '\0' || (a != b && ((a ^ b) != 0x20 || !g_ascii_isalpha(a))))
			return FALSE;
	}
	return text[bytes.len] == '\0';
}

char *
imap_text_find_literal(char *start, char *end)
{
	char *p = end;

	if (p - start < 3 || *--p != '}')
		return NULL;
	if (p[-1] == '+')
		p--;
	end = p;
	while (p > start && g_ascii_isdigit(p[-1]))
		p--;
	return p < end && p > start && p[-1] == '{' ? p - 1 : NULL;
}

gboolean
imap_text_get_literal(const char *literal, guint64 max, guint64 *out_size)
{
	gsize digits = strspn(literal + 1, "0123456789");

	return imap_text_get_number(literal + 1, digits, max, out_size);
}
