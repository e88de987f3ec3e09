#include "core/sender.h"

#include "base/log.h"
#include "core/copyuid.h"
#include "core/flags.h"
#include "core/opqueue-follow.h"
#include "core/opqueue-send.h"
#include "core/words.h"
#include "store/messages.h"

#include <string.h>

#define MAX_TRACED 1000 /* messages that are looked for when there is no COPYUID */

struct Sender {
	Core *core;
	EngineAccountId account;
	OpQueue *queue;
	Tree *tree;
	SenderOwner owner;
	gpointer user;
	GPtrArray *under_way; /* Sending */
};

/* One batch on its way, through all its steps. */
typedef struct {
	Sender *sender;
	Link *link; /* borrowed; every command is answered before it goes */
	OpBatch *batch;
	char *mailbox;
	CopyUid copyuid;
} Sending;

static void
sending_free(gpointer data)
{
	Sending *sending = data;

	op_batch_free(sending->batch);
	g_free(sending->mailbox);
	g_free(sending);
}

Sender *
sender_new(Core *core, EngineAccountId account, OpQueue *queue, Tree *tree,
	const SenderOwner *owner, gpointer user)
{
	Sender *sender = g_new0(Sender, 1);

	sender->core = core;
	sender->account = account;
	sender->queue = queue;
	sender->tree = tree;
	sender->owner = *owner;
	sender->user = user;
	sender->under_way = g_ptr_array_new_with_free_func(sending_free);
	return sender;
}

void
sender_free(Sender *sender)
{
	if (!sender)
		return;
	g_ptr_array_unref(sender->under_way);
	g_free(sender);
}

gboolean
sender_is_busy(const Sender *sender, const Link *link)
{
	for (guint i = 0; i < sender->under_way->len; i++)
		if (((const Sending *)g_ptr_array_index(sender->under_way, i))->link == link)
			return TRUE;
	return FALSE;
}

static StoreOp *
head(const Sending *sending)
{
	return g_ptr_array_index(sending->batch->ops, 0);
}

gboolean
sender_concerns(const Sender *sender, const char *mailbox)
{
	for (guint i = 0; i < sender->under_way->len; i++) {
		const Sending *sending = g_ptr_array_index(sender->under_way, i);

		if (strcmp(sending->mailbox, mailbox) == 0 ||
			(!head(sending)->to_account &&
				g_strcmp0(head(sending)->to_mailbox, mailbox) == 0))
			return TRUE;
	}
	return FALSE;
}

static gboolean
can(const Sending *sending, Cap cap)
{
	return imap_caps_has(imap_session_caps(link_session(sending->link)), cap);
}

/* ---- how it ends ---- */

/* What OP has taken away, and the server did not say where to. */
static UidSet *
untold(const StoreOp *op)
{
	UidSet *uids = op->kind == STORE_OP_MOVE ? uidset_copy(op->uids) : uidset_new();

	if (op->from_uids_done)
		uidset_remove_set(uids, op->from_uids_done);
	return uids;
}

/* They can be told apart only by what is known of them. */
static gboolean
can_trace(const Sending *sending, const StoreOp *op, const UidSet *uids)
{
	Sender *sender = sending->sender;
	const Folder *folder = tree_by_raw(sender->tree, sending->mailbox);
	guint64 n = uidset_count(uids);
	guint unread;

	return folder && op->to_uidnext && op->to_uidvalidity && n <= MAX_TRACED &&
	       store_messages_count(sender->core->store, folder->stored->id, uids, &unread) == n;
}

/* Only now is what was asked for before it certainly answered: Dovecot puts off the OK of a STORE, but not
 * the COPYUID of the MOVE behind it. TRUE when OP is done with; else it is known one day where its messages went. */
static gboolean
finish_op(Sending *sending, StoreOp *op, gboolean taken_away)
{
	OpQueue *queue = sending->sender->queue;
	g_autoptr(UidSet) uids = taken_away ? untold(op) : uidset_new();

	/* In another account, what was done to them before is not followed. */
	if (op->to_account) {
		if (taken_away)
			opqueue_lose(queue, op->mailbox, op->uidvalidity, op->uids);
		opqueue_confirm(queue, op);
		return TRUE;
	}
	if (!uidset_is_empty(uids) && can_trace(sending, op, uids)) {
		opqueue_trace(queue, op);
		return FALSE;
	}
	if (taken_away && op->from_uids_done && !sending->copyuid.crossed)
		opqueue_follow_op(queue, op);
	else if (taken_away && op->from_uids_done)
		uidset_add_set(uids, op->from_uids_done);
	if (!uidset_is_empty(uids))
		opqueue_lose(queue, op->mailbox, op->uidvalidity, uids);
	opqueue_confirm(queue, op);
	return TRUE;
}

