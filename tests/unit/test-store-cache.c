/* Folders, messages and bodies: every field comes back after a reopening; random changes to messages
 * beside a plain hash table. With -m perf also how fast it is. */
#include "store-fixture.h"
#include "store/bodies.h"
#include "store/folders.h"
#include "store/likings.h"
#include "store/messages.h"
#include "store/search.h"
#include "store/store-private.h"

#include <string.h>
#include <time.h>

/* ---- folders ---- */

static StoreFolder *
make_folder(const char *account, const char *name)
{
	StoreFolder *folder = g_new0(StoreFolder, 1);

	folder->account = g_strdup(account);
	folder->name = g_strdup(name);
	folder->delimiter = '/';
	folder->flags = 0x80000001u;
	folder->uidvalidity = 4294967295u;
	folder->uidnext = 17;
	folder->highestmodseq = 0x7fffffffffffffffu;
	folder->counts_known = TRUE;
	folder->total = 4000000000u;
	folder->unread = 3;
	folder->counts_at = -5;
	folder->positions = g_strdup("1:10");
	return folder;
}

static guint32
put_folder(Fixture *fixture, StoreFolder *folder)
{
	GError *error = NULL;
	gboolean done = store_folder_put(fixture->store, folder, &error);

	assert_done(done, error);
	return folder->id;
}

static void
assert_folders_equal(const StoreFolder *a, const StoreFolder *b)
{
	g_assert_cmpuint(a->id, ==, b->id);
	g_assert_cmpstr(a->account, ==, b->account);
	g_assert_cmpstr(a->name, ==, b->name);
	g_assert_cmpint(a->delimiter, ==, b->delimiter);
	g_assert_cmpuint(a->flags, ==, b->flags);
	g_assert_cmpuint(a->uidvalidity, ==, b->uidvalidity);
	g_assert_cmpuint(a->uidnext, ==, b->uidnext);
	g_assert_cmpuint(a->highestmodseq, ==, b->highestmodseq);
	g_assert_cmpint(a->counts_known, ==, b->counts_known);
	g_assert_cmpuint(a->total, ==, b->total);
	g_assert_cmpuint(a->unread, ==, b->unread);
	g_assert_cmpint(a->counts_at, ==, b->counts_at);
	g_assert_cmpstr(a->positions, ==, b->positions);
}

static void
test_folders(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	g_autoptr(StoreFolder) odd = make_folder("work", "\xff\xfe&"); /* no UTF-8 */
	g_autoptr(StoreFolder) home = make_folder("home", "INBOX"), copy = NULL;
	g_autoptr(GPtrArray) folders = NULL;
	guint32 id = put_folder(fixture, inbox);

	g_assert_cmpuint(id, >, 0);
	g_assert_cmpuint(put_folder(fixture, odd), !=, id);
	g_assert_cmpuint(put_folder(fixture, home), !=, id);
	inbox->unread = 4;
	inbox->delimiter = 0;
	g_clear_pointer(&inbox->positions, g_free);
	inbox->id = 0; /* the key is the name */
	g_assert_cmpuint(put_folder(fixture, inbox), ==, id);
	fixture_reopen(fixture);

	folders = store_folders_load(fixture->store, "work");
	g_assert_cmpuint(folders->len, ==, 2);
	assert_folders_equal(folders->pdata[0], inbox);
	assert_folders_equal(folders->pdata[1], odd);
	copy = store_folder_copy(odd);
	assert_folders_equal(copy, odd);
}

static void
test_folder_positions_cap(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	g_autoptr(GPtrArray) folders = NULL;

	g_free(inbox->positions);
	inbox->positions = g_strnfill(2 * 1024 * 1024, '1');
	put_folder(fixture, inbox);
	folders = store_folders_load(fixture->store, "work");
	g_assert_null(((StoreFolder *)folders->pdata[0])->positions);
}

/* ---- messages ---- */

