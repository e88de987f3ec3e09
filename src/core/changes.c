#include "core/changes.h"

#include "base/err.h"
#include "base/log.h"
#include "core/ferry.h"
#include "core/flags.h"
#include "core/opqueue-send.h"
#include "core/opqueue-undo.h"
#include "core/words.h"
#include "store/messages.h"

#include <string.h>

static guint32
uidvalidity_of(const Account *account, const Folder *folder)
{
	const Mailbox *mailbox = account_mailbox(account);

	if (mailbox && mailbox_folder(mailbox) == folder->stored->id &&
		mailbox_uidvalidity(mailbox))
		return mailbox_uidvalidity(mailbox);
	return folder->stored->uidvalidity;
}

static StoreOp *
new_op(const Account *account, const Folder *folder, StoreOpKind kind, const UidSet *uids)
{
	StoreOp *op = store_op_new();

	op->account = g_strdup(account_config(account)->name);
	op->mailbox = g_strdup(folder->stored->name);
	op->uidvalidity = uidvalidity_of(account, folder);
	op->kind = kind;
	uidset_free(op->uids);
	op->uids = uidset_copy(uids);
	return op;
}

static void
tell(Core *core, Account *account, const StoreOp *op)
{
	EngineEvent event = {.kind = ENGINE_NOTICE,
		.account = account_id(account),
		.level = ENGINE_NOTICE_INFO,
		.text = words_done(op, uidset_count(op->uids), account_tree(account)),
		.undoable = TRUE};

	log_line(LOG_INFO, "notice", "%s", event.text);
	core_emit(core, &event);
}

/* Puts one op into the queue; QUIET: the change itself is visible enough. */
static gboolean
put(Core *core, Account *account, StoreOp *take_op, gboolean quiet, GError **error)
{
	g_autoptr(StoreOp) op = take_op;
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);

	if (!op->uidvalidity) {
		g_ptr_array_unref(ops);
		return err_set(error, ERR_INPUT,
			"The folder has not been seen on the server yet: try again once it is.");
	}
	g_ptr_array_add(ops, store_op_copy(op));
	if (!opqueue_add(account_ops(account), ops, error))
		return FALSE;
	account_ops_changed(account, op->mailbox, op->uids);
	if (!quiet)
		tell(core, account, op);
	return TRUE;
}

/* ---- flags ---- */

/* What is shown is what the server has now. Of a folder that is not open nobody knows better. */
static gboolean
is_current(const Account *account, const Folder *folder)
{
	Mailbox *mailbox = account_mailbox(account);

	return !mailbox || mailbox_folder(mailbox) != folder->stored->id ||
	       engine_list_is_current(mailbox_list(mailbox));
}

/* Takes those out of op->uids that are already as the op wants them, by the server and by PENDING. */
static void
keep_changed(Core *core, const Folder *folder, const GPtrArray *pending, StoreOp *op)
{
	g_autoptr(GPtrArray) messages =
		store_messages_get(core->store, folder->stored->id, op->uids);

	/* From the end, where a set shrinks quickly. */
	for (guint i = messages->len; i-- > 0;) {
		const StoreMessage *message = g_ptr_array_index(messages, i);
		gboolean is_pending;
		g_auto(FlagSet) flags =
			flags_fold(&message->flags, message->uid, pending, &is_pending);

		if (!flags_op_matters(&flags, op))
			uidset_remove(op->uids, message->uid);
	}
}

/* Of a folder that is not open it is not known: the server will say. */
static gboolean
keeps_keyword(const Account *account, const Folder *folder, const char *keyword)
{
	const Mailbox *mailbox = account_mailbox(account);

	return !mailbox || mailbox_folder(mailbox) != folder->stored->id ||
	       mailbox_keeps_keyword(mailbox, keyword);
}