static void
finish(Sending *sending, gboolean taken_away)
{
	Sender *sender = sending->sender;
	g_autoptr(UidSet) uids = uidset_new();
	g_autofree char *mailbox = g_strdup(sending->mailbox);
	/* What went to another account has been told of there. */
	g_autofree char *to =
		head(sending)->to_account ? NULL : g_strdup(head(sending)->to_mailbox);
	g_autoptr(UidSet) to_uids = can(sending, CAP_UIDPLUS) ? uidset_new() : NULL;

	for (guint i = 0; i < sending->batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(sending->batch->ops, i);

		if (!finish_op(sending, op, taken_away))
			continue;
		uidset_add_set(uids, op->uids);
		if (to_uids && op->to_uids_done)
			uidset_add_set(to_uids, op->to_uids_done);
	}
	g_ptr_array_remove(sender->under_way, sending);
	if (taken_away)
		opqueue_commit(sender->queue);
	if (!uidset_is_empty(uids))
		sender->owner.answered(mailbox, uids, taken_away, to, to_uids, sender->user);
}

/* Why, in the server's own words: a screen of 80 columns has no room for ours as well. */
static char *
reason(const ImapEvent *event)
{
	g_autofree char *words = NULL;

	if (!(err_is(event->error, ERR_NO) || err_is(event->error, ERR_GONE)) || !event->text.len)
		return g_strdup_printf(". %s", event->error->message);
	words = g_strstrip(g_strndup(event->text.data, event->text.len));
	return g_strdup_printf(": %s%s", words, g_str_has_suffix(words, ".") ? "" : ".");
}

static void
fail(Sending *sending, const ImapEvent *event)
{
	Sender *sender = sending->sender;
	gboolean cut = !link_is_ready(sending->link);
	g_autoptr(UidSet) uids = uidset_copy(sending->batch->uids);
	g_autofree char *mailbox = g_strdup(sending->mailbox);
	g_autofree char *what = words_do(head(sending), uidset_count(uids), sender->tree);
	g_autofree char *why = reason(event);

	for (guint i = 0; i < sending->batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(sending->batch->ops, i);

		uidset_add_set(uids, op->uids);
		if (cut)
			opqueue_retry(sender->queue, op);
		else
			opqueue_refuse(sender->queue, op);
	}
	if (!cut)
		core_notice(sender->core, sender->account, ENGINE_NOTICE_ERROR, "Could not %s%s",
			what, why);
	g_ptr_array_remove(sender->under_way, sending);
	sender->owner.answered(mailbox, uids, FALSE, NULL, NULL, sender->user);
}

/* ---- flags ---- */

/* Most servers have told the new flags by FETCH before the OK; for those that did not. */
static void
store_flags(Sending *sending)
{
	Sender *sender = sending->sender;
	Folder *folder = tree_by_raw(sender->tree, sending->mailbox);
	g_autoptr(GPtrArray) messages = NULL;
	gint64 unread;

	if (!folder)
		return;
	unread = folder->stored->unread;
	messages =
		store_messages_get(sender->core->store, folder->stored->id, sending->batch->uids);
	for (guint i = 0; i < messages->len; i++) {
		const StoreMessage *message = g_ptr_array_index(messages, i);
		g_autoptr(GError) error = NULL;
		gboolean pending;
		g_auto(FlagSet) flags =
			flags_fold(&message->flags, message->uid, sending->batch->ops, &pending);

		if (flagset_equal(&flags, &message->flags))
			continue;
		unread += !(flags.bits & FLAG_SEEN) - !(message->flags.bits & FLAG_SEEN);
		if (!store_message_set_flags(sender->core->store, folder->stored->id, message->uid,
			    &flags, message->modseq, &error))
			core_cache_trouble(sender->core, g_steal_pointer(&error));
	}
	if (folder->stored->unread == unread)
		return;
	folder->stored->unread = (guint32)CLAMP(unread, 0, G_MAXUINT32);
	tree_save(sender->tree, folder);
}

static void
on_flags(Link *link, const ImapEvent *event, gpointer user)
{
	Sending *sending = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error) {
		fail(sending, event);
		return;
	}
	store_flags(sending);
	finish(sending, FALSE);
}

/* ---- steps ---- */

static void
set_step(Sending *sending, OpStep step)
{
	for (guint i = 0; i < sending->batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(sending->batch->ops, i);

		op->step = step;
		opqueue_note(sending->sender->queue, op);
	}
}

/* A step names messages by UIDs, which mean others in another folder. When the user has opened one
 * meanwhile, the rest of the way waits until this one is selected again. TRUE: it does. */
