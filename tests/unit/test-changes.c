/* The user's changes as they lie over the server's state: in which order they are sent, what is shown meanwhile,
 * and any interleaving of user, server and cuts. */
#include "changes-fixture.h"
#include "core/flags.h"
#include "core/opqueue-send.h"

#define N_UIDS 6
#define BITS   (FLAG_SEEN | FLAG_FLAGGED)

/* ---- rules, one by one ---- */

static void
test_merge(Changes *changes, gconstpointer data)
{
	add_change(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	add_change(changes, STORE_OP_ADD_FLAGS, "2", FLAG_FLAGGED);
	add_change(changes, STORE_OP_ADD_FLAGS, "3,5", FLAG_SEEN);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 3);
	assert_next(changes, "1,3,5");
	assert_next(changes, "2");
	assert_next(changes, NULL);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

static void
test_last_word(Changes *changes, gconstpointer data)
{
	add_change(changes, STORE_OP_ADD_FLAGS, "1:3", FLAG_SEEN);
	add_change(changes, STORE_OP_REMOVE_FLAGS, "2", FLAG_SEEN);
	assert_next(changes, "1,3");
	assert_next(changes, "2");
	add_change(changes, STORE_OP_ADD_FLAGS, "4", FLAG_SEEN);
	add_change(changes, STORE_OP_REMOVE_FLAGS, "4", FLAG_SEEN);
	add_change(changes, STORE_OP_ADD_FLAGS, "4", FLAG_SEEN);
	assert_next(changes, "");
	assert_next(changes, "");
	assert_next(changes, "4");
}

/* Flags that are set behind a MOVE of other messages may be sent with those before it; those of a
 * message that goes away may not be overtaken by its going. */
static void
test_order(Changes *changes, gconstpointer data)
{
	add_change(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	add_change(changes, STORE_OP_MOVE, "1,2", 0);
	add_change(changes, STORE_OP_ADD_FLAGS, "3", FLAG_SEEN);
	add_change(changes, STORE_OP_MOVE, "3", 0);
	assert_next(changes, "1,3");
	assert_next(changes, "1:3");
	assert_next(changes, NULL);
}

static void
test_outdated(Changes *changes, gconstpointer data)
{
	OpBatch *batch;

	add_change(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	batch = opqueue_take_next(changes->queue, BOX);
	add_change(changes, STORE_OP_ADD_FLAGS, "2", FLAG_SEEN);
	g_assert_cmpuint(opqueue_drop_outdated(changes->queue, BOX, 7), ==, 0);
	/* What is on its way has its answer coming. */
	g_assert_cmpuint(opqueue_drop_outdated(changes->queue, BOX, 8), ==, 1);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 1);
	opqueue_confirm(changes->queue, g_ptr_array_index(batch->ops, 0));
	op_batch_free(batch);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

static void
test_refused(Changes *changes, gconstpointer data)
{
	g_autoptr(GPtrArray) pending = NULL;
	FlagSet server = {.bits = FLAG_FLAGGED};
	gboolean counted;
	OpBatch *batch;

	add_change(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	add_change(changes, STORE_OP_REMOVE_FLAGS, "1", FLAG_FLAGGED);
	batch = opqueue_take_next(changes->queue, BOX);
	opqueue_refuse(changes->queue, g_ptr_array_index(batch->ops, 0));
	op_batch_free(batch);
	pending = opqueue_pending(changes->queue, BOX);
	{
		g_auto(FlagSet) shown = flags_fold(&server, 1, pending, &counted);

		g_assert_cmphex(shown.bits, ==, 0);
		g_assert_true(counted);
	}
	reopen_changes(changes);
	assert_next(changes, "1");
	assert_next(changes, NULL);
}

/* Thousands of changes made off line must not make a command late. */
static void
test_many(Changes *changes, gconstpointer data)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	GError *error = NULL;
	gboolean good;
	gint64 begun;
	OpBatch *batch;

	for (guint i = 1; i <= 3000; i++) {
		g_autofree char *uid = g_strdup_printf("%u", 2 * i);

		g_ptr_array_add(ops, make_change(STORE_OP_ADD_FLAGS, uid, FLAG_SEEN));
	}
	good = opqueue_add(changes->queue, ops, &error);
	assert_done(good, error);
	begun = g_get_monotonic_time();
	batch = opqueue_take_next(changes->queue, BOX);
	g_assert_cmpuint(batch->ops->len, ==, 3000);
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_TIME_SPAN_SECOND);
	op_batch_free(batch);
}

/* ---- any interleaving ---- */

typedef struct {
	guint32 server[N_UIDS + 1]; /* what the server has */
	guint32 wanted[N_UIDS + 1]; /* what the user said last, refusals taken back */
	gboolean moved[N_UIDS + 1]; /* by the user */
	gboolean gone[N_UIDS + 1];  /* on the server */
} World;

/* The effective flags by the definition: every pending op in turn. */
static guint32
naive_fold(guint32 server, guint32 uid, const GPtrArray *ops)
{
	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		if (op->state == STORE_OP_DONE || !uidset_contains(op->uids, uid))
			continue;
		if (op->kind == STORE_OP_ADD_FLAGS)
			server |= op->flags.bits;
		else if (op->kind == STORE_OP_REMOVE_FLAGS)
			server &= ~op->flags.bits;
	}
	return server;
}

static void
assert_shown(Changes *changes, const World *world)
{
	g_autoptr(GPtrArray) pending = opqueue_pending(changes->queue, BOX);

	for (guint32 uid = 1; uid <= N_UIDS; uid++) {
		FlagSet server = {.bits = world->server[uid]};
		gboolean counted;
		g_auto(FlagSet) shown = flags_fold(&server, uid, pending, &counted);

		g_assert_cmphex(shown.bits, ==, naive_fold(server.bits, uid, pending));
		if (!world->gone[uid] && !world->moved[uid])
			g_assert_cmphex(shown.bits, ==, world->wanted[uid]);
	}
}

static void
user_acts(Changes *changes, World *world)
{
	guint32 from = (guint32)g_test_rand_int_range(1, N_UIDS + 1);
	guint32 to = (guint32)g_test_rand_int_range((gint32)from, N_UIDS + 1);
	g_autofree char *uids = g_strdup_printf("%u:%u", from, to);
	guint32 flags = 1U << (g_test_rand_bit() ? 0 : 2);
	gint32 dice = g_test_rand_int_range(0, 20);

	g_assert_cmphex(flags & BITS, ==, flags);
	for (guint32 uid = from; uid <= to; uid++)
		if (world->moved[uid])
			return;
	if (dice == 0) {
		add_change(changes, STORE_OP_MOVE, uids, 0);
		for (guint32 uid = from; uid <= to; uid++)
			world->moved[uid] = TRUE;
		return;
	}
	add_change(changes, dice % 2 ? STORE_OP_ADD_FLAGS : STORE_OP_REMOVE_FLAGS, uids, flags);
	for (guint32 uid = from; uid <= to; uid++)
		world->wanted[uid] =
			dice % 2 ? world->wanted[uid] | flags : world->wanted[uid] & ~flags;
}

static void
server_does(World *world, const StoreOp *op, const UidSet *uids)
{
	for (guint32 uid = uidset_min(uids); uid; uid = uidset_next(uids, uid)) {
		/* A message that has gone can't be named any more, but by a repeated MOVE. */
		g_assert_true(!world->gone[uid] || op->kind == STORE_OP_MOVE);
		if (op->kind == STORE_OP_ADD_FLAGS)
			world->server[uid] |= op->flags.bits;
		else if (op->kind == STORE_OP_REMOVE_FLAGS)
			world->server[uid] &= ~op->flags.bits;
		else
			world->gone[uid] = TRUE;
	}
}

/* Sends some, in the order of the wire; answers the first ones, cuts the others. */
static void
link_acts(Changes *changes, World *world)
{
	g_autoptr(GPtrArray) batches =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_batch_free);
	guint n = (guint)g_test_rand_int_range(1, 4);
	guint answered;
	OpBatch *batch;

	while (batches->len < n && (batch = opqueue_take_next(changes->queue, BOX)))
		g_ptr_array_add(batches, batch);
	if (!batches->len)
		return;
	answered = (guint)g_test_rand_int_range(0, (gint32)batches->len + 1);
	for (guint i = 0; i < batches->len; i++) {
		batch = g_ptr_array_index(batches, i);
		/* Of those that are not answered, some were done. */
		if (i <= answered)
			server_does(world, g_ptr_array_index(batch->ops, 0), batch->uids);
		for (guint o = 0; o < batch->ops->len; o++) {
			StoreOp *op = g_ptr_array_index(batch->ops, o);

			if (i < answered)
				opqueue_confirm(changes->queue, op);
			else if (g_test_rand_int_range(0, 4))
				opqueue_retry(changes->queue, op);
		}
	}
	/* Those that were neither answered nor put back: the program was killed. */
	reopen_changes(changes);
}

