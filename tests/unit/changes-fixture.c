#include "changes-fixture.h"

#include "core/opqueue-send.h"

#include <string.h>

#define ACCOUNT "work"

static void
on_event(gconstpointer event, gpointer user)
{
	if (((const EngineEvent *)event)->kind == ENGINE_NOTICE)
		((Changes *)user)->notices++;
}

static void
open_core(Changes *changes)
{
	changes->core = core_new(NULL, g_steal_pointer(&changes->store.store));
	hub_listen(changes->core->hub, on_event, changes);
	changes->queue = opqueue_new(changes->core, 1, ACCOUNT);
}

static void
close_core(Changes *changes)
{
	core_end_turn(changes->core);
	opqueue_free(changes->queue);
	core_free(changes->core);
}

void
changes_set_up(Changes *changes, gconstpointer data)
{
	fixture_set_up(&changes->store, NULL);
	open_core(changes);
}

void
changes_tear_down(Changes *changes, gconstpointer data)
{
	close_core(changes);
	fixture_tear_down(&changes->store, NULL);
}

void
reopen_changes(Changes *changes)
{
	close_core(changes);
	fixture_reopen(&changes->store);
	open_core(changes);
}

StoreOp *
make_change(StoreOpKind kind, const char *uids, guint32 flags)
{
	StoreOp *op = store_op_new();

	op->account = g_strdup(ACCOUNT);
	op->mailbox = g_strdup(BOX);
	op->uidvalidity = 7;
	op->kind = kind;
	uidset_free(op->uids);
	op->uids = uidset_parse(uids, strlen(uids), 100, NULL);
	op->flags.bits = flags;
	if (kind == STORE_OP_MOVE || kind == STORE_OP_COPY)
		op->to_mailbox = g_strdup("Archive");
	return op;
}

void
add_change(Changes *changes, StoreOpKind kind, const char *uids, guint32 flags)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	GError *error = NULL;
	gboolean good;

	g_ptr_array_add(ops, make_change(kind, uids, flags));
	good = opqueue_add(changes->queue, ops, &error);
	assert_done(good, error);
}

void
assert_next(Changes *changes, const char *uids)
{
	OpBatch *batch = opqueue_take_next(changes->queue, BOX);
	g_autofree char *text = batch ? uidset_to_string(batch->uids) : NULL;

	g_assert_cmpstr(text, ==, uids);
	for (guint i = 0; batch && i < batch->ops->len; i++)
		opqueue_confirm(changes->queue, g_ptr_array_index(batch->ops, i));
	op_batch_free(batch);
}