static gboolean
put_back(Sending *sending)
{
	Sender *sender = sending->sender;

	if (sender->owner.has_selected(sending->link, sending->mailbox, sender->user))
		return FALSE;
	for (guint i = 0; i < sending->batch->ops->len; i++)
		opqueue_retry(sender->queue, g_ptr_array_index(sending->batch->ops, i));
	g_ptr_array_remove(sender->under_way, sending);
	return TRUE;
}

static void
on_purged(Link *link, const ImapEvent *event, gpointer user)
{
	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error)
		fail(user, event);
	else
		finish(user, TRUE);
}

static void
purge(Sending *sending)
{
	if (!can(sending, CAP_UIDPLUS)) {
		core_notice(sending->sender->core, sending->sender->account, ENGINE_NOTICE_WARNING,
			"The server can't remove single messages: they stay in the folder, marked "
			"as deleted.");
		finish(sending, FALSE);
		return;
	}
	set_step(sending, OP_STEP_PURGING);
	if (put_back(sending))
		return;
	link_submit(sending->link, imap_command_uid_expunge(uidset_copy(sending->batch->uids)),
		on_purged, sending);
}

static void
on_marked_deleted(Link *link, const ImapEvent *event, gpointer user)
{
	Sending *sending = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error)
		fail(sending, event);
	else
		purge(sending);
}

static void
mark_deleted(Sending *sending)
{
	FlagSet deleted = {.bits = FLAG_DELETED};

	if (put_back(sending))
		return;
	link_submit(sending->link,
		imap_command_store(uidset_copy(sending->batch->uids), IMAP_STORE_ADD, &deleted, 0),
		on_marked_deleted, sending);
}

static void prepare_copy(Sending *sending);

/* The answer to MOVE and to COPY. */
static void
on_transferred(Link *link, const ImapEvent *event, gpointer user)
{
	Sending *sending = user;
	gboolean is_move = head(sending)->kind == STORE_OP_MOVE;

	if (event->kind == IMAP_EVENT_COPIED)
		copyuid_take(&sending->copyuid, event->code);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error && is_move && head(sending)->step != OP_STEP_COPYING &&
		err_is(event->error, ERR_BAD) && !can(sending, CAP_MOVE)) {
		prepare_copy(sending); /* offered, and not known after all */
	} else if (event->error) {
		fail(sending, event);
	} else if (is_move && head(sending)->step == OP_STEP_COPYING) {
		set_step(sending, OP_STEP_FLAGGING);
		mark_deleted(sending);
	} else {
		finish(sending, is_move);
	}
}

/* A copy may be done twice by asking twice. So the journal knows, on the disk, where the other folder
 * ended before the server is asked: what a cut leaves open can be seen there (core/look.h). */
static void
copy(Sending *sending)
{
	g_autoptr(GError) error = NULL;

	if (put_back(sending))
		return;
	set_step(sending, OP_STEP_COPYING);
	if (!store_commit(sending->sender->core->store, &error)) {
		fail(sending, &(ImapEvent){.kind = IMAP_EVENT_DONE, .error = error});
		return;
	}
	link_submit(sending->link,
		imap_command_copy(uidset_copy(sending->batch->uids), head(sending)->to_mailbox),
		on_transferred, sending);
}

static void
send_move(Sending *sending)
{
	if (put_back(sending))
		return;
	link_submit(sending->link,
		imap_command_move(uidset_copy(sending->batch->uids), head(sending)->to_mailbox),
		on_transferred, sending);
}

static gboolean
is_plain_move(const Sending *sending)
{
	return head(sending)->kind == STORE_OP_MOVE && can(sending, CAP_MOVE);
}

static void
take_end(Sending *sending, const ImapMailboxStatus *status)
{
	for (guint i = 0; i < sending->batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(sending->batch->ops, i);

		/* What a MOVE that may have been sent before has put there is not older than it. */
		if (op->to_uidnext && is_plain_move(sending))
			continue;
		op->to_uidnext = status->uidnext;
		op->to_uidvalidity = status->uidvalidity;
		opqueue_note(sending->sender->queue, op);
	}
}

static void
on_destination(Link *link, const ImapEvent *event, gpointer user)
{
	Sending *sending = user;

	if (event->kind == IMAP_EVENT_STATUS) {
		take_end(sending, event->status);
	} else if (event->kind == IMAP_EVENT_DONE && event->error && !link_is_ready(link)) {
		fail(sending, event);
	} else if (event->kind == IMAP_EVENT_DONE && is_plain_move(sending)) {
		opqueue_commit(sending->sender->queue);
		send_move(sending);
	} else if (event->kind == IMAP_EVENT_DONE) {
		/* What the folder lacks is said best by the answer to the copy itself. */
		copy(sending);
	}
}

