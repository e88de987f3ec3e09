#include "imap/parser.h"

#include "base/err.h"
#include "imap/decode.h"

#include <string.h>

static const ImapLimits default_limits = {
	.line = 8 * 1024 * 1024,
	.literal = G_MAXUINT32,
	.held = 1024 * 1024,
	.nesting = 100,
	.list = 1000000,
};

typedef enum {
	STATE_START,   /* at the first byte of a line */
	STATE_SEGMENT, /* behind a literal */
	STATE_HELD,    /* in a literal that becomes a string of the tree */
	STATE_STREAM,  /* in a literal that is handed out as it comes */
	STATE_CUT,     /* in a line that is too long: the rest of it is passed over */
	STATE_DONE,    /* the line is complete; first its bodies that were no literals */
	STATE_BAD,
} State;

struct ImapParser {
	ImapLimits limits;
	State state;
	/* What was fed: used up to START, searched for a line end up to SCANNED. */
	char *buffer;
	gsize allocated, start, scanned, end;
	/* The response under way. */
	ImapHead head;
	ImapTree tree;
	ImapBytes first; /* its first segment, for the log */
	gsize kept;      /* bytes of it in the arena */
	guint64 left;    /* bytes of the literal to come */
	char *held;      /* STATE_HELD: where the first HELD_SIZE of its bytes go */
	gsize held_size, held_len;
	gboolean cut;     /* STATE_CUT was passed: nothing more is kept */
	ImapCursor items; /* STATE_DONE: those that were not looked at for bodies yet */
	ImapResponse response;
};

ImapParser *
imap_parser_new(const ImapLimits *limits)
{
	ImapParser *parser = g_new0(ImapParser, 1);

	parser->limits = limits ? *limits : default_limits;
	imap_tree_init(&parser->tree, &parser->limits);
	return parser;
}

void
imap_parser_free(ImapParser *parser)
{
	if (!parser)
		return;
	imap_response_clear(&parser->response);
	imap_tree_clear(&parser->tree);
	g_free(parser->buffer);
	g_free(parser);
}

/* ---- the buffer ---- */

enum { BUFFER_KEPT = 256 * 1024 };

static void
drop_used(ImapParser *parser)
{
	if (parser->start == 0)
		return;
	memmove(parser->buffer, parser->buffer + parser->start, parser->end - parser->start);
	parser->end -= parser->start;
	parser->scanned -= parser->start;
	parser->start = 0;
	if (parser->end == 0 && parser->allocated > BUFFER_KEPT) {
		g_clear_pointer(&parser->buffer, g_free);
		parser->allocated = 0;
	}
}

void
imap_parser_feed(ImapParser *parser, const char *data, gsize len)
{
	if (parser->state == STATE_BAD || len == 0)
		return;
	drop_used(parser);
	if (parser->allocated - parser->end < len) {
		parser->allocated = MAX(parser->end + len, parser->allocated * 2);
		parser->buffer = g_realloc(parser->buffer, parser->allocated);
	}
	memcpy(parser->buffer + parser->end, data, len);
	parser->end += len;
}

gsize
imap_parser_pending(const ImapParser *parser)
{
	return parser->end - parser->start;
}

GBytes *
imap_parser_take_pending(ImapParser *parser)
{
	gsize len = imap_parser_pending(parser);
	GBytes *bytes = len ? g_bytes_new(parser->buffer + parser->start, len) : NULL;

	parser->start = parser->scanned = parser->end;
	return bytes;
}

static void
use(ImapParser *parser, gsize len)
{
	parser->start += len;
	parser->scanned = parser->start;
}

/* The bytes up to the next LF; FALSE: it is not here yet. */
static gboolean
find_line_end(ImapParser *parser, gsize *out_len)
{
	gsize unseen = parser->end - parser->scanned;
	char *lf = unseen ? memchr(parser->buffer + parser->scanned, '\n', unseen) : NULL;

	if (!lf) {
		parser->scanned = parser->end;
		return FALSE;
	}
	*out_len = (gsize)(lf - parser->buffer) - parser->start;
	return TRUE;
}

