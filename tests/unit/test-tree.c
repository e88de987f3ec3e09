/* Folders: their roles, their order, what a LIST changes; and how messages are put into words. */
#include "base/clock.h"
#include "core/tree-order.h"
#include "core/unread.h"
#include "core/words.h"
#include "store-fixture.h"
#include "store/messages.h"

#include <string.h>

typedef struct {
	Fixture store;
	AccountConfig config;
	Core *core;
	Tree *tree;
} Trees;

static void
set_up(Trees *trees, gconstpointer data)
{
	fixture_set_up(&trees->store, NULL);
	trees->config = (AccountConfig){.name = (char *)"work"};
	trees->core = core_new(NULL, g_steal_pointer(&trees->store.store));
	trees->tree = tree_new(trees->core, 1, &trees->config);
}

static void
tear_down(Trees *trees, gconstpointer data)
{
	tree_free(trees->tree);
	core_free(trees->core);
	fixture_tear_down(&trees->store, NULL);
}

/* NAMES: "name", or "T|name" for one with \Trash, "-|name" with \Noselect and so on. */
static void
list(Trees *trees, char delimiter, const char *const *names)
{
	tree_begin_list(trees->tree);
	for (; *names; names++) {
		const char *bar = strchr(*names, '|');
		const char *name = bar ? bar + 1 : *names;
		ImapList folder = {.name = {name, strlen(name)}, .delimiter = delimiter};

		for (const char *at = *names; bar && at < bar; at++)
			folder.flags |= *at == '-'   ? IMAP_MAILBOX_NOSELECT
					: *at == 'T' ? IMAP_MAILBOX_TRASH
					: *at == 'S' ? IMAP_MAILBOX_SENT
					: *at == 'D' ? IMAP_MAILBOX_DRAFTS
					: *at == 'J' ? IMAP_MAILBOX_JUNK
					: *at == 'A' ? IMAP_MAILBOX_ALL
					: *at == 'R' ? IMAP_MAILBOX_ARCHIVE
						     : IMAP_MAILBOX_FLAGGED;
		tree_take_list(trees->tree, &folder);
	}
	tree_end_list(trees->tree, TRUE);
}

/* "name" by depth, "#" and the role behind special ones, "-" before those that can't be opened. */
static void
assert_tree(const Trees *trees, const char *wanted)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < tree_count(trees->tree); i++) {
		EngineFolder folder;

		tree_describe(trees->tree, tree_at(trees->tree, i), &folder);
		g_string_append_printf(text, "%*s%s%s", (int)folder.depth, "",
			folder.selectable ? "" : "-", folder.name);
		if (folder.role != ENGINE_ROLE_NONE)
			g_string_append_printf(text, "#%d", folder.role);
		g_string_append_c(text, '\n');
	}
	g_assert_cmpstr(text->str, ==, wanted);
}

static void
test_dovecot(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"Lists/kernel", "T|Trash", "S|Sent", "zebra", "Lists",
		"J|Junk", "D|Drafts", "R|Archive", "Archive/2025", "Apples", "INBOX",
		"Lists/kernel/net", "Entw&APw-rfe", NULL};

	list(trees, '/', names);
	assert_tree(trees, "INBOX#1\nDrafts#2\nSent#3\nArchive#4\n 2025\nJunk#5\nTrash#6\n"
			   "Apples\nEntwürfe\nLists\n kernel\n  net\nzebra\n");
	g_assert_cmpstr(tree_by_role(trees->tree, ENGINE_ROLE_TRASH)->stored->name, ==, "Trash");
	g_assert_cmpstr(tree_by_path(trees->tree, "entwürfe")->stored->name, ==, "Entw&APw-rfe");
	g_assert_null(tree_by_path(trees->tree, "kernel"));
}

