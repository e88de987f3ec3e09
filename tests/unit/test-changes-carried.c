/* Changes that go to another account: the ferry works on them, and the queue keeps the others in their place. */
#include "changes-fixture.h"
#include "core/opqueue-send.h"
#include "core/opqueue-undo.h"

static StoreOp *
add_carried(Changes *changes, StoreOpKind kind, const char *uids)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	g_autoptr(GPtrArray) carried = NULL;
	StoreOp *op = make_change(kind, uids, 0);
	GError *error = NULL;
	gboolean good;

	op->to_account = g_strdup("home");
	g_ptr_array_add(ops, op);
	good = opqueue_add(changes->queue, ops, &error);
	assert_done(good, error);
	carried = opqueue_carried(changes->queue);
	return g_ptr_array_index(carried, carried->len - 1);
}

/* The ferry alone works on it; what is wanted of the same messages behind it waits, of others not. */
static void
test_carried_waits(Changes *changes, gconstpointer data)
{
	g_autoptr(GPtrArray) carried = NULL;
	g_autoptr(UidSet) free_uids = NULL;
	g_autofree char *text = NULL;
	StoreOp *op;

	add_change(changes, STORE_OP_ADD_FLAGS, "2", FLAG_SEEN);
	op = add_carried(changes, STORE_OP_COPY, "1:3");
	add_change(changes, STORE_OP_EXPUNGE, "3", 0);
	/* The flag first, so that it goes along. */
	free_uids = opqueue_free_uids(changes->queue, op);
	text = uidset_to_string(free_uids);
	g_assert_cmpstr(text, ==, "1,3");
	g_assert_false(opqueue_is_bound_for(changes->queue, "Archive"));
	assert_next(changes, "2");
	assert_next(changes, NULL);
	g_assert_null(opqueue_waiting_mailbox(changes->queue, NULL));
	g_assert_cmpuint(opqueue_drop_outdated(changes->queue, BOX, 8), ==, 1);
	opqueue_carry_done(changes->queue, op);
	carried = opqueue_carried(changes->queue);
	g_assert_cmpuint(carried->len, ==, 0);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

/* A move is not over when all have arrived: the originals go, also after a restart. */
static void
test_carried_move(Changes *changes, gconstpointer data)
{
	StoreOp *op = add_carried(changes, STORE_OP_MOVE, "1:3");
	g_autoptr(UidSet) known = uidset_new();
	g_autofree char *text = NULL;
	gint64 id = op->id;

	op->to_uidvalidity = 9;
	op->to_uidnext = 40;
	op->from_uids_done = uidset_new_range(1, 1);
	op->to_uids_done = uidset_new_range(41, 41);
	opqueue_note(changes->queue, op);
	reopen_changes(changes);
	op = opqueue_by_id(changes->queue, id);
	g_assert_true(op && op_is_carried(op));
	assert_next(changes, NULL);
	opqueue_add_known(changes->queue, "home", "Archive", 9, known);
	opqueue_add_known(changes->queue, "home", "Archive", 8, known);
	opqueue_add_known(changes->queue, "work", "Archive", 9, known);
	text = uidset_to_string(known);
	g_assert_cmpstr(text, ==, "41");
	uidset_add_range(op->from_uids_done, 2, 3);
	opqueue_carry_done(changes->queue, op);
	g_assert_false(op_is_carried(op));
	reopen_changes(changes);
	assert_next(changes, "1:3");
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

/* What takes it back is a change of the other account. */
static void
test_carried_back(Changes *changes, gconstpointer data)
{
	StoreOp *op = add_carried(changes, STORE_OP_COPY, "1:3");
	OpQueue *home = opqueue_new(changes->core, 2, "home");
	GPtrArray *inverses = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	g_autoptr(GPtrArray) pending = NULL;
	StoreOp *inverse = make_change(STORE_OP_EXPUNGE, "41:43", 0);
	GError *error = NULL;
	gboolean good;

	g_free(inverse->account);
	inverse->account = g_strdup("home");
	inverse->is_undo = TRUE;
	g_ptr_array_add(inverses, inverse);
	good = opqueue_take_back(changes->queue, op->group, home, inverses, &error);
	assert_done(good, error);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
	g_assert_cmpuint(opqueue_count(home), ==, 1);
	opqueue_free(home);
	reopen_changes(changes);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
	home = opqueue_new(changes->core, 2, "home");
	pending = opqueue_pending(home, BOX);
	g_assert_cmpuint(pending->len, ==, 1);
	opqueue_free(home);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CHANGES_TEST("/changes-carried/carried-waits", test_carried_waits);
	ADD_CHANGES_TEST("/changes-carried/carried-move", test_carried_move);
	ADD_CHANGES_TEST("/changes-carried/carried-back", test_carried_back);
	return g_test_run();
}
