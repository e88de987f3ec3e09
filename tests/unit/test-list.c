/* Rows of a list over positions of a map, some of them hidden; what is told of it against what it
 * shows. */
#include "core/hidden.h"
#include "core/msglist.h"
#include "core/opqueue-send.h"
#include "store-fixture.h"

#include <string.h>

#define BOX    "INBOX"
#define FOLDER 1

/* ---- hidden ---- */

static void
test_hidden(void)
{
	for (guint round = 0; round < 300; round++) {
		guint32 count = (guint32)g_test_rand_int_range(0, 40);
		g_autoptr(SeqMap) map = seqmap_new(count);
		Hidden hidden;
		guint row = 0;

		hidden_init(&hidden);
		for (guint32 at = 1; at <= count; at++) {
			if (g_test_rand_int_range(0, 4))
				g_assert_true(seqmap_learn(map, at, 10 * at));
			if (!g_test_rand_int_range(0, 3))
				uidset_add(hidden.uids, 10 * at);
		}
		uidset_add(hidden.uids, 5); /* one that is not in the map */
		hidden.stale = TRUE;
		for (guint32 at = count; at > 0; at--) {
			guint32 uid = seqmap_uid(map, at);
			guint found;

			if (uid && uidset_contains(hidden.uids, uid)) {
				g_assert_false(hidden_row(&hidden, map, at, &found));
				continue;
			}
			g_assert_true(hidden_row(&hidden, map, at, &found));
			g_assert_cmpuint(found, ==, row);
			g_assert_cmpuint(hidden_position(&hidden, map, row), ==, at);
			row++;
		}
		g_assert_cmpuint(hidden_row_count(&hidden, map), ==, row);
		g_assert_false(hidden_row(&hidden, map, 0, &row));
		g_assert_false(hidden_row(&hidden, map, count + 1, &row));
		hidden_clear(&hidden);
	}
}

/* ---- a list with a screen that believes what it is told ---- */

typedef struct {
	guint32 uid, flags;
	gboolean read; /* since the last event about it */
} Seen;

typedef struct {
	Fixture store;
	Core *core;
	OpQueue *queue;
	EngineList *list;
	GArray *screen; /* Seen */
	guint32 next_uid;
} Screen;

static void
on_event(gconstpointer data, gpointer user)
{
	const EngineEvent *event = data;
	Screen *screen = user;

	if (event->kind == ENGINE_LIST_RESET) {
		g_array_set_size(screen->screen, 0);
		g_array_set_size(screen->screen, engine_list_count(screen->list));
	} else if (event->kind == ENGINE_LIST_SPLICED) {
		Seen unread = {0};

		g_assert_cmpuint(event->position + event->removed, <=, screen->screen->len);
		if (event->removed)
			g_array_remove_range(screen->screen, event->position, event->removed);
		for (guint i = 0; i < event->added; i++)
			g_array_insert_val(screen->screen, event->position, unread);
	} else if (event->kind == ENGINE_LIST_ROWS) {
		for (guint i = 0; i < event->added; i++)
			g_array_index(screen->screen, Seen, event->position + i).read = FALSE;
	}
}

/* Reads what it was told to read, and compares what it was not. */
static void
look(Screen *screen)
{
	core_end_turn(screen->core);
	g_assert_cmpuint(screen->screen->len, ==, engine_list_count(screen->list));
	for (guint i = 0; i < screen->screen->len; i++) {
		Seen *seen = &g_array_index(screen->screen, Seen, i);
		EngineRow row;

		g_assert_true(engine_list_row(screen->list, i, &row));
		if (seen->read) {
			g_assert_cmpuint(row.uid, ==, seen->uid);
			g_assert_cmphex(row.flags, ==, seen->flags);
		}
		*seen = (Seen){row.uid, row.flags, TRUE};
	}
	{
		EngineRow row;

		g_assert_false(engine_list_row(screen->list, screen->screen->len, &row));
	}
}

static void
ignore(gpointer user)
{
}

static void
ignore_uid(guint32 uid, gpointer user)
{
}