static void
test_courier(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {
		"INBOX", "INBOX.Trash", "INBOX.Sent", "INBOX.Lists", "INBOX.Lists.kernel", NULL};

	list(trees, '.', names);
	assert_tree(trees, "INBOX#1\nSent#3\nTrash#6\nLists\n kernel\n");
	/* They are typed as they are shown, or as the server has them. */
	g_assert_cmpstr(folder_path(tree_by_path(trees->tree, "Lists/kernel")), ==, "Lists/kernel");
	g_assert_cmpstr(folder_path(tree_by_path(trees->tree, "INBOX.Sent")), ==, "Sent");
	g_assert_cmpstr(tree_by_path(trees->tree, "trash")->stored->name, ==, "INBOX.Trash");
	g_assert_null(tree_by_path(trees->tree, "kernel"));
}

/* With folders of others beside one's own. */
static void
test_cyrus(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"INBOX", "INBOX.Trash", "INBOX.Lists.kernel",
		"user.bob", "user.bob.Sent", "shared.Archive", NULL};

	list(trees, '.', names);
	assert_tree(trees,
		"INBOX#1\n -Lists\n  kernel\nTrash#6\n-shared\n Archive\n-user\n bob\n  Sent\n");
	g_assert_cmpstr(
		tree_by_role(trees->tree, ENGINE_ROLE_TRASH)->stored->name, ==, "INBOX.Trash");
}

static void
test_gmail(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"INBOX", "-|[Gmail]", "A|[Gmail]/All Mail",
		"D|[Gmail]/Drafts", "F|[Gmail]/Starred", "J|[Gmail]/Spam", "S|[Gmail]/Sent Mail",
		"T|[Gmail]/Trash", "[Gmail]/Important", "Receipts", NULL};

	list(trees, '/', names);
	assert_tree(trees, "INBOX#1\nDrafts#2\nSent Mail#3\nSpam#5\nTrash#6\nAll Mail#7\n"
			   "Starred#8\n-[Gmail]\n Important\nReceipts\n");
}

static void
test_exchange(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"Calendar", "Deleted Items", "Sent Items", "Junk Email",
		"Drafts", "INBOX", "INBOX/Sub", NULL};

	list(trees, '/', names);
	assert_tree(trees, "INBOX#1\n Sub\nDrafts#2\nSent Items#3\nJunk Email#5\n"
			   "Deleted Items#6\nCalendar\n");
}

static void
test_flat(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"INBOX", "b/c", "b", "Trash", NULL};

	list(trees, '\0', names);
	assert_tree(trees, "INBOX#1\nTrash#6\nb\nb/c\n");
}

/* The user's word counts more than the server's, and than names. */
static void
test_wish(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"INBOX", "T|Trash", "Bin", "Sent", NULL};

	trees->config.folders[ENGINE_ROLE_TRASH] = (char *)"Bin";
	trees->config.folders[ENGINE_ROLE_SENT] = (char *)"Nowhere";
	list(trees, '/', names);
	assert_tree(trees, "INBOX#1\nBin#6\nSent\nTrash\n");
}

static void
test_parents(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"INBOX", "a/b/c", "/absolute/x", NULL};
	static const char *const fewer[] = {"INBOX", "a", NULL};

	list(trees, '/', names);
	assert_tree(trees, "INBOX#1\n-/absolute\n x\n-a\n -b\n  c\n");
	list(trees, '/', names);
	assert_tree(trees, "INBOX#1\n-/absolute\n x\n-a\n -b\n  c\n");
	list(trees, '/', fewer);
	assert_tree(trees, "INBOX#1\na\n");
	/* INBOX stays, whatever the server says; so does all when the LIST was refused. */
	tree_begin_list(trees->tree);
	tree_end_list(trees->tree, FALSE);
	assert_tree(trees, "INBOX#1\na\n");
	tree_begin_list(trees->tree);
	tree_end_list(trees->tree, TRUE);
	assert_tree(trees, "INBOX#1\n");
}

