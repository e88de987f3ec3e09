/* A damaged journal: whatever happens to its file, the program starts, says so, keeps each change that is whole
 * and takes none that was not there. */
#include "base/err.h"
#include "store-fixture.h"
#include "store/ops.h"
#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE   4096
#define OPS    60
#define ROUNDS 40 /* of random damage; "-m slow": ten times as many */

/* A journal as bytes, and what is in it. */
typedef struct {
	char *db, *wal;
	gsize db_len, wal_len;
	GHashTable *ops;  /* id -> what it says */
	GHashTable *ever; /* what any has ever said */
} Journal;

/* ---- ops ---- */

static char *
uids_text(const UidSet *uids)
{
	return uids ? uidset_to_string(uids) : g_strdup("-");
}

static char *
describe(const StoreOp *op)
{
	g_autofree char *uids = uids_text(op->uids), *from = uids_text(op->from_uids_done);
	g_autofree char *to = uids_text(op->to_uids_done), *flags = flagset_to_string(&op->flags);

	return g_strdup_printf("%" G_GINT64_FORMAT
			       " %s %s %u %d %d [%s] %s %u %u %u %d %d %" G_GINT64_FORMAT
			       " %s %s %s",
		op->group, op->account, op->mailbox, op->uidvalidity, op->kind, op->state, flags,
		op->to_mailbox, op->to_uidnext, op->to_uidvalidity, op->step, op->is_undo,
		op->undo_wanted, op->made_at, uids, from, to);
}

/* Some of a few octets, some of several pages. */
static StoreOp *
make_op(guint n)
{
	StoreOp *op = store_op_new();

	op->group = n;
	op->account = g_strdup("work");
	op->mailbox = g_strdup_printf("Folder \xff %u", n % 7);
	op->uidvalidity = 4000000000u + n;
	op->kind = n % 3 ? STORE_OP_MOVE : STORE_OP_ADD_FLAGS;
	op->state = n % 4 ? STORE_OP_WAITING : STORE_OP_DONE;
	if (op->kind == STORE_OP_MOVE)
		op->to_mailbox = g_strdup("Archive");
	else
		flagset_add_name(&op->flags, "\\Seen", 5);
	for (guint uid = 1; uid < (n % 10 ? 60 : 4000); uid += 2)
		uidset_add(op->uids, n * 10000 + uid);
	op->made_at = 1700000000 + n;
	return op;
}

static void
put(Store *store, StoreOp *op)
{
	GError *error = NULL;
	gboolean done = store_op_put(store, op, &error);

	assert_done(done, error);
}

/* Half of what is made is removed again, or put a second time. */
static void
make_ops(Fixture *fixture, Journal *journal)
{
	for (guint n = 1; n <= 2 * OPS; n++) {
		g_autoptr(StoreOp) op = make_op(n);
		GError *error = NULL;
		gboolean done = TRUE;

		put(fixture->store, op);
		g_hash_table_add(journal->ever, describe(op));
		if (n % 5 == 0)
			fixture_commit(fixture);
		if (n % 2)
			done = store_op_remove(fixture->store, op->id, &error);
		else if (n % 3 == 0)
			op->step = 2;
		assert_done(done, error);
		if (n % 2)
			continue;
		put(fixture->store, op);
		g_hash_table_insert(journal->ops, GINT_TO_POINTER((gint)op->id), describe(op));
		g_hash_table_add(journal->ever, describe(op));
	}
	fixture_commit(fixture);
}

/* ---- files ---- */

static char *
state_file(const Fixture *fixture, const char *suffix)
{
	return g_strconcat(fixture->state_dir, "/state.db", suffix, NULL);
}

static void
read_files(const Fixture *fixture, Journal *journal)
{
	g_autofree char *db = state_file(fixture, ""), *wal = state_file(fixture, "-wal");

	g_assert_true(g_file_get_contents(db, &journal->db, &journal->db_len, NULL));
	if (!g_file_get_contents(wal, &journal->wal, &journal->wal_len, NULL))
		journal->wal_len = 0;
}

static void
write_file(const char *file, const char *data, gsize len)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, data, len), ==, (gssize)len);
	close(fd);
}

/* The program does not run; its files are those of JOURNAL. */
static void
place(Fixture *fixture, const Journal *journal)
{
	g_autofree char *db = state_file(fixture, ""), *wal = state_file(fixture, "-wal");

	g_clear_pointer(&fixture->store, store_free);
	fixture_remove_tree(fixture->state_dir);
	g_assert_cmpint(g_mkdir(fixture->state_dir, 0700), ==, 0);
	write_file(db, journal->db, journal->db_len);
	if (journal->wal_len)
		write_file(wal, journal->wal, journal->wal_len);
}