static void
set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static StoreMessage *
make_message(guint32 folder, guint32 uid, const char *subject)
{
	StoreMessage *message = store_message_new();

	message->folder = folder;
	message->uid = uid;
	set_text(&message->subject, subject);
	return message;
}

static StoreMessage *
make_full_message(guint32 folder, guint32 uid)
{
	StoreMessage *message = make_message(folder, uid, "Größe \xe2\x9c\x93 \x1b[31m");

	flagset_add_name(&message->flags, "\\Seen", 5);
	flagset_add_name(&message->flags, "$Forwarded", 10);
	flagset_add_name(&message->flags, "todo", 4);
	message->modseq = 0x7fffffffffffffffu;
	message->internaldate = 1700000000;
	message->date = -1;
	message->size = G_GUINT64_CONSTANT(5000000000);
	message->attachment = TRUE;
	set_text(&message->from_name, "Zoë");
	set_text(&message->from_address, "zoe@example.org");
	set_text(&message->to_name, "Ada");
	set_text(&message->message_id, "<a\xff@b>");
	set_text(&message->in_reply_to, "<c@d>");
	message->structure = g_bytes_new("a\0b", 3);
	return message;
}

static void
assert_rows_equal(const StoreMessage *a, const StoreMessage *b)
{
	g_assert_cmpuint(a->folder, ==, b->folder);
	g_assert_cmpuint(a->uid, ==, b->uid);
	g_assert_true(flagset_equal(&a->flags, &b->flags));
	g_assert_cmpuint(a->modseq, ==, b->modseq);
	g_assert_cmpint(a->internaldate, ==, b->internaldate);
	g_assert_cmpint(a->date, ==, b->date);
	g_assert_cmpuint(a->size, ==, b->size);
	g_assert_cmpint(a->attachment, ==, b->attachment);
	g_assert_cmpstr(a->from_name, ==, b->from_name);
	g_assert_cmpstr(a->from_address, ==, b->from_address);
	g_assert_cmpstr(a->to_name, ==, b->to_name);
	g_assert_cmpstr(a->subject, ==, b->subject);
	g_assert_cmpstr(a->message_id, ==, b->message_id);
	g_assert_cmpstr(a->in_reply_to, ==, b->in_reply_to);
}

static void
put_message(Fixture *fixture, const StoreMessage *message)
{
	GError *error = NULL;
	gboolean done = store_message_put(fixture->store, message, &error);

	assert_done(done, error);
}

static void
put_new_message(Fixture *fixture, guint32 folder, guint32 uid)
{
	g_autoptr(StoreMessage) message = make_message(folder, uid, "x");

	put_message(fixture, message);
}

static void
test_message(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreMessage) message = make_full_message(4294967295u, 4294967295u);
	g_autoptr(StoreMessage) row = NULL, whole = NULL, again = NULL;

	put_message(fixture, message);
	g_assert_null(store_message_get(fixture->store, 1, 4294967295u, TRUE));
	fixture_reopen(fixture);

	row = store_message_get(fixture->store, 4294967295u, 4294967295u, FALSE);
	g_assert_nonnull(row);
	assert_rows_equal(row, message);
	g_assert_null(row->structure);
	whole = store_message_get(fixture->store, 4294967295u, 4294967295u, TRUE);
	assert_rows_equal(whole, message);
	g_assert_true(g_bytes_equal(whole->structure, message->structure));

	/* A put without a structure leaves the known one. */
	put_message(fixture, row);
	again = store_message_get(fixture->store, 4294967295u, 4294967295u, TRUE);
	g_assert_nonnull(again->structure);
	g_assert_true(g_bytes_equal(again->structure, message->structure));
}

static void
test_message_caps(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreMessage) message = make_message(1, 1, NULL), row = NULL;
	g_autofree char *large = g_malloc0(300 * 1024);
	GString *subject = g_string_new("x");

	while (subject->len < 5000)
		g_string_append(subject, "ü");
	message->subject = g_string_free(subject, FALSE);
	message->structure = g_bytes_new(large, 300 * 1024);
	put_message(fixture, message);
	row = store_message_get(fixture->store, 1, 1, TRUE);
	g_assert_cmpuint(strlen(row->subject), ==, 999);
	g_assert_true(g_utf8_validate(row->subject, -1, NULL));
	g_assert_null(row->structure);
}