static void
set_up(Screen *screen, gconstpointer data)
{
	static const MsglistOwner owner = {ignore, ignore_uid, ignore};

	fixture_set_up(&screen->store, NULL);
	screen->core = core_new(NULL, g_steal_pointer(&screen->store.store));
	screen->queue = opqueue_new(screen->core, 1, "work");
	screen->list =
		msglist_new(screen->core, 1, FOLDER, BOX, screen->queue, FALSE, &owner, screen);
	screen->screen = g_array_new(FALSE, TRUE, sizeof(Seen));
	screen->next_uid = 1;
	hub_listen(screen->core->hub, on_event, screen);
	look(screen);
}

static void
tear_down(Screen *screen, gconstpointer data)
{
	g_array_unref(screen->screen);
	msglist_free(screen->list);
	opqueue_free(screen->queue);
	core_free(screen->core);
	fixture_tear_down(&screen->store, NULL);
}

static void
put_row(Screen *screen, guint32 uid, guint32 flags)
{
	g_autoptr(StoreMessage) message = store_message_new();
	GError *error = NULL;
	gboolean good;

	message->folder = FOLDER;
	message->uid = uid;
	message->flags.bits = flags;
	good = store_message_put(screen->core->store, message, &error);
	assert_done(good, error);
}

static void
change(Screen *screen, StoreOpKind kind, const UidSet *uids)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	StoreOp *op = store_op_new();
	GError *error = NULL;
	gboolean good;

	op->account = g_strdup("work");
	op->mailbox = g_strdup(BOX);
	op->uidvalidity = 1;
	op->kind = kind;
	uidset_free(op->uids);
	op->uids = uidset_copy(uids);
	op->flags.bits = kind == STORE_OP_MOVE ? 0 : FLAG_SEEN;
	if (kind == STORE_OP_MOVE)
		op->to_mailbox = g_strdup("Archive");
	g_ptr_array_add(ops, op);
	good = opqueue_add(screen->queue, ops, &error);
	assert_done(good, error);
	msglist_ops_changed(screen->list, uids);
}

/* The server answers the first change that waits. */
static void
answer(Screen *screen)
{
	OpBatch *batch = opqueue_take_next(screen->queue, BOX);
	g_autoptr(UidSet) uids = NULL;
	gboolean gone, refused = !g_test_rand_int_range(0, 3);

	if (!batch)
		return;
	uids = uidset_copy(batch->uids);
	gone = ((StoreOp *)g_ptr_array_index(batch->ops, 0))->kind == STORE_OP_MOVE;
	for (guint i = 0; i < batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(batch->ops, i);

		uidset_add_set(uids, op->uids);
		if (refused)
			opqueue_refuse(screen->queue, op);
		else
			opqueue_confirm(screen->queue, op);
	}
	op_batch_free(batch);
	if (gone && !refused)
		msglist_gone(screen->list, uids);
	msglist_ops_changed(screen->list, uids);
}

static UidSet *
random_uids(Screen *screen)
{
	guint32 first = (guint32)g_test_rand_int_range(1, (gint32)screen->next_uid + 1);
	guint32 n = (guint32)g_test_rand_int_range(0, g_test_rand_int_range(0, 10) ? 3 : 80);

	return uidset_new_range(first, first + n);
}

static void
step(Screen *screen)
{
	guint32 count = seqmap_count(msglist_map(screen->list));
	g_autoptr(UidSet) uids = random_uids(screen);
	guint32 at = count ? (guint32)g_test_rand_int_range(1, (gint32)count + 1) : 0;
	gint32 dice = g_test_rand_int_range(0, 100);

	if (dice < 15) {
		msglist_grow(screen->list, count + (guint32)g_test_rand_int_range(0, 8));
	} else if (dice < 45 && at) {
		/* As the server tells them: the UID of a position rises with it. */
		guint32 uid = seqmap_uid(msglist_map(screen->list), at);

		if (!uid && at == count)
			uid = screen->next_uid++;
		if (!uid)
			return;
		put_row(screen, uid, (guint32)g_test_rand_int_range(0, 2));
		msglist_learn(screen->list, at, uid);
		msglist_refresh(screen->list, uid);
	} else if (dice < 60 && at) {
		msglist_expunge(screen->list, at);
	} else if (dice < 65) {
		msglist_vanish(screen->list, uids);
	} else if (dice < 75) {
		change(screen, STORE_OP_MOVE, uids);
	} else if (dice < 82) {
		change(screen, g_test_rand_bit() ? STORE_OP_ADD_FLAGS : STORE_OP_REMOVE_FLAGS,
			uids);
	} else if (dice < 92) {
		answer(screen);
	} else if (dice < 94) {
		/* A server that contradicts itself. */
		msglist_learn(screen->list, at, screen->next_uid);
		put_row(screen, screen->next_uid, 0);
		msglist_refresh(screen->list, screen->next_uid++);
	} else if (dice < 95) {
		msglist_grow(screen->list, count / 2);
	} else if (dice < 96) {
		msglist_set_map(screen->list, seqmap_copy(msglist_map(screen->list)), TRUE);
	} else {
		look(screen);
	}
}

