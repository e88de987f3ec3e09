#include "core/opqueue-undo.h"

#include "core/opqueue-private.h"

gboolean
opqueue_is_undo_wanted(const OpQueue *queue, gint64 group)
{
	for (guint i = 0; i < queue->undo_wanted->len; i++)
		if (g_array_index(queue->undo_wanted, gint64, i) == group)
			return TRUE;
	return FALSE;
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

		if (can_be_undone(op) && !opqueue_is_undo_wanted(queue, op->group))
			last = MAX(last, op->group);
	}
	return last ? opqueue_group(queue, last) : NULL;
}

/* ---- taking back ---- */

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
		!write_forgotten(queue, group, error) ||
		!opqueue_write_group(queue, inverses, error))
		return FALSE;
	for (guint i = queue->ops->len; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->group == group && !op_is_begun(op))
			g_ptr_array_remove_index(queue->ops, i);
	}
	opqueue_adopt_group(other, inverses);
	core_touch(queue->core);
	return TRUE;
}

gboolean
opqueue_forget_group(OpQueue *queue, gint64 group, GError **error)
{
	return opqueue_take_back(queue, group, queue, g_ptr_array_new(), error);
}

/* ---- later ---- */

/* Where messages go is known when the server has answered, not before. */
static gboolean
is_way_unknown(const StoreOp *op)
{
	return op_is_begun(op) && op->to_mailbox &&
	       !(op->from_uids_done && uidset_equal(op->from_uids_done, op->uids));
}

/* TRUE when a MOVE that is not answered takes away what OP has changed. */
static gboolean
is_being_moved(const OpQueue *queue, const StoreOp *op)
{
	const char *mailbox = op->to_mailbox ? op->to_mailbox : op->mailbox;
	const UidSet *uids = op->to_mailbox ? op->to_uids_done : op->uids;

	/* What went to another account is not in any folder of this one. */
	for (guint i = 0; uids && !op->to_account && i < queue->ops->len; i++) {
		const StoreOp *other = g_ptr_array_index(queue->ops, i);
		g_autoptr(UidSet) both = NULL;

		if (other->state == STORE_OP_DONE || other->kind != STORE_OP_MOVE ||
			other->group == op->group || !op_is_in(other, mailbox))
			continue;
		both = uidset_intersect(other->uids, uids);
		if (!uidset_is_empty(both))
			return TRUE;
	}
	return FALSE;
}

gboolean
opqueue_must_wait(const OpQueue *queue, gint64 group)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);
		gboolean stays_unsent = op->state == STORE_OP_WAITING && !op_is_begun(op);

		if (op->group == group && !stays_unsent &&
			(is_way_unknown(op) || is_being_moved(queue, op)))
			return TRUE;
	}
	return FALSE;
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
