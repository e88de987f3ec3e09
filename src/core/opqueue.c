#include "core/opqueue-private.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"

#include <string.h>

#define KEPT_GROUPS       100  /* how many requests can be undone */
#define LOOK_DELAY_MS     1000 /* after a cut, and one more for each message */
#define LOOK_DELAY_MAX_MS 30000

static gboolean
is_pending(const StoreOp *op)
{
	return op->state != STORE_OP_DONE;
}

gboolean
op_is_in(const StoreOp *op, const char *mailbox)
{
	return strcmp(op->mailbox, mailbox) == 0;
}

gboolean
op_is_about_flags(const StoreOp *op)
{
	return op->kind == STORE_OP_ADD_FLAGS || op->kind == STORE_OP_REMOVE_FLAGS;
}

/* A copy that may have been done or not, and no answer is to come: when the server has had its time. Or
 * what was moved, nobody knows as what. */
static gboolean
is_unsure(const OpQueue *queue, const StoreOp *op)
{
	return op->state == STORE_OP_SENT &&
	       ((op->step == OP_STEP_LOOKING && !queue->look_timer) || op->step == OP_STEP_TRACING);
}

gboolean
op_is_carried(const StoreOp *op)
{
	return op->to_account && op->step == OP_STEP_NONE && is_pending(op);
}

/* What is wanted of the same messages must wait: they are still needed where they are. */
static gboolean
holds_back(const StoreOp *op)
{
	gboolean may_be_done = op->step == OP_STEP_NONE || op->step == OP_STEP_LOOKING;

	return op_is_carried(op) || (op->state == STORE_OP_SENT && op->to_mailbox && may_be_done);
}

static gboolean
overlap(const UidSet *a, const UidSet *b)
{
	g_autoptr(UidSet) both = uidset_intersect(a, b);

	return !uidset_is_empty(both);
}

void
opqueue_save(OpQueue *queue, StoreOp *op)
{
	g_autoptr(GError) error = NULL;

	if (!store_op_put(queue->core->store, op, &error))
		core_cache_trouble(queue->core, g_steal_pointer(&error));
	core_touch(queue->core);
}

static void
drop(OpQueue *queue, StoreOp *op)
{
	g_autoptr(GError) error = NULL;

	if (op->id && !store_op_remove(queue->core->store, op->id, &error))
		core_cache_trouble(queue->core, g_steal_pointer(&error));
	g_ptr_array_remove(queue->ops, op);
	core_touch(queue->core);
}

static gboolean
is_undo_wanted(const OpQueue *queue, gint64 group)
{
	for (guint i = 0; i < queue->undo_wanted->len; i++)
		if (g_array_index(queue->undo_wanted, gint64, i) == group)
			return TRUE;
	return FALSE;
}

/* A program that was killed left SENT ops behind: the same as a cut line. And undos that wait for them,
 * wanted in the order from the newest. */
static void
revive_op(OpQueue *queue, StoreOp *op)
{
	if (op->undo_wanted && !is_undo_wanted(queue, op->group))
		g_array_append_val(queue->undo_wanted, op->group);
	if (op->state == STORE_OP_SENT)
		opqueue_retry(queue, op);
}

static void
revive(OpQueue *queue)
{
	for (guint i = queue->ops->len; i-- > 0;)
		revive_op(queue, g_ptr_array_index(queue->ops, i));
}

static GPtrArray *
load(const OpQueue *queue)
{
	guint damaged = 0;
	GPtrArray *ops = store_ops_load(queue->core->store, queue->account_name, &damaged);

	if (damaged)
		core_notice(queue->core, queue->account, ENGINE_NOTICE_ERROR,
			"%u changes of %s could not be read back from the journal and are lost.",
			damaged, queue->account_name);
	return ops;
}

OpQueue *
opqueue_new(Core *core, EngineAccountId account, const char *account_name)
{
	OpQueue *queue = g_new0(OpQueue, 1);
	g_autoptr(GError) error = NULL;

	queue->core = core;
	queue->account = account;
	queue->account_name = g_strdup(account_name);
	queue->undo_wanted = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!store_ops_adopt(core->store, account_name, TRUE, NULL, &error))
		core_notice(core, account, ENGINE_NOTICE_ERROR, "Earlier changes of %s wait: %s",
			account_name, error->message);
	queue->ops = load(queue);
	revive(queue);
	return queue;
}

