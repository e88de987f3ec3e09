#include "core/convert.h"

#include "imap/structure.h"
#include "mime/header.h"

#include <string.h>

#define MAX_FIELD     1000        /* bytes of a decoded field that a row keeps */
#define MAX_STRUCTURE (64 * 1024) /* bytes; a larger one is asked for again when needed */

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
		return first->mailbox.data ? mime_header_decode(first->mailbox.data, -1)
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
		replace(&message->subject,
			mime_header_decode(envelope->subject.data, (gssize)envelope->subject.len));
	replace(&message->message_id, raw(envelope->message_id));
	replace(&message->in_reply_to, raw(envelope->in_reply_to));
	if (!envelope->date.data || !mime_date_parse(envelope->date.data, &message->date, NULL))
		message->date = 0;
}

gboolean
convert_is_attachment(const ImapPart *part)
{
	if (is_word(part->type, "multipart"))
		return FALSE;
	if (is_word(part->disposition, "attachment"))
		return TRUE;
	if (is_word(part->type, "text"))
		return imap_params_get(&part->disposition_params, "filename") != NULL;
	if (is_word(part->type, "message"))
		return !is_word(part->subtype, "delivery-status");
	/* Inside the body of an HTML part, or a signature. */
	return !part->id.data && !is_word(part->subtype, "pgp-signature") &&
	       !is_word(part->subtype, "pkcs7-signature");
}

static gboolean
holds_attachment(const ImapPart *part)
{
	if (!is_word(part->type, "multipart"))
		return convert_is_attachment(part);
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

gboolean
convert_is_html(const ImapPart *part)
{
	return is_word(part->type, "text") && is_word(part->subtype, "html");
}

static gboolean
is_readable(const ImapPart *part)
{
	return (convert_is_html(part) ||
		       (is_word(part->type, "text") && is_word(part->subtype, "plain"))) &&
	       !is_word(part->disposition, "attachment");
}

/* Of several parts the first counts, since what comes behind is a footer or a file; of alternatives
 * the first of the wanted kind. */
const ImapPart *
convert_text_part(const ImapPart *root, gboolean prefer_html)
{
	gboolean choice = is_word(root->subtype, "alternative");
	const ImapPart *found = NULL;

	if (!is_word(root->type, "multipart"))
		return is_readable(root) ? root : NULL;
	for (guint i = 0; i < root->n_children; i++) {
		const ImapPart *part = convert_text_part(root->children[i], prefer_html);

		if (part && (!choice || convert_is_html(part) == prefer_html))
			return part;
		found = found ? found : part;
	}
	return found;
}

char *
convert_part_name(const ImapPart *part)
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
			return name;
	}
	return part->description.data
		       ? mime_header_decode(part->description.data, (gssize)part->description.len)
		       : g_strdup("");
}

char *
convert_part_type(const ImapPart *part)
{
	g_autofree char *type = g_strdup_printf("%s/%s", part->type.data ? part->type.data : "?",
		part->subtype.data ? part->subtype.data : "?");

	return g_ascii_strdown(type, -1);
}
