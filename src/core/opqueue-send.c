#include "core/opqueue-send.h"

#include "core/opqueue-private.h"

#include <string.h>

#define LOOK_DELAY_MS     1000 /* after a cut, and one more for each message */
#define LOOK_DELAY_MAX_MS 30000

/* ---- the next command ---- */

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

/* ---- the answer ---- */

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
	opqueue_drop(queue, op);
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

/* ---- no answer ---- */

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

/* A copy that may have been done or not, and no answer is to come: when the server has had its time. Or
 * what was moved, nobody knows as what. */
static gboolean
is_unsure(const OpQueue *queue, const StoreOp *op)
{
	return op->state == STORE_OP_SENT &&
	       ((op->step == OP_STEP_LOOKING && !queue->look_timer) || op->step == OP_STEP_TRACING);
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
		opqueue_drop(queue, op);
	}
	return TRUE;
}

void
opqueue_trace(OpQueue *queue, StoreOp *op)
{
	op->step = OP_STEP_TRACING;
	core_touch(queue->core);
}