/* KILLED: while the newest changes are in the WAL alone. */
static Journal *
journal_new(Fixture *fixture, gboolean killed)
{
	Journal *journal = g_new0(Journal, 1);

	journal->ops = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	journal->ever = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	make_ops(fixture, journal);
	if (!killed)
		g_clear_pointer(&fixture->store, store_free);
	read_files(fixture, journal);
	g_assert_cmpint(journal->wal_len > 0, ==, killed);
	place(fixture, journal);
	return journal;
}

static void
journal_free(Journal *journal)
{
	g_free(journal->db);
	g_free(journal->wal);
	g_hash_table_unref(journal->ops);
	g_hash_table_unref(journal->ever);
	g_free(journal);
}

static Journal *
journal_copy(const Journal *journal)
{
	Journal *copy = g_memdup2(journal, sizeof *journal);

	copy->db = g_memdup2(journal->db, journal->db_len);
	copy->wal = g_memdup2(journal->wal, journal->wal_len);
	g_hash_table_ref(copy->ops);
	g_hash_table_ref(copy->ever);
	return copy;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* ---- what is found ---- */

static void
start(Fixture *fixture)
{
	GError *error = NULL;

	fixture->store = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(fixture->store);
}

/* The ids of what is there, each of which must be as it was; EVER: at any time. */
static UidSet *
found_ever(Fixture *fixture, const Journal *journal, gboolean ever)
{
	UidSet *ids = uidset_new();
	GError *error = NULL;
	gboolean done = store_ops_adopt(fixture->store, "work", TRUE, NULL, &error);
	guint damaged = 99;
	g_autoptr(GPtrArray) ops = NULL;

	assert_done(done, error);
	ops = store_ops_load(fixture->store, "work", &damaged);
	g_assert_cmpuint(damaged, ==, 0);
	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);
		g_autofree char *text = describe(op);

		if (ever)
			g_assert_true(g_hash_table_contains(journal->ever, text));
		else
			g_assert_cmpstr(
				g_hash_table_lookup(journal->ops, GINT_TO_POINTER((gint)op->id)),
				==, text);
		uidset_add(ids, (guint32)op->id);
	}
	return ids;
}

static UidSet *
found(Fixture *fixture, const Journal *journal)
{
	return found_ever(fixture, journal, FALSE);
}

static void
assert_found_all(Fixture *fixture, const Journal *journal)
{
	g_autoptr(UidSet) ids = found(fixture, journal);

	g_assert_cmpuint(uidset_count(ids), ==, g_hash_table_size(journal->ops));
}

/* The set-aside file that the text names is what the journal was. */
static void
assert_aside(Fixture *fixture, const Journal *journal)
{
	const char *text = store_mended(fixture->store), *name;
	g_autofree char *file = NULL, *data = NULL;
	gsize len;

	g_assert_nonnull(text);
	name = strstr(text, fixture->state_dir);
	g_assert_nonnull(name);
	file = g_strndup(name, strlen(name) - 1); /* the full stop */
	g_assert_true(g_file_get_contents(file, &data, &len, NULL));
	g_assert_cmpmem(data, len, journal->db, journal->db_len);
}

static void
assert_text_says(Fixture *fixture, const char *part)
{
	if (!strstr(store_mended(fixture->store), part))
		g_error("\"%s\" does not say \"%s\"", store_mended(fixture->store), part);
}

static void
assert_can_write(Fixture *fixture, const Journal *journal)
{
	g_autoptr(StoreOp) op = make_op(1);

	put(fixture->store, op);
	g_assert_false(g_hash_table_contains(journal->ops, GINT_TO_POINTER((gint)op->id)));
	fixture_commit(fixture);
	fixture_reopen(fixture);
	g_assert_null(store_mended(fixture->store));
}

/* ---- damage that is told in advance ---- */

static void
test_sound(Fixture *fixture, gconstpointer killed)
{
	g_autoptr(Journal) journal = journal_new(fixture, killed != NULL);

	start(fixture);
	g_assert_null(store_mended(fixture->store));
	assert_found_all(fixture, journal);
}

/* Whatever stands in the first 100 octets, the schema included. */
static void
test_header(Fixture *fixture, gconstpointer killed)
{
	g_autoptr(Journal) journal = journal_new(fixture, killed != NULL);

	memset(journal->db, '?', PAGE);
	if (killed) /* and in the WAL */
		memset(journal->wal + 32 + 24, '?', PAGE);
	place(fixture, journal);
	start(fixture);
	assert_aside(fixture, journal);
	assert_text_says(fixture, "damaged: 60 were saved, 30 of them still to be sent; ");
	assert_found_all(fixture, journal);
	assert_can_write(fixture, journal);
}