static void
test_message_flags(Fixture *fixture, gconstpointer data)
{
	g_auto(FlagSet) flags = flagset_parse("\\Flagged later");
	g_autoptr(StoreMessage) row = NULL;
	GError *error = NULL;
	gboolean done;

	put_new_message(fixture, 1, 5);
	done = store_message_set_flags(fixture->store, 1, 5, &flags, 77, &error);
	assert_done(done, error);
	row = store_message_get(fixture->store, 1, 5, FALSE);
	g_assert_true(flagset_equal(&row->flags, &flags));
	g_assert_cmpuint(row->modseq, ==, 77);

	done = store_message_set_flags(fixture->store, 1, 6, &flags, 77, &error);
	assert_done(done, error);
	g_assert_null(store_message_get(fixture->store, 1, 6, FALSE));
}

static void
test_message_copy(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreMessage) message = make_full_message(1, 5);
	g_autoptr(StoreMessage) copy = NULL, known = NULL;
	GError *error = NULL;
	gboolean done;

	put_message(fixture, message);
	put_new_message(fixture, 2, 9);
	done = store_message_copy(fixture->store, 1, 5, 2, 8, &error) &&
	       store_message_copy(fixture->store, 1, 5, 2, 9, &error) &&
	       store_message_copy(fixture->store, 1, 6, 2, 10, &error);
	assert_done(done, error);

	copy = store_message_get(fixture->store, 2, 8, TRUE);
	message->folder = 2;
	message->uid = 8;
	message->modseq = 0; /* not known there */
	assert_rows_equal(copy, message);
	g_assert_true(g_bytes_equal(copy->structure, message->structure));
	known = store_message_get(fixture->store, 2, 9, FALSE);
	g_assert_cmpstr(known->subject, ==, "x");
	g_assert_null(store_message_get(fixture->store, 2, 10, FALSE));
}

static void
put_body(Fixture *fixture, guint32 folder, guint32 uid, const char *section, gsize len)
{
	g_autofree char *data = g_strnfill(len, 'b');
	g_autoptr(GBytes) bytes = g_bytes_new(data, len);
	GError *error = NULL;
	gboolean done = store_body_put(fixture->store, folder, uid, section, bytes, &error);

	assert_done(done, error);
}

/* The number of octets, -1 when the body is not there. */
static gint64
body_size(Fixture *fixture, guint32 folder, guint32 uid, const char *section)
{
	g_autoptr(GBytes) bytes = store_body_get(fixture->store, folder, uid, section);

	return bytes ? (gint64)g_bytes_get_size(bytes) : -1;
}

static void
test_removal(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	g_autoptr(StoreFolder) sent = make_folder("work", "Sent");
	g_autoptr(UidSet) some = uidset_new_range(1, 3), left = NULL, none = NULL;
	g_autoptr(GPtrArray) rest = NULL;
	GError *error = NULL;
	gboolean done;
	guint32 id = put_folder(fixture, inbox);

	put_folder(fixture, sent);
	for (guint32 uid = 1; uid <= 5; uid++) {
		put_new_message(fixture, id, uid);
		put_new_message(fixture, sent->id, uid);
		put_body(fixture, id, uid, "", 10);
	}
	done = store_messages_remove(fixture->store, id, some, &error);
	assert_done(done, error);
	left = store_messages_uids(fixture->store, id, 1, G_MAXUINT32);
	g_assert_cmpuint(uidset_count(left), ==, 2);
	g_assert_cmpint(body_size(fixture, id, 3, ""), ==, -1);
	g_assert_cmpint(body_size(fixture, id, 4, ""), ==, 10);

	inbox->uidvalidity--;
	g_assert_cmpuint(put_folder(fixture, inbox), ==, id);
	none = store_messages_uids(fixture->store, id, 1, G_MAXUINT32);
	g_assert_true(uidset_is_empty(none));
	g_assert_cmpint(body_size(fixture, id, 4, ""), ==, -1);

	done = store_folder_remove(fixture->store, sent->id, &error);
	assert_done(done, error);
	g_assert_null(store_message_get(fixture->store, sent->id, 1, FALSE));
	rest = store_folders_load(fixture->store, "work");
	g_assert_cmpuint(rest->len, ==, 1);
	/* Its id is not given again, not even to a folder of its name. */
	id = sent->id;
	fixture_reopen(fixture);
	g_assert_cmpuint(put_folder(fixture, sent), >, id);
}