/* LEN without the CR of a line end; some servers end lines with a bare LF, or with two CR. */
static gsize
without_cr(const ImapParser *parser, gsize len)
{
	while (len && parser->buffer[parser->start + len - 1] == '\r')
		len--;
	return len;
}

/* ---- results ---- */

/* What one step of the loop in imap_parser_next() ends with. */
typedef enum { STEP_ON, STEP_MORE, STEP_RESPONSE, STEP_BAD } Step;

static Step
bad(ImapParser *parser, GError **error, const char *what, guint64 limit, const char *unit)
{
	parser->state = STATE_BAD;
	parser->start = parser->scanned = parser->end = 0;
	err_set(error, ERR_LIMIT, "The server sent a %s of more than %" G_GUINT64_FORMAT " %s",
		what, limit, unit);
	return STEP_BAD;
}

static void
make_unknown(ImapParser *parser)
{
	imap_response_clear(&parser->response);
	parser->response.kind = IMAP_RESPONSE_UNKNOWN;
	parser->response.text = parser->first;
}

static Step
finish(ImapParser *parser, GError **error)
{
	ImapDecoder decoder = {&parser->tree.arena, &parser->limits, &parser->response, FALSE};
	gboolean understood;

	parser->state = STATE_START;
	imap_response_clear(&parser->response);
	understood = imap_head_has_tree(&parser->head)
			     ? imap_response_from_tree(
				       &decoder, &parser->head, imap_tree_root(&parser->tree))
			     : imap_response_from_text(&decoder, &parser->head);
	if (decoder.too_big)
		return bad(parser, error, "set", parser->limits.list, "ranges");
	if (!understood)
		make_unknown(parser);
	return STEP_RESPONSE;
}

/* Takes what imap_fetch_get_section() said. */
static void
begin_body(ImapParser *parser, const ImapBody *section, guint32 uid)
{
	imap_response_clear(&parser->response);
	parser->response.kind = IMAP_RESPONSE_BODY;
	parser->response.body = *section;
	parser->response.body.position = parser->head.number;
	parser->response.body.uid = uid;
}

/* Bodies that were no literals: short ones may be quoted, and NIL stands for those that are not
 * there. Then the FETCH itself. */
static Step
step_done(ImapParser *parser, GError **error)
{
	ImapNode *name;

	while (imap_head_is_fetch(&parser->head) && (name = imap_cursor_next(&parser->items))) {
		ImapNode *value = imap_cursor_next(&parser->items);
		ImapBody *body = &parser->response.body, section = {0};
		ImapBytes bytes;

		if (!imap_node_is_text(value) ||
			!imap_fetch_get_section(&parser->tree.arena, name, &section))
			continue;
		bytes = imap_node_bytes(value);
		begin_body(parser, &section,
			imap_fetch_find_uid(imap_fetch_items(imap_tree_root(&parser->tree))));
		body->data = bytes.data;
		body->len = bytes.len;
		body->nil = bytes.data == NULL;
		body->last = TRUE;
		return STEP_RESPONSE;
	}
	return finish(parser, error);
}

/* ---- literals ---- */

/* A NUL may not stand anywhere in IMAP (CVE-2019-11500). */
static void
replace_nuls(char *data, gsize len)
{
	char *end = data + len;

	while ((data = memchr(data, '\0', (gsize)(end - data))))
		*data++ = '?';
}

/* How much of a literal of SIZE becomes a string: a longer one is cut, none where nobody looks. */
static gsize
size_to_hold(const ImapParser *parser, guint64 size)
{
	gsize room = parser->limits.line - MIN(parser->kept, parser->limits.line);

	if (parser->cut || imap_tree_drops(&parser->tree))
		return 0;
	return (gsize)MIN(size, MIN(parser->limits.held, room));
}

