#include "core/account.h"

#include "base/err.h"
#include "core/arrival.h"
#include "core/carrier.h"
#include "core/changes.h"
#include "core/ferry.h"
#include "core/heal.h"
#include "core/keep.h"
#include "core/lookout.h"
#include "core/secret.h"
#include "core/sender.h"
#include "core/slot.h"
#include "core/unread.h"
#include "core/watch.h"
#include "store/accounts.h"
#include "store/messages.h"

#include <string.h>

struct Account {
	Core *core;
	EngineAccountId id;
	const AccountConfig *config;
	Tree *tree;
	OpQueue *ops;
	Sender *sender;
	Secret *secret;
	Slot *main, *side;
	Lookout *lookout; /* a third connection, for INBOX */
	Keep *keep;       /* another one, while there is something to keep */
	Carrier *carrier; /* or for what goes to other accounts */
	Ferry *ferry;
	Watch *watch;     /* what the side connection does */
	Mailbox *mailbox; /* the open folder, or NULL */
	Arrival *arrival; /* new mail */
	gboolean online;
	Heal *heal;
	guint cache_age; /* store_cache_age() that this account has written to */
	char *trouble;   /* a sentence while stopped or waiting, or NULL */
	gboolean stopped;
	EngineAccountState told; /* what the interface knows */
	guint told_pending;
	guint64 told_permille;
};

static Folder *
open_folder(const Account *account)
{
	return account->mailbox ? tree_by_id(account->tree, mailbox_folder(account->mailbox))
				: NULL;
}

/* ---- state ---- */

static EngineAccountState
state_of(const Account *account)
{
	if (!account->online)
		return ENGINE_OFFLINE;
	if (account->stopped)
		return ENGINE_STOPPED;
	if (slot_ready_link(account->main))
		return ENGINE_LIVE;
	if (slot_retry_at(account->main))
		return ENGINE_WAITING;
	return ENGINE_CONNECTING;
}

static void
tell_state(Account *account)
{
	EngineEvent event = {.kind = ENGINE_ACCOUNT_CHANGED, .account = account->id};
	EngineAccountState state = state_of(account);
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

static void
set_trouble(Account *account, const char *text)
{
	g_free(account->trouble);
	account->trouble = g_strdup(text);
}

/* ---- connections ---- */

/* With two connections allowed, the side one gives way to the carrier. */
static gboolean
has_side(const Account *account)
{
	return account->config->connections >= 3 || !carrier_is_wanted(account->carrier);
}

static void
on_secret(const LinkSecret *secret, const GError *error, gpointer user)
{
	Account *account = user;

	core_touch(account->core);
	if (!account->online)
		return;
	if (error) {
		account->stopped = TRUE;
		set_trouble(account, error->message);
		core_notice(account->core, account->id, ENGINE_NOTICE_ERROR, "%s", error->message);
		return;
	}
	if (!slot_link(account->main) && !slot_retry_at(account->main)) {
		slot_open(account->main, secret);
		if (account->mailbox)
			mailbox_attach(account->mailbox, slot_link(account->main));
	}
	if (!slot_link(account->side) && !slot_retry_at(account->side) && has_side(account)) {
		slot_open(account->side, secret);
		watch_attach(account->watch, slot_link(account->side));
	}
}

static void
connect_account(Account *account)
{
	if (account->online && !account->stopped)
		secret_get(account->secret, on_secret, account);
	core_touch(account->core);
}

static void
close_connections(Account *account)
{
	if (account->mailbox)
		mailbox_detach(account->mailbox);
	slot_close(account->main);
	slot_close(account->side);
	carrier_close(account->carrier);
	lookout_settle(account->lookout, NULL);
	keep_settle(account->keep, NULL, FALSE, FALSE);
	watch_attach(account->watch, NULL);
}

static void
stop(Account *account, const GError *error)
{
	account->stopped = TRUE;
	set_trouble(account, error->message);
	secret_forget(account->secret);
	close_connections(account);
	core_notice(account->core, account->id, ENGINE_NOTICE_ERROR, "%s", error->message);
}

/* For the next start. */
static void
remember_capabilities(Account *account)
{
	Link *link = slot_ready_link(account->main);
	const char *now = link ? imap_caps_text(imap_session_caps(link_session(link))) : "";
	Store *store = account->core->store;
	g_autofree char *before = store_account_capabilities(store, account->config->name);
	g_autoptr(GError) error = NULL;

	if (!*now || g_strcmp0(now, before) == 0)
		return;
	if (!store_account_put_capabilities(store, account->config->name, now, &error))
		core_cache_trouble(account->core, g_steal_pointer(&error));
}

static void
on_main_ready(Slot *slot, gpointer user)
{
	Account *account = user;

	remember_capabilities(account);
	set_trouble(account, NULL);
	account_adopt(account);
	core_touch(account->core);
}

static void
take_alert(Account *account, const ImapEvent *event)
{
	if (event->kind == IMAP_EVENT_ALERT && event->text.data)
		core_notice(account->core, account->id, ENGINE_NOTICE_WARNING,
			"The server of %s says: %s", account->config->name, event->text.data);
}

static void
on_main_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Account *account = user;

	take_alert(account, event);
	if (event->kind == IMAP_EVENT_LIST || event->kind == IMAP_EVENT_STATUS)
		watch_take_event(account->watch, event);
	else if (account->mailbox)
		mailbox_take_event(account->mailbox, event);
}