/* A server of very many folders, and one whose names are made of delimiters. */
static void
test_hostile(Trees *trees, gconstpointer data)
{
	g_autofree char *deep = g_strnfill(20000, '/');
	ImapList folder = {.name = {deep, 20000}, .delimiter = '/'};
	gint64 begun = g_get_monotonic_time();

	tree_begin_list(trees->tree);
	tree_take_list(trees->tree, &folder);
	for (guint i = 0; i < 20000; i++) {
		g_autofree char *name = g_strdup_printf("d%u/%u", i % 1000, i);
		ImapList child = {.name = {name, strlen(name)}, .delimiter = '/'};

		tree_take_list(trees->tree, &child);
	}
	tree_end_list(trees->tree, TRUE);
	g_test_message("%.3f s", (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC);
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_TIME_SPAN_SECOND);
	g_assert_cmpuint(tree_count(trees->tree), <=, 21001);
	g_assert_cmpuint(tree_count(trees->tree), >, 1000);
}

/* ---- how many are unread ---- */

static void
add_op(OpQueue *queue, StoreOpKind kind, guint32 flags)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	StoreOp *op = store_op_new();
	GError *error = NULL;
	gboolean good;

	op->account = g_strdup("work");
	op->mailbox = g_strdup("INBOX");
	op->uidvalidity = 1;
	op->kind = kind;
	uidset_add(op->uids, 1);
	op->flags.bits = flags;
	if (kind == STORE_OP_MOVE)
		op->to_mailbox = g_strdup("Archive");
	g_ptr_array_add(ops, op);
	good = opqueue_add(queue, ops, &error);
	assert_done(good, error);
}

static void
assert_unread(Trees *trees, OpQueue *queue, guint32 unread)
{
	Folder *inbox = tree_by_raw(trees->tree, "INBOX");
	EngineFolder folder;

	unread_update(trees->core, trees->tree, queue);
	tree_describe(trees->tree, inbox, &folder);
	g_assert_cmpuint(folder.unread, ==, unread);
}

static void
test_unread(Trees *trees, gconstpointer data)
{
	g_autoptr(OpQueue) queue = opqueue_new(trees->core, 1, "work");
	Folder *inbox = tree_by_raw(trees->tree, "INBOX");
	g_autoptr(StoreMessage) message = store_message_new();
	GError *error = NULL;
	gboolean good;

	Folder *archive;
	ImapList listed = {.name = {"Archive", 7}, .delimiter = '/'};
	EngineFolder shown;
	g_autoptr(UidSet) moved = uidset_new_range(1, 1);

	tree_begin_list(trees->tree);
	tree_take_list(trees->tree, &listed);
	tree_end_list(trees->tree, TRUE);
	archive = tree_by_raw(trees->tree, "Archive");
	inbox->stored->total = 5;
	inbox->stored->unread = 3;
	message->folder = inbox->stored->id;
	message->uid = 1;
	good = store_message_put(trees->core->store, message, &error);
	assert_done(good, error);
	assert_unread(trees, queue, 3);
	add_op(queue, STORE_OP_ADD_FLAGS, FLAG_FLAGGED);
	assert_unread(trees, queue, 3);
	add_op(queue, STORE_OP_ADD_FLAGS, FLAG_SEEN);
	assert_unread(trees, queue, 2);
	/* It goes away as a read one: it is not counted twice. */
	add_op(queue, STORE_OP_MOVE, 0);
	assert_unread(trees, queue, 2);
	tree_describe(trees->tree, inbox, &shown);
	g_assert_cmpuint(shown.total, ==, 4);
	tree_describe(trees->tree, archive, &shown);
	g_assert_cmpuint(shown.unread, ==, 0);
	g_assert_cmpuint(shown.total, ==, 1);
	/* It comes as an unread one after all. */
	add_op(queue, STORE_OP_REMOVE_FLAGS, FLAG_SEEN);
	assert_unread(trees, queue, 2);
	tree_describe(trees->tree, archive, &shown);
	g_assert_cmpuint(shown.unread, ==, 1);
	/* The server has done it: the same counts without what was pending. */
	unread_carry(trees->core, trees->tree, queue, inbox, archive, moved);
	unread_take_away(trees->core, trees->tree, inbox, moved);
	g_assert_cmpuint(archive->stored->unread, ==, 1);
	g_assert_cmpuint(archive->stored->total, ==, 1);
	g_assert_cmpuint(inbox->stored->unread, ==, 2);
	g_assert_cmpuint(inbox->stored->total, ==, 4);
}

