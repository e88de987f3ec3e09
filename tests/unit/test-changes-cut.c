/* Copies, and moves that are copies first: what a cut has left open is neither done twice nor forgotten. */
#include "await.h"
#include "changes-fixture.h"
#include "core/opqueue-send.h"
#include "core/opqueue-undo.h"

#include <string.h>

/* The next command of the queue, sent as a COPY is: noted before. */
static void
send_copy(Changes *changes)
{
	OpBatch *batch = opqueue_take_next(changes->queue, BOX);

	g_assert_nonnull(batch);
	for (guint i = 0; i < batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(batch->ops, i);

		op->step = OP_STEP_COPYING;
		op->to_uidnext = 10;
		op->to_uidvalidity = 7;
		opqueue_note(changes->queue, op);
	}
	op_batch_free(batch);
}

static gboolean
has_unsure(gconstpointer queue)
{
	g_autoptr(GPtrArray) unsure = opqueue_unsure(queue, NULL);

	return unsure != NULL;
}

/* The one copy that is unsure, after the time that a server is given. */
static StoreOp *
wait_for_unsure(Changes *changes)
{
	g_autoptr(GPtrArray) unsure = NULL;

	await(has_unsure, changes->queue);
	unsure = opqueue_unsure(changes->queue, NULL);
	g_assert_cmpuint(unsure->len, ==, 1);
	return g_ptr_array_index(unsure, 0);
}

/* FALSE: it is looked for once more. */
static gboolean
look(Changes *changes, OpLooked looked, const char *from, const char *to)
{
	g_autoptr(UidSet) froms = uidset_parse(from, strlen(from), 100, NULL);
	g_autoptr(UidSet) tos = uidset_parse(to, strlen(to), 100, NULL);

	return opqueue_settle_copy(changes->queue, wait_for_unsure(changes), looked, froms, tos);
}

static void
settle_copy(Changes *changes, OpLooked looked, const char *from, const char *to)
{
	g_assert_true(look(changes, looked, from, to) || look(changes, looked, from, to));
}

static void
test_copies(Changes *changes, gconstpointer data)
{
	OpBatch *batch;

	add_change(changes, STORE_OP_COPY, "1", 0);
	add_change(changes, STORE_OP_COPY, "1", 0);
	assert_next(changes, "1");
	assert_next(changes, "1");
	/* Taken, but not noted: it was not sent. */
	add_change(changes, STORE_OP_COPY, "2", 0);
	batch = opqueue_take_next(changes->queue, BOX);
	op_batch_free(batch);
	reopen_changes(changes);
	assert_next(changes, "2");
}

/* What may have been done is not repeated before somebody has looked, also after a restart, and what
 * was asked for behind it waits. */
static void
test_unsure_copies(Changes *changes, gconstpointer data)
{
	add_change(changes, STORE_OP_COPY, "1,2", 0);
	send_copy(changes);
	reopen_changes(changes);
	add_change(changes, STORE_OP_MOVE, "2", 0);
	add_change(changes, STORE_OP_ADD_FLAGS, "3", FLAG_SEEN);
	g_assert_cmpstr(opqueue_waiting_mailbox(changes->queue, NULL), ==, BOX);
	assert_next(changes, "3");
	assert_next(changes, NULL);
	g_assert_null(opqueue_waiting_mailbox(changes->queue, NULL));
	settle_copy(changes, OP_COPY_ABSENT, "", "");
	assert_next(changes, "1:2");
	assert_next(changes, "2");
	core_end_turn(changes->core);
	g_assert_cmpuint(changes->notices, ==, 0);
}

/* A server that is still copying shows more at each look; what it has not yet shown is not asked for again
 * before nothing comes any more. */