static void
test_interleavings(Changes *changes, gconstpointer data)
{
	for (guint round = 0; round < 60; round++) {
		World world = {0};
		guint steps = (guint)g_test_rand_int_range(5, 30);

		for (guint i = 0; i < steps; i++) {
			if (g_test_rand_int_range(0, 3))
				user_acts(changes, &world);
			else
				link_acts(changes, &world);
			assert_shown(changes, &world);
		}
		while (opqueue_count(changes->queue)) {
			OpBatch *batch = opqueue_take_next(changes->queue, BOX);

			g_assert_nonnull(batch);
			server_does(&world, g_ptr_array_index(batch->ops, 0), batch->uids);
			for (guint o = 0; o < batch->ops->len; o++)
				opqueue_confirm(changes->queue, g_ptr_array_index(batch->ops, o));
			op_batch_free(batch);
		}
		for (guint32 uid = 1; uid <= N_UIDS; uid++) {
			g_assert_cmpint(world.gone[uid], ==, world.moved[uid]);
			g_assert_cmphex(world.server[uid], ==, world.wanted[uid]);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CHANGES_TEST("/changes/merge", test_merge);
	ADD_CHANGES_TEST("/changes/last-word", test_last_word);
	ADD_CHANGES_TEST("/changes/order", test_order);
	ADD_CHANGES_TEST("/changes/outdated", test_outdated);
	ADD_CHANGES_TEST("/changes/refused", test_refused);
	ADD_CHANGES_TEST("/changes/many", test_many);
	ADD_CHANGES_TEST("/changes/interleavings", test_interleavings);
	return g_test_run();
}
