#include "core/convert.h"

#include "imap/structure.h"
#include "mime/header.h"

#include <string.h>

#define MAX_FIELD     1000         /* bytes of a decoded field that a row keeps */
#define MAX_RAW       (16 * 1024)  /* bytes of one that are decoded */
#define MAX_STRUCTURE (256 * 1024) /* bytes; a message with a larger one is taken apart here */

static gboolean
is_word(ImapBytes bytes, const char *word)
{
	return bytes.data && g_ascii_strcasecmp(bytes.data, word) == 0;
}

/* Cuts TEXT to MAX_FIELD bytes between characters. */
static char *
capped(char *take_text)
{
	gsize len = strlen(take_text);

	if (len > MAX_FIELD) {
		char *end = g_utf8_find_prev_char(take_text, take_text + MAX_FIELD + 1);

		*(end ? end : take_text) = '\0';
	}
	return take_text;
}

static void
replace(char **field, char *take_value)
{
	g_free(*field);
	*field = capped(take_value);
}

static char *
raw(ImapBytes bytes)
{
	return bytes.data ? g_utf8_make_valid(bytes.data, (gssize)bytes.len) : g_strdup("");
}

static char *
first_name(const ImapAddresses *addresses)
{
	const ImapAddress *first = addresses->n ? &addresses->at[0] : NULL;

	if (!first)
		return g_strdup("");
	/* A group, "undisclosed-recipients:;": its name stands where the mailbox would. */
	if (!first->host.data)
		return first->mailbox.data ? mime_header_decode(first->mailbox.data,
						     (gssize)MIN(first->mailbox.len, MAX_RAW))
					   : g_strdup("");
	return mime_address_name(first->name.data, first->mailbox.data, first->host.data);
}

static char *
first_address(const ImapAddresses *addresses)
{
	const ImapAddress *first = addresses->n ? &addresses->at[0] : NULL;

	return first ? mime_address_name(NULL, first->mailbox.data, first->host.data)
		     : g_strdup("");
}

static void
take_envelope(StoreMessage *message, const ImapEnvelope *envelope)
{
	const ImapAddresses *from = envelope->from.n ? &envelope->from : &envelope->sender;

	replace(&message->from_name, first_name(from));
	replace(&message->from_address, first_address(from));
	replace(&message->to_name, first_name(envelope->to.n ? &envelope->to : &envelope->cc));
	if (envelope->subject.data)
		replace(&message->subject, mime_header_decode(envelope->subject.data,
						   (gssize)MIN(envelope->subject.len, MAX_RAW)));
	replace(&message->message_id, raw(envelope->message_id));
	replace(&message->in_reply_to, raw(envelope->in_reply_to));
	if (!envelope->date.data || !mime_date_parse(envelope->date.data, &message->date, NULL))
		message->date = 0;
}

static gboolean
is_attachment(const ImapPart *part)
{
	const MimeWords words = {
		.type = part->type.data,
		.subtype = part->subtype.data,
		.disposition = part->disposition.data,
		.filename = imap_params_get(&part->disposition_params, "filename") != NULL,
		.id = part->id.data != NULL,
	};

	return mime_is_attachment(&words);
}

static gboolean
holds_attachment(const ImapPart *part)
{
	if (!is_word(part->type, "multipart"))
		return is_attachment(part);
	for (guint i = 0; i < part->n_children; i++)
		if (holds_attachment(part->children[i]))
			return TRUE;
	return FALSE;
}

static void
take_structure(StoreMessage *message, const ImapPart *structure)
{
	gsize len = 0;
	char *text = imap_structure_to_text(structure, &len);

	message->attachment = holds_attachment(structure);
	if (len <= MAX_STRUCTURE)
		message->structure = g_bytes_new_take(text, len);
	else
		g_free(text);
}

