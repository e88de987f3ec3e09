/* Maps after QRESYNC, beside a mailbox that knows all its UIDs. */
#include "core/resync.h"

#define MAX_UIDS 200

/* What the server has: UIDs by position, position 1 at index 0. */
typedef struct {
	guint32 uids[2 * MAX_UIDS];
	guint32 count, uidnext;
} Server;

static void
arrive(Server *server, guint32 n)
{
	while (n--) {
		server->uidnext += (guint32)g_test_rand_int_range(0, 3);
		server->uids[server->count++] = server->uidnext++;
	}
}

/* What a client that has looked here and there knows of it. */
static SeqMap *
look_here_and_there(const Server *server)
{
	SeqMap *map = seqmap_new(server->count);
	guint32 at = 0;

	while (at < server->count) {
		guint32 known = (guint32)g_test_rand_int_range(0, 20);

		for (; known && at < server->count; known--, at++)
			g_assert_true(seqmap_learn(map, at + 1, server->uids[at]));
		at += (guint32)g_test_rand_int_range(0, 20);
	}
	return map;
}

static UidSet *
expunge_some(Server *server, int percent)
{
	UidSet *gone = uidset_new();
	guint32 kept = 0;

	for (guint32 at = 0; at < server->count; at++)
		if (g_test_rand_int_range(0, 100) < percent)
			uidset_add(gone, server->uids[at]);
		else
			server->uids[kept++] = server->uids[at];
	server->count = kept;
	return gone;
}

/* A known UID must stand where the server has it, unless an unknown one beside it went too: then
 * only the order is sure, and the anchors put it right as far as they reach. */
static void
assert_true_map(const SeqMap *map, const Server *server, gboolean exact)
{
	g_assert_cmpuint(seqmap_count(map), ==, server->count);
	for (guint32 at = 1; exact && at <= server->count; at++) {
		guint32 uid = seqmap_uid(map, at);

		g_assert_true(!uid || uid == server->uids[at - 1]);
	}
}

static void
visit(int percent, gboolean known_only)
{
	Server server = {.uidnext = 1};
	g_autoptr(SeqMap) old = NULL;
	g_autoptr(SeqMap) now = NULL;
	g_autoptr(UidSet) gone = NULL;
	g_autoptr(UidSet) all = NULL;
	g_autoptr(GArray) anchors = g_array_new(FALSE, FALSE, sizeof(ResyncAnchor));
	guint32 arrived = (guint32)g_test_rand_int_range(0, 20);
	guint32 before;

	arrive(&server, (guint32)g_test_rand_int_range(1, MAX_UIDS));
	old = known_only ? seqmap_new(server.count) : look_here_and_there(&server);
	for (guint32 at = 1; known_only && at <= server.count; at++)
		g_assert_true(seqmap_learn(old, at, server.uids[at - 1]));
	gone = expunge_some(&server, percent);
	before = server.count;
	arrive(&server, arrived);
	for (guint32 at = before; at < server.count; at++) {
		ResyncAnchor anchor = {at + 1, server.uids[at]};

		g_array_append_val(anchors, anchor);
	}
	now = resync_map(
		old, gone, server.count, arrived, (ResyncAnchor *)anchors->data, anchors->len);
	g_assert_true(now != NULL || !known_only);
	if (now)
		assert_true_map(now, &server, known_only);
}

static void
test_all_known(void)
{
	for (guint i = 0; i < 2000; i++)
		visit(g_test_rand_int_range(0, 60), TRUE);
}

static void
test_partly_known(void)
{
	for (guint i = 0; i < 2000; i++)
		visit(g_test_rand_int_range(0, 60), FALSE);
}

/* CVE-2025-25186 in another dress: a set of every UID there can be. */
static void
test_endless_set(void)
{
	g_autoptr(SeqMap) map = seqmap_new(1000000);
	g_autoptr(SeqMap) now = NULL;
	g_autoptr(UidSet) all = uidset_new_range(1, G_MAXUINT32);

	g_assert_true(seqmap_learn(map, 10, 500));
	g_assert_true(seqmap_learn(map, 1000000, 4000000000));
	now = resync_map(map, all, 999998, 0, NULL, 0);
	g_assert_cmpuint(seqmap_count(now), ==, 999998);
	g_assert_null(resync_map(map, all, 0, 0, NULL, 0));
}

static void
test_does_not_add_up(void)
{
	g_autoptr(SeqMap) map = seqmap_new(3);
	g_autoptr(UidSet) none = uidset_new();
	ResyncAnchor beyond = {9, 9};

	g_assert_null(resync_map(map, none, 2, 0, NULL, 0));
	g_assert_null(resync_map(map, none, 3, 4, NULL, 0));
	g_assert_null(resync_map(map, none, 3, 0, &beyond, 1));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/resync/all-known", test_all_known);
	g_test_add_func("/resync/partly-known", test_partly_known);
	g_test_add_func("/resync/endless-set", test_endless_set);
	g_test_add_func("/resync/does-not-add-up", test_does_not_add_up);
	return g_test_run();
}
