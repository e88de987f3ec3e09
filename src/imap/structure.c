#include "imap/structure.h"

#include "imap/parser.h"

#include <string.h>

/* The text is read by the parser of the wire, as a FETCH that holds nothing else but a UID behind it,
 * which is seen only when the text closes all that it opens. */
struct ImapStructure {
	ImapParser *parser;
	const ImapPart *root;
};

/* ---- to text ---- */

static void write_part(GString *text, const ImapPart *part);

static gboolean
is_type(const ImapPart *part, const char *type)
{
	return g_ascii_strcasecmp(part->type.data, type) == 0;
}

static void
write_string(GString *text, ImapBytes bytes)
{
	if (!bytes.data) {
		g_string_append(text, "NIL");
		return;
	}
	if (memchr(bytes.data, '\r', bytes.len) || memchr(bytes.data, '\n', bytes.len)) {
		g_string_append_printf(text, "{%" G_GSIZE_FORMAT "}\r\n", bytes.len);
		g_string_append_len(text, bytes.data, (gssize)bytes.len);
		return;
	}
	g_string_append_c(text, '"');
	for (gsize i = 0; i < bytes.len; i++) {
		if (bytes.data[i] == '"' || bytes.data[i] == '\\')
			g_string_append_c(text, '\\');
		g_string_append_c(text, bytes.data[i]);
	}
	g_string_append_c(text, '"');
}

static void
write_field(GString *text, ImapBytes bytes)
{
	g_string_append_c(text, ' ');
	write_string(text, bytes);
}

static void
write_params(GString *text, const ImapParams *params)
{
	for (guint i = 0; i < params->n; i++) {
		g_string_append(text, i ? " " : " (");
		write_string(text, params->at[i].name);
		write_field(text, params->at[i].value);
	}
	g_string_append(text, params->n ? ")" : " NIL");
}

static void
write_disposition(GString *text, const ImapPart *part)
{
	if (!part->disposition.data && !part->disposition_params.n) {
		g_string_append(text, " NIL");
		return;
	}
	g_string_append(text, " (");
	write_string(text, part->disposition);
	write_params(text, &part->disposition_params);
	g_string_append_c(text, ')');
}

static void
write_addresses(GString *text, const ImapAddresses *addresses)
{
	g_string_append(text, addresses->n ? " (" : " NIL");
	for (guint i = 0; i < addresses->n; i++) {
		const ImapAddress *address = &addresses->at[i];

		g_string_append_c(text, '(');
		write_string(text, address->name);
		write_field(text, address->route);
		write_field(text, address->mailbox);
		write_field(text, address->host);
		g_string_append_c(text, ')');
	}
	if (addresses->n)
		g_string_append_c(text, ')');
}

static void
write_envelope(GString *text, const ImapEnvelope *envelope)
{
	static const ImapEnvelope none;

	if (!envelope)
		envelope = &none;
	g_string_append(text, " (");
	write_string(text, envelope->date);
	write_field(text, envelope->subject);
	write_addresses(text, &envelope->from);
	write_addresses(text, &envelope->sender);
	write_addresses(text, &envelope->reply_to);
	write_addresses(text, &envelope->to);
	write_addresses(text, &envelope->cc);
	write_addresses(text, &envelope->bcc);
	write_field(text, envelope->in_reply_to);
	write_field(text, envelope->message_id);
	g_string_append(text, ") ");
}

static void
write_multipart(GString *text, const ImapPart *part)
{
	for (guint i = 0; i < part->n_children; i++)
		write_part(text, part->children[i]);
	if (part->n_children == 0)
		g_string_append(text, "NIL");
	write_field(text, part->subtype);
	write_params(text, &part->params);
	write_disposition(text, part);
}

static void
write_leaf(GString *text, const ImapPart *part)
{
	write_string(text, part->type);
	write_field(text, part->subtype);
	write_params(text, &part->params);
	write_field(text, part->id);
	write_field(text, part->description);
	write_field(text, part->encoding);
	g_string_append_printf(text, " %" G_GUINT64_FORMAT, part->octets);
	if (part->n_children) {
		write_envelope(text, part->envelope);
		write_part(text, part->children[0]);
	}
	if (part->n_children || is_type(part, "text"))
		g_string_append_printf(text, " %" G_GUINT64_FORMAT, part->lines);
	g_string_append(text, " NIL"); /* MD5 */
	write_disposition(text, part);
}

static void
write_part(GString *text, const ImapPart *part)
{
	g_string_append_c(text, '(');
	if (is_type(part, "multipart"))
		write_multipart(text, part);
	else
		write_leaf(text, part);
	g_string_append_c(text, ')');
}

char *
imap_structure_to_text(const ImapPart *part, gsize *out_len)
{
	GString *text = g_string_new(NULL);

	write_part(text, part);
	*out_len = text->len;
	return g_string_free(text, FALSE);
}

/* ---- from text ---- */

ImapStructure *
imap_structure_from_text(const char *text, gsize len)
{
	static const char before[] = "* 1 FETCH (BODYSTRUCTURE ", after[] = " UID 1)\r\n";
	g_autoptr(ImapStructure) structure = g_new0(ImapStructure, 1);
	/* What came through the limits of the wire may have grown a little when it was written. */
	const ImapLimits limits = {
		.line = len + sizeof(before) + sizeof(after),
		.literal = len,
		.held = len,
		.nesting = 120,
		.list = 2000000,
	};
	const ImapResponse *response;

	structure->parser = imap_parser_new(&limits);
	imap_parser_feed(structure->parser, before, strlen(before));
	imap_parser_feed(structure->parser, text, len);
	imap_parser_feed(structure->parser, after, strlen(after));
	if (imap_parser_next(structure->parser, &response, NULL) != IMAP_PARSE_RESPONSE ||
		response->kind != IMAP_RESPONSE_FETCH || !response->fetch.structure ||
		response->fetch.uid != 1 || imap_parser_pending(structure->parser) != 0)
		return NULL;
	structure->root = response->fetch.structure;
	return g_steal_pointer(&structure);
}

void
imap_structure_free(ImapStructure *structure)
{
	if (!structure)
		return;
	imap_parser_free(structure->parser);
	g_free(structure);
}

const ImapPart *
imap_structure_root(const ImapStructure *structure)
{
	return structure->root;
}

const char *
imap_params_get(const ImapParams *params, const char *name)
{
	for (guint i = 0; i < params->n; i++)
		if (g_ascii_strcasecmp(params->at[i].name.data, name) == 0)
			return params->at[i].value.data;
	return NULL;
}
