/* Names of folders and what is said of them. */
#include "imap/session-private.h"

#include "imap/utf7.h"

#include <string.h>

/* A server that names more than these is no longer listened to; each name takes memory, and each
 * prefix is a command of its own. */
#define MAX_SUBSCRIBED       100000
#define MAX_SUBSCRIBED_BYTES (16 * 1024 * 1024)
#define MAX_PREFIXES         50

static gboolean
is_utf7(const char *name)
{
	g_autofree char *decoded = imap_utf7_decode(name, -1);

	return g_str_is_ascii(name) && (!strchr(name, '&') || strcmp(decoded, name) != 0);
}

/* What Dovecot tells by NOTIFY of a folder it calls by its name in UTF-8 (2.3: "Größe", "R&D"), where
 * all else has modified UTF-7. *OUT_OWN: the name as everything else has it, or NULL. */
static void
name_in_news(const ImapSession *session, ImapBytes *name, char **out_own)
{
	gboolean notified = session->notify || session_oldest(session, VERB_NOTIFY);

	if (!notified || is_utf7(name->data))
		return;
	*out_own = imap_utf7_encode(name->data);
	if (*out_own)
		*name = (ImapBytes){*out_own, strlen(*out_own)};
}

void
session_on_list(ImapSession *session, const ImapResponse *response)
{
	Flight *flight = session_oldest(session, VERB_LIST);
	ImapList list = response->list;
	char *own[2] = {NULL, NULL};
	Op *op = flight ? flight->op : NULL;

	if (!list.name.data)
		return;
	for (guint i = 0; op && op->prefixes && i < op->prefixes->len; i++)
		if (g_str_has_prefix(list.name.data, op->prefixes->pdata[i]))
			g_ptr_array_remove_index(op->prefixes, i--);
	if (op && op->subscribed && g_hash_table_contains(op->subscribed, list.name.data))
		list.flags |= IMAP_MAILBOX_SUBSCRIBED;
	if (!op)
		name_in_news(session, &list.name, &own[0]);
	if (!op && list.old_name.data)
		name_in_news(session, &list.old_name, &own[1]);
	session_emit_list(session, &list, own);
}

void
session_on_lsub(ImapSession *session, const ImapResponse *response)
{
	Flight *flight = session_oldest(session, VERB_LIST);
	const ImapBytes *name = &response->list.name;
	Op *op = flight ? flight->op : NULL;

	if (!op || !name->data)
		return;
	if (!op->subscribed)
		op->subscribed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	op->subscribed_bytes += name->len;
	if (g_hash_table_size(op->subscribed) < MAX_SUBSCRIBED &&
		op->subscribed_bytes < MAX_SUBSCRIBED_BYTES)
		g_hash_table_add(op->subscribed, g_strdup(name->data));
}

void
session_on_namespace(ImapSession *session, const ImapResponse *response)
{
	Flight *flight = session_oldest(session, VERB_LIST);

	if (!flight)
		return;
	g_clear_pointer(&flight->op->prefixes, g_ptr_array_unref);
	flight->op->prefixes = g_ptr_array_new_with_free_func(g_free);
	/* What is the user's own is covered by "*" everywhere. */
	for (guint kind = 1; kind < 3; kind++)
		for (guint i = 0; i < response->n_namespaces[kind]; i++) {
			const ImapBytes *prefix = &response->namespaces[kind][i].prefix;

			if (prefix->len && !strpbrk(prefix->data, "\r\n*%") &&
				flight->op->prefixes->len < MAX_PREFIXES)
				g_ptr_array_add(flight->op->prefixes, g_strdup(prefix->data));
		}
}

/* The oldest STATUS that asked about the mailbox; 0: nobody's. */
static ImapCmdId
find_status_command(const ImapSession *session, const char *mailbox)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		const Op *op = ((Flight *)at->data)->op;

		if (op->command->verb == VERB_STATUS && !strcmp(op->command->mailbox, mailbox))
			return op->cancelled ? 0 : op->id;
	}
	return 0;
}

void
session_on_mailbox_status(ImapSession *session, const ImapResponse *response)
{
	ImapMailboxStatus status = response->mailbox_status;
	char *own = NULL;

	if (!status.name.data)
		return;
	if (!session_oldest(session, VERB_STATUS) && !session_oldest(session, VERB_LIST))
		name_in_news(session, &status.name, &own);
	session_emit_status(session, find_status_command(session, status.name.data), &status, own);
}
