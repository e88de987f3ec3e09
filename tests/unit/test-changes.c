/* The user's changes as they lie over the server's state: folding, queueing, undoing. */
#include "core/flags.h"
#include "core/opqueue-follow.h"
#include "core/opqueue-send.h"
#include "core/opqueue-undo.h"
#include "core/opqueue.h"
#include "store-fixture.h"

#include <string.h>

#define ACCOUNT "work"
#define BOX     "INBOX"
#define N_UIDS  6
#define BITS    (FLAG_SEEN | FLAG_FLAGGED)

/* ---- a core with a store of its own ---- */

typedef struct {
	Fixture store;
	Core *core;
	OpQueue *queue;
	guint notices;
} Changes;

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

static void
set_up(Changes *changes, gconstpointer data)
{
	fixture_set_up(&changes->store, NULL);
	open_core(changes);
}

static void
tear_down(Changes *changes, gconstpointer data)
{
	close_core(changes);
	fixture_tear_down(&changes->store, NULL);
}

static void
reopen(Changes *changes)
{
	close_core(changes);
	fixture_reopen(&changes->store);
	open_core(changes);
}

static StoreOp *
make_op(StoreOpKind kind, const char *uids, guint32 flags)
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

static void
add(Changes *changes, StoreOpKind kind, const char *uids, guint32 flags)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	GError *error = NULL;
	gboolean good;

	g_ptr_array_add(ops, make_op(kind, uids, flags));
	good = opqueue_add(changes->queue, ops, &error);
	assert_done(good, error);
}

static void
assert_next(Changes *changes, const char *uids)
{
	OpBatch *batch = opqueue_take_next(changes->queue, BOX);
	g_autofree char *text = batch ? uidset_to_string(batch->uids) : NULL;

	g_assert_cmpstr(text, ==, uids);
	for (guint i = 0; batch && i < batch->ops->len; i++)
		opqueue_confirm(changes->queue, g_ptr_array_index(batch->ops, i));
	op_batch_free(batch);
}

/* ---- rules, one by one ---- */

