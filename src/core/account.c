#include "core/account.h"

#include "core/account-changes.h"
#include "core/account-private.h"
#include "core/changes.h"
#include "core/unread.h"

#include <string.h>

/* ---- state ---- */

static void
tell_state(Account *account)
{
	EngineEvent event = {.kind = ENGINE_ACCOUNT_CHANGED, .account = account->id};
	EngineAccountState state = connections_state(account->connections);
	guint pending = opqueue_count(account->ops);
	guint64 done, total, permille;

	ferry_progress(account->ferry, &done, &total);
	permille = total ? done * 1000 / total : 0;
	if (state == account->told && pending == account->told_pending &&
		permille == account->told_permille)
		return;
	account->told_permille = permille;
	if (account->told == ENGINE_LIVE && state != ENGINE_LIVE)
		tree_doubt(account->tree);
	account->told = state;
	account->told_pending = pending;
	core_emit(account->core, &event);
}

/* ---- the open folder ---- */

static void
on_main_opening(Link *link, gpointer user)
{
	Account *account = user;

	if (account->mailbox)
		mailbox_attach(account->mailbox, link);
}

static void
on_main_ready(gpointer user)
{
	account_adopt(user);
}

static void
on_main_lost(gpointer user)
{
	Account *account = user;

	if (account->mailbox)
		mailbox_detach(account->mailbox);
}

static void
on_main_event(const ImapEvent *event, gpointer user)
{
	Account *account = user;

	if (account->mailbox)
		mailbox_take_event(account->mailbox, event);
}

static void
on_list_closed(Mailbox *mailbox, gpointer user)
{
	Account *account = user;

	/* The folder stays selected: opening the next one closes it, and until then it is live. */
	if (account->mailbox == mailbox)
		g_clear_pointer(&account->mailbox, mailbox_free);
}

static void
on_mailbox_selected(Mailbox *mailbox, gpointer user)
{
	Account *account = user;
	const Folder *folder = tree_by_id(account->tree, mailbox_folder(mailbox));

	if (folder)
		arrival_take_selected(account->arrival, folder);
	core_touch(account->core);
}

static void
on_mailbox_refused(Mailbox *mailbox, gpointer user)
{
	watch_want_list(((Account *)user)->watch);
}

static void
on_mailbox_arrived(Mailbox *mailbox, const StoreMessage *message, gpointer user)
{
	Account *account = user;
	const Folder *folder = tree_by_id(account->tree, mailbox_folder(mailbox));
	const char *from = *message->from_name ? message->from_name : message->from_address;

	if (folder)
		arrival_take_message(
			account->arrival, folder, message->uid, from, message->subject);
}

static void
on_mailbox_moved(Mailbox *mailbox, gpointer user)
{
	Account *account = user;
	const Folder *folder = account_open_folder(account);

	if (folder)
		watch_want_count(account->watch, folder->stored->name);
}

EngineList *
account_open(Account *account, Folder *folder)
{
	static const MailboxOwner owner = {on_mailbox_selected, on_mailbox_refused, on_list_closed,
		on_mailbox_arrived, on_mailbox_moved};
	Link *link = connections_main(account->connections);

	mailbox_free(account->mailbox);
	account->mailbox = mailbox_new(
		account->core, account->id, account->tree, folder, account->ops, &owner, account);
	if (link)
		mailbox_attach(account->mailbox, link);
	return mailbox_list(account->mailbox);
}

Mailbox *
account_mailbox(const Account *account)
{
	return account->mailbox;
}

Link *
account_link_for(const Account *account, EngineFolderId folder)
{
	if (!account->mailbox || mailbox_folder(account->mailbox) != folder ||
		!mailbox_is_selected(account->mailbox))
		return NULL;
	return connections_ready_main(account->connections);
}

Folder *
account_open_folder(const Account *account)
{
	return account->mailbox ? tree_by_id(account->tree, mailbox_folder(account->mailbox))
				: NULL;
}

/* ---- from and to other accounts ---- */