static void
test_no_database(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);

	memset(journal->db, 0, journal->db_len);
	place(fixture, journal);
	start(fixture);
	assert_aside(fixture, journal);
	assert_text_says(
		fixture, "damaged: 0 were saved, 0 of them still to be sent; others may be lost.");
	assert_can_write(fixture, journal);
}

/* A change is in one leaf and, when it is a long one, in pages that are its own. So over all pages each short
 * one is missed once. */
static void
test_each_page(Fixture *fixture, gconstpointer zeros)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	g_autofree guint *missed = g_new0(guint, 4 * OPS + 100);
	guint free_pages = 0;

	for (gsize at = 0; at < journal->db_len; at += PAGE) {
		g_autoptr(Journal) damaged = journal_copy(journal);
		g_autoptr(UidSet) ids = NULL;
		guint lost;

		memset(damaged->db + at, zeros ? 0 : '?', PAGE);
		place(fixture, damaged);
		start(fixture);
		/* What stands in a free page is nobody's. */
		if (store_mended(fixture->store))
			assert_aside(fixture, damaged);
		else
			free_pages++;
		ids = found(fixture, journal);
		lost = g_hash_table_size(journal->ops) - (guint)uidset_count(ids);
		for (guint id = 1; id < 4 * OPS + 100; id++)
			missed[id] += g_hash_table_contains(journal->ops, GUINT_TO_POINTER(id)) &&
				      !uidset_contains(ids, id);
		if (lost && strstr(store_mended(fixture->store), "; 0 could not"))
			g_error("%u were lost: %s", lost, store_mended(fixture->store));
	}
	g_assert_cmpuint(free_pages, <, journal->db_len / PAGE / 2);
	for (guint id = 1; id < 4 * OPS + 100; id++) {
		const char *op = g_hash_table_lookup(journal->ops, GUINT_TO_POINTER(id));

		if (op && strlen(op) < 2000)
			g_assert_cmpuint(missed[id], ==, 1);
		else if (op)
			g_assert_cmpuint(missed[id], >, 1);
	}
}

static void
test_truncated(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	guint before = 0;

	for (gsize len = PAGE / 2; len < journal->db_len; len += PAGE / 2) {
		g_autoptr(Journal) damaged = journal_copy(journal);
		g_autoptr(UidSet) ids = NULL;

		damaged->db_len = len;
		place(fixture, damaged);
		start(fixture);
		assert_aside(fixture, damaged);
		if (strstr(store_mended(fixture->store), "; 0 could not"))
			g_error("cut at %" G_GSIZE_FORMAT ": %s", len,
				store_mended(fixture->store));
		ids = found(fixture, journal);
		g_assert_cmpuint(uidset_count(ids), >=, before);
		before = (guint)uidset_count(ids);
	}
	g_assert_cmpuint(before, >, OPS / 2);
}

static char *
find_text(const Journal *journal, const char *text)
{
	gsize len = strlen(text);

	for (gsize at = 0; at + len <= journal->db_len; at++)
		if (memcmp(journal->db + at, text, len) == 0)
			return journal->db + at;
	g_assert_not_reached();
}

/* One changed digit in a row: SQLite has no objection. */
static void
test_one_digit(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	g_autoptr(UidSet) ids = NULL;

	find_text(journal, "20001,20003")[4] = '7';
	place(fixture, journal);
	start(fixture);
	assert_text_says(
		fixture, "59 were saved, 29 of them still to be sent; 1 could not be read.");
	ids = found(fixture, journal);
	g_assert_cmpuint(uidset_count(ids), ==, OPS - 1);
}

/* ---- damage by chance ---- */

static void
damage_somewhere(char *data, gsize len)
{
	gsize at = (gsize)g_test_rand_int_range(0, (gint32)len);
	gsize n = (gsize)g_test_rand_int_range(1, 200);

	for (gsize i = 0; i < n && at + i < len; i++)
		data[at + i] = (char)g_test_rand_int();
}

/* TRUE when the program started. A version that is not so far off may be true. */
static gboolean
start_or_refuse(Fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	fixture->store = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	if (fixture->store)
		return TRUE;
	g_assert_error(error, ERR_DOMAIN, ERR_CORRUPT);
	g_assert_nonnull(strstr(error->message, "by a newer Postern"));
	return FALSE;
}