static void
test_merge(Changes *changes, gconstpointer data)
{
	add(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	add(changes, STORE_OP_ADD_FLAGS, "2", FLAG_FLAGGED);
	add(changes, STORE_OP_ADD_FLAGS, "3,5", FLAG_SEEN);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 3);
	assert_next(changes, "1,3,5");
	assert_next(changes, "2");
	assert_next(changes, NULL);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

static void
test_last_word(Changes *changes, gconstpointer data)
{
	add(changes, STORE_OP_ADD_FLAGS, "1:3", FLAG_SEEN);
	add(changes, STORE_OP_REMOVE_FLAGS, "2", FLAG_SEEN);
	assert_next(changes, "1,3");
	assert_next(changes, "2");
	add(changes, STORE_OP_ADD_FLAGS, "4", FLAG_SEEN);
	add(changes, STORE_OP_REMOVE_FLAGS, "4", FLAG_SEEN);
	add(changes, STORE_OP_ADD_FLAGS, "4", FLAG_SEEN);
	assert_next(changes, "");
	assert_next(changes, "");
	assert_next(changes, "4");
}

/* Flags that are set behind a MOVE of other messages may be sent with those before it; those of a
 * message that goes away may not be overtaken by its going. */
static void
test_order(Changes *changes, gconstpointer data)
{
	add(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	add(changes, STORE_OP_MOVE, "1,2", 0);
	add(changes, STORE_OP_ADD_FLAGS, "3", FLAG_SEEN);
	add(changes, STORE_OP_MOVE, "3", 0);
	assert_next(changes, "1,3");
	assert_next(changes, "1:3");
	assert_next(changes, NULL);
}

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
stop_waiting(gpointer user)
{
	*(gboolean *)user = TRUE;
	return G_SOURCE_REMOVE;
}

/* The one copy that is unsure, after the time that a server is given. */
static StoreOp *
wait_for_unsure(Changes *changes)
{
	g_autoptr(GPtrArray) unsure = NULL;
	gboolean over = FALSE;
	guint deadline = g_timeout_add_seconds(10, stop_waiting, &over);

	while (!over && !(unsure = opqueue_unsure(changes->queue, NULL)))
		g_main_context_iteration(NULL, TRUE);
	g_assert_nonnull(unsure);
	g_source_remove(deadline);
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

	add(changes, STORE_OP_COPY, "1", 0);
	add(changes, STORE_OP_COPY, "1", 0);
	assert_next(changes, "1");
	assert_next(changes, "1");
	/* Taken, but not noted: it was not sent. */
	add(changes, STORE_OP_COPY, "2", 0);
	batch = opqueue_take_next(changes->queue, BOX);
	op_batch_free(batch);
	reopen(changes);
	assert_next(changes, "2");
}

/* What may have been done is not repeated before somebody has looked, also after a restart, and what
 * was asked for behind it waits. */
static void
test_unsure_copies(Changes *changes, gconstpointer data)
{
	add(changes, STORE_OP_COPY, "1,2", 0);
	send_copy(changes);
	reopen(changes);
	add(changes, STORE_OP_MOVE, "2", 0);
	add(changes, STORE_OP_ADD_FLAGS, "3", FLAG_SEEN);
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
	add(changes, STORE_OP_COPY, "1:3", 0);
	send_copy(changes);
	reopen(changes);
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

	add(changes, STORE_OP_COPY, "1,2", 0);
	send_copy(changes);
	reopen(changes);
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
	add(changes, STORE_OP_COPY, "1,2", 0);
	send_copy(changes);
	reopen(changes);
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

	add(changes, STORE_OP_MOVE, "1", 0);
	send_copy(changes);
	reopen(changes);
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

	add(changes, STORE_OP_MOVE, "1", 0);
	batch = opqueue_take_next(changes->queue, BOX);
	op = g_ptr_array_index(batch->ops, 0);
	op->step = OP_STEP_FLAGGING;
	opqueue_note(changes->queue, op);
	op_batch_free(batch);
	reopen(changes);
	add(changes, STORE_OP_MOVE, "2", 0);
	/* What is half done does not join what is not begun. */
	batch = opqueue_take_next(changes->queue, BOX);
	op = g_ptr_array_index(batch->ops, 0);
	g_assert_cmpuint(op->step, ==, OP_STEP_FLAGGING);
	g_assert_cmpuint(batch->ops->len, ==, 1);
	opqueue_confirm(changes->queue, op);
	op_batch_free(batch);
	assert_next(changes, "2");
}

static void
test_outdated(Changes *changes, gconstpointer data)
{
	OpBatch *batch;

	add(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	batch = opqueue_take_next(changes->queue, BOX);
	add(changes, STORE_OP_ADD_FLAGS, "2", FLAG_SEEN);
	g_assert_cmpuint(opqueue_drop_outdated(changes->queue, BOX, 7), ==, 0);
	/* What is on its way has its answer coming. */
	g_assert_cmpuint(opqueue_drop_outdated(changes->queue, BOX, 8), ==, 1);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 1);
	opqueue_confirm(changes->queue, g_ptr_array_index(batch->ops, 0));
	op_batch_free(batch);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
}

/* ---- what was done follows its messages ---- */

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
	StoreOp *inverse = make_op(STORE_OP_MOVE, "1", 0);
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

	add(changes, STORE_OP_ADD_FLAGS, "1,2", FLAG_SEEN);
	assert_next(changes, "1:2");
	add(changes, STORE_OP_MOVE, "2", 0);
	answer_move(changes, BOX, 2, 40);
	assert_last(changes, 0, "3 INBOX 7 2 > Archive 40");
	take_back_last(changes);
	/* Both are under way; what undoes the mark has to know the new name of its message. */
	group = opqueue_last_group(changes->queue);
	g_assert_true(opqueue_must_wait(
		changes->queue, ((const StoreOp *)g_ptr_array_index(group, 0))->group));
	answer_move(changes, "Archive", 40, 9);
	reopen(changes);
	assert_last(changes, 0, "1 INBOX 7 9 >  ");
	assert_last(changes, 1, "1 INBOX 7 1 >  ");
}

/* Moved and moved on: the first move is undone from where the second has brought the message. */
static void
test_moves_follow(Changes *changes, gconstpointer data)
{
	static const guint32 from = 40, to = 5;
	const OpMoved moved = {"Archive", "Trash", 70, 700, &from, &to, 1};

	add(changes, STORE_OP_MOVE, "2", 0);
	answer_move(changes, BOX, 2, 40);
	opqueue_follow(changes->queue, &moved);
	assert_last(changes, 0, "3 INBOX 7 2 > Trash 5");
}

/* Where they went is not known, and undo has to say so. */
static void
test_lost(Changes *changes, gconstpointer data)
{
	g_autoptr(UidSet) uids = uidset_new_range(2, 2);

	add(changes, STORE_OP_ADD_FLAGS, "1,2", FLAG_SEEN);
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
	add(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	assert_next(changes, "1");
	add(changes, STORE_OP_ADD_FLAGS, "2", FLAG_SEEN);
	group = opqueue_last_group(changes->queue);
	g_assert_cmpuint(group->len, ==, 1);
	last = ((StoreOp *)g_ptr_array_index(group, 0))->group;
	good = opqueue_forget_group(changes->queue, last, &error);
	assert_done(good, error);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
	reopen(changes);
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
		add(changes, STORE_OP_ADD_FLAGS, "1", i % 2 ? FLAG_SEEN : FLAG_FLAGGED);
		assert_next(changes, "1");
	}
	reopen(changes);
	for (;; in_journal++) {
		g_autoptr(GPtrArray) group = opqueue_last_group(changes->queue);

		if (!group)
			break;
		good = opqueue_forget_group(
			changes->queue, ((StoreOp *)g_ptr_array_index(group, 0))->group, &error);
		assert_done(good, error);
	}
	for (guint i = 0; i < 130; i++) {
		add(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
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

		g_ptr_array_add(ops, make_op(STORE_OP_ADD_FLAGS, uid, FLAG_SEEN));
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

typedef struct {
	StoreOpKind kind;
	guint32 uid, flags;
} Word;

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
		add(changes, STORE_OP_MOVE, uids, 0);
		for (guint32 uid = from; uid <= to; uid++)
			world->moved[uid] = TRUE;
		return;
	}
	add(changes, dice % 2 ? STORE_OP_ADD_FLAGS : STORE_OP_REMOVE_FLAGS, uids, flags);
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
	reopen(changes);
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

static void
test_refused(Changes *changes, gconstpointer data)
{
	g_autoptr(GPtrArray) pending = NULL;
	FlagSet server = {.bits = FLAG_FLAGGED};
	gboolean counted;
	OpBatch *batch;

	add(changes, STORE_OP_ADD_FLAGS, "1", FLAG_SEEN);
	add(changes, STORE_OP_REMOVE_FLAGS, "1", FLAG_FLAGGED);
	batch = opqueue_take_next(changes->queue, BOX);
	opqueue_refuse(changes->queue, g_ptr_array_index(batch->ops, 0));
	op_batch_free(batch);
	pending = opqueue_pending(changes->queue, BOX);
	{
		g_auto(FlagSet) shown = flags_fold(&server, 1, pending, &counted);

		g_assert_cmphex(shown.bits, ==, 0);
		g_assert_true(counted);
	}
	reopen(changes);
	assert_next(changes, "1");
	assert_next(changes, NULL);
}

/* ---- to another account ---- */

static StoreOp *
add_carried(Changes *changes, StoreOpKind kind, const char *uids)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	g_autoptr(GPtrArray) carried = NULL;
	StoreOp *op = make_op(kind, uids, 0);
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

	add(changes, STORE_OP_ADD_FLAGS, "2", FLAG_SEEN);
	op = add_carried(changes, STORE_OP_COPY, "1:3");
	add(changes, STORE_OP_EXPUNGE, "3", 0);
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
	reopen(changes);
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
	reopen(changes);
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
	StoreOp *inverse = make_op(STORE_OP_EXPUNGE, "41:43", 0);
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
	reopen(changes);
	g_assert_cmpuint(opqueue_count(changes->queue), ==, 0);
	home = opqueue_new(changes->core, 2, "home");
	pending = opqueue_pending(home, BOX);
	g_assert_cmpuint(pending->len, ==, 1);
	opqueue_free(home);
}

#define ADD(name, function) g_test_add(name, Changes, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/changes/merge", test_merge);
	ADD("/changes/last-word", test_last_word);
	ADD("/changes/order", test_order);
	ADD("/changes/copies", test_copies);
	ADD("/changes/unsure-copies", test_unsure_copies);
	ADD("/changes/slow-copies", test_slow_copies);
	ADD("/changes/undo-follows", test_undo_follows);
	ADD("/changes/moves-follow", test_moves_follow);
	ADD("/changes/lost", test_lost);
	ADD("/changes/copies-found", test_copies_found);
	ADD("/changes/copies-unknown", test_copies_unknown);
	ADD("/changes/moves-found", test_moves_found);
	ADD("/changes/move-in-steps", test_move_in_steps);
	ADD("/changes/outdated", test_outdated);
	ADD("/changes/undo-groups", test_undo_groups);
	ADD("/changes/kept", test_kept);
	ADD("/changes/many", test_many);
	ADD("/changes/refused", test_refused);
	ADD("/changes/interleavings", test_interleavings);
	ADD("/changes/carried-waits", test_carried_waits);
	ADD("/changes/carried-move", test_carried_move);
	ADD("/changes/carried-back", test_carried_back);
	return g_test_run();
}
