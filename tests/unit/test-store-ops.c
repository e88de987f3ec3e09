/* The journal: every field comes back after a reopening, numbers are never given twice, and a row
 * that makes no sense is counted and not believed. */
#include "base/err.h"
#include "store-fixture.h"
#include "store/ops.h"
#include "store/store-private.h"

#include <string.h>

static StoreOp *
make_op(const char *account, gint64 group)
{
	StoreOp *op = store_op_new();

	op->group = group;
	op->account = g_strdup(account);
	op->mailbox = g_strdup("INBOX");
	op->uidvalidity = 4294967295u;
	uidset_add_range(op->uids, 3, 9);
	uidset_add(op->uids, 4294967295u);
	op->kind = STORE_OP_ADD_FLAGS;
	flagset_add_name(&op->flags, "\\Seen", 5);
	flagset_add_name(&op->flags, "todo", 4);
	op->made_at = 1700000000;
	return op;
}

static StoreOp *
make_full_op(void)
{
	StoreOp *op = make_op("work", 1);

	g_free(op->mailbox);
	op->mailbox = g_strdup("Entw\xfcrfe \"x\" \xff"); /* no UTF-8 */
	op->kind = STORE_OP_MOVE;
	op->state = STORE_OP_DONE;
	op->to_mailbox = g_strdup("\xc3\x28");
	op->to_account = g_strdup("home");
	op->to_uidnext = 4294967290u;
	op->to_uidvalidity = 12;
	op->from_uids_done = uidset_new_range(3, 5);
	op->to_uids_done = uidset_new_range(100, 102);
	op->step = 2;
	op->is_undo = TRUE;
	op->undo_wanted = TRUE;
	op->unsure = TRUE;
	op->in_doubt = TRUE;
	return op;
}

static void
assert_sets_equal(const UidSet *a, const UidSet *b)
{
	g_assert_cmpint(!a, ==, !b);
	if (a)
		g_assert_true(uidset_equal(a, b));
}

static void
assert_equal(const StoreOp *a, const StoreOp *b)
{
	g_assert_cmpint(a->id, ==, b->id);
	g_assert_cmpint(a->group, ==, b->group);
	g_assert_cmpstr(a->account, ==, b->account);
	g_assert_cmpstr(a->to_account, ==, b->to_account);
	g_assert_cmpstr(a->mailbox, ==, b->mailbox);
	g_assert_cmpuint(a->uidvalidity, ==, b->uidvalidity);
	assert_sets_equal(a->uids, b->uids);
	g_assert_cmpint(a->kind, ==, b->kind);
	g_assert_cmpint(a->state, ==, b->state);
	g_assert_true(flagset_equal(&a->flags, &b->flags));
	g_assert_cmpstr(a->to_mailbox, ==, b->to_mailbox);
	g_assert_cmpuint(a->to_uidnext, ==, b->to_uidnext);
	g_assert_cmpuint(a->to_uidvalidity, ==, b->to_uidvalidity);
	assert_sets_equal(a->from_uids_done, b->from_uids_done);
	assert_sets_equal(a->to_uids_done, b->to_uids_done);
	g_assert_cmpuint(a->step, ==, b->step);
	g_assert_cmpint(a->is_undo, ==, b->is_undo);
	g_assert_cmpint(a->undo_wanted, ==, b->undo_wanted);
	g_assert_cmpint(a->unsure, ==, b->unsure);
	g_assert_cmpint(a->in_doubt, ==, b->in_doubt);
	g_assert_cmpint(a->made_at, ==, b->made_at);
}

static void
put(Fixture *fixture, StoreOp *op)
{
	GError *error = NULL;
	gboolean done = store_op_put(fixture->store, op, &error);

	assert_done(done, error);
}

static GPtrArray *
load(Fixture *fixture, const char *account)
{
	guint damaged = 99;
	GError *error = NULL;
	gboolean done = store_ops_adopt(fixture->store, account, TRUE, NULL, &error);
	GPtrArray *ops = store_ops_load(fixture->store, account, &damaged);

	assert_done(done, error);
	g_assert_cmpuint(damaged, ==, 0);
	return ops;
}

static void
test_round_trip(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) simple = make_op("work", 1), full = make_full_op();
	g_autoptr(StoreOp) other = make_op("home", 2), copy = NULL;
	g_autoptr(GPtrArray) ops = NULL;

	put(fixture, simple);
	put(fixture, full);
	put(fixture, other);
	g_assert_cmpint(simple->id, >, 0);
	g_assert_cmpint(full->id, >, simple->id);
	g_assert_true(store_has_changes(fixture->store));
	fixture_commit(fixture);
	fixture_reopen(fixture);
	g_assert_null(store_mended(fixture->store));

	ops = load(fixture, "work");
	g_assert_cmpuint(ops->len, ==, 2);
	assert_equal(ops->pdata[0], simple);
	assert_equal(ops->pdata[1], full);
	copy = store_op_copy(full);
	assert_equal(copy, full);
}

