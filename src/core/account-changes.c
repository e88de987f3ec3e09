#include "core/account-changes.h"

#include "core/account-private.h"
#include "core/changes.h"
#include "core/opqueue-send.h"
#include "core/unread.h"
#include "store/messages.h"

#include <string.h>

static void
on_noop(Link *link, const ImapEvent *event, gpointer user)
{
	/* What it brought came as an event. */
}

/* Messages came into the open folder by another connection. Where there is no IDLE, its own would hear of
 * them with the next poll only. */
static void
look_at_open(Account *account)
{
	Link *link = connections_ready_main(account->connections);

	if (link && !imap_caps_has(imap_session_caps(link_session(link)), CAP_IDLE))
		link_submit(link, imap_command_noop(), on_noop, account);
}

void
account_take_answer(const char *mailbox, const UidSet *uids, gboolean taken_away, const char *to,
	const UidSet *to_uids, gpointer user)
{
	Account *account = user;
	Folder *folder = tree_by_raw(account->tree, mailbox);
	gboolean is_open = account->mailbox &&
			   tree_by_raw(account->tree, mailbox) == account_open_folder(account);

	if (taken_away && is_open)
		msglist_gone(mailbox_list(account->mailbox), uids);
	if (taken_away && folder && !folder->live)
		unread_take_away(account->core, account->tree, folder, uids);
	account_ops_changed(account, mailbox, uids);
	watch_note_change(account->watch, mailbox);
	/* The open folder is told of everything anyway. */
	if (!is_open)
		watch_want_count(account->watch, mailbox);
	if (to) {
		arrival_take_own(account->arrival, to, to_uids, uidset_count(uids));
		watch_note_change(account->watch, to);
		watch_want_count(account->watch, to);
		if (account->mailbox &&
			tree_by_raw(account->tree, to) == account_open_folder(account))
			look_at_open(account);
	}
	changes_settle_undo(account->core, account);
}

gboolean
account_has_selected(const Link *link, const char *mailbox, gpointer user)
{
	const Account *account = user;
	const Folder *folder = account_open_folder(account);

	if (link == watch_link(account->watch))
		return watch_has_selected(account->watch, mailbox);
	return link == connections_main(account->connections) && folder &&
	       mailbox_is_selected(account->mailbox) && strcmp(folder->stored->name, mailbox) == 0;
}

void
account_take_refused_folder(const char *mailbox, const GError *error, gpointer user)
{
	Account *account = user;
	g_autoptr(GPtrArray) ops = opqueue_pending(account->ops, mailbox);
	g_autoptr(UidSet) uids = uidset_new();

	core_notice(account->core, account->id, ENGINE_NOTICE_ERROR,
		"%u changes could not be made, because their folder can't be opened. %s", ops->len,
		error->message);
	for (guint i = 0; i < ops->len; i++) {
		uidset_add_set(uids, ((StoreOp *)g_ptr_array_index(ops, i))->uids);
		opqueue_refuse(account->ops, g_ptr_array_index(ops, i));
	}
	account_ops_changed(account, mailbox, uids);
	watch_want_list(account->watch);
}

void
account_send_changes(Account *account)
{
	Folder *folder = account_open_folder(account);
	Link *link = connections_ready_main(account->connections);
	gboolean here = folder && !mailbox_is_refused(account->mailbox);
	const char *elsewhere;

	if (folder && engine_list_is_current(mailbox_list(account->mailbox)))
		changes_make_sure(account->core, account, folder);
	elsewhere = opqueue_waiting_mailbox(account->ops, here ? folder->stored->name : NULL);
	if (folder && link && mailbox_is_selected(account->mailbox))
		sender_send(account->sender, link, folder->stored->name,
			mailbox_uidvalidity(account->mailbox));
	if (elsewhere)
		watch_send_changes(account->watch, elsewhere);
}

void
account_adopt(Account *account)
{
	guint before = opqueue_count(account->ops), more;
	g_autoptr(GPtrArray) pending = NULL;

	if (!opqueue_adopt(account->ops))
		return;
	pending = opqueue_pending(account->ops, NULL);
	more = pending->len - before;
	if (more)
		core_notice(account->core, account->id, ENGINE_NOTICE_INFO,
			"%u %s of a Postern that ended %s sent from here.", more,
			more == 1 ? "change" : "changes", more == 1 ? "is" : "are");
	for (guint i = 0; i < pending->len; i++) {
		const StoreOp *op = g_ptr_array_index(pending, i);

		account_ops_changed(account, op->mailbox, op->uids);
	}
}

void
account_count_pending(Account *account)
{
	if (account->mailbox)
		mailbox_count_leaving(account->mailbox);
	unread_update(account->core, account->tree, account->ops);
}

void
account_ops_changed(Account *account, const char *mailbox, const UidSet *uids)
{
	Folder *folder = tree_by_raw(account->tree, mailbox);

	if (folder && account->mailbox && mailbox_folder(account->mailbox) == folder->stored->id)
		msglist_ops_changed(mailbox_list(account->mailbox), uids);
	account_count_pending(account);
	core_touch(account->core);
}

/* The journal learns first that messages are gone, and then their rows go: a program that is killed in between
 * would show them again, and do nothing with them. */
void
account_forget_gone(Account *account)
{
	for (guint i = 0; i < tree_count(account->tree); i++) {
		const StoreFolder *stored = tree_at(account->tree, i)->stored;
		g_autoptr(UidSet) uids =
			opqueue_gone(account->ops, stored->name, stored->uidvalidity);
		g_autoptr(GError) error = NULL;

		if (!uidset_is_empty(uids) &&
			!store_messages_remove(account->core->store, stored->id, uids, &error))
			core_cache_trouble(account->core, g_steal_pointer(&error));
	}
}
