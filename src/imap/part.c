/* BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2), and the section numbers of section 6.4.5. */

#include "imap/decode.h"

#include <string.h>

/* A message with more parts than this is shown by its text alone: every part costs a few hundred
 * bytes, and a hostile one has as many as its line is long. */
enum { PARTS_MAX = 10000 };

/* A list shorter than this is no ENVELOPE but a disposition or a language. */
enum { ENVELOPE_MIN = 8 };

typedef struct {
	ImapArena *arena;
	guint n_parts;
} Builder;

static ImapPart *build_part(Builder *b, ImapNode *node, const char *section);

ImapParams
imap_params_decode(ImapArena *arena, ImapNode *node)
{
	ImapCursor members = imap_node_members(node);
	guint count = imap_node_count(node) / 2;
	ImapParam *at = imap_arena_alloc_n(arena, count, sizeof(ImapParam));
	guint n = 0;

	for (guint i = 0; i < count; i++) {
		ImapNode *name = imap_cursor_next(&members);
		ImapNode *value = imap_cursor_next(&members);

		if (!imap_node_get_text(name, &at[n].name))
			continue;
		at[n++].value = imap_node_bytes(value);
	}
	return (ImapParams){n ? at : NULL, n};
}

static guint64
take_number(ImapCursor *fields)
{
	guint64 number = 0;

	return imap_node_get_number(imap_cursor_next(fields), G_MAXINT64, &number) ? number : 0;
}

static ImapBytes
or_else(ImapBytes text, const char *fallback)
{
	return text.len ? text : (ImapBytes){fallback, strlen(fallback)};
}

/* NIL, ("inline" ("filename" "x")) or, from Exchange, "inline" alone. */
static void
take_disposition(Builder *b, ImapPart *part, ImapCursor *fields)
{
	ImapNode *node = imap_cursor_next(fields);
	ImapCursor members = imap_node_members(node);

	if (!imap_node_is_list(node)) {
		part->disposition = imap_node_bytes(node);
		return;
	}
	part->disposition = imap_node_bytes(imap_cursor_next(&members));
	part->disposition_params = imap_params_decode(b->arena, imap_cursor_next(&members));
}

/* ---- section numbers ---- */

/* Made by hand: formatted printing was a tenth of the time of a row. */
static const char *
child_section(Builder *b, const char *parent, guint number)
{
	gsize parent_len = strlen(parent);
	char digits[12], *section;
	guint at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	section = imap_arena_take(b->arena, parent_len + 1 + sizeof(digits) - at + 1);
	memcpy(section, parent, parent_len);
	if (parent_len)
		section[parent_len++] = '.';
	memcpy(section + parent_len, digits + at, sizeof(digits) - at);
	section[parent_len + sizeof(digits) - at] = '\0';
	return section;
}

/* The body inside of message/rfc822 in part "2": "2.1", or when it is a multipart, whose children
 * are "2.1", "2.2": "2.TEXT". */
static const char *
body_section(Builder *b, const char *message, const ImapNode *body)
{
	ImapCursor members = imap_node_members(body);

	if (imap_node_is_text(imap_cursor_peek(&members)) &&
		!imap_node_is_nil(imap_cursor_peek(&members)))
		return child_section(b, message, 1);
	return imap_arena_printf(b->arena, "%s%sTEXT", message, *message ? "." : "");
}

/* What numbers of children begin with. */
static const char *
children_prefix(Builder *b, const char *section)
{
	return g_str_has_suffix(section, ".TEXT")
		       ? imap_arena_copy(b->arena, section, strlen(section) - strlen(".TEXT"))
		       : section;
}

/* ---- parts ---- */

/* Keeps the numbers of the parts behind it right. */
static void
make_placeholder(ImapPart *part)
{
	part->type = (ImapBytes){"application", strlen("application")};
	part->subtype = (ImapBytes){"octet-stream", strlen("octet-stream")};
}

static ImapPart *
new_part(Builder *b, const char *section)
{
	ImapPart *part = imap_arena_alloc(b->arena, sizeof(ImapPart));

	part->section = section;
	b->n_parts++;
	return part;
}

static ImapPart *
build_child(Builder *b, ImapNode *node, const char *section)
{
	ImapPart *child = build_part(b, node, section);

	if (!child) {
		child = new_part(b, section);
		make_placeholder(child);
	}
	return child;
}