static void
on_ferry_settled(const char *mailbox, const UidSet *uids, gpointer user)
{
	account_ops_changed(user, mailbox, uids);
}

void
account_take_appended(Account *account, const char *mailbox, guint32 uid)
{
	g_autoptr(UidSet) uids = uid ? uidset_new_range(uid, uid) : NULL;

	arrival_take_own(account->arrival, mailbox, uids, 1);
	watch_want_count(account->watch, mailbox);
}

gboolean
account_is_bound_for(const Core *core, const char *name, const char *mailbox)
{
	for (guint i = 0; i < core->accounts->len; i++) {
		const Account *account = g_ptr_array_index(core->accounts, i);

		if (ferry_is_bound_for(account->ferry, name, mailbox))
			return TRUE;
	}
	return FALSE;
}

/* ---- the turn ---- */

/* A cache that was begun anew knows nothing of this account. */
static void
settle_cache(Account *account)
{
	guint age = store_cache_age(account->core->store);

	if (account->cache_age == age)
		return;
	account->cache_age = age;
	tree_save_all(account->tree);
	connections_remember_capabilities(account->connections);
}

/* Until it is mended, what is on the screen is not said to be what the server has. */
static void
settle_losses(Account *account)
{
	if (heal_settle(account->heal) && account->mailbox)
		mailbox_look_again(account->mailbox);
	else if (heal_is_needed(account->heal) && account->mailbox)
		msglist_set_current(mailbox_list(account->mailbox), FALSE);
}

/* Once per turn. */
static void
on_settle(gpointer user)
{
	Account *account = user;

	settle_cache(account);
	settle_losses(account);
	ferry_settle(account->ferry);
	/* Those of before the start, too, which wait for no answer any more. */
	changes_settle_undo(account->core, account);
	account_send_changes(account);
	if (account->mailbox)
		mailbox_settle(account->mailbox);
	account_count_pending(account);
	connections_settle(account->connections, account_open_folder(account));
	arrival_settle(account->arrival);
	tell_state(account);
}

/* ---- life ---- */

static void
on_counted(const ImapMailboxStatus *status, gpointer user)
{
	Account *account = user;
	const Folder *folder =
		status->name.data ? tree_by_raw(account->tree, status->name.data) : NULL;

	/* The rows of the open folder tell more, if its own connection hears of them. */
	if (folder && !folder->live)
		arrival_take_status(account->arrival, folder, status);
	else if (folder && account_open_folder(account) == folder &&
		 !watch_is_notified(account->watch))
		mailbox_take_status(account->mailbox, status);
}

Account *
account_new(Core *core, EngineAccountId id, const AccountConfig *config)
{
	static const SenderOwner sender_owner = {account_take_answer, account_has_selected};
	static const WatchOwner watch_owner = {
		account_take_refused_folder, on_counted, account_take_answer};
	static const ConnectionsOwner connections_owner = {
		on_main_opening, on_main_ready, on_main_lost, on_main_event};
	Account *account = g_new0(Account, 1);

	account->core = core;
	account->id = id;
	account->config = config;
	account->tree = tree_new(core, id, config);
	account->ops = opqueue_new(core, id, config->name);
	account_forget_gone(account);
	account->heal = heal_new(core, account->ops, account->tree);
	account->sender = sender_new(core, id, account->ops, account->tree, &sender_owner, account);
	account->watch = watch_new(
		core, account->tree, account->ops, account->sender, &watch_owner, account);
	account->arrival =
		arrival_new(core, id, config->name, account->tree, account->ops, core->new_mail);
	account->told = ENGINE_OFFLINE;
	unread_update(core, account->tree, account->ops);
	account->connections = connections_new(core, id, config, account->tree, account->watch,
		account->sender, &connections_owner, account);
	account->ferry = ferry_new(core, account, on_ferry_settled, account);
	g_ptr_array_add(core->accounts, account);
	core_add_settler(core, on_settle, account);
	return account;
}