static Step
begin_literal(ImapParser *parser, guint64 size)
{
	ImapNode *item = imap_tree_last_item(&parser->tree);
	ImapBody section = {0};

	parser->left = size;
	if (!parser->cut && imap_head_is_fetch(&parser->head) &&
		imap_fetch_get_section(&parser->tree.arena, item, &section)) {
		begin_body(parser, &section, imap_fetch_find_uid(imap_tree_items(&parser->tree)));
		imap_tree_add_stream(&parser->tree);
		parser->state = STATE_STREAM;
		return STEP_ON;
	}
	parser->held_size = size_to_hold(parser, size);
	parser->held = imap_arena_take(&parser->tree.arena, parser->held_size + 1);
	parser->held_len = 0;
	parser->kept += parser->held_size;
	parser->state = STATE_HELD;
	return STEP_ON;
}

static Step
step_stream(ImapParser *parser)
{
	ImapBody *body = &parser->response.body;
	gsize len = (gsize)MIN(parser->left, imap_parser_pending(parser));

	if (len == 0 && parser->left > 0)
		return STEP_MORE;
	body->offset += body->len;
	body->data = parser->buffer + parser->start;
	body->len = len;
	parser->left -= len;
	body->last = parser->left == 0;
	if (body->last)
		parser->state = STATE_SEGMENT;
	use(parser, len);
	return STEP_RESPONSE;
}

static Step
step_held(ImapParser *parser)
{
	gsize len = (gsize)MIN(parser->left, imap_parser_pending(parser));
	gsize held = MIN(len, parser->held_size - parser->held_len);

	memcpy(parser->held + parser->held_len, parser->buffer + parser->start, held);
	parser->held_len += held;
	parser->left -= len;
	use(parser, len);
	if (parser->left > 0)
		return STEP_MORE;
	parser->held[parser->held_len] = '\0';
	replace_nuls(parser->held, parser->held_len);
	if (!parser->cut)
		imap_tree_add_literal(&parser->tree, parser->held, parser->held_len);
	parser->state = parser->cut ? STATE_CUT : STATE_SEGMENT;
	return STEP_ON;
}

/* ---- lines ---- */

/* The next LEN bytes in the arena. */
static char *
keep(ImapParser *parser, gsize len)
{
	char *copy = imap_arena_copy(&parser->tree.arena, parser->buffer + parser->start, len);

	replace_nuls(copy, len);
	parser->kept += len;
	return copy;
}

/* Keeps the LEN bytes of a line that begins a response, or goes on behind a literal; what there is
 * to be lexed of it in *OUT_TEXT. */
static gsize
keep_segment(ImapParser *parser, gsize len, char **out_text)
{
	char *line;

	if (parser->state == STATE_SEGMENT) {
		*out_text = keep(parser, len);
		return len;
	}
	imap_tree_reset(&parser->tree);
	parser->kept = 0;
	parser->cut = FALSE;
	line = keep(parser, len);
	imap_head_read(line, len, &parser->head);
	parser->tree.sections = imap_head_is_fetch(&parser->head);
	parser->first = (ImapBytes){line, len};
	/* The decoders of trees write into the line, and only that of FETCH takes everything. */
	if (imap_head_has_tree(&parser->head) && !imap_head_is_fetch(&parser->head))
		parser->first.data = imap_arena_copy(&parser->tree.arena, line, len);
	*out_text = parser->head.rest;
	return parser->head.rest_len;
}

static Step
end_line(ImapParser *parser)
{
	imap_tree_finish(&parser->tree);
	parser->items = imap_fetch_items(imap_tree_root(&parser->tree));
	parser->state = STATE_DONE;
	return STEP_ON;
}

static Step
literal_too_big(ImapParser *parser, GError **error)
{
	return bad(parser, error, "literal", parser->limits.literal, "octets");
}