static void
test_update_remove(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) first = make_op("work", 1), second = make_op("work", 1);
	g_autoptr(GPtrArray) ops = NULL, rest = NULL;
	GError *error = NULL;
	gboolean done;

	put(fixture, first);
	put(fixture, second);
	first->state = STORE_OP_SENT;
	uidset_remove(first->uids, 4);
	put(fixture, first);
	ops = load(fixture, "work");
	g_assert_cmpuint(ops->len, ==, 2);
	assert_equal(ops->pdata[0], first);

	done = store_op_remove(fixture->store, first->id, &error);
	assert_done(done, error);
	fixture_reopen(fixture);
	rest = load(fixture, "work");
	g_assert_cmpuint(rest->len, ==, 1);
	assert_equal(rest->pdata[0], second);
}

static void
test_numbers_never_again(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) op = make_op("work", store_op_new_group(fixture->store));
	gint64 group = op->group;
	GError *error = NULL;
	gboolean done;

	put(fixture, op);
	g_assert_cmpint(store_op_new_group(fixture->store), >, group);
	done = store_op_remove(fixture->store, op->id, &error);
	assert_done(done, error);
	fixture_reopen(fixture);
	g_assert_cmpint(store_op_new_group(fixture->store), >, op->id);
}

static void
put_done(Fixture *fixture, gint64 group, StoreOpState state)
{
	g_autoptr(StoreOp) op = make_op("work", group);

	op->state = state;
	put(fixture, op);
}

static void
test_trim(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) ops = NULL;
	GError *error = NULL;
	gboolean done;

	put_done(fixture, 1, STORE_OP_DONE);
	put_done(fixture, 2, STORE_OP_WAITING);
	put_done(fixture, 3, STORE_OP_DONE);
	put_done(fixture, 3, STORE_OP_DONE);
	put_done(fixture, 4, STORE_OP_DONE);
	put_done(fixture, 5, STORE_OP_SENT);
	done = store_ops_trim(fixture->store, 2, &error);
	assert_done(done, error);
	ops = load(fixture, "work");
	g_assert_cmpuint(ops->len, ==, 5);
	g_assert_cmpint(((StoreOp *)ops->pdata[0])->group, ==, 2);
	g_assert_cmpint(((StoreOp *)ops->pdata[1])->group, ==, 3);
	g_clear_pointer(&ops, g_ptr_array_unref);

	done = store_ops_trim(fixture->store, 0, &error);
	assert_done(done, error);
	ops = load(fixture, "work");
	g_assert_cmpuint(ops->len, ==, 2);
}

static void
test_damaged_rows(Fixture *fixture, gconstpointer data)
{
	static const char *const damages[] = {
		"UPDATE op SET uids = '3,x' WHERE id = %d",
		"UPDATE op SET uids = '' WHERE id = %d",
		"UPDATE op SET kind = 99 WHERE id = %d",
		"UPDATE op SET state = 0 WHERE id = %d",
		"UPDATE op SET kind = 3, to_mailbox = NULL WHERE id = %d",
		"UPDATE op SET from_uids_done = '1', to_uids_done = NULL WHERE id = %d",
		"UPDATE op SET from_uids_done = '0', to_uids_done = '1' WHERE id = %d",
		/* What the sum alone tells. */
		"UPDATE op SET uids = '3:8', sum = '0' WHERE id = %d",
	};
	g_autoptr(StoreOp) sound = make_op("work", 1);
	g_autoptr(GPtrArray) ops = NULL;
	guint damaged = 0;

	for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autoptr(StoreOp) op = make_op("work", 1);
		g_autoptr(GString) sql = g_string_new(damages[i]);
		g_autofree char *id = NULL;

		put(fixture, op);
		id = g_strdup_printf("%d", (int)op->id);
		if (!strstr(sql->str, "sum ="))
			g_string_replace(sql, " WHERE", ", sum = NULL WHERE", 1);
		g_string_replace(sql, "%d", id, 1);
		g_assert_cmpint(
			sqlite3_exec(fixture->store->state->sqlite, sql->str, NULL, NULL, NULL), ==,
			SQLITE_OK);
	}
	put(fixture, sound);
	ops = store_ops_load(fixture->store, "work", &damaged);
	g_assert_cmpuint(damaged, ==, G_N_ELEMENTS(damages));
	g_assert_cmpuint(ops->len, ==, 1);
	assert_equal(ops->pdata[0], sound);
}

static void
test_refused(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) op = make_op("work", 1);
	g_autoptr(GError) error = NULL;

	uidset_clear(op->uids);
	g_assert_false(store_op_put(fixture->store, op, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_INPUT);
	g_clear_error(&error);

	for (guint uid = 1; uid < 200010; uid += 2)
		uidset_add(op->uids, uid);
	g_assert_false(store_op_put(fixture->store, op, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_LIMIT);
	g_assert_cmpint(op->id, ==, 0);
	g_assert_false(store_has_changes(fixture->store));
}

#define ADD(name, function) \
	g_test_add("/store/ops/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("round-trip", test_round_trip);
	ADD("update-remove", test_update_remove);
	ADD("numbers-never-again", test_numbers_never_again);
	ADD("trim", test_trim);
	ADD("damaged-rows", test_damaged_rows);
	ADD("refused", test_refused);
	return g_test_run();
}