void
opqueue_free(OpQueue *queue)
{
	if (!queue)
		return;
	if (queue->look_timer)
		g_source_remove(queue->look_timer);
	g_ptr_array_unref(queue->ops);
	g_array_unref(queue->undo_wanted);
	g_free(queue->account_name);
	g_free(queue);
}

static gboolean
has_id(const OpQueue *queue, gint64 id)
{
	for (guint i = 0; i < queue->ops->len; i++)
		if (((const StoreOp *)g_ptr_array_index(queue->ops, i))->id == id)
			return TRUE;
	return FALSE;
}

static void
insert(OpQueue *queue, StoreOp *take_op)
{
	guint at = queue->ops->len;

	while (at && ((const StoreOp *)g_ptr_array_index(queue->ops, at - 1))->id > take_op->id)
		at--;
	g_ptr_array_insert(queue->ops, (gint)at, take_op);
}

void
opqueue_save_all(OpQueue *queue)
{
	g_autoptr(GError) error = NULL;

	if (!store_ops_replace(queue->core->store, queue->account_name, queue->ops, &error))
		core_cache_trouble(queue->core, g_steal_pointer(&error));
}

guint
opqueue_adopt(OpQueue *queue)
{
	g_autoptr(GPtrArray) ops = NULL;
	g_autoptr(GError) error = NULL;
	guint adopted = 0;

	/* Another one may be writing: there is a next time. */
	if (!store_ops_adopt(queue->core->store, queue->account_name, FALSE, &adopted, &error))
		log_line(LOG_WARN, "opqueue", "%s", error->message);
	if (!adopted)
		return 0;
	ops = load(queue);
	for (guint i = ops->len; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(ops, i);

		if (has_id(queue, op->id))
			continue;
		op = g_ptr_array_steal_index(ops, i);
		insert(queue, op);
		revive_op(queue, op);
	}
	return adopted;
}

/* ---- taking changes ---- */

static gboolean
write_group(OpQueue *queue, GPtrArray *ops, GError **error)
{
	gint64 group;

	if (!store_begin_change(queue->core->store, error))
		return FALSE;
	group = store_op_new_group(queue->core->store);
	for (guint i = 0; i < ops->len; i++) {
		StoreOp *op = g_ptr_array_index(ops, i);

		op->group = group;
		op->state = STORE_OP_WAITING;
		op->made_at = clock_wall();
		if (!store_op_put(queue->core->store, op, error))
			return FALSE;
	}
	return store_ops_trim(queue->core->store, KEPT_GROUPS, error) &&
	       store_commit(queue->core->store, error);
}

static int
compare_groups(gconstpointer a, gconstpointer b)
{
	gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

	return left < right ? 1 : left > right ? -1 : 0;
}

/* Forgets what the journal has just forgotten (store_ops_trim()). */
static void
trim(OpQueue *queue)
{
	g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(gint64));
	gint64 oldest = 0;

	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->state == STORE_OP_DONE)
			g_array_append_val(groups, op->group);
	}
	g_array_sort(groups, compare_groups);
	for (guint i = 0, n = 0; i < groups->len && n < KEPT_GROUPS; i++) {
		gint64 group = g_array_index(groups, gint64, i);

		n += group != oldest;
		oldest = group;
	}
	for (guint i = queue->ops->len; i-- > 0;) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->state == STORE_OP_DONE && op->group < oldest)
			g_ptr_array_remove_index(queue->ops, i);
	}
}

/* What write_group() has written. */
static void
adopt_group(OpQueue *queue, const GPtrArray *ops)
{
	trim(queue);
	for (guint i = 0; i < ops->len; i++)
		g_ptr_array_add(queue->ops, store_op_copy(g_ptr_array_index(ops, i)));
	core_touch(queue->core);
}