static void
test_random(Fixture *fixture, gconstpointer killed)
{
	g_autoptr(Journal) journal = journal_new(fixture, killed != NULL);
	guint rounds = g_test_slow() ? 10 * ROUNDS : ROUNDS, kept = 0, mended = 0;

	for (guint i = 0; i < rounds; i++) {
		g_autoptr(Journal) damaged = journal_copy(journal);
		g_autoptr(UidSet) ids = NULL;

		for (gint n = g_test_rand_int_range(1, 5); n > 0; n--)
			damage_somewhere(damaged->db, damaged->db_len);
		if (killed)
			damage_somewhere(damaged->wal, damaged->wal_len);
		place(fixture, damaged);
		if (!start_or_refuse(fixture))
			continue;
		mended += store_mended(fixture->store) != NULL;
		/* A WAL without its end is an older journal, and SQLite does not say so. */
		ids = found_ever(fixture, journal, killed != NULL);
		kept += (guint)uidset_count(ids);
	}
	g_test_message("%u of %u were mended, with %u changes", mended, rounds, kept);
	g_assert_cmpuint(mended, >, rounds / 4);
	if (!killed)
		g_assert_cmpuint(kept, >, rounds * OPS / 2);
}

/* ---- beside others, and on a full disk ---- */

static void
assert_error_says(GError *error, ErrCode code, const char *part)
{
	g_assert_error(error, ERR_DOMAIN, (int)code);
	if (!strstr(error->message, part))
		g_error("\"%s\" does not say \"%s\"", error->message, part);
	g_error_free(error);
}

static void
test_another_runs(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	g_autoptr(Instance) other = NULL;
	GError *error = NULL;

	memset(journal->db, '?', PAGE);
	place(fixture, journal);
	other = instance_new(fixture->state_dir, &error);
	g_assert_no_error(error);
	g_assert_null(store_open(fixture->state_dir, fixture->cache_dir, NULL, &error));
	assert_error_says(error, ERR_CORRUPT, "End the other Postern first.");
	g_clear_pointer(&other, instance_free);
	start(fixture);
	assert_found_all(fixture, journal);
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	limit.rlim_cur = bytes;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_full_disk(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	g_autofree char *file = state_file(fixture, ""), *now = NULL;
	GError *error = NULL;
	gsize len;

	memset(journal->db, '?', PAGE);
	place(fixture, journal);
	limit_files(3 * PAGE);
	g_assert_null(store_open(fixture->state_dir, fixture->cache_dir, NULL, &error));
	limit_files(RLIM_INFINITY);
	assert_error_says(error, ERR_DISK, "state.db.new");
	g_assert_true(g_file_get_contents(file, &now, &len, NULL));
	g_assert_cmpmem(now, len, journal->db, journal->db_len);
	start(fixture);
	assert_aside(fixture, journal);
	assert_found_all(fixture, journal);
}

/* Killed before the new one was whole, and between the two renamings. */
static void
test_interrupted(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	g_autofree char *file = state_file(fixture, ""), *new_file = state_file(fixture, ".new");

	write_file(new_file, "half", 4);
	start(fixture);
	g_assert_null(store_mended(fixture->store));
	assert_found_all(fixture, journal);
	g_assert_false(g_file_test(new_file, G_FILE_TEST_EXISTS));

	place(fixture, journal);
	g_assert_cmpint(g_rename(file, new_file), ==, 0);
	start(fixture);
	assert_found_all(fixture, journal);
}

/* It shows while the program runs: the change is refused, and the next start finds the others. */
static void
test_while_running(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Journal) journal = journal_new(fixture, FALSE);
	g_autoptr(StoreOp) op = make_op(1);
	g_autofree char *file = state_file(fixture, "");
	GError *error = NULL;
	gboolean done;

	start(fixture);
	write_file(file, "nothing", 7);
	done = store_op_put(fixture->store, op, &error) && store_commit(fixture->store, &error);
	g_assert_false(done);
	assert_error_says(error, ERR_CORRUPT, "saves what can be read of it when it starts again");
	fixture_reopen(fixture);
	g_assert_nonnull(store_mended(fixture->store));
	assert_can_write(fixture, journal);
}

#define ADD(name, data, function)                                                   \
	g_test_add("/store/salvage/" name, Fixture, data, fixture_set_up, function, \
		fixture_tear_down)

int
main(int argc, char **argv)
{
	static const char yes[] = "";

	g_test_init(&argc, &argv, NULL);
	/* A write beyond the limit of limit_files() fails instead. */
	signal(SIGXFSZ, SIG_IGN);
	ADD("sound", NULL, test_sound);
	ADD("sound/killed", yes, test_sound);
	ADD("header", NULL, test_header);
	ADD("header/killed", yes, test_header);
	ADD("no-database", NULL, test_no_database);
	ADD("each-page", NULL, test_each_page);
	ADD("each-page/zeros", yes, test_each_page);
	ADD("truncated", NULL, test_truncated);
	ADD("one-digit", NULL, test_one_digit);
	ADD("random", NULL, test_random);
	ADD("random/killed", yes, test_random);
	ADD("another-runs", NULL, test_another_runs);
	ADD("full-disk", NULL, test_full_disk);
	ADD("interrupted", NULL, test_interrupted);
	ADD("while-running", NULL, test_while_running);
	return g_test_run();
}