void
account_free(Account *account)
{
	if (!account)
		return;
	core_remove_settler(account->core, on_settle, account);
	ferry_free(account->ferry);
	/* The ferries of others are told that no answer will come. */
	carrier_close(account_carrier(account));
	g_ptr_array_remove(account->core->accounts, account);
	mailbox_free(account->mailbox);
	connections_free(account->connections);
	watch_free(account->watch);
	tree_doubt(account->tree);
	heal_free(account->heal);
	sender_free(account->sender);
	arrival_free(account->arrival);
	opqueue_free(account->ops);
	tree_free(account->tree);
	g_free(account);
}

void
account_start(Account *account)
{
	connections_start(account->connections);
}

void
account_go_offline(Account *account)
{
	connections_go_offline(account->connections);
}

void
account_reconnect(Account *account)
{
	connections_reconnect(account->connections);
}

void
account_renew(Account *account)
{
	connections_renew(account->connections);
}

static gboolean
is_away(const Account *account)
{
	EngineAccountState state = connections_state(account->connections);

	return state == ENGINE_OFFLINE || state == ENGINE_STOPPED;
}

/* Changes that go to an account which is not there before the user does something. */
static guint
stranded(const Account *account)
{
	g_autoptr(GPtrArray) carried = opqueue_carried(account->ops);
	guint n = 0;

	for (guint i = 0; i < carried->len; i++) {
		const StoreOp *op = g_ptr_array_index(carried, i);
		const Account *to = account_of(account->core, op->to_account);

		n += to && is_away(to);
	}
	return n;
}

gboolean
account_is_idle(const Account *account)
{
	EngineAccountState state = connections_state(account->connections);

	if (opqueue_count(account->ops) > stranded(account) && !is_away(account))
		return FALSE;
	if (state == ENGINE_CONNECTING)
		return FALSE;
	if (state != ENGINE_LIVE)
		return TRUE;
	if (keep_is_wanted(connections_keep(account->connections)))
		return FALSE;
	return connections_main(account->connections) &&
	       !link_pending(connections_main(account->connections)) &&
	       watch_is_idle(account->watch) &&
	       !(account->mailbox && mailbox_is_busy(account->mailbox));
}

gboolean
account_is_live(const Account *account)
{
	return connections_state(account->connections) == ENGINE_LIVE;
}

void
account_describe(const Account *account, EngineAccount *out_account)
{
	const Keep *keep = connections_keep(account->connections);
	EngineAccountState state = connections_state(account->connections);
	const char *trouble = connections_trouble(account->connections);

	*out_account = (EngineAccount){
		.id = account->id,
		.name = account->config->name,
		.address = account->config->address,
		.state = state,
		.state_text = trouble && state != ENGINE_LIVE ? trouble : "",
		.retry_at = connections_retry_at(account->connections),
		.listed = tree_is_complete(account->tree),
		.pending = opqueue_count(account->ops),
	};
	if (!keep_progress(keep, &out_account->keeping, &out_account->kept, &out_account->to_keep))
		out_account->keeping = NULL;
	ferry_progress(account->ferry, &out_account->progress_done, &out_account->progress_total);
}

Tree *
account_tree(const Account *account)
{
	return account->tree;
}

gboolean
account_knows_folders(const Account *account)
{
	return tree_count(account->tree) > 1 || watch_has_listed(account->watch);
}

OpQueue *
account_ops(const Account *account)
{
	return account->ops;
}

Account *
account_of(const Core *core, const char *name)
{
	for (guint i = 0; i < core->accounts->len; i++) {
		Account *account = g_ptr_array_index(core->accounts, i);

		if (strcmp(account->config->name, name) == 0)
			return account;
	}
	return NULL;
}

Carrier *
account_carrier(const Account *account)
{
	return connections_carrier(account->connections);
}

Ferry *
account_ferry(const Account *account)
{
	return account->ferry;
}

const AccountConfig *
account_config(const Account *account)
{
	return account->config;
}

EngineAccountId
account_id(const Account *account)
{
	return account->id;
}

void
account_doubt_binary(Account *account)
{
	account->binary_doubted = TRUE;
}

gboolean
account_doubts_binary(const Account *account)
{
	return account->binary_doubted;
}
