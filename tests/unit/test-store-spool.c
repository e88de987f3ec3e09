/* Messages on their way: files that the journal names stay as they were written, others go; what the
 * journal says of each comes back after a reopening, and goes with its op. */
#include "base/err.h"
#include "store-fixture.h"
#include "store/ops.h"
#include "store/parcels.h"
#include "store/spool.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static char *
spool_path(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->state_dir, "spool", name, NULL);
}

/* The caller's. */
static char *
write_file(Fixture *fixture, const char *text)
{
	GError *error = NULL;
	g_autoptr(SpoolFile) file = spool_file_new(fixture->store, &error);
	gboolean done, synced = TRUE;

	g_assert_no_error(error);
	/* The octets and the name are two steps. */
	done = spool_file_write(file, text, strlen(text), &error) &&
	       spool_file_sync(file, &synced, &error);
	assert_done(done, error);
	g_assert_false(synced);
	done = spool_file_sync(file, &synced, &error);
	assert_done(done, error);
	g_assert_true(synced);
	g_assert_cmpuint(spool_file_size(file), ==, strlen(text));
	return g_strdup(spool_file_name(file));
}

static gint64
put_op(Fixture *fixture)
{
	GError *error = NULL;
	g_autoptr(StoreOp) op = store_op_new();
	gboolean done;

	op->account = g_strdup("work");
	op->mailbox = g_strdup("INBOX");
	op->kind = STORE_OP_MOVE;
	op->to_account = g_strdup("home");
	op->to_mailbox = g_strdup("Archive");
	uidset_add_range(op->uids, 1, 9);
	done = store_op_put(fixture->store, op, &error);
	assert_done(done, error);
	return op->id;
}

static void
put_parcel(Fixture *fixture, gint64 op, guint32 uid, const char *spool)
{
	GError *error = NULL;
	g_auto(StoreParcel) parcel = {.op = op,
		.uid = uid,
		.state = STORE_PARCEL_SENT,
		.spool = g_strdup(spool),
		.size = 5000000000,
		.date = -3,
		.flags = flagset_parse("\\Seen todo"),
		.identity = g_strdup("<a@\xff>")};
	gboolean done = store_parcel_put(fixture->store, &parcel, &error);

	assert_done(done, error);
}

static void
test_files(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;
	g_autofree char *name = write_file(fixture, "one\r\n");
	g_autofree char *empty = write_file(fixture, "");
	g_autofree char *path = spool_path(fixture, name);
	g_autoptr(GBytes) bytes = store_spool_map(fixture->store, name, 5, &error);
	g_autoptr(GBytes) nothing = store_spool_map(fixture->store, empty, 0, &error);
	struct stat info;

	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "one\r\n", 5);
	g_assert_cmpuint(g_bytes_get_size(nothing), ==, 0);
	g_assert_cmpint(stat(path, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
	/* Cut short, or led elsewhere. */
	g_assert_null(store_spool_map(fixture->store, name, 6, NULL));
	g_assert_null(store_spool_map(fixture->store, "../state.db", 5, NULL));
	store_spool_remove(fixture->store, "../state.db");
	store_spool_remove(fixture->store, name);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
test_orphans(Fixture *fixture, gconstpointer data)
{
	g_autofree char *wanted = write_file(fixture, "wanted");
	g_autofree char *orphan = write_file(fixture, "orphan");
	g_autofree char *wanted_path = spool_path(fixture, wanted);
	g_autofree char *orphan_path = spool_path(fixture, orphan);
	Store *second;

	put_parcel(fixture, put_op(fixture), 3, wanted);
	fixture_commit(fixture);
	/* While their maker lives they are its own business. */
	second = store_open(fixture->state_dir, fixture->cache_dir, NULL, NULL);
	g_assert_nonnull(second);
	store_free(second);
	g_assert_true(g_file_test(orphan_path, G_FILE_TEST_EXISTS));
	fixture_reopen(fixture);
	g_assert_true(g_file_test(wanted_path, G_FILE_TEST_EXISTS));
	g_assert_false(g_file_test(orphan_path, G_FILE_TEST_EXISTS));
}

static void
test_parcels(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;
	gint64 op = put_op(fixture);
	g_autoptr(GArray) parcels = NULL;
	g_autoptr(GArray) none = NULL;
	const StoreParcel *parcel;
	g_autofree char *flags = NULL;
	gboolean done;

	put_parcel(fixture, op, 3, "1-1");
	put_parcel(fixture, op, 4, "1-2");
	done = store_parcel_remove(fixture->store, op, 4, &error);
	assert_done(done, error);
	fixture_reopen(fixture);
	done = store_ops_adopt(fixture->store, "work", FALSE, NULL, &error);
	assert_done(done, error);
	parcels = store_parcels_load(fixture->store, op);
	g_assert_cmpuint(parcels->len, ==, 1);
	parcel = &g_array_index(parcels, StoreParcel, 0);
	flags = flagset_to_string(&parcel->flags);
	g_assert_cmpint(parcel->op, ==, op);
	g_assert_cmpuint(parcel->uid, ==, 3);
	g_assert_cmpint(parcel->state, ==, STORE_PARCEL_SENT);
	g_assert_cmpstr(parcel->spool, ==, "1-1");
	g_assert_cmpuint(parcel->size, ==, 5000000000);
	g_assert_cmpint(parcel->date, ==, -3);
	g_assert_cmpstr(flags, ==, "\\Seen todo");
	g_assert_cmpstr(parcel->identity, ==, "<a@\xff>");
	done = store_op_remove(fixture->store, op, &error);
	assert_done(done, error);
	none = store_parcels_load(fixture->store, op);
	g_assert_cmpuint(none->len, ==, 0);
}

#define ADD(name, function) \
	g_test_add("/store/spool/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("files", test_files);
	ADD("orphans", test_orphans);
	ADD("parcels", test_parcels);
	return g_test_run();
}