static void
on_main_closed(Slot *slot, const GError *error, gpointer user)
{
	Account *account = user;

	if (account->mailbox)
		mailbox_detach(account->mailbox);
	if (err_retry(error) == ERR_RETRY_NEVER) {
		stop(account, error);
		return;
	}
	if (!account->trouble)
		core_notice(
			account->core, account->id, ENGINE_NOTICE_WARNING, "%s", error->message);
	set_trouble(account, error->message);
	slot_retry(account->main);
}

static void
on_side_ready(Slot *slot, gpointer user)
{
	core_touch(((Account *)user)->core);
}

static void
on_side_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Account *account = user;

	take_alert(account, event);
	watch_take_event(account->watch, event);
}

/* Some servers allow fewer connections than we like: the main one can list folders too. */
static void
on_side_closed(Slot *slot, const GError *error, gpointer user)
{
	Account *account = user;

	watch_attach(account->watch, NULL);
	if (err_retry(error) == ERR_RETRY_NEVER && !slot_ready_link(account->main))
		stop(account, error);
	else
		slot_retry(account->side);
}

static void
on_again(Slot *slot, gpointer user)
{
	Account *account = user;

	/* The side connection comes back once the main one has. */
	if (slot == account->side && !slot_ready_link(account->main))
		slot_retry(slot);
	else
		connect_account(account);
}

/* ---- changes ---- */

static void
on_noop(Link *link, const ImapEvent *event, gpointer user)
{
	/* What it brought came through on_main_event(). */
}

/* Messages came into the open folder by another connection. Where there is no IDLE, its own would hear of
 * them with the next poll only. */
static void
look_at_open(Account *account)
{
	Link *link = slot_ready_link(account->main);

	if (link && !imap_caps_has(imap_session_caps(link_session(link)), CAP_IDLE))
		link_submit(link, imap_command_noop(), on_noop, account);
}

static void
on_answered(const char *mailbox, const UidSet *uids, gboolean taken_away, const char *to,
	const UidSet *to_uids, gpointer user)
{
	Account *account = user;
	Folder *folder = tree_by_raw(account->tree, mailbox);
	gboolean is_open =
		account->mailbox && tree_by_raw(account->tree, mailbox) == open_folder(account);

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
		if (account->mailbox && tree_by_raw(account->tree, to) == open_folder(account))
			look_at_open(account);
	}
	changes_settle_undo(account->core, account);
}

static gboolean
has_selected(const Link *link, const char *mailbox, gpointer user)
{
	const Account *account = user;
	const Folder *folder = open_folder(account);

	if (link == slot_link(account->side))
		return watch_has_selected(account->watch, mailbox);
	return link == slot_link(account->main) && folder &&
	       mailbox_is_selected(account->mailbox) && strcmp(folder->stored->name, mailbox) == 0;
}

static void
on_refused_folder(const char *mailbox, const GError *error, gpointer user)
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
}

static void
on_counted(const ImapMailboxStatus *status, gpointer user)
{
	Account *account = user;
	const Folder *folder =
		status->name.data ? tree_by_raw(account->tree, status->name.data) : NULL;

	/* The rows of the open folder tell more. */
	if (folder && !folder->live)
		arrival_take_status(account->arrival, folder, status);
}

