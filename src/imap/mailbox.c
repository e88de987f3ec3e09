/* LIST, LSUB, STATUS and NAMESPACE: names of mailboxes and what is said of them. */

#include "imap/decode.h"

#include <string.h>

/* A name that the server did not quote although it has blanks in it: all the atoms in a row. */
static ImapBytes
unquoted_name(ImapCursor *line, ImapNode *first)
{
	ImapNode *last = first;

	for (;;) {
		ImapNode *next = imap_cursor_peek(line);
		char *gap = last->data + last->len;

		if (!next || next->kind != IMAP_NODE_ATOM || gap + strspn(gap, " \t") != next->data)
			break;
		last = imap_cursor_next(line);
	}
	first->len = (guint32)(last->data + last->len - first->data);
	first->data[first->len] = '\0';
	return (ImapBytes){first->data, first->len};
}

/* INBOX is the one name whose case does not matter (RFC 3501 section 5.1). */
static gboolean
decode_mailbox(ImapCursor *line, ImapBytes *out_name)
{
	ImapNode *node = imap_cursor_next(line);
	ImapBytes name;

	if (node && node->kind == IMAP_NODE_ATOM)
		name = unquoted_name(line, node);
	else if (!imap_node_get_text(node, &name))
		return FALSE;
	if (imap_bytes_equal(name, "INBOX"))
		name = (ImapBytes){"INBOX", 5};
	*out_name = name;
	return TRUE;
}