static gint64
count_rows(Fixture *fixture)
{
	sqlite3_stmt *statement;
	gint64 n;

	g_assert_cmpint(
		sqlite3_prepare_v2(fixture->store->cache->sqlite,
			"SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM body)"
			" + (SELECT count(*) FROM kept)",
			-1, &statement, NULL),
		==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	n = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return n;
}

static void
sweep(Fixture *fixture, guint *inout_slices)
{
	GError *error = NULL;
	gboolean done = store_sweep(fixture->store, &error);

	assert_done(done, error);
	fixture_commit(fixture);
	(*inout_slices)++;
}

/* What a folder had under another UIDVALIDITY is gone at once, is not mixed with what comes then, and leaves
 * the disk in slices, across restarts and another such change. */
static void
test_anew(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	g_autoptr(StoreFolder) other = make_folder("work", "Other");
	guint32 id = put_folder(fixture, inbox);
	guint slices = 0;
	g_autoptr(StoreMessage) mine = NULL, others = NULL;

	put_folder(fixture, other);
	put_new_message(fixture, other->id, 1);
	for (guint32 round = 1; round <= 3; round++) {
		g_autoptr(UidSet) uids = NULL;
		gint64 at;

		for (guint32 uid = round; uid <= 250; uid += round)
			put_new_message(fixture, id, uid);
		put_body(fixture, id, round, "", 10);
		g_assert_true(store_folder_put_kept(fixture->store, id, "1", 1, NULL));
		g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 10);
		uids = store_messages_uids(fixture->store, id, 1, G_MAXUINT32);
		g_assert_cmpuint(uidset_count(uids), ==, 250 / round);
		inbox->uidvalidity--;
		g_assert_cmpuint(put_folder(fixture, inbox), ==, id);
		g_assert_null(store_message_get(fixture->store, id, round, FALSE));
		g_assert_cmpint(body_size(fixture, id, round, ""), ==, -1);
		g_assert_null(store_folder_kept(fixture->store, id, &at));
		g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 0);
		g_assert_cmpint(store_bodies_oldest(fixture->store, "work"), ==, 0);
		fixture_reopen(fixture);
		sweep(fixture, &slices);
		fixture_reopen(fixture);
	}
	put_new_message(fixture, id, 7);
	for (slices = 0; store_index_is_behind(fixture->store);)
		sweep(fixture, &slices);
	g_assert_cmpuint(slices, >, 4);
	g_assert_cmpint(count_rows(fixture), ==, 2);
	mine = store_message_get(fixture->store, id, 7, FALSE);
	others = store_message_get(fixture->store, other->id, 1, FALSE);
	g_assert_true(mine && others);
}

/* ---- messages beside a hash table ---- */

#define MODEL_UIDS 60

/* What comes first of ASKED, up to some number of messages that are there. */
static void
check_head(Fixture *fixture, GHashTable *model, const UidSet *asked)
{
	guint max = (guint)g_test_rand_int_range(1, 10), unread, n = 0, n_unread = 0;
	g_autoptr(UidSet) head = store_messages_head(fixture->store, 1, asked, max, &unread);

	for (guint32 uid = 1; uid <= MODEL_UIDS; uid++) {
		const StoreMessage *message = g_hash_table_lookup(model, GUINT_TO_POINTER(uid));

		if (!uidset_contains(asked, uid))
			g_assert_false(uidset_contains(head, uid));
		else if (n < max)
			g_assert_true(uidset_contains(head, uid));
		else
			g_assert_false(message && uidset_contains(head, uid));
		if (message && uidset_contains(head, uid)) {
			n++;
			n_unread += !(message->flags.bits & FLAG_SEEN);
		}
	}
	g_assert_cmpuint(n, <=, max);
	g_assert_cmpuint(unread, ==, n_unread);
}