StoreMessage *
convert_fetch(guint32 folder, const ImapFetch *fetch)
{
	StoreMessage *message = store_message_new();

	message->folder = folder;
	message->uid = fetch->uid;
	message->flags = flagset_copy(&fetch->flags);
	message->modseq = fetch->modseq;
	message->internaldate = fetch->internaldate;
	message->size = fetch->size;
	if (fetch->envelope)
		take_envelope(message, fetch->envelope);
	if (fetch->structure)
		take_structure(message, fetch->structure);
	return message;
}

/* ---- parts ---- */

static char *
decoded(ImapBytes bytes)
{
	return bytes.data ? capped(mime_header_decode(bytes.data, (gssize)MIN(bytes.len, MAX_RAW)))
			  : g_strdup("");
}

static char *
part_name(const ImapPart *part)
{
	const ImapParams *lists[] = {&part->disposition_params, &part->params};

	for (guint l = 0; l < G_N_ELEMENTS(lists); l++) {
		guint n = lists[l]->n;
		g_autofree const char **names = g_new(const char *, n + 1);
		g_autofree const char **values = g_new(const char *, n + 1);
		char *name;

		for (guint i = 0; i < n; i++) {
			names[i] = lists[l]->at[i].name.data ? lists[l]->at[i].name.data : "";
			values[i] = lists[l]->at[i].value.data ? lists[l]->at[i].value.data : "";
		}
		name = mime_filename(names, values, n);
		if (name)
			return capped(name);
	}
	return g_strdup("");
}

static char *
all_addresses(const ImapAddresses *addresses)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < addresses->n && text->len < MAX_FIELD; i++) {
		const ImapAddress *one = &addresses->at[i];
		g_autofree char *full = one->host.data ? mime_address_full(one->name.data,
								 one->mailbox.data, one->host.data)
						       : NULL;

		if (full)
			g_string_append_printf(text, "%s%s", text->len ? ", " : "", full);
	}
	return capped(g_string_free(g_steal_pointer(&text), FALSE));
}

static MimeEnvelope *
part_envelope(const ImapEnvelope *wire)
{
	MimeEnvelope *envelope = mime_envelope_new();

	envelope->from = all_addresses(&wire->from);
	envelope->to = all_addresses(&wire->to);
	envelope->cc = all_addresses(&wire->cc);
	envelope->date = decoded(wire->date);
	envelope->subject = decoded(wire->subject);
	return envelope;
}

static char *
word(ImapBytes bytes)
{
	return bytes.data ? g_ascii_strdown(bytes.data, -1) : NULL;
}

static MimePart *
new_part(MimePart *parent, const ImapPart *wire)
{
	MimePart *part = mime_part_new(parent, wire->type.data, wire->subtype.data);

	if (!part)
		return NULL;
	for (guint i = 0; i < MIN(wire->params.n, MIME_PARAMS_MAX); i++)
		if (wire->params.at[i].name.data && wire->params.at[i].value.data)
			mime_part_add_param(
				part, wire->params.at[i].name.data, wire->params.at[i].value.data);
	g_free(part->section);
	part->section = g_strdup(wire->section);
	replace(&part->name, part_name(wire));
	replace(&part->description, decoded(wire->description));
	part->encoding = g_strdup(wire->encoding.data);
	part->disposition = word(wire->disposition);
	part->id = g_strdup(wire->id.data);
	part->octets = wire->octets;
	part->attachment = is_attachment(wire);
	if (wire->envelope && !mime_part_is_encoded(part))
		part->envelope = part_envelope(wire->envelope);
	return part;
}

static MimePart *
add_part(MimePart *parent, const ImapPart *wire)
{
	MimePart *part = new_part(parent, wire);

	if (part && mime_part_is_message(part) && mime_part_is_encoded(part))
		return part;
	for (guint i = 0; part && i < wire->n_children && !part->cut; i++)
		add_part(part, wire->children[i]);
	return part;
}

MimePart *
convert_parts(const ImapPart *structure)
{
	return add_part(NULL, structure);
}
