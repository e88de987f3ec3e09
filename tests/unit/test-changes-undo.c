/* What was done follows its messages when they are moved on, and can be taken back where they are. */
#include "changes-fixture.h"
#include "core/opqueue-follow.h"
#include "core/opqueue-send.h"
#include "core/opqueue-undo.h"

/* Sends the first op that waits in MAILBOX, a MOVE, and takes the answer: FROM[i] is TO[i] now. */
static void
answer_move(Changes *changes, const char *mailbox, guint32 from, guint32 to)
{
	OpBatch *batch = opqueue_take_next(changes->queue, mailbox);
	StoreOp *op;

	g_assert_nonnull(batch);
	op = g_ptr_array_index(batch->ops, 0);
	g_assert_cmpint(op->kind, ==, STORE_OP_MOVE);
	op->to_uidvalidity = op->to_uidvalidity ? op->to_uidvalidity : 70;
	opqueue_settle_trace(changes->queue, op, &from, &to, 1);
	op_batch_free(batch);
}

/* The only op of the last request, as "KIND MAILBOX UIDVALIDITY UIDS > MAILBOX UIDS". */
static void
assert_last(Changes *changes, guint part, const char *text)
{
	g_autoptr(GPtrArray) group = opqueue_last_group(changes->queue);
	const StoreOp *op = g_ptr_array_index(group, part);
	g_autofree char *uids = uidset_to_string(op->uids);
	g_autofree char *put = op->to_uids_done ? uidset_to_string(op->to_uids_done) : NULL;
	g_autofree char *is = g_strdup_printf("%d %s %u %s > %s %s", op->kind, op->mailbox,
		op->uidvalidity, uids, op->to_mailbox ? op->to_mailbox : "", put ? put : "");

	g_assert_cmpstr(is, ==, text);
}

static void
take_back_last(Changes *changes)
{
	g_autoptr(GPtrArray) group = opqueue_last_group(changes->queue);
	const StoreOp *op = g_ptr_array_index(group, 0);
	GPtrArray *inverses = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	StoreOp *inverse = make_change(STORE_OP_MOVE, "1", 0);
	GError *error = NULL;
	gboolean good;

	g_free(inverse->mailbox);
	inverse->mailbox = g_strdup(op->to_mailbox);
	inverse->uidvalidity = op->to_uidvalidity;
	g_free(inverse->to_mailbox);
	inverse->to_mailbox = g_strdup(op->mailbox);
	inverse->to_uidvalidity = op->uidvalidity;
	uidset_free(inverse->uids);
	inverse->uids = uidset_copy(op->to_uids_done);
	inverse->is_undo = TRUE;
	g_ptr_array_add(inverses, inverse);
	good = opqueue_take_back(changes->queue, op->group, changes->queue, inverses, &error);
	assert_done(good, error);
}

/* Marked, moved, brought back: the mark can be undone where the message is now. */
static void
test_undo_follows(Changes *changes, gconstpointer data)
{
	g_autoptr(GPtrArray) group = NULL;

	add_change(changes, STORE_OP_ADD_FLAGS, "1,2", FLAG_SEEN);
	assert_next(changes, "1:2");
	add_change(changes, STORE_OP_MOVE, "2", 0);
	answer_move(changes, BOX, 2, 40);
	assert_last(changes, 0, "3 INBOX 7 2 > Archive 40");
	take_back_last(changes);
	/* Both are under way; what undoes the mark has to know the new name of its message. */
	group = opqueue_last_group(changes->queue);
	g_assert_true(opqueue_must_wait(
		changes->queue, ((const StoreOp *)g_ptr_array_index(group, 0))->group));
	answer_move(changes, "Archive", 40, 9);
	reopen_changes(changes);
	assert_last(changes, 0, "1 INBOX 7 9 >  ");
	assert_last(changes, 1, "1 INBOX 7 1 >  ");
}