gboolean
changes_flags(Core *core, Account *account, Folder *folder, const UidSet *uids,
	const FlagSet *flags, gboolean add, GError **error)
{
	StoreOpKind kind = add ? STORE_OP_ADD_FLAGS : STORE_OP_REMOVE_FLAGS;
	g_autoptr(GPtrArray) pending = NULL;
	g_autoptr(StoreOp) op = NULL;
	gboolean quiet;

	if (add && flags->keywords && !keeps_keyword(account, folder, flags->keywords[0]))
		return err_set(error, ERR_INPUT, "The server keeps no tag \"%s\" in %s.",
			flags->keywords[0], folder_path(folder));
	op = new_op(account, folder, kind, uids);
	op->flags = flagset_copy(flags);
	/* What is left of the last visit may be wrong, and then the wish would be lost. */
	op->unsure = !is_current(account, folder);
	pending = opqueue_pending(account_ops(account), op->mailbox);
	if (!op->unsure)
		keep_changed(core, folder, pending, op);
	if (uidset_is_empty(op->uids))
		return TRUE;
	/* A tag may have no room in the row. */
	quiet = uidset_count(op->uids) == 1 && !flags->keywords;
	return put(core, account, g_steal_pointer(&op), quiet, error);
}

static gboolean
is_unsure(const StoreOp *op)
{
	return op->unsure && op->state == STORE_OP_WAITING &&
	       (op->kind == STORE_OP_ADD_FLAGS || op->kind == STORE_OP_REMOVE_FLAGS);
}

void
changes_make_sure(Core *core, Account *account, const Folder *folder)
{
	OpQueue *queue = account_ops(account);
	g_autoptr(GPtrArray) all = opqueue_pending(queue, folder->stored->name);
	g_autoptr(GPtrArray) before = g_ptr_array_new();
	g_autoptr(UidSet) settled = uidset_new();

	for (guint i = 0; i < all->len; i++) {
		StoreOp *op = g_ptr_array_index(all, i);
		g_autoptr(UidSet) asked = is_unsure(op) ? uidset_copy(op->uids) : NULL;

		if (asked) {
			op->unsure = FALSE;
			keep_changed(core, folder, before, op);
			uidset_add_set(settled, asked);
		}
		if (uidset_is_empty(op->uids)) {
			opqueue_refuse(queue, op);
			continue;
		}
		g_ptr_array_add(before, op);
		if (asked)
			opqueue_note(queue, op);
	}
	if (!uidset_is_empty(settled))
		account_ops_changed(account, folder->stored->name, settled);
}

/* ---- from folder to folder ---- */

/* What is in TO already was not put there by OP: should the server not say what was, it can be found. */
static void
note_end(StoreOp *op, const Folder *to)
{
	op->to_uidvalidity = to->stored->uidvalidity;
	op->to_uidnext = MAX(to->stored->uidnext, to->counted);
}

gboolean
changes_transfer(Core *core, Account *account, Folder *folder, const UidSet *uids, StoreOpKind kind,
	Account *to_account, Folder *to, GError **error)
{
	g_autoptr(StoreOp) op = NULL;
	const char *refusal = folder_refusal(to);

	if (refusal)
		return err_set(
			error, ERR_INPUT, "%s %s: choose another folder.", to->path, refusal);
	if (to == folder && kind == STORE_OP_MOVE)
		return err_set(error, ERR_INPUT, "The messages are in %s already.", to->path);
	op = new_op(account, folder, kind, uids);
	op->to_mailbox = g_strdup(to->stored->name);
	if (to_account == account)
		note_end(op, to);
	else
		op->to_account = g_strdup(account_config(to_account)->name);
	return put(core, account, g_steal_pointer(&op), FALSE, error);
}

gboolean
changes_lack_folder(
	const Account *account, const char *for_what, const char *option, GError **error)
{
	const char *name = account_config(account)->name;

	if (!account_knows_folders(account))
		return err_set(error, ERR_INPUT,
			"The folders of %s are not known yet: try again once the server has listed "
			"them.",
			name);
	return err_set(error, ERR_INPUT, "The account %s has no folder %s: set %s in the config.",
		name, for_what, option);
}

gboolean
changes_delete(Core *core, Account *account, Folder *folder, const UidSet *uids, GError **error)
{
	Folder *trash = tree_by_role(account_tree(account), ENGINE_ROLE_TRASH);

	if (!trash)
		return changes_lack_folder(account, "for deleted messages", "folder-trash", error);
	if (trash == folder)
		return put(core, account, new_op(account, folder, STORE_OP_EXPUNGE, uids), FALSE,
			error);
	return changes_transfer(core, account, folder, uids, STORE_OP_MOVE, account, trash, error);
}

