#include "imap-dump.h"

#include "imap/structure.h"

#include <string.h>

static void
dump_bytes(GString *out, const char *name, ImapBytes bytes)
{
	g_autofree char *text = NULL;

	if (!bytes.data)
		return;
	g_assert_cmpint(bytes.data[bytes.len], ==, '\0');
	g_assert_cmpuint(strlen(bytes.data), ==, bytes.len);
	text = g_strescape(bytes.data, NULL);
	g_string_append_printf(out, " %s=\"%s\"", name, text);
}

static void
dump_number(GString *out, const char *name, guint64 number)
{
	if (number)
		g_string_append_printf(out, " %s=%" G_GUINT64_FORMAT, name, number);
}

static void
dump_flags(GString *out, const FlagSet *flags)
{
	g_autofree char *text = flagset_to_string(flags);

	g_string_append_printf(
		out, " flags=(%s)%s", text, flags->bits & FLAG_RECENT ? " recent" : "");
}

static void
dump_ranges(GString *out, const char *name, const UidRange *ranges, guint n)
{
	if (n)
		g_string_append_printf(out, " %s=", name);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(
			out, "%s%u:%u", i ? "," : "", ranges[i].first, ranges[i].last);
}

static void
dump_code(GString *out, const ImapCode *code)
{
	if (code->kind == IMAP_CODE_NONE)
		return;
	g_string_append_printf(out, " code=%d", code->kind);
	dump_bytes(out, "name", code->name);
	dump_bytes(out, "argument", code->argument);
	dump_number(out, "number", code->number);
	if (code->kind == IMAP_CODE_PERMANENTFLAGS)
		dump_flags(out, &code->flags);
	if (code->any_keyword)
		g_string_append(out, " any");
	dump_ranges(out, "source", code->source, code->n_source);
	dump_ranges(out, "dest", code->dest, code->n_dest);
}

static void
dump_addresses(GString *out, const char *name, const ImapAddresses *addresses)
{
	for (guint i = 0; i < addresses->n; i++) {
		g_string_append_printf(out, " %s=<", name);
		dump_bytes(out, "name", addresses->at[i].name);
		dump_bytes(out, "route", addresses->at[i].route);
		dump_bytes(out, "mailbox", addresses->at[i].mailbox);
		dump_bytes(out, "host", addresses->at[i].host);
		g_string_append(out, " >");
	}
}

static void
dump_envelope(GString *out, const ImapEnvelope *envelope)
{
	g_string_append(out, " envelope={");
	dump_bytes(out, "date", envelope->date);
	dump_bytes(out, "subject", envelope->subject);
	dump_addresses(out, "from", &envelope->from);
	dump_addresses(out, "sender", &envelope->sender);
	dump_addresses(out, "reply-to", &envelope->reply_to);
	dump_addresses(out, "to", &envelope->to);
	dump_addresses(out, "cc", &envelope->cc);
	dump_addresses(out, "bcc", &envelope->bcc);
	dump_bytes(out, "in-reply-to", envelope->in_reply_to);
	dump_bytes(out, "message-id", envelope->message_id);
	g_string_append(out, " }");
}

static void
dump_sections(GString *out, const ImapPart *part)
{
	g_string_append_printf(out, "%s%s:%s/%s", out->str[out->len - 1] == '[' ? "" : " ",
		part->section, part->type.data, part->subtype.data);
	for (guint i = 0; i < part->n_children; i++)
		dump_sections(out, part->children[i]);
}

static void
dump_structure(GString *out, const ImapPart *part)
{
	gsize len;
	g_autofree char *text = imap_structure_to_text(part, &len);
	g_autofree char *escaped = g_strescape(text, "\"");

	g_string_append_printf(out, " structure=%s sections=[", escaped);
	dump_sections(out, part);
	g_string_append_c(out, ']');
}

static void
dump_fetch(GString *out, const ImapFetch *fetch)
{
	g_string_append_printf(out, " %u", fetch->position);
	dump_number(out, "uid", fetch->uid);
	if (fetch->has & IMAP_HAS_FLAGS)
		dump_flags(out, &fetch->flags);
	if (fetch->has & IMAP_HAS_INTERNALDATE)
		g_string_append_printf(out, " date=%" G_GINT64_FORMAT, fetch->internaldate);
	if (fetch->has & IMAP_HAS_SIZE)
		g_string_append_printf(out, " size=%" G_GUINT64_FORMAT, fetch->size);
	if (fetch->has & IMAP_HAS_MODSEQ)
		g_string_append_printf(out, " modseq=%" G_GUINT64_FORMAT, fetch->modseq);
	if (fetch->has & IMAP_HAS_ENVELOPE)
		dump_envelope(out, fetch->envelope);
	if (fetch->has & IMAP_HAS_STRUCTURE)
		dump_structure(out, fetch->structure);
}

/* The line of a body is open until its last piece. */
static void
dump_body(GString *out, const ImapBody *body)
{
	gboolean first = out->len == 0 || out->str[out->len - 1] == '\n';

	if (first)
		g_string_append_printf(out, "%s %u uid=%u [%s]<%" G_GUINT64_FORMAT ">%s \"",
			body->binary ? "BINARY" : "BODY", body->position, body->uid, body->section,
			body->offset, body->nil ? " nil" : "");
	for (gsize i = 0; i < body->len; i++) {
		char c = body->data[i];

		if (g_ascii_isprint(c) && c != '"' && c != '\\')
			g_string_append_c(out, c);
		else
			g_string_append_printf(out, "\\%03o", (guint8)c);
	}
	if (body->last)
		g_string_append(out, "\"\n");
}