/* Moved and moved on: the first move is undone from where the second has brought the message. */
static void
test_moves_follow(Changes *changes, gconstpointer data)
{
	static const guint32 from = 40, to = 5;
	const OpMoved moved = {"Archive", "Trash", 70, 700, &from, &to, 1};

	add_change(changes, STORE_OP_MOVE, "2", 0);
	answer_move(changes, BOX, 2, 40);
	opqueue_follow(changes->queue, &moved);
	assert_last(changes, 0, "3 INBOX 7 2 > Trash 5");
}

/* Where they went is not known, and undo has to say so. */
static void
test_lost(Changes *changes, gconstpointer data)
{
	g_autoptr(UidSet) uids = uidset_new_range(2, 2);

	add_change(changes, STORE_OP_ADD_FLAGS, "1,2", FLAG_SEEN);
	assert_next(changes, "1:2");
	opqueue_lose(changes->queue, BOX, 7, uids);
	g_assert_cmpuint(opqueue_drop_outdated(changes->queue, BOX, 7), ==, 0);
	assert_last(changes, 0, "1 INBOX 0 2 >  ");
	assert_last(changes, 1, "1 INBOX 7 1 >  ");
}

static void
test_undo_groups(Changes *changes, gconstpointer data)
{
	g_autoptr(GPtrArray) group = NULL;
	GError *error = NULL;
	gboolean good;
	gint64 last;

	g_assert_null(opqueue_last_group(changes->queue));
	add_change(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	assert_next(changes, "1");
	add_change(changes, STORE_OP_ADD_FLAGS, "2", FLAG_SEEN);
	group = opqueue_last_group(changes->queue);
	g_assert_cmpuint(group->len, ==, 1);
	last = ((StoreOp *)g_ptr_array_index(group, 0))->group;
	good = opqueue_forget_group(changes->queue, last, &error);
	assert_done(good, error);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
	reopen_changes(changes);
	g_clear_pointer(&group, g_ptr_array_unref);
	group = opqueue_last_group(changes->queue);
	g_assert_cmpint(((StoreOp *)g_ptr_array_index(group, 0))->state, ==, STORE_OP_DONE);
	g_assert_true(uidset_contains(((StoreOp *)g_ptr_array_index(group, 0))->uids, 1));
}

/* What was done is kept for undo in memory no longer than in the journal. */
static void
test_kept(Changes *changes, gconstpointer data)
{
	guint in_memory = 0, in_journal = 0;
	GError *error = NULL;
	gboolean good = TRUE;

	for (guint i = 0; i < 130; i++) {
		add_change(changes, STORE_OP_ADD_FLAGS, "1", i % 2 ? FLAG_SEEN : FLAG_FLAGGED);
		assert_next(changes, "1");
	}
	reopen_changes(changes);
	for (;; in_journal++) {
		g_autoptr(GPtrArray) group = opqueue_last_group(changes->queue);

		if (!group)
			break;
		good = opqueue_forget_group(
			changes->queue, ((StoreOp *)g_ptr_array_index(group, 0))->group, &error);
		assert_done(good, error);
	}
	for (guint i = 0; i < 130; i++) {
		add_change(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
		assert_next(changes, "1");
	}
	for (;; in_memory++) {
		g_autoptr(GPtrArray) group = opqueue_last_group(changes->queue);

		if (!group)
			break;
		good = opqueue_forget_group(
			changes->queue, ((StoreOp *)g_ptr_array_index(group, 0))->group, &error);
		assert_done(good, error);
	}
	g_assert_cmpuint(in_memory, ==, in_journal);
	g_assert_cmpuint(in_memory, >=, 100);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CHANGES_TEST("/changes-undo/undo-follows", test_undo_follows);
	ADD_CHANGES_TEST("/changes-undo/moves-follow", test_moves_follow);
	ADD_CHANGES_TEST("/changes-undo/lost", test_lost);
	ADD_CHANGES_TEST("/changes-undo/undo-groups", test_undo_groups);
	ADD_CHANGES_TEST("/changes-undo/kept", test_kept);
	return g_test_run();
}