static void
check_model(Fixture *fixture, GHashTable *model, const UidSet *asked)
{
	g_autoptr(GPtrArray) rows = store_messages_get(fixture->store, 1, asked);
	g_autoptr(UidSet) uids = store_messages_uids(fixture->store, 1, 1, G_MAXUINT32);
	guint found = 0;

	g_assert_cmpuint(uidset_count(uids), ==, g_hash_table_size(model));
	for (guint32 uid = 1; uid <= MODEL_UIDS; uid++) {
		StoreMessage *expected = g_hash_table_lookup(model, GUINT_TO_POINTER(uid));

		g_assert_cmpint(uidset_contains(uids, uid), ==, expected != NULL);
		if (!expected || !uidset_contains(asked, uid))
			continue;
		g_assert_cmpuint(found, <, rows->len);
		assert_rows_equal(rows->pdata[found++], expected);
	}
	g_assert_cmpuint(found, ==, rows->len);
	check_head(fixture, model, asked);
}

static UidSet *
random_uids(void)
{
	UidSet *uids = uidset_new();

	for (guint i = (guint)g_test_rand_int_range(0, 4); i > 0; i--)
		uidset_add_range(uids, (guint32)g_test_rand_int_range(1, MODEL_UIDS + 1),
			(guint32)g_test_rand_int_range(1, MODEL_UIDS + 1));
	return uids;
}

static gboolean
change_put(Fixture *fixture, GHashTable *model, guint32 uid, GError **error)
{
	g_autofree char *subject = g_strdup_printf("subject %d", g_test_rand_int());
	StoreMessage *message = make_message(1, uid, subject);

	g_hash_table_replace(model, GUINT_TO_POINTER(uid), message);
	return store_message_put(fixture->store, message, error);
}

static gboolean
change_flags(Fixture *fixture, GHashTable *model, guint32 uid, GError **error)
{
	StoreMessage *message = g_hash_table_lookup(model, GUINT_TO_POINTER(uid));
	g_auto(FlagSet) flags = flagset_parse(g_test_rand_bit() ? "\\Seen a" : "\\Flagged");
	guint64 modseq = (guint64)g_test_rand_int();

	if (message) {
		flagset_clear(&message->flags);
		message->flags = flagset_copy(&flags);
		message->modseq = modseq;
	}
	return store_message_set_flags(fixture->store, 1, uid, &flags, modseq, error);
}

static gboolean
change_remove(Fixture *fixture, GHashTable *model, GError **error)
{
	g_autoptr(UidSet) uids = random_uids();

	for (guint32 uid = 1; uid <= MODEL_UIDS; uid++)
		if (uidset_contains(uids, uid))
			g_hash_table_remove(model, GUINT_TO_POINTER(uid));
	return store_messages_remove(fixture->store, 1, uids, error);
}

static gboolean
change_copy(Fixture *fixture, GHashTable *model, guint32 uid, GError **error)
{
	guint32 to = (guint32)g_test_rand_int_range(1, MODEL_UIDS + 1);
	const StoreMessage *source = g_hash_table_lookup(model, GUINT_TO_POINTER(uid));

	if (source && !g_hash_table_contains(model, GUINT_TO_POINTER(to))) {
		StoreMessage *copy = make_message(1, to, source->subject);

		copy->flags = flagset_copy(&source->flags);
		g_hash_table_insert(model, GUINT_TO_POINTER(to), copy);
	}
	return store_message_copy(fixture->store, 1, uid, 1, to, error);
}