/* Counts of an earlier visit are old until the server has told them again, also when they are the
 * same; and what they say of their age outlives the program. */
static void
test_ages(Trees *trees, gconstpointer data)
{
	ImapMailboxStatus status = {.name = {"INBOX", 5},
		.has = IMAP_STATUS_MESSAGES | IMAP_STATUS_UNSEEN,
		.messages = 5,
		.unseen = 2};
	Folder *inbox = tree_by_raw(trees->tree, "INBOX");
	EngineFolder shown;

	clock_hold_wall(1000000);
	tree_take_status(trees->tree, &status);
	tree_describe(trees->tree, inbox, &shown);
	g_assert_false(shown.counts_old);
	clock_hold_wall(1000500);
	tree_take_status(trees->tree, &status);
	tree_doubt(trees->tree);
	clock_hold_wall(1001000);
	tree_describe(trees->tree, inbox, &shown);
	g_assert_true(shown.counts_old);
	g_assert_cmpint(shown.counts_at, ==, 1000500);
	tree_free(trees->tree);
	trees->tree = tree_new(trees->core, 1, &trees->config);
	inbox = tree_by_raw(trees->tree, "INBOX");
	tree_describe(trees->tree, inbox, &shown);
	g_assert_true(shown.counts_old && shown.counts_known);
	g_assert_cmpint(shown.counts_at, ==, 1000500);
	tree_take_status(trees->tree, &status);
	tree_describe(trees->tree, inbox, &shown);
	g_assert_false(shown.counts_old);
	clock_hold_wall(0);
}

/* ---- words ---- */

static void
test_words(Trees *trees, gconstpointer data)
{
	static const char *const names[] = {"INBOX", "Entw&APw-rfe", NULL};
	g_autoptr(StoreOp) op = store_op_new();
	g_autofree char *moved = NULL, *copy = NULL, *read = NULL, *unread = NULL, *gone = NULL,
			*other = NULL;

	list(trees, '/', names);
	op->to_mailbox = g_strdup("Entw&APw-rfe");
	op->kind = STORE_OP_MOVE;
	moved = words_done(op, 12, trees->tree);
	g_assert_cmpstr(moved, ==, "Moved 12 messages to Entwürfe");
	op->kind = STORE_OP_COPY;
	copy = words_do(op, 1, trees->tree);
	g_assert_cmpstr(copy, ==, "copy 1 message to Entwürfe");
	op->kind = STORE_OP_ADD_FLAGS;
	op->flags.bits = FLAG_SEEN;
	read = words_done(op, 1, trees->tree);
	g_assert_cmpstr(read, ==, "Marked 1 message read");
	op->kind = STORE_OP_REMOVE_FLAGS;
	unread = words_do(op, 2, trees->tree);
	g_assert_cmpstr(unread, ==, "mark 2 messages unread");
	op->kind = STORE_OP_EXPUNGE;
	gone = words_done(op, 2, trees->tree);
	g_assert_cmpstr(gone, ==, "Deleted 2 messages for good");
	other = words_folder(trees->tree, "not&AOQ-here");
	g_assert_cmpstr(other, ==, "notähere");
}

#define ADD(name, function) g_test_add(name, Trees, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/tree/dovecot", test_dovecot);
	ADD("/tree/courier", test_courier);
	ADD("/tree/cyrus", test_cyrus);
	ADD("/tree/gmail", test_gmail);
	ADD("/tree/exchange", test_exchange);
	ADD("/tree/flat", test_flat);
	ADD("/tree/wish", test_wish);
	ADD("/tree/parents", test_parents);
	ADD("/tree/hostile", test_hostile);
	ADD("/tree/unread", test_unread);
	ADD("/tree/ages", test_ages);
	ADD("/words/all", test_words);
	return g_test_run();
}