gboolean
opqueue_add(OpQueue *queue, GPtrArray *take_ops, GError **error)
{
	g_autoptr(GPtrArray) ops = take_ops;

	if (!write_group(queue, ops, error))
		return FALSE;
	adopt_group(queue, ops);
	return TRUE;
}

GPtrArray *
opqueue_pending(const OpQueue *queue, const char *mailbox)
{
	GPtrArray *pending = g_ptr_array_new();

	for (guint i = 0; i < queue->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (is_pending(op) && (!mailbox || op_is_in(op, mailbox)))
			g_ptr_array_add(pending, op);
	}
	return pending;
}

guint
opqueue_count(const OpQueue *queue)
{
	guint n = 0;

	for (guint i = 0; i < queue->ops->len; i++)
		n += is_pending(g_ptr_array_index(queue->ops, i));
	return n;
}

gboolean
opqueue_is_bound_for(const OpQueue *queue, const char *mailbox)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (is_pending(op) && !op->to_account && g_strcmp0(op->to_mailbox, mailbox) == 0)
			return TRUE;
	}
	return FALSE;
}

/* ---- sending ---- */

static gboolean
is_held(const OpQueue *queue, const StoreOp *op)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *other = g_ptr_array_index(queue->ops, i);

		if (other->id >= op->id)
			return FALSE;
		if (holds_back(other) && op_is_in(other, op->mailbox) &&
			overlap(other->uids, op->uids))
			return TRUE;
	}
	return FALSE;
}

const char *
opqueue_waiting_mailbox(const OpQueue *queue, const char *except)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->state == STORE_OP_WAITING && !op_is_carried(op) &&
			!(except && op_is_in(op, except)) && !is_held(queue, op))
			return op->mailbox;
	}
	return NULL;
}

/* TRUE when B takes back, for the messages that both name, what A says. */
static gboolean
is_opposite(const StoreOp *a, const StoreOp *b)
{
	return op_is_about_flags(a) && op_is_about_flags(b) && a->kind != b->kind &&
	       flagset_equal(&a->flags, &b->flags);
}

static gboolean
says_the_same(const StoreOp *a, const StoreOp *b)
{
	return a->kind == b->kind && a->uidvalidity == b->uidvalidity && a->step == b->step &&
	       flagset_equal(&a->flags, &b->flags) &&
	       g_strcmp0(a->to_mailbox, b->to_mailbox) == 0 &&
	       g_strcmp0(a->to_account, b->to_account) == 0;
}

static gboolean
waits_for(const StoreOp *op, const char *mailbox)
{
	return op->state == STORE_OP_WAITING && !op_is_carried(op) && op_is_in(op, mailbox);
}

/* Adds to BATCH the first op of MAILBOX that may be sent and all behind it that say the same and
 * overtake none of the same messages that stays behind. */
static void
gather(const OpQueue *queue, const char *mailbox, OpBatch *batch)
{
	const StoreOp *head = NULL;
	g_autoptr(UidSet) behind = uidset_new();
	g_autoptr(UidSet) named = uidset_new();

	for (guint i = 0; i < queue->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (holds_back(op) && op_is_in(op, mailbox))
			uidset_add_set(behind, op->uids);
		if (!waits_for(op, mailbox))
			continue;
		/* Two copies of a message are two commands. */
		if ((head && !says_the_same(head, op)) || overlap(op->uids, behind) ||
			(op->kind == STORE_OP_COPY && overlap(op->uids, named))) {
			uidset_add_set(behind, op->uids);
			continue;
		}
		head = head ? head : op;
		uidset_add_set(named, op->uids);
		g_ptr_array_add(batch->ops, op);
	}
}

/* The messages of BATCH, each without those of which an op behind it says otherwise. */
static void
name_messages(const OpQueue *queue, OpBatch *batch)
{
	const StoreOp *head = g_ptr_array_index(batch->ops, 0);
	g_autoptr(UidSet) otherwise = uidset_new();
	guint left = batch->ops->len;

	for (guint i = queue->ops->len; left && i-- > 0;) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op == g_ptr_array_index(batch->ops, left - 1)) {
			g_autoptr(UidSet) uids = uidset_copy(op->uids);

			uidset_remove_set(uids, otherwise);
			uidset_add_set(batch->uids, uids);
			left--;
		} else if (waits_for(op, head->mailbox) && is_opposite(head, op)) {
			uidset_add_set(otherwise, op->uids);
		}
	}
}