static void
change_anything(Fixture *fixture, GHashTable *model)
{
	guint32 uid = (guint32)g_test_rand_int_range(1, MODEL_UIDS + 1);
	GError *error = NULL;
	gboolean done;

	switch (g_test_rand_int_range(0, 12)) {
	case 0: done = change_remove(fixture, model, &error); break;
	case 1:
	case 2: done = change_copy(fixture, model, uid, &error); break;
	case 3:
	case 4:
	case 5: done = change_flags(fixture, model, uid, &error); break;
	case 6: done = store_commit(fixture->store, &error); break;
	default: done = change_put(fixture, model, uid, &error); break;
	}
	assert_done(done, error);
}

static void
test_model(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GHashTable) model =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)store_message_free);
	g_autoptr(StoreMessage) neighbour = NULL;

	put_new_message(fixture, 2, 7); /* a neighbour that nobody may touch */
	for (guint i = 0; i < 3000; i++) {
		g_autoptr(UidSet) asked = random_uids();

		change_anything(fixture, model);
		if (i % 500 == 0)
			fixture_reopen(fixture);
		if (i % 10 == 0)
			check_model(fixture, model, asked);
	}
	neighbour = store_message_get(fixture->store, 2, 7, FALSE);
	g_assert_nonnull(neighbour);
}

/* ---- bodies ---- */

static void
test_bodies(Fixture *fixture, gconstpointer data)
{
	put_body(fixture, 1, 1, "1.2", 10);
	put_body(fixture, 1, 1, "", 0);
	put_body(fixture, 1, 1, "HEADER", 1024 * 1024);
	put_body(fixture, 1, 1, "2", 1024 * 1024 + 1);
	fixture_reopen(fixture);
	g_assert_cmpint(body_size(fixture, 1, 1, "1.2"), ==, 10);
	g_assert_cmpint(body_size(fixture, 1, 1, ""), ==, 0);
	g_assert_cmpint(body_size(fixture, 1, 1, "HEADER"), ==, 1024 * 1024);
	g_assert_cmpint(body_size(fixture, 1, 1, "2"), ==, -1);
	g_assert_cmpint(body_size(fixture, 1, 2, "1.2"), ==, -1);
	put_body(fixture, 1, 1, "1.2", 20);
	g_assert_cmpint(body_size(fixture, 1, 1, "1.2"), ==, 20);
	fixture_commit(fixture);
	/* To read is no change. */
	g_assert_cmpint(body_size(fixture, 1, 1, "1.2"), ==, 20);
	g_assert_false(store_has_changes(fixture->store));
}

static void
trim(Fixture *fixture, guint64 max_octets)
{
	GError *error = NULL;
	gboolean done = store_bodies_trim(fixture->store, "work", max_octets, &error);

	assert_done(done, error);
}

static void
keep_body(Fixture *fixture, guint32 folder, guint32 uid, gint64 used)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("kept", 4);
	GError *error = NULL;
	gboolean done = store_body_keep(fixture->store, folder, uid, "1", bytes, used, &error) &&
			store_body_keep(fixture->store, folder, uid, "HEADER", bytes, used, &error);

	assert_done(done, error);
}

static void
test_bodies_trim(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	g_autoptr(StoreFolder) other = make_folder("home", "INBOX");
	guint32 id = put_folder(fixture, inbox), home = put_folder(fixture, other);

	for (guint32 uid = 1; uid <= 5; uid++)
		put_body(fixture, id, uid, "1", 100);
	put_body(fixture, home, 1, "1", 1000);
	g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 500);
	trim(fixture, 500);
	g_assert_cmpint(body_size(fixture, id, 2, "1"), ==, 100);
	g_assert_cmpint(body_size(fixture, id, 1, "1"), ==, 100);
	trim(fixture, 299); /* two fit: those used last */
	for (guint32 uid = 1; uid <= 5; uid++)
		g_assert_cmpint(body_size(fixture, id, uid, "1"), ==, uid <= 2 ? 100 : -1);
	g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 200);
	put_body(fixture, id, 1, "1", 10); /* another one in its place */
	g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 110);
	trim(fixture, 0);
	g_assert_cmpint(body_size(fixture, id, 1, "1"), ==, -1);
	g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 0);
	g_assert_cmpuint(store_bodies_octets(fixture->store, "home"), ==, 1000);
}