/* A line longer than the limit. Of a FETCH the items at its start are taken and the rest is passed
 * over, since a message with a monstrous header must not make its folder unreadable. Of anything
 * else a part would be a lie. */
static Step
begin_cut(ImapParser *parser, gsize room, GError **error)
{
	char *text;
	gsize len = keep_segment(parser, room, &text);
	guint64 ignored;

	if (!imap_head_is_fetch(&parser->head))
		return bad(parser, error, "line", parser->limits.line, "octets");
	(void)imap_tree_lex(&parser->tree, text, len, &ignored); /* no line ends here */
	imap_tree_cut(&parser->tree);
	use(parser, room);
	parser->cut = TRUE;
	parser->state = STATE_CUT;
	return STEP_ON;
}

/* Looks for the end of a line that is not kept, with enough of its tail to see a literal there. */
static Step
step_cut(ImapParser *parser, GError **error)
{
	enum { TAIL = 32 };
	gsize len, tail;
	char *line, *literal;
	guint64 size;

	if (!find_line_end(parser, &len)) {
		parser->start = MAX(parser->start, parser->end - MIN(parser->end, TAIL));
		return STEP_MORE;
	}
	/* No more than the tail may count: how much else is still here depends on the cuts. */
	tail = len - MIN(len, TAIL);
	line = parser->buffer + parser->start;
	literal = imap_text_find_literal(line + tail, line + MAX(tail, without_cr(parser, len)));
	use(parser, len + 1);
	if (!literal)
		return end_line(parser);
	if (!imap_text_get_literal(literal, parser->limits.literal, &size))
		return literal_too_big(parser, error);
	return begin_literal(parser, size);
}

static Step
step_segment(ImapParser *parser, GError **error)
{
	gsize room = parser->limits.line -
		     (parser->state == STATE_SEGMENT ? MIN(parser->kept, parser->limits.line) : 0);
	gboolean whole;
	gsize len, used;
	char *text;
	guint64 size;

	whole = find_line_end(parser, &len);
	if ((whole ? len : imap_parser_pending(parser)) > room)
		return begin_cut(parser, room, error);
	if (!whole)
		return STEP_MORE;
	used = len + 1;
	len = without_cr(parser, len);
	if (len == 0 && parser->state == STATE_START) {
		use(parser, used);
		return STEP_ON; /* an empty line says nothing */
	}
	len = keep_segment(parser, len, &text);
	use(parser, used);
	if (!imap_head_has_tree(&parser->head))
		return finish(parser, error);
	switch (imap_tree_lex(&parser->tree, text, len, &size)) {
	case IMAP_LEX_LITERAL: return begin_literal(parser, size);
	case IMAP_LEX_TOO_BIG: return literal_too_big(parser, error);
	case IMAP_LEX_END: break;
	}
	return end_line(parser);
}

static Step
step(ImapParser *parser, GError **error)
{
	switch (parser->state) {
	case STATE_START:
	case STATE_SEGMENT: return step_segment(parser, error);
	case STATE_HELD: return step_held(parser);
	case STATE_STREAM: return step_stream(parser);
	case STATE_CUT: return step_cut(parser, error);
	case STATE_DONE: return step_done(parser, error);
	case STATE_BAD: break;
	}
	err_set(error, ERR_PROTOCOL, "The connection was given up before");
	return STEP_BAD;
}

/* Every step uses bytes or goes to a state that does, so this ends. */
ImapParse
imap_parser_next(ImapParser *parser, const ImapResponse **out_response, GError **error)
{
	for (;;) {
		switch (step(parser, error)) {
		case STEP_ON: break;
		case STEP_MORE: return IMAP_PARSE_MORE;
		case STEP_BAD: return IMAP_PARSE_BAD;
		case STEP_RESPONSE: *out_response = &parser->response; return IMAP_PARSE_RESPONSE;
		}
	}
}