static guint32
mailbox_flag(ImapBytes name)
{
	static const struct {
		const char *name;
		guint32 flag;
	} table[] = {
		{"\\HasChildren", IMAP_MAILBOX_HAS_CHILDREN},
		{"\\HasNoChildren", IMAP_MAILBOX_HAS_NO_CHILDREN},
		{"\\Marked", IMAP_MAILBOX_MARKED},
		{"\\Unmarked", IMAP_MAILBOX_UNMARKED},
		{"\\Noselect", IMAP_MAILBOX_NOSELECT},
		{"\\Noinferiors", IMAP_MAILBOX_NOINFERIORS},
		{"\\NonExistent", IMAP_MAILBOX_NONEXISTENT | IMAP_MAILBOX_NOSELECT},
		{"\\Subscribed", IMAP_MAILBOX_SUBSCRIBED},
		{"\\Remote", IMAP_MAILBOX_REMOTE},
		{"\\All", IMAP_MAILBOX_ALL},
		{"\\Archive", IMAP_MAILBOX_ARCHIVE},
		{"\\Drafts", IMAP_MAILBOX_DRAFTS},
		{"\\Flagged", IMAP_MAILBOX_FLAGGED},
		{"\\Junk", IMAP_MAILBOX_JUNK},
		{"\\Sent", IMAP_MAILBOX_SENT},
		{"\\Trash", IMAP_MAILBOX_TRASH},
		{"\\Important", IMAP_MAILBOX_IMPORTANT},
		/* What XLIST called them before RFC 6154. */
		{"\\AllMail", IMAP_MAILBOX_ALL},
		{"\\Starred", IMAP_MAILBOX_FLAGGED},
		{"\\Spam", IMAP_MAILBOX_JUNK},
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (imap_bytes_equal(name, table[i].name))
			return table[i].flag;
	return 0;
}

/* The first byte: no server has a longer one. NIL and "" mean that there is no hierarchy. */
static char
decode_delimiter(ImapNode *node)
{
	ImapBytes text = imap_node_bytes(node);

	return text.len ? text.data[0] : 0;
}

/* ("OLDNAME" ("old")) among other pairs (RFC 5258 section 6). */
static ImapBytes
decode_old_name(ImapNode *extended)
{
	ImapCursor pairs = imap_node_members(extended);
	ImapNode *tag;
	ImapBytes name = {NULL, 0};

	while ((tag = imap_cursor_next(&pairs))) {
		ImapCursor values = imap_node_members(imap_cursor_next(&pairs));

		if (imap_bytes_equal(imap_node_bytes(tag), "OLDNAME") &&
			decode_mailbox(&values, &name))
			return name;
	}
	return (ImapBytes){NULL, 0};
}

gboolean
imap_list_decode(ImapDecoder *decoder, ImapCursor line)
{
	ImapList *list = &decoder->response->list;
	ImapNode *attributes = imap_cursor_next(&line);
	ImapCursor members = imap_node_members(attributes);
	ImapNode *node;

	if (!imap_node_is_list(attributes) && !imap_node_is_nil(attributes))
		return FALSE;
	while ((node = imap_cursor_next(&members)))
		list->flags |= mailbox_flag(imap_node_bytes(node));
	node = imap_cursor_next(&line);
	if (!imap_node_is_text(node))
		return FALSE;
	list->delimiter = decode_delimiter(node);
	if (!decode_mailbox(&line, &list->name))
		return FALSE;
	list->old_name = decode_old_name(imap_cursor_next(&line));
	return TRUE;
}

static void
decode_count(ImapMailboxStatus *status, ImapNode *name, guint64 number)
{
	const struct {
		const char *name;
		ImapStatusHas has;
		guint32 *field;
		guint64 *wide_field;
	} table[] = {
		{"MESSAGES", IMAP_STATUS_MESSAGES, &status->messages},
		{"RECENT", IMAP_STATUS_RECENT, &status->recent},
		{"UIDNEXT", IMAP_STATUS_UIDNEXT, &status->uidnext},
		{"UIDVALIDITY", IMAP_STATUS_UIDVALIDITY, &status->uidvalidity},
		{"UNSEEN", IMAP_STATUS_UNSEEN, &status->unseen},
		{"HIGHESTMODSEQ", IMAP_STATUS_HIGHESTMODSEQ, NULL, &status->highestmodseq},
		{"SIZE", IMAP_STATUS_SIZE, NULL, &status->size},
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		if (!imap_node_is_atom(name, table[i].name))
			continue;
		if (table[i].wide_field)
			*table[i].wide_field = number;
		else if (number <= G_MAXUINT32)
			*table[i].field = (guint32)number;
		else
			continue;
		status->has |= table[i].has;
	}
}

/* A count that is no number (-1) was not said. */
gboolean
imap_mailbox_status_decode(ImapDecoder *decoder, ImapCursor line)
{
	ImapMailboxStatus *status = &decoder->response->mailbox_status;
	ImapCursor counts;
	ImapNode *name;
	guint64 number;

	if (!decode_mailbox(&line, &status->name))
		return FALSE;
	counts = imap_node_members(imap_cursor_next(&line));
	while ((name = imap_cursor_next(&counts)))
		if (imap_node_get_number(imap_cursor_next(&counts), G_MAXINT64, &number))
			decode_count(status, name, number);
	return TRUE;
}

static const ImapNamespace *
decode_namespace(ImapDecoder *decoder, const ImapNode *node, guint *out_n)
{
	ImapCursor members = imap_node_members(node);
	guint count = imap_node_count(node), n = 0;
	ImapNamespace *spaces;
	ImapNode *member;

	spaces = imap_arena_alloc_n(decoder->arena, count, sizeof(ImapNamespace));
	while ((member = imap_cursor_next(&members))) {
		ImapCursor fields = imap_node_members(member);

		if (!imap_node_get_text(imap_cursor_next(&fields), &spaces[n].prefix))
			continue;
		spaces[n++].delimiter = decode_delimiter(imap_cursor_next(&fields));
	}
	*out_n = n;
	return n ? spaces : NULL;
}

gboolean
imap_namespace_decode(ImapDecoder *decoder, ImapCursor line)
{
	ImapResponse *response = decoder->response;

	for (guint i = 0; i < G_N_ELEMENTS(response->namespaces); i++)
		response->namespaces[i] = decode_namespace(
			decoder, imap_cursor_next(&line), &response->n_namespaces[i]);
	return TRUE;
}
