#include "core/opqueue-follow.h"

#include "core/opqueue-private.h"
#include "core/opqueue-send.h"

#include <string.h>

static UidSet *
set_of(const guint32 *uids, guint n)
{
	UidSet *set = uidset_new();

	for (guint i = 0; i < n; i++)
		uidset_add(set, uids[i]);
	return set;
}

/* As what those of UIDS are known that were moved. */
static UidSet *
moved_to(const UidSet *uids, const OpMoved *moved)
{
	UidSet *there = uidset_new();

	for (guint i = 0; i < moved->n; i++)
		if (uidset_contains(uids, moved->from[i]))
			uidset_add(there, moved->to[i]);
	return there;
}

static gboolean
is_kept_for_undo(const StoreOp *op)
{
	return op->state == STORE_OP_DONE && !op->is_undo;
}

static void
replace(UidSet **set, UidSet *take_by)
{
	uidset_free(*set);
	*set = take_by;
}

/* PART becomes an op of the same request. */
static StoreOp *
add_part(OpQueue *queue, const StoreOp *op)
{
	StoreOp *part = store_op_copy(op);

	part->id = 0;
	g_ptr_array_add(queue->ops, part);
	return part;
}

/* ---- flags ---- */

static gboolean
has_marked(const StoreOp *op, const char *mailbox, guint32 uidvalidity)
{
	return is_kept_for_undo(op) && op_is_about_flags(op) && op_is_in(op, mailbox) &&
	       op->uidvalidity == uidvalidity;
}

/* An op of UIDS alone, which OP names among others or alone; NULL: it names none. */
static StoreOp *
single_out(OpQueue *queue, StoreOp *op, const UidSet *uids)
{
	g_autoptr(UidSet) named = uidset_intersect(op->uids, uids);
	StoreOp *part;

	if (uidset_is_empty(named))
		return NULL;
	if (uidset_equal(named, op->uids))
		return op;
	part = add_part(queue, op);
	uidset_remove_set(op->uids, named);
	replace(&part->uids, g_steal_pointer(&named));
	opqueue_save(queue, op);
	return part;
}

static void
follow_marks(OpQueue *queue, StoreOp *op, const OpMoved *moved, const UidSet *from)
{
	StoreOp *part;

	if (!has_marked(op, moved->mailbox, moved->uidvalidity))
		return;
	part = single_out(queue, op, from);
	if (!part)
		return;
	replace(&part->uids, moved_to(part->uids, moved));
	g_free(part->mailbox);
	part->mailbox = g_strdup(moved->to_mailbox);
	part->uidvalidity = moved->to_uidvalidity;
	opqueue_save(queue, part);
}

static void
lose_marks(
	OpQueue *queue, StoreOp *op, const char *mailbox, guint32 uidvalidity, const UidSet *uids)
{
	StoreOp *part = has_marked(op, mailbox, uidvalidity) ? single_out(queue, op, uids) : NULL;

	if (!part)
		return;
	part->uidvalidity = OP_LOST;
	opqueue_save(queue, part);
}

/* ---- what was put somewhere ---- */

static gboolean
has_put(const StoreOp *op, const char *mailbox, guint32 uidvalidity)
{
	return is_kept_for_undo(op) && op->to_uids_done && !op->to_account &&
	       strcmp(op->to_mailbox, mailbox) == 0 && op->to_uidvalidity == uidvalidity;
}

/* From where those came that are in TO now; the sets are paired rank by rank. */
static UidSet *
sources_of(const StoreOp *op, const UidSet *to)
{
	UidSet *sources = uidset_new();
	guint32 source = uidset_min(op->from_uids_done), dest = uidset_min(op->to_uids_done);

	for (; source && dest; source = uidset_next(op->from_uids_done, source),
			       dest = uidset_next(op->to_uids_done, dest))
		if (uidset_contains(to, dest))
			uidset_add(sources, source);
	return sources;
}