static void
ask_end(Sending *sending)
{
	link_submit(sending->link, imap_command_status(head(sending)->to_mailbox), on_destination,
		sending);
}

static void
prepare_copy(Sending *sending)
{
	for (guint i = 0; i < sending->batch->ops->len; i++)
		((StoreOp *)g_ptr_array_index(sending->batch->ops, i))->to_uidnext = 0;
	ask_end(sending);
}

/* Of a folder that was never seen it has to be known where it ends, on the disk, before anything comes there: by
 * that the messages are found again when a cut takes the answer. */
static gboolean
is_end_known(const Sending *sending)
{
	for (guint i = 0; i < sending->batch->ops->len; i++)
		if (!((const StoreOp *)g_ptr_array_index(sending->batch->ops, i))->to_uidnext)
			return FALSE;
	return TRUE;
}

static void
move(Sending *sending)
{
	if (!can(sending, CAP_MOVE))
		prepare_copy(sending);
	else if (is_end_known(sending))
		send_move(sending);
	else
		ask_end(sending);
}

static void
change_flags(Sending *sending)
{
	const StoreOp *op = head(sending);
	ImapStoreMode mode = op->kind == STORE_OP_ADD_FLAGS ? IMAP_STORE_ADD : IMAP_STORE_REMOVE;

	link_submit(sending->link,
		imap_command_store(uidset_copy(sending->batch->uids), mode, &op->flags, 0),
		on_flags, sending);
}

static void
begin(Sending *sending)
{
	const StoreOp *op = head(sending);

	if (op->step == OP_STEP_FLAGGING) {
		mark_deleted(sending);
		return;
	}
	if (op->step == OP_STEP_PURGING) {
		purge(sending);
		return;
	}
	switch (op->kind) {
	case STORE_OP_ADD_FLAGS:
	case STORE_OP_REMOVE_FLAGS: change_flags(sending); break;
	case STORE_OP_MOVE: move(sending); break;
	case STORE_OP_COPY: prepare_copy(sending); break;
	case STORE_OP_EXPUNGE: mark_deleted(sending); break;
	}
}

static void
drop_outdated(Sender *sender, const char *mailbox, guint32 uidvalidity)
{
	guint n = opqueue_drop_outdated(sender->queue, mailbox, uidvalidity);
	g_autofree char *name = n ? words_folder(sender->tree, mailbox) : NULL;

	if (n)
		core_notice(sender->core, sender->account, ENGINE_NOTICE_ERROR,
			"%u changes in %s could not be made: the server has numbered its messages "
			"anew.",
			n, name);
}

/* Two connections would race, and the user's last word might not be the last one. */
static gboolean
is_sent_elsewhere(const Sender *sender, const Link *link, const char *mailbox)
{
	for (guint i = 0; i < sender->under_way->len; i++) {
		const Sending *sending = g_ptr_array_index(sender->under_way, i);

		if (sending->link != link && strcmp(sending->mailbox, mailbox) == 0)
			return TRUE;
	}
	return FALSE;
}

static void
on_synced(Link *link, const ImapEvent *event, gpointer user)
{
	Sending *sending = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error)
		fail(sending, event);
	else if (!put_back(sending))
		begin(sending);
}

/* Of a message that came after it was last asked about the folder a server says OK and does nothing: what an
 * undo has just brought back is named by where the other connection put it, before this one has heard of it.
 * Dovecot puts off the news of a NOOP until the commands that are sent with it are done, so its answer is
 * awaited. */
static gboolean
is_heard_of(const Sending *sending)
{
	const Folder *folder = tree_by_raw(sending->sender->tree, sending->mailbox);

	return !folder || !folder->live ||
	       uidset_max(sending->batch->uids) < folder->stored->uidnext;
}

void
sender_send(Sender *sender, Link *link, const char *mailbox, guint32 uidvalidity)
{
	OpBatch *batch;

	if (is_sent_elsewhere(sender, link, mailbox))
		return;
	drop_outdated(sender, mailbox, uidvalidity);
	while ((batch = opqueue_take_next(sender->queue, mailbox)) != NULL) {
		Sending *sending = g_new0(Sending, 1);

		sending->sender = sender;
		sending->link = link;
		sending->batch = batch;
		sending->copyuid = (CopyUid){sender->core, sender->tree, sender->queue, batch};
		sending->mailbox = g_strdup(mailbox);
		g_ptr_array_add(sender->under_way, sending);
		if (uidset_is_empty(batch->uids))
			finish(sending, FALSE);
		else if (is_heard_of(sending))
			begin(sending);
		else
			link_submit(link, imap_command_noop(), on_synced, sending);
	}
}