/* What nobody has read gives way by its age, and a message as a whole. */
static void
test_bodies_kept(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	guint32 id = put_folder(fixture, inbox);
	g_autoptr(UidSet) here = NULL;
	g_autofree char *text = NULL;

	g_assert_cmpint(store_bodies_oldest(fixture->store, "work"), ==, 0);
	for (guint32 uid = 5; uid >= 1; uid--)
		keep_body(fixture, id, uid, 1000 + uid);
	keep_body(fixture, id, 1, 2000); /* it stays as it is */
	put_body(fixture, id, 2, "1", 8);
	put_body(fixture, id, 2, "HEADER", 8);
	g_assert_cmpint(store_bodies_oldest(fixture->store, "work"), ==, 1001);
	trim(fixture, 34);
	here = store_bodies_uids(fixture->store, id, 1, G_MAXUINT32, "HEADER");
	text = uidset_to_string(here);
	g_assert_cmpstr(text, ==, "2,4:5");
	g_assert_cmpuint(store_bodies_octets(fixture->store, "work"), ==, 32);
	g_assert_cmpint(body_size(fixture, id, 3, "1"), ==, -1);
}

/* ---- how fast ---- */

static void
fill(Fixture *fixture, guint32 first, guint32 last)
{
	gint64 worst = 0;
	g_autoptr(StoreMessage) message =
		make_message(1, 1, "Re: [list] A subject of the usual length, about sixty bytes");

	set_text(&message->from_name, "Grace Hopper");
	set_text(&message->from_address, "grace@example.org");
	set_text(&message->to_name, "A list of people");
	set_text(&message->message_id, "<20231114221320.4711.0815@mail.example.org>");
	flagset_add_name(&message->flags, "\\Seen", 5);
	for (guint32 uid = first; uid <= last; uid++) {
		message->uid = uid;
		put_message(fixture, message);
		if (uid % 100 == 0) {
			gint64 begun = g_get_monotonic_time();

			fixture_commit(fixture);
			worst = MAX(worst, g_get_monotonic_time() - begun);
		}
	}
	g_test_minimized_result((double)worst, "longest commit: %.1f ms", (double)worst / 1000);
}

static void
measure_reads(Fixture *fixture)
{
	gdouble seconds;

	g_test_timer_start();
	for (guint i = 0; i < 1000; i++) {
		guint32 first = (guint32)g_test_rand_int_range(1, 99900);
		g_autoptr(UidSet) uids = uidset_new_range(first, first + 39);
		g_autoptr(GPtrArray) rows = store_messages_get(fixture->store, 1, uids);

		g_assert_cmpuint(rows->len, ==, 40);
	}
	seconds = g_test_timer_elapsed();
	g_test_minimized_result(seconds, "40 rows: %.3f ms", seconds);
	g_assert_cmpfloat(seconds, <, 0.5);
}

/* The processor's time: others may share the machine. */
static double
spent_ms(clock_t begun)
{
	return (double)(clock() - begun) * 1000 / CLOCKS_PER_SEC;
}

/* Of 100,000 rows and 1000 bodies that are void at once. */
static void
measure_going(Fixture *fixture, StoreFolder *inbox)
{
	double first, worst = 0;
	guint slices = 0;
	clock_t begun;

	for (guint32 uid = 1; uid <= 1000; uid++)
		put_body(fixture, inbox->id, uid, "", uid % 100 ? 2000 : STORE_BODY_MAX);
	fixture_commit(fixture);
	begun = clock();
	inbox->uidvalidity--;
	put_folder(fixture, inbox);
	fixture_commit(fixture);
	first = spent_ms(begun);
	while (store_index_is_behind(fixture->store)) {
		begun = clock();
		sweep(fixture, &slices);
		worst = MAX(worst, spent_ms(begun));
	}
	g_assert_cmpint(count_rows(fixture), ==, 0);
	g_test_minimized_result(first, "100,000 rows void: %.1f ms", first);
	g_test_minimized_result(
		worst, "the longest of %u slices until they are gone: %.1f ms", slices, worst);
	g_assert_cmpfloat(first, <, 10);
	g_assert_cmpfloat(worst, <, 10);
}