/* Like single_out(), by where they were put. */
static StoreOp *
single_out_put(OpQueue *queue, StoreOp *op, const UidSet *uids)
{
	g_autoptr(UidSet) named = uidset_intersect(op->to_uids_done, uids);
	g_autoptr(UidSet) sources = NULL;
	StoreOp *part;

	if (uidset_is_empty(named))
		return NULL;
	if (uidset_equal(named, op->to_uids_done))
		return op;
	sources = sources_of(op, named);
	part = add_part(queue, op);
	uidset_remove_set(op->to_uids_done, named);
	uidset_remove_set(op->from_uids_done, sources);
	uidset_remove_set(op->uids, sources);
	replace(&part->to_uids_done, g_steal_pointer(&named));
	replace(&part->from_uids_done, uidset_copy(sources));
	replace(&part->uids, g_steal_pointer(&sources));
	opqueue_save(queue, op);
	return part;
}

static void
follow_put(OpQueue *queue, StoreOp *op, const OpMoved *moved, const UidSet *from)
{
	StoreOp *part;

	if (!has_put(op, moved->mailbox, moved->uidvalidity))
		return;
	part = single_out_put(queue, op, from);
	if (!part)
		return;
	replace(&part->to_uids_done, moved_to(part->to_uids_done, moved));
	g_free(part->to_mailbox);
	part->to_mailbox = g_strdup(moved->to_mailbox);
	part->to_uidvalidity = moved->to_uidvalidity;
	opqueue_save(queue, part);
}

static void
lose_put(OpQueue *queue, StoreOp *op, const char *mailbox, guint32 uidvalidity, const UidSet *uids)
{
	StoreOp *part = has_put(op, mailbox, uidvalidity) ? single_out_put(queue, op, uids) : NULL;

	if (!part)
		return;
	g_clear_pointer(&part->from_uids_done, uidset_free);
	g_clear_pointer(&part->to_uids_done, uidset_free);
	opqueue_save(queue, part);
}

/* ---- all of them ---- */

void
opqueue_follow(OpQueue *queue, const OpMoved *moved)
{
	g_autoptr(UidSet) from = set_of(moved->from, moved->n);
	guint n = queue->ops->len; /* without the parts that are added */

	for (guint i = 0; i < n; i++) {
		follow_marks(queue, g_ptr_array_index(queue->ops, i), moved, from);
		follow_put(queue, g_ptr_array_index(queue->ops, i), moved, from);
	}
}

void
opqueue_follow_op(OpQueue *queue, const StoreOp *op)
{
	g_autoptr(GArray) from = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(guint32));
	guint32 source = uidset_min(op->from_uids_done), dest = uidset_min(op->to_uids_done);
	OpMoved moved = {.mailbox = op->mailbox,
		.to_mailbox = op->to_mailbox,
		.uidvalidity = op->uidvalidity,
		.to_uidvalidity = op->to_uidvalidity};

	for (; source && dest; source = uidset_next(op->from_uids_done, source),
			       dest = uidset_next(op->to_uids_done, dest)) {
		g_array_append_val(from, source);
		g_array_append_val(to, dest);
	}
	moved.from = (const guint32 *)from->data;
	moved.to = (const guint32 *)to->data;
	moved.n = from->len;
	opqueue_follow(queue, &moved);
}

void
opqueue_lose(OpQueue *queue, const char *mailbox, guint32 uidvalidity, const UidSet *uids)
{
	guint n = queue->ops->len;

	for (guint i = 0; i < n; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		lose_marks(queue, op, mailbox, uidvalidity, uids);
		lose_put(queue, op, mailbox, uidvalidity, uids);
	}
}

void
opqueue_settle_trace(OpQueue *queue, StoreOp *op, const guint32 *from, const guint32 *to, guint n)
{
	OpMoved moved = {
		op->mailbox, op->to_mailbox, op->uidvalidity, op->to_uidvalidity, from, to, n};
	g_autoptr(UidSet) lost = uidset_copy(op->uids);

	if (op->from_uids_done)
		opqueue_follow_op(queue, op);
	if (n && !op->from_uids_done) {
		op->from_uids_done = uidset_new();
		op->to_uids_done = uidset_new();
	}
	for (guint i = 0; i < n; i++) {
		uidset_add(op->from_uids_done, from[i]);
		uidset_add(op->to_uids_done, to[i]);
	}
	opqueue_follow(queue, &moved);
	if (op->from_uids_done)
		uidset_remove_set(lost, op->from_uids_done);
	opqueue_lose(queue, op->mailbox, op->uidvalidity, lost);
	opqueue_confirm(queue, op);
}
