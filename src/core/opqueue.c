#include "core/opqueue.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "core/opqueue-private.h"
#include "core/opqueue-send.h"

#include <string.h>

#define KEPT_GROUPS 100 /* how many requests can be undone */

gboolean
op_is_pending(const StoreOp *op)
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

gboolean
op_is_begun(const StoreOp *op)
{
	return op->state == STORE_OP_SENT || (op->state == STORE_OP_WAITING && op->tried);
}

gboolean
op_is_carried(const StoreOp *op)
{
	return op->to_account && op->step == OP_STEP_NONE && op_is_pending(op);
}

void
opqueue_save(OpQueue *queue, StoreOp *op)
{
	g_autoptr(GError) error = NULL;

	if (!store_op_put(queue->core->store, op, &error))
		core_cache_trouble(queue->core, g_steal_pointer(&error));
	core_touch(queue->core);
}

void
opqueue_drop(OpQueue *queue, StoreOp *op)
{
	g_autoptr(GError) error = NULL;

	if (op->id && !store_op_remove(queue->core->store, op->id, &error))
		core_cache_trouble(queue->core, g_steal_pointer(&error));
	g_ptr_array_remove(queue->ops, op);
	core_touch(queue->core);
}

/* A program that was killed left SENT ops behind: the same as a cut line. And undos that wait for them,
 * wanted in the order from the newest. */
static void
revive_op(OpQueue *queue, StoreOp *op)
{
	if (op->undo_wanted && !opqueue_is_undo_wanted(queue, op->group))
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

gboolean
opqueue_write_group(OpQueue *queue, GPtrArray *ops, GError **error)
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

/* What opqueue_write_group() has written. */
void
opqueue_adopt_group(OpQueue *queue, const GPtrArray *ops)
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

	if (!opqueue_write_group(queue, ops, error))
		return FALSE;
	opqueue_adopt_group(queue, ops);
	return TRUE;
}

/* ---- what is noted, and what goes ---- */

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
		n += op_is_pending(op);
		opqueue_drop(queue, op);
	}
	return n;
}

/* ---- what is asked of it ---- */

GPtrArray *
opqueue_pending(const OpQueue *queue, const char *mailbox)
{
	GPtrArray *pending = g_ptr_array_new();

	for (guint i = 0; i < queue->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op_is_pending(op) && (!mailbox || op_is_in(op, mailbox)))
			g_ptr_array_add(pending, op);
	}
	return pending;
}

guint
opqueue_count(const OpQueue *queue)
{
	guint n = 0;

	for (guint i = 0; i < queue->ops->len; i++)
		n += op_is_pending(g_ptr_array_index(queue->ops, i));
	return n;
}

gboolean
opqueue_is_bound_for(const OpQueue *queue, const char *mailbox)
{
	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op_is_pending(op) && !op->to_account && g_strcmp0(op->to_mailbox, mailbox) == 0)
			return TRUE;
	}
	return FALSE;
}

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

		if (other->id < op->id && op_is_pending(other) && op_is_in(other, op->mailbox))
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

UidSet *
opqueue_gone(const OpQueue *queue, const char *mailbox, guint32 uidvalidity)
{
	UidSet *uids = uidset_new();

	for (guint i = 0; i < queue->ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(queue->ops, i);

		if (op->state == STORE_OP_DONE &&
			(op->kind == STORE_OP_MOVE || op->kind == STORE_OP_EXPUNGE) &&
			op_is_in(op, mailbox) && op->uidvalidity == uidvalidity)
			uidset_add_set(uids, op->uids);
	}
	return uids;
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