static void
test_speed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreFolder) inbox = make_folder("work", "INBOX");
	g_autoptr(UidSet) uids = NULL;
	gdouble seconds;

	g_assert_cmpuint(put_folder(fixture, inbox), ==, 1);
	g_test_timer_start();
	fill(fixture, 1, 100000);
	seconds = g_test_timer_elapsed();
	g_test_minimized_result(seconds, "100,000 rows in commits of 100: %.2f s", seconds);
	measure_reads(fixture);

	g_test_timer_start();
	uids = store_messages_uids(fixture->store, 1, 1, G_MAXUINT32);
	g_assert_cmpuint(uidset_count(uids), ==, 100000);
	seconds = g_test_timer_elapsed();
	g_test_minimized_result(seconds, "100,000 UIDs: %.1f ms", seconds * 1000);

	g_test_timer_start();
	fixture_reopen(fixture);
	seconds = g_test_timer_elapsed();
	g_test_minimized_result(seconds, "close and open: %.1f ms", seconds * 1000);

	measure_going(fixture, inbox);
}

/* ---- likings ---- */

static void
put_liking(Fixture *fixture, const char *address, gboolean html)
{
	GError *error = NULL;
	gboolean done = store_liking_put(fixture->store, address, html, &error);

	assert_done(done, error);
}

static void
test_likings(Fixture *fixture, gconstpointer data)
{
	gboolean html = FALSE;

	g_assert_false(store_liking_get(fixture->store, "ada@example.org", &html));
	put_liking(fixture, "Ada@Example.org", TRUE);
	put_liking(fixture, "bob@example.org", TRUE);
	put_liking(fixture, "bob@example.org", FALSE);
	fixture_reopen(fixture);
	g_assert_true(store_liking_get(fixture->store, "ada@example.ORG", &html));
	g_assert_true(html);
	g_assert_true(store_liking_get(fixture->store, "bob@example.org", &html));
	g_assert_false(html);
}

/* The earliest choices give way; one that is made again is a new one. */
static void
test_likings_cap(Fixture *fixture, gconstpointer data)
{
	gboolean html;

	put_liking(fixture, "first@example.org", TRUE);
	put_liking(fixture, "second@example.org", TRUE);
	put_liking(fixture, "first@example.org", FALSE);
	for (guint i = 0; i < LIKINGS_MAX - 1; i++) {
		g_autofree char *address = g_strdup_printf("%u@example.org", i);

		put_liking(fixture, address, TRUE);
	}
	g_assert_true(store_liking_get(fixture->store, "first@example.org", &html));
	g_assert_false(store_liking_get(fixture->store, "second@example.org", &html));
	g_assert_true(store_liking_get(fixture->store, "0@example.org", &html));
}

#define ADD(name, function) \
	g_test_add("/store/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("folders", test_folders);
	ADD("folders/positions-cap", test_folder_positions_cap);
	ADD("message", test_message);
	ADD("message/caps", test_message_caps);
	ADD("message/flags", test_message_flags);
	ADD("message/copy", test_message_copy);
	ADD("removal", test_removal);
	ADD("anew", test_anew);
	ADD("model", test_model);
	ADD("bodies", test_bodies);
	ADD("bodies/trim", test_bodies_trim);
	ADD("bodies/kept", test_bodies_kept);
	ADD("likings", test_likings);
	ADD("likings/cap", test_likings_cap);
	if (g_test_perf())
		ADD("speed", test_speed);
	return g_test_run();
}
