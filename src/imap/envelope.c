/* ENVELOPE (RFC 3501 section 7.4.2): ten fields in a fixed order. */

#include "imap/decode.h"

enum { ENVELOPE_FIELDS = 10 };

static gboolean
decode_address(ImapNode *node, ImapAddress *address)
{
	ImapCursor fields = imap_node_members(node);

	if (!imap_node_is_list(node))
		return FALSE;
	address->name = imap_node_bytes(imap_cursor_next(&fields));
	address->route = imap_node_bytes(imap_cursor_next(&fields));
	address->mailbox = imap_node_bytes(imap_cursor_next(&fields));
	address->host = imap_node_bytes(imap_cursor_next(&fields));
	return TRUE;
}

/* NIL, () and "" are all written for none. */
static ImapAddresses
decode_addresses(ImapArena *arena, ImapNode *node)
{
	ImapCursor members = imap_node_members(node);
	guint count = imap_node_count(node);
	ImapAddresses addresses = {NULL, 0};
	ImapAddress *at;

	if (count == 0)
		return addresses;
	at = imap_arena_alloc_n(arena, count, sizeof(ImapAddress));
	for (guint i = 0; i < count; i++)
		if (decode_address(imap_cursor_next(&members), &at[addresses.n]))
			addresses.n++;
	addresses.at = at;
	return addresses;
}

const ImapEnvelope *
imap_envelope_decode(ImapArena *arena, ImapNode *node)
{
	ImapCursor fields = imap_node_members(node);
	ImapEnvelope *envelope;

	/* With a field too few it can't be said which one is missing. */
	if (!imap_node_is_list(node) || node->damaged || imap_node_count(node) < ENVELOPE_FIELDS)
		return NULL;
	envelope = imap_arena_alloc(arena, sizeof(ImapEnvelope));
	envelope->date = imap_node_bytes(imap_cursor_next(&fields));
	envelope->subject = imap_node_bytes(imap_cursor_next(&fields));
	envelope->from = decode_addresses(arena, imap_cursor_next(&fields));
	envelope->sender = decode_addresses(arena, imap_cursor_next(&fields));
	envelope->reply_to = decode_addresses(arena, imap_cursor_next(&fields));
	envelope->to = decode_addresses(arena, imap_cursor_next(&fields));
	envelope->cc = decode_addresses(arena, imap_cursor_next(&fields));
	envelope->bcc = decode_addresses(arena, imap_cursor_next(&fields));
	envelope->in_reply_to = imap_node_bytes(imap_cursor_next(&fields));
	envelope->message_id = imap_node_bytes(imap_cursor_next(&fields));
	return envelope;
}