static void
test_model(Screen *screen, gconstpointer data)
{
	for (guint i = 0; i < 4000; i++)
		step(screen);
	look(screen);
}

/* ---- single things ---- */

static void
fill(Screen *screen, guint32 count)
{
	SeqMap *map = seqmap_new(count);

	for (guint32 at = 1; at <= count; at++)
		g_assert_true(seqmap_learn(map, at, at));
	msglist_set_map(screen->list, map, TRUE);
	screen->next_uid = count + 1;
	look(screen);
}

static void
test_find(Screen *screen, gconstpointer data)
{
	g_autoptr(UidSet) five = uidset_new_range(5, 5);
	guint32 first, last;
	guint position = 99;

	fill(screen, 10);
	g_assert_true(engine_list_find(screen->list, 5, &position));
	g_assert_cmpuint(position, ==, 5);
	g_assert_false(engine_list_find(screen->list, 0, &position));
	change(screen, STORE_OP_MOVE, five);
	g_assert_false(engine_list_find(screen->list, 5, &position));
	g_assert_true(engine_list_find(screen->list, 4, &position));
	g_assert_cmpuint(position, ==, 5);
	engine_list_set_view(screen->list, 4, 2);
	g_assert_true(msglist_wanted(screen->list, 0, &first, &last));
	g_assert_cmpuint(first, ==, 4);
	g_assert_cmpuint(last, ==, 6);
	g_assert_true(msglist_wanted(screen->list, 100, &first, &last));
	g_assert_cmpuint(first, ==, 1);
	g_assert_cmpuint(last, ==, 10);
	engine_list_set_view(screen->list, 50, 2);
	g_assert_false(msglist_wanted(screen->list, 0, &first, &last));
}

static void
test_next_unread(Screen *screen, gconstpointer data)
{
	guint position = 0;

	fill(screen, 10);
	for (guint32 uid = 1; uid <= 10; uid++)
		put_row(screen, uid, uid == 3 ? 0 : FLAG_SEEN);
	g_assert_true(engine_list_next_unread(screen->list, 0, &position));
	g_assert_cmpuint(position, ==, 7);
	g_assert_false(engine_list_next_unread(screen->list, 8, &position));
}

/* The server takes away, one by one, 10,000 messages that were hidden at once. */
static void
test_many_hidden(Screen *screen, gconstpointer data)
{
	g_autoptr(UidSet) uids = uidset_new();
	gint64 begun;

	fill(screen, 100000);
	for (guint32 uid = 2; uid <= 20000; uid += 2)
		uidset_add(uids, uid);
	change(screen, STORE_OP_MOVE, uids);
	look(screen);
	begun = g_get_monotonic_time();
	for (guint32 uid = 20000; uid >= 2; uid -= 2)
		msglist_expunge(screen->list, seqmap_position(msglist_map(screen->list), uid));
	g_test_message("%.3f s", (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC);
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 10 * G_TIME_SPAN_SECOND);
	g_assert_cmpuint(engine_list_count(screen->list), ==, 90000);
}

#define ADD(name, function) g_test_add(name, Screen, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/list/hidden", test_hidden);
	ADD("/list/find", test_find);
	ADD("/list/next-unread", test_next_unread);
	ADD("/list/many-hidden", test_many_hidden);
	ADD("/list/model", test_model);
	return g_test_run();
}