/* ---- undo ---- */

/* The op that takes OP, which was sent, back; NULL with a sentence when nothing can. */
static StoreOp *
inverse_of(const StoreOp *op, GError **error)
{
	g_autoptr(StoreOp) inverse = store_op_new();

	inverse->account = g_strdup(op->account);
	inverse->is_undo = TRUE;
	g_clear_pointer(&inverse->uids, uidset_free);
	if (op->uidvalidity == OP_LOST) {
		err_set(error, ERR_INPUT,
			"The messages were moved since, and the server did not say where.");
		return NULL;
	}
	if (op->kind == STORE_OP_ADD_FLAGS || op->kind == STORE_OP_REMOVE_FLAGS) {
		inverse->kind =
			op->kind == STORE_OP_ADD_FLAGS ? STORE_OP_REMOVE_FLAGS : STORE_OP_ADD_FLAGS;
		inverse->mailbox = g_strdup(op->mailbox);
		inverse->uidvalidity = op->uidvalidity;
		inverse->uids = uidset_copy(op->uids);
		inverse->flags = flagset_copy(&op->flags);
		return g_steal_pointer(&inverse);
	}
	if (op->kind == STORE_OP_EXPUNGE) {
		err_set(error, ERR_INPUT, "What was deleted for good can't be brought back.");
		return NULL;
	}
	if (!op->to_uids_done || !op->to_uidvalidity ||
		uidset_count(op->to_uids_done) != uidset_count(op->from_uids_done)) {
		err_set(error, ERR_INPUT,
			"The server did not say where the messages went: look in the other "
			"folder.");
		return NULL;
	}
	/* As long as it is carried, nothing has gone from where it was. */
	inverse->kind =
		op->kind == STORE_OP_MOVE && !op_is_carried(op) ? STORE_OP_MOVE : STORE_OP_EXPUNGE;
	inverse->mailbox = g_strdup(op->to_mailbox);
	inverse->uidvalidity = op->to_uidvalidity;
	inverse->uids = uidset_copy(op->to_uids_done);
	if (inverse->kind == STORE_OP_MOVE)
		inverse->to_mailbox = g_strdup(op->mailbox);
	if (op->to_account) {
		g_free(inverse->account);
		inverse->account = g_strdup(op->to_account);
		inverse->to_account = inverse->kind == STORE_OP_MOVE ? g_strdup(op->account) : NULL;
	}
	return g_steal_pointer(&inverse);
}

/* Some of what is carried to another account. */
static gboolean
has_arrived(const StoreOp *op)
{
	return op_is_carried(op) && op->from_uids_done && !uidset_is_empty(op->from_uids_done);
}

/* The inverses of all ops of GROUP that were sent; NULL with a sentence when one has none. */
static GPtrArray *
inverses_of(const Tree *tree, const GPtrArray *group, GError **error)
{
	g_autoptr(GPtrArray) inverses =
		g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);

	for (guint i = 0; i < group->len; i++) {
		const StoreOp *op = g_ptr_array_index(group, i);
		const Folder *to;
		StoreOp *inverse;

		if (op->state == STORE_OP_WAITING && !op_is_begun(op) && !has_arrived(op))
			continue;
		inverse = inverse_of(op, error);
		if (!inverse)
			return NULL;
		g_ptr_array_add(inverses, inverse);
		to = inverse->to_mailbox && !inverse->to_account
			     ? tree_by_raw(tree, inverse->to_mailbox)
			     : NULL;
		if (to)
			note_end(inverse, to);
	}
	return g_steal_pointer(&inverses);
}

gint64
changes_last(const Account *account)
{
	g_autoptr(GPtrArray) group = opqueue_last_group(account_ops(account));

	return group ? ((const StoreOp *)g_ptr_array_index(group, 0))->group : 0;
}

/* Copies of the ops: what happens to the queue happens under our hands. */
static GPtrArray *
copy_ops(const GPtrArray *ops)
{
	GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);

	for (guint i = 0; i < ops->len; i++)
		g_ptr_array_add(copies, store_op_copy(g_ptr_array_index(ops, i)));
	return copies;
}