/* The journal need not know that: only a copy can't simply be asked for again, and who sends one notes that
 * as a step of its own. */
static void
mark_sent(OpQueue *queue, OpBatch *batch)
{
	for (guint i = 0; i < batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(batch->ops, i);

		op->state = STORE_OP_SENT;
		op->tried = TRUE;
		if (op->unsure) {
			op->unsure = FALSE;
			opqueue_save(queue, op);
		}
	}
}

OpBatch *
opqueue_take_next(OpQueue *queue, const char *mailbox)
{
	OpBatch *batch = g_new(OpBatch, 1);

	batch->ops = g_ptr_array_new();
	batch->uids = uidset_new();
	gather(queue, mailbox, batch);
	if (!batch->ops->len) {
		op_batch_free(batch);
		return NULL;
	}
	name_messages(queue, batch);
	mark_sent(queue, batch);
	return batch;
}

void
op_batch_free(OpBatch *batch)
{
	if (!batch)
		return;
	g_ptr_array_unref(batch->ops);
	uidset_free(batch->uids);
	g_free(batch);
}

void
opqueue_confirm(OpQueue *queue, StoreOp *op)
{
	op->state = STORE_OP_DONE;
	op->step = OP_STEP_NONE;
	opqueue_save(queue, op);
}

void
opqueue_refuse(OpQueue *queue, StoreOp *op)
{
	drop(queue, op);
}

void
opqueue_note(OpQueue *queue, StoreOp *op)
{
	opqueue_save(queue, op);
}

void
opqueue_commit(OpQueue *queue)
{
	g_autoptr(GError) error = NULL;

	if (!store_commit(queue->core->store, &error))
		core_cache_trouble(queue->core, g_steal_pointer(&error));
}

/* ---- messages for another account ---- */

GPtrArray *
opqueue_carried(const OpQueue *queue)
{
	GPtrArray *carried = g_ptr_array_new();

	for (guint i = 0; i < queue->ops->len; i++)
		if (op_is_carried(g_ptr_array_index(queue->ops, i)))
			g_ptr_array_add(carried, g_ptr_array_index(queue->ops, i));
	return carried;
}

StoreOp *
opqueue_by_id(const OpQueue *queue, gint64 id)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->id == id)
			return op;
	}
	return NULL;
}

UidSet *
opqueue_free_uids(const OpQueue *queue, const StoreOp *op)
{
	UidSet *uids = uidset_copy(op->uids);

	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *other = g_ptr_array_index(queue->ops, i);

		if (other->id < op->id && is_pending(other) && op_is_in(other, op->mailbox))
			uidset_remove_set(uids, other->uids);
	}
	return uids;
}

void
opqueue_add_known(const OpQueue *queue, const char *account, const char *mailbox,
	guint32 uidvalidity, UidSet *inout_uids)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->to_uids_done && op->to_uidvalidity == uidvalidity &&
			g_strcmp0(op->to_account, account) == 0 &&
			strcmp(op->to_mailbox, mailbox) == 0)
			uidset_add_set(inout_uids, op->to_uids_done);
	}
}

void
opqueue_carry_done(OpQueue *queue, StoreOp *op)
{
	if (op->kind == STORE_OP_MOVE)
		op->step = OP_STEP_FLAGGING;
	else
		op->state = STORE_OP_DONE;
	opqueue_save(queue, op);
}

/* ---- copies that a cut has left open ---- */

static gboolean
on_look_timer(gpointer user)
{
	OpQueue *queue = user;

	queue->look_timer = 0;
	core_touch(queue->core);
	return G_SOURCE_REMOVE;
}

/* The server may still be at work on what it was sent before the cut. */
static void
plan_look(OpQueue *queue, const StoreOp *op)
{
	guint delay = LOOK_DELAY_MS + (guint)MIN(uidset_count(op->uids), LOOK_DELAY_MAX_MS);

	if (queue->look_timer)
		g_source_remove(queue->look_timer);
	queue->look_delay = MAX(queue->look_delay, delay);
	queue->look_timer = g_timeout_add(queue->look_delay, on_look_timer, queue);
}