static void
dump_set(GString *out, const ImapResponse *response)
{
	g_autofree char *numbers = uidset_to_string(response->numbers);

	g_string_append_printf(out, " %s%s%s", response->by_uid ? "uid " : "",
		response->earlier ? "earlier " : "", numbers);
	if (response->has_count)
		g_string_append_printf(out, " count=%u", response->count);
	dump_number(out, "min", response->min);
	dump_number(out, "max", response->max);
	dump_number(out, "modseq", response->modseq);
}

static void
dump_status(GString *out, const ImapMailboxStatus *status)
{
	dump_bytes(out, "name", status->name);
	g_string_append_printf(out,
		" has=%x %u %u %u %u %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, status->has,
		status->messages, status->recent, status->uidnext, status->uidvalidity,
		status->unseen, status->highestmodseq, status->size);
}

static void
dump_namespaces(GString *out, const ImapResponse *response)
{
	for (guint i = 0; i < G_N_ELEMENTS(response->namespaces); i++)
		for (guint j = 0; j < response->n_namespaces[i]; j++) {
			g_string_append_printf(out, " %u", i);
			dump_bytes(out, "prefix", response->namespaces[i][j].prefix);
			dump_number(out, "delimiter", (guint8)response->namespaces[i][j].delimiter);
		}
}

static void
dump_rest(GString *out, const ImapResponse *response)
{
	switch (response->kind) {
	case IMAP_RESPONSE_FLAGS: dump_flags(out, &response->flags); break;
	case IMAP_RESPONSE_EXISTS:
	case IMAP_RESPONSE_RECENT:
	case IMAP_RESPONSE_EXPUNGE: g_string_append_printf(out, " %u", response->number); break;
	case IMAP_RESPONSE_VANISHED:
	case IMAP_RESPONSE_SEARCH:
	case IMAP_RESPONSE_ESEARCH: dump_set(out, response); break;
	case IMAP_RESPONSE_FETCH: dump_fetch(out, &response->fetch); break;
	case IMAP_RESPONSE_LIST:
	case IMAP_RESPONSE_LSUB:
		dump_bytes(out, "name", response->list.name);
		dump_number(out, "delimiter", (guint8)response->list.delimiter);
		g_string_append_printf(out, " flags=%x", response->list.flags);
		break;
	case IMAP_RESPONSE_MAILBOX_STATUS: dump_status(out, &response->mailbox_status); break;
	case IMAP_RESPONSE_NAMESPACE: dump_namespaces(out, response); break;
	case IMAP_RESPONSE_ID:
		for (guint i = 0; i < response->id.n; i++) {
			dump_bytes(out, "name", response->id.at[i].name);
			dump_bytes(out, "value", response->id.at[i].value);
		}
		break;
	default: break;
	}
}

void
imap_dump(GString *out, const ImapResponse *response)
{
	static const char *const names[] = {"CONTINUE", "STATUS", "TAGGED", "CAPABILITY", "ENABLED",
		"FLAGS", "EXISTS", "RECENT", "EXPUNGE", "VANISHED", "FETCH", "BODY", "LIST", "LSUB",
		"MAILBOX-STATUS", "SEARCH", "ESEARCH", "NAMESPACE", "ID", "UNKNOWN"};
	static const char *const statuses[] = {"OK", "NO", "BAD", "PREAUTH", "BYE"};

	if (response->kind == IMAP_RESPONSE_BODY) {
		dump_body(out, &response->body);
		return;
	}
	g_string_append(out, names[response->kind]);
	dump_bytes(out, "tag", response->tag);
	if (response->kind == IMAP_RESPONSE_STATUS || response->kind == IMAP_RESPONSE_TAGGED)
		g_string_append_printf(out, " %s", statuses[response->status]);
	dump_code(out, &response->code);
	dump_bytes(out, "text", response->text);
	dump_rest(out, response);
	g_string_append_c(out, '\n');
}

static gboolean
drain(ImapParser *parser, GString *out)
{
	const ImapResponse *response;
	g_autoptr(GError) error = NULL;

	for (;;) {
		switch (imap_parser_next(parser, &response, &error)) {
		case IMAP_PARSE_RESPONSE: imap_dump(out, response); break;
		case IMAP_PARSE_MORE: return TRUE;
		case IMAP_PARSE_BAD:
			g_string_append_printf(out, "BAD %s\n", error->message);
			return FALSE;
		}
	}
}

char *
imap_dump_stream(const char *data, gsize len, const ImapLimits *limits, gsize (*cut)(gpointer user),
	gpointer user)
{
	g_autoptr(ImapParser) parser = imap_parser_new(limits);
	GString *out = g_string_new(NULL);
	gsize n;

	for (gsize at = 0; at < len; at += n) {
		n = cut ? cut(user) : len;
		n = MIN(n, len - at);
		imap_parser_feed(parser, data + at, n);
		if (!drain(parser, out))
			break;
	}
	return g_string_free(out, FALSE);
}