static void
send_changes(Account *account)
{
	Folder *folder = open_folder(account);
	Link *link = slot_ready_link(account->main);
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

/* ---- INBOX while another folder is open ---- */

static void
on_inbox_news(gpointer user)
{
	watch_want_count(((Account *)user)->watch, "INBOX");
}

/* Only when all the rest is in order. */
static gboolean
may_keep(const Account *account)
{
	if (account->config->connections < 4 && carrier_is_wanted(account->carrier))
		return FALSE;
	return slot_ready_link(account->main) && slot_ready_link(account->side) &&
	       watch_has_listed(account->watch);
}

static gboolean
wants_lookout(const Account *account)
{
	const Folder *folder = open_folder(account);
	Link *side = slot_ready_link(account->side);

	if (!side || !slot_ready_link(account->main) || account->config->connections < 3)
		return FALSE;
	if (account->config->connections == 3 && carrier_is_wanted(account->carrier))
		return FALSE;
	if (!folder || folder->role == ENGINE_ROLE_INBOX)
		return FALSE;
	/* Before the side connection has come to rest it is not known whether there is NOTIFY. */
	return !watch_is_notified(account->watch) && watch_has_listed(account->watch) &&
	       imap_caps_has(imap_session_caps(link_session(side)), CAP_IDLE);
}

/* ---- from and to other accounts ---- */

static void
on_ferry_settled(const char *mailbox, const UidSet *uids, gpointer user)
{
	account_ops_changed(user, mailbox, uids);
}

static void
yield_side(Account *account)
{
	Link *side = slot_link(account->side);

	if (has_side(account) && !side && !slot_retry_at(account->side) &&
		slot_ready_link(account->main)) {
		connect_account(account);
	} else if (!has_side(account) && side && watch_is_idle(account->watch) &&
		   !sender_is_busy(account->sender, side)) {
		slot_close(account->side);
		watch_attach(account->watch, NULL);
	}
}

static void
settle_carrier(Account *account)
{
	gboolean may_open = slot_ready_link(account->main) &&
			    (account->config->connections >= 3 || !slot_link(account->side));

	yield_side(account);
	carrier_settle(account->carrier, may_open ? secret_known(account->secret) : NULL);
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

/* Where there is no connection for both, INBOX is counted every minute while messages are kept. */
static void
settle_others(Account *account)
{
	const LinkSecret *secret = secret_known(account->secret);
	gboolean one_left = account->config->connections < 4;
	gboolean look = wants_lookout(account), keep = may_keep(account);

	if (one_left && keep_is_wanted(account->keep))
		lookout_settle(account->lookout, NULL);
	keep_settle(account->keep, keep ? secret : NULL,
		keep && link_pending(slot_link(account->main)), look && one_left);
	if (!one_left || !keep_is_wanted(account->keep))
		lookout_settle(account->lookout, look ? secret : NULL);
}

/* A cache that was begun anew knows nothing of this account. */
static void
settle_cache(Account *account)
{
	guint age = store_cache_age(account->core->store);

	if (account->cache_age == age)
		return;
	account->cache_age = age;
	tree_save_all(account->tree);
	remember_capabilities(account);
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
	send_changes(account);
	if (account->mailbox)
		mailbox_settle(account->mailbox);
	if (opqueue_count(account->ops))
		unread_update(account->core, account->tree, account->ops);
	watch_settle(
		account->watch, slot_link(account->side) ? NULL : slot_ready_link(account->main));
	settle_carrier(account);
	settle_others(account);
	arrival_settle(account->arrival);
	tell_state(account);
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
account_ops_changed(Account *account, const char *mailbox, const UidSet *uids)
{
	Folder *folder = tree_by_raw(account->tree, mailbox);

	if (folder && account->mailbox && mailbox_folder(account->mailbox) == folder->stored->id)
		msglist_ops_changed(mailbox_list(account->mailbox), uids);
	unread_update(account->core, account->tree, account->ops);
	core_touch(account->core);
}

/* ---- life ---- */

static void
expect_capabilities(Account *account)
{
	g_autofree char *expected =
		store_account_capabilities(account->core->store, account->config->name);

	slot_expect(account->main, expected);
	slot_expect(account->side, expected);
}

/* The journal learns first that messages are gone, and then their rows go: a program that is killed in between
 * would show them again, and do nothing with them. */
static void
forget_gone(Account *account)
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

Account *
account_new(Core *core, EngineAccountId id, const AccountConfig *config)
{
	static const SlotEvents main_events = {
		on_main_ready, on_main_event, on_main_closed, on_again};
	static const SlotEvents side_events = {
		on_side_ready, on_side_event, on_side_closed, on_again};
	static const SenderOwner sender_owner = {on_answered, has_selected};
	static const WatchOwner watch_owner = {on_refused_folder, on_counted, on_answered};
	Account *account = g_new0(Account, 1);

	account->core = core;
	account->id = id;
	account->config = config;
	account->tree = tree_new(core, id, config);
	account->ops = opqueue_new(core, id, config->name);
	forget_gone(account);
	account->heal = heal_new(core, account->ops, account->tree);
	account->sender = sender_new(core, id, account->ops, account->tree, &sender_owner, account);
	account->secret = secret_new(config);
	account->main = slot_new(core, "main", config, &main_events, account);
	account->side = slot_new(core, "side", config, &side_events, account);
	account->watch = watch_new(
		core, account->tree, account->ops, account->sender, &watch_owner, account);
	account->arrival =
		arrival_new(core, id, config->name, account->tree, account->ops, core->new_mail);
	account->told = ENGINE_OFFLINE;
	unread_update(core, account->tree, account->ops);
	expect_capabilities(account);
	account->lookout = lookout_new(core, config, on_inbox_news, account);
	account->keep = keep_new(core, id, config, account->tree);
	account->carrier = carrier_new(core, config);
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
	carrier_close(account->carrier);
	g_ptr_array_remove(account->core->accounts, account);
	carrier_free(account->carrier);
	secret_free(account->secret);
	mailbox_free(account->mailbox);
	lookout_free(account->lookout);
	keep_free(account->keep);
	slot_free(account->main);
	slot_free(account->side);
	watch_free(account->watch);
	tree_doubt(account->tree);
	heal_free(account->heal);
	sender_free(account->sender);
	arrival_free(account->arrival);
	opqueue_free(account->ops);
	tree_free(account->tree);
	g_free(account->trouble);
	g_free(account);
}

void
account_start(Account *account)
{
	account->online = TRUE;
	connect_account(account);
}

void
account_go_offline(Account *account)
{
	account->online = FALSE;
	account->stopped = FALSE;
	set_trouble(account, NULL);
	close_connections(account);
	core_touch(account->core);
}

void
account_reconnect(Account *account)
{
	account->stopped = FALSE;
	set_trouble(account, NULL);
	if (!slot_link(account->main))
		slot_close(account->main);
	if (!slot_link(account->side))
		slot_close(account->side);
	carrier_hurry(account->carrier);
	account_start(account);
}

void
account_renew(Account *account)
{
	if (!account->online || account->stopped)
		return;
	close_connections(account);
	connect_account(account);
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

		n += to && (state_of(to) == ENGINE_OFFLINE || state_of(to) == ENGINE_STOPPED);
	}
	return n;
}

gboolean
account_is_idle(const Account *account)
{
	EngineAccountState state = state_of(account);

	if (opqueue_count(account->ops) > stranded(account) && state != ENGINE_OFFLINE &&
		state != ENGINE_STOPPED)
		return FALSE;
	if (state == ENGINE_CONNECTING)
		return FALSE;
	if (state != ENGINE_LIVE)
		return TRUE;
	if (keep_is_wanted(account->keep))
		return FALSE;
	return !link_pending(slot_link(account->main)) && watch_is_idle(account->watch) &&
	       !(account->mailbox && mailbox_is_busy(account->mailbox));
}

void
account_describe(const Account *account, EngineAccount *out_account)
{
	EngineAccountState state = state_of(account);

	*out_account = (EngineAccount){
		.id = account->id,
		.name = account->config->name,
		.address = account->config->address,
		.state = state,
		.state_text = account->trouble && state != ENGINE_LIVE ? account->trouble : "",
		.retry_at = slot_retry_at(account->main),
		.listed = tree_is_complete(account->tree),
		.pending = opqueue_count(account->ops),
	};
	if (!keep_progress(account->keep, &out_account->keeping, &out_account->kept,
		    &out_account->to_keep))
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
	return account->carrier;
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

/* ---- the open folder ---- */

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
	const Folder *folder = open_folder(account);

	if (folder)
		watch_want_count(account->watch, folder->stored->name);
}

EngineList *
account_open(Account *account, Folder *folder)
{
	static const MailboxOwner owner = {
		on_mailbox_selected, on_list_closed, on_mailbox_arrived, on_mailbox_moved};
	Link *link = slot_link(account->main);

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
	return slot_ready_link(account->main);
}