static void
test_slow_copies(Changes *changes, gconstpointer data)
{
	add_change(changes, STORE_OP_COPY, "1:3", 0);
	send_copy(changes);
	reopen_changes(changes);
	g_assert_false(look(changes, OP_COPY_ABSENT, "", ""));
	g_assert_null(opqueue_unsure(changes->queue, NULL));
	assert_next(changes, NULL);
	g_assert_false(look(changes, OP_COPY_PARTLY, "1", "11"));
	assert_next(changes, NULL);
	g_assert_true(look(changes, OP_COPY_PARTLY, "1", "11"));
	assert_next(changes, "2:3");
}

static void
test_copies_found(Changes *changes, gconstpointer data)
{
	g_autoptr(GPtrArray) group = NULL;
	const StoreOp *op;

	add_change(changes, STORE_OP_COPY, "1,2", 0);
	send_copy(changes);
	reopen_changes(changes);
	settle_copy(changes, OP_COPY_PARTLY, "2", "11");
	assert_next(changes, "1");
	assert_next(changes, NULL);
	/* One request, one undo. */
	group = opqueue_last_group(changes->queue);
	g_assert_cmpuint(group->len, ==, 2);
	op = g_ptr_array_index(group, 0);
	g_assert_true(uidset_contains(op->to_uids_done, 11));
	g_assert_cmpuint(op->to_uidvalidity, ==, 7);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

static void
test_copies_unknown(Changes *changes, gconstpointer data)
{
	add_change(changes, STORE_OP_COPY, "1,2", 0);
	send_copy(changes);
	reopen_changes(changes);
	settle_copy(changes, OP_COPY_UNKNOWN, "", "");
	core_end_turn(changes->core);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
	g_assert_cmpuint(changes->notices, ==, 1);
}

/* A MOVE whose copy is there goes on with its second step. */
static void
test_moves_found(Changes *changes, gconstpointer data)
{
	OpBatch *batch;
	StoreOp *op;

	add_change(changes, STORE_OP_MOVE, "1", 0);
	send_copy(changes);
	reopen_changes(changes);
	settle_copy(changes, OP_COPY_DONE, "1", "11");
	batch = opqueue_take_next(changes->queue, BOX);
	op = g_ptr_array_index(batch->ops, 0);
	g_assert_cmpuint(op->step, ==, OP_STEP_FLAGGING);
	opqueue_confirm(changes->queue, op);
	op_batch_free(batch);
}

static void
test_move_in_steps(Changes *changes, gconstpointer data)
{
	OpBatch *batch;
	StoreOp *op;

	add_change(changes, STORE_OP_MOVE, "1", 0);
	batch = opqueue_take_next(changes->queue, BOX);
	op = g_ptr_array_index(batch->ops, 0);
	op->step = OP_STEP_FLAGGING;
	opqueue_note(changes->queue, op);
	op_batch_free(batch);
	reopen_changes(changes);
	add_change(changes, STORE_OP_MOVE, "2", 0);
	/* What is half done does not join what is not begun. */
	batch = opqueue_take_next(changes->queue, BOX);
	op = g_ptr_array_index(batch->ops, 0);
	g_assert_cmpuint(op->step, ==, OP_STEP_FLAGGING);
	g_assert_cmpuint(batch->ops->len, ==, 1);
	opqueue_confirm(changes->queue, op);
	op_batch_free(batch);
	assert_next(changes, "2");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CHANGES_TEST("/changes-cut/copies", test_copies);
	ADD_CHANGES_TEST("/changes-cut/unsure-copies", test_unsure_copies);
	ADD_CHANGES_TEST("/changes-cut/slow-copies", test_slow_copies);
	ADD_CHANGES_TEST("/changes-cut/copies-found", test_copies_found);
	ADD_CHANGES_TEST("/changes-cut/copies-unknown", test_copies_unknown);
	ADD_CHANGES_TEST("/changes-cut/moves-found", test_moves_found);
	ADD_CHANGES_TEST("/changes-cut/move-in-steps", test_move_in_steps);
	return g_test_run();
}