/* Children, subtype, then the extension fields: parameters, disposition, language, location. */
static void
build_multipart(Builder *b, ImapPart *part, ImapCursor fields)
{
	const char *prefix = children_prefix(b, part->section);
	ImapCursor counting = fields;
	ImapPart **children;
	guint count = 0;

	while (imap_node_is_list(imap_cursor_next(&counting)))
		count++;
	children = imap_arena_alloc_n(b->arena, count, sizeof(ImapPart *));
	for (guint i = 0; i < count && b->n_parts < PARTS_MAX; i++)
		children[part->n_children++] =
			build_child(b, imap_cursor_next(&fields), child_section(b, prefix, i + 1));
	part->children = children;

	/* Dovecot writes (NIL "alternative") for one without parts. */
	if (imap_node_is_nil(imap_cursor_peek(&fields)))
		imap_cursor_next(&fields);
	part->type = (ImapBytes){"multipart", strlen("multipart")};
	part->subtype = or_else(imap_node_bytes(imap_cursor_next(&fields)), "mixed");
	part->params = imap_params_decode(b->arena, imap_cursor_next(&fields));
	take_disposition(b, part, &fields);
}

/* Envelope, body and lines of message/rfc822. Gmail describes one in base64 as if it were a file,
 * without them. */
static void
take_message(Builder *b, ImapPart *part, ImapCursor *fields)
{
	ImapCursor ahead = *fields;
	ImapNode *envelope = imap_cursor_next(&ahead);
	ImapNode *body = imap_cursor_next(&ahead);
	ImapPart **child;

	if (imap_node_count(envelope) < ENVELOPE_MIN || !imap_node_is_list(body))
		return;
	part->envelope = imap_envelope_decode(b->arena, envelope);
	child = imap_arena_alloc(b->arena, sizeof(ImapPart *));
	*child = build_child(b, body, body_section(b, part->section, body));
	part->children = child;
	part->n_children = 1;
	part->lines = take_number(&ahead);
	*fields = ahead;
}

static gboolean
is_message(const ImapPart *part)
{
	return imap_bytes_equal(part->type, "message") &&
	       (imap_bytes_equal(part->subtype, "rfc822") ||
		       imap_bytes_equal(part->subtype, "global"));
}

/* Type, subtype, parameters, id, description, encoding, octets, then by type, then the extension
 * fields: MD5, disposition, language, location. */
static void
build_leaf(Builder *b, ImapPart *part, ImapCursor fields)
{
	ImapBytes subtype;

	part->type = or_else(imap_node_bytes(imap_cursor_next(&fields)), "application");
	subtype = imap_node_bytes(imap_cursor_next(&fields));
	part->subtype = or_else(subtype, "octet-stream");
	part->params = imap_params_decode(b->arena, imap_cursor_next(&fields));
	part->id = imap_node_bytes(imap_cursor_next(&fields));
	part->description = imap_node_bytes(imap_cursor_next(&fields));
	part->encoding = imap_node_bytes(imap_cursor_next(&fields));
	part->octets = take_number(&fields);
	if (imap_bytes_equal(part->type, "text"))
		part->lines = take_number(&fields);
	else if (is_message(part))
		take_message(b, part, &fields);
	if (!imap_node_is_list(imap_cursor_peek(&fields)))
		imap_cursor_next(
			&fields); /* MD5; where it is missing, the disposition stands here */
	take_disposition(b, part, &fields);
	/* Dovecot's word for what is no type: that is plain text (RFC 2045 section 5.2). */
	if (imap_bytes_equal(subtype, "")) {
		part->type = (ImapBytes){"text", strlen("text")};
		part->subtype = (ImapBytes){"plain", strlen("plain")};
	}
}

/* (NIL "alternative") is a multipart without parts; a leaf never has NIL for its type. */
static gboolean
is_multipart(ImapCursor fields)
{
	ImapNode *first = imap_cursor_next(&fields);

	return imap_node_is_list(first) || imap_node_is_nil(first);
}

/* As deep as the tree, which the limits bound. */
static ImapPart *
build_part(Builder *b, ImapNode *node, const char *section)
{
	ImapCursor fields = imap_node_members(node);
	ImapPart *part;

	if (!imap_cursor_peek(&fields) || b->n_parts >= PARTS_MAX)
		return NULL;
	part = new_part(b, section);
	if (is_multipart(fields))
		build_multipart(b, part, fields);
	else
		build_leaf(b, part, fields);
	return part;
}

const ImapPart *
imap_part_decode(ImapArena *arena, ImapNode *node)
{
	Builder b = {arena, 0};
	ImapCursor fields = imap_node_members(node);
	ImapPart *root;

	if (!imap_node_is_list(node) || node->damaged)
		return NULL;
	root = build_part(&b, node, is_multipart(fields) ? "" : "1");
	return b.n_parts < PARTS_MAX ? root : NULL;
}