static void
show_changes(Core *core, const GPtrArray *ops)
{
	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		account_ops_changed(account_of(core, op->account), op->mailbox, op->uids);
	}
}

/* Nothing more of GROUP is carried to another account. */
static void
stop_carrying(const Account *account, const GPtrArray *group)
{
	for (guint i = 0; i < group->len; i++) {
		StoreOp *op = g_ptr_array_index(group, i);

		if (op_is_carried(op))
			(void)ferry_stop(account_ferry(account), op);
	}
}

/* What can't be taken back is said once; the next undo is about the change before it. */
static void
give_up_undo(Core *core, Account *account, gint64 group)
{
	g_autoptr(GError) error = NULL;

	if (!opqueue_forget_group(account_ops(account), group, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
}

/* The server may have said of some messages only where they went. */
static void
tell_what_stays(Core *core, Account *account, const GPtrArray *undone)
{
	guint64 n = 0;

	for (guint i = 0; i < undone->len; i++) {
		const StoreOp *op = g_ptr_array_index(undone, i);

		if (op->state == STORE_OP_DONE && op->to_uids_done)
			n += uidset_count(op->uids) -
			     MIN(uidset_count(op->to_uids_done), uidset_count(op->uids));
	}
	if (n)
		core_notice(core, account_id(account), ENGINE_NOTICE_WARNING,
			"The server did not say where %" G_GUINT64_FORMAT
			" of them went: look in the other folder.",
			n);
}

/* Nothing of GROUP, which is not empty, has to be waited for. */
static gboolean
take_back(Core *core, Account *account, const GPtrArray *group, GError **error)
{
	g_autoptr(GPtrArray) undone = copy_ops(group);
	const StoreOp *first = g_ptr_array_index(undone, 0);
	Account *other = first->to_account ? account_of(core, first->to_account) : account;
	GPtrArray *inverses;
	g_autoptr(GPtrArray) shown = NULL;
	g_autofree char *text = NULL;
	guint64 n = 0;

	if (!other)
		return err_set(error, ERR_INPUT, "The config names no account %s any more.",
			first->to_account);
	inverses = inverses_of(account_tree(account), undone, error);
	if (!inverses) {
		give_up_undo(core, account, first->group);
		return FALSE;
	}
	shown = copy_ops(inverses);
	if (!opqueue_take_back(
		    account_ops(account), first->group, account_ops(other), inverses, error))
		return FALSE;
	show_changes(core, shown);
	show_changes(core, undone);
	for (guint i = 0; i < undone->len; i++)
		n += uidset_count(((const StoreOp *)g_ptr_array_index(undone, i))->uids);
	text = words_done(first, n, account_tree(account));
	core_notice(core, account_id(account), ENGINE_NOTICE_INFO, "Undone: %s", text);
	tell_what_stays(core, account, undone);
	return TRUE;
}

void
changes_settle_undo(Core *core, Account *account)
{
	gint64 wanted;

	while ((wanted = opqueue_take_wanted_undo(account_ops(account)))) {
		g_autoptr(GPtrArray) group = opqueue_group(account_ops(account), wanted);
		g_autoptr(GError) error = NULL;

		/* When the server has refused the change, there is nothing to take back. */
		if (group && !take_back(core, account, group, &error))
			core_notice(core, account_id(account), ENGINE_NOTICE_WARNING, "%s",
				error->message);
	}
}

gboolean
changes_undo(Core *core, Account *account, GError **error)
{
	g_autoptr(GPtrArray) group = opqueue_last_group(account_ops(account));
	gint64 last;

	if (!group)
		return err_set(error, ERR_INPUT, "There is nothing to undo.");
	stop_carrying(account, group);
	last = ((const StoreOp *)g_ptr_array_index(group, 0))->group;
	if (!opqueue_must_wait(account_ops(account), last))
		return take_back(core, account, group, error);
	if (!opqueue_want_undo(account_ops(account), last, error))
		return FALSE;
	core_notice(core, account_id(account), ENGINE_NOTICE_INFO,
		"It is taken back as soon as the server has answered.");
	return TRUE;
}