void
opqueue_retry(OpQueue *queue, StoreOp *op)
{
	/* It may have been done, also as the first step of a MOVE without the command. */
	if (op->step == OP_STEP_COPYING || op->step == OP_STEP_LOOKING) {
		op->step = OP_STEP_LOOKING;
		plan_look(queue, op);
	} else {
		op->state = STORE_OP_WAITING;
		/* Asked for once more, nothing is moved, and it is looked for again. */
		if (op->step == OP_STEP_TRACING)
			op->step = OP_STEP_NONE;
	}
	opqueue_save(queue, op);
}

GPtrArray *
opqueue_unsure(const OpQueue *queue, const char *to_mailbox)
{
	g_autoptr(GPtrArray) unsure = g_ptr_array_new();

	for (guint i = 0; i < queue->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (is_unsure(queue, op) &&
			(!to_mailbox || strcmp(op->to_mailbox, to_mailbox) == 0))
			g_ptr_array_add(unsure, op);
	}
	return unsure->len ? g_steal_pointer(&unsure) : NULL;
}

static void
note_done(OpQueue *queue, StoreOp *op, const UidSet *from, const UidSet *to)
{
	uidset_free(op->from_uids_done);
	uidset_free(op->to_uids_done);
	op->from_uids_done = uidset_copy(from);
	op->to_uids_done = uidset_copy(to);
	op->state = op->kind == STORE_OP_COPY ? STORE_OP_DONE : STORE_OP_WAITING;
	op->step = op->kind == STORE_OP_COPY ? OP_STEP_NONE : OP_STEP_FLAGGING;
	opqueue_save(queue, op);
}

static void
begin_again(OpQueue *queue, StoreOp *op)
{
	op->state = STORE_OP_WAITING;
	op->step = OP_STEP_NONE;
	op->looked = 0;
	opqueue_save(queue, op);
}

/* What was done becomes an op of its own, of the same request. */
static void
split(OpQueue *queue, StoreOp *op, const UidSet *from, const UidSet *to)
{
	StoreOp *done = store_op_copy(op);

	done->id = 0;
	uidset_free(done->uids);
	done->uids = uidset_copy(from);
	note_done(queue, done, from, to);
	uidset_remove_set(op->uids, from);
	begin_again(queue, op);
	g_ptr_array_add(queue->ops, done);
}

/* A server may still be copying, in silence, long after the line was cut. So what has not arrived counts as
 * not done only when a second look, as long after the first, finds no more than it did. */
static gboolean
is_at_rest(OpQueue *queue, StoreOp *op, const UidSet *from)
{
	guint looked = 1 + (guint)uidset_count(from);

	if (op->looked == looked)
		return TRUE;
	op->looked = looked;
	plan_look(queue, op);
	return FALSE;
}

gboolean
opqueue_settle_copy(
	OpQueue *queue, StoreOp *op, OpLooked looked, const UidSet *from, const UidSet *to)
{
	if ((looked == OP_COPY_PARTLY || looked == OP_COPY_ABSENT) && !is_at_rest(queue, op, from))
		return FALSE;
	switch (looked) {
	case OP_COPY_DONE: note_done(queue, op, from, to); break;
	case OP_COPY_PARTLY: split(queue, op, from, to); break;
	case OP_COPY_ABSENT: begin_again(queue, op); break;
	case OP_COPY_UNKNOWN:
		core_notice(queue->core, queue->account, ENGINE_NOTICE_WARNING,
			"The line was cut while %" G_GUINT64_FORMAT
			" messages were being copied to %s: look "
			"there whether they arrived, and copy them again if not.",
			uidset_count(op->uids), op->to_mailbox);
		drop(queue, op);
	}
	return TRUE;
}

void
opqueue_trace(OpQueue *queue, StoreOp *op)
{
	op->step = OP_STEP_TRACING;
	core_touch(queue->core);
}

UidSet *
opqueue_arrived(const OpQueue *queue, const char *mailbox)
{
	UidSet *uids = uidset_new();

	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->to_uids_done && !op->to_account && strcmp(op->to_mailbox, mailbox) == 0)
			uidset_add_set(uids, op->to_uids_done);
	}
	return uids;
}

guint
opqueue_drop_outdated(OpQueue *queue, const char *mailbox, guint32 uidvalidity)
{
	guint n = 0;

	for (guint i = queue->ops->len; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		/* What was sent on another connection has its answer still to come. */
		if (!op_is_in(op, mailbox) || op->uidvalidity == uidvalidity ||
			op->uidvalidity == OP_LOST || op->state == STORE_OP_SENT ||
			op_is_carried(op))
			continue;
		n += is_pending(op);
		drop(queue, op);
	}
	return n;
}

/* ---- undo ---- */

gboolean
op_is_begun(const StoreOp *op)
{
	return op->state == STORE_OP_SENT || (op->state == STORE_OP_WAITING && op->tried);
}

static gboolean
can_be_undone(const StoreOp *op)
{
	return !op->is_undo;
}

GPtrArray *
opqueue_group(const OpQueue *queue, gint64 group)
{
	GPtrArray *ops = NULL;

	for (guint i = queue->ops->len; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->group != group || !can_be_undone(op))
			continue;
		if (!ops)
			ops = g_ptr_array_new();
		g_ptr_array_add(ops, op);
	}
	return ops;
}

GPtrArray *
opqueue_last_group(const OpQueue *queue)
{
	gint64 last = 0;

	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (can_be_undone(op) && !is_undo_wanted(queue, op->group))
			last = MAX(last, op->group);
	}
	return last ? opqueue_group(queue, last) : NULL;
}

static gboolean
write_forgotten(OpQueue *queue, gint64 group, GError **error)
{
	for (guint i = queue->ops->len; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->group != group)
			continue;
		/* What the server may have done must finish; its undo follows it. */
		if (op_is_begun(op)) {
			op->is_undo = TRUE;
			op->undo_wanted = FALSE;
			if (!store_op_put(queue->core->store, op, error))
				return FALSE;
		} else if (!store_op_remove(queue->core->store, op->id, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean
opqueue_take_back(
	OpQueue *queue, gint64 group, OpQueue *other, GPtrArray *take_inverses, GError **error)
{
	g_autoptr(GPtrArray) inverses = take_inverses;

	if (!store_begin_change(queue->core->store, error) ||
		!write_forgotten(queue, group, error) || !write_group(queue, inverses, error))
		return FALSE;
	for (guint i = queue->ops->len; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->group == group && !op_is_begun(op))
			g_ptr_array_remove_index(queue->ops, i);
	}
	adopt_group(other, inverses);
	core_touch(queue->core);
	return TRUE;
}

gboolean
opqueue_forget_group(OpQueue *queue, gint64 group, GError **error)
{
	return opqueue_take_back(queue, group, queue, g_ptr_array_new(), error);
}

gboolean
opqueue_want_undo(OpQueue *queue, gint64 group, GError **error)
{
	gboolean done = store_begin_change(queue->core->store, error);

	for (guint i = 0; done && i < queue->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->group != group)
			continue;
		op->undo_wanted = TRUE;
		done = store_op_put(queue->core->store, op, error);
	}
	if (!done || !store_commit(queue->core->store, error)) {
		for (guint i = 0; i < queue->ops->len; i++) {
			StoreOp *op = g_ptr_array_index(queue->ops, i);

			op->undo_wanted &= op->group != group;
		}
		return FALSE;
	}
	g_array_append_val(queue->undo_wanted, group);
	return TRUE;
}

static gboolean
is_under_way(const OpQueue *queue, gint64 group)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->group == group && op_is_begun(op))
			return TRUE;
	}
	return FALSE;
}

gint64
opqueue_take_wanted_undo(OpQueue *queue)
{
	for (guint i = 0; i < queue->undo_wanted->len; i++) {
		gint64 group = g_array_index(queue->undo_wanted, gint64, i);

		if (is_under_way(queue, group) || opqueue_must_wait(queue, group))
			continue;
		g_array_remove_index(queue->undo_wanted, i);
		return group;
	}
	return 0;
}
