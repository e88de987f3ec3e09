/* New mail: what is news and what is not. */
#include "core/arrival.h"
#include "core/opqueue-send.h"
#include "core/opqueue-undo.h"
#include "store-fixture.h"

#include <string.h>

typedef struct {
	Fixture store;
	AccountConfig config;
	Core *core;
	Tree *tree;
	OpQueue *ops;
	Arrival *arrival;
	GString *told;
} Arrivals;

static void
on_event(gconstpointer data, gpointer user)
{
	const EngineEvent *event = data;

	if (event->kind == ENGINE_NEW_MAIL)
		g_string_append_printf(
			((Arrivals *)user)->told, "%u %s\n", event->count, event->text);
}

static void
add_folder(Arrivals *arrivals, const char *name, guint32 flags)
{
	ImapList folder = {.name = {name, strlen(name)}, .delimiter = '/', .flags = flags};

	tree_take_list(arrivals->tree, &folder);
}

static void
set_up(Arrivals *arrivals, gconstpointer data)
{
	fixture_set_up(&arrivals->store, NULL);
	arrivals->config = (AccountConfig){.name = (char *)"work"};
	arrivals->core = core_new(NULL, g_steal_pointer(&arrivals->store.store));
	arrivals->tree = tree_new(arrivals->core, 1, &arrivals->config);
	arrivals->ops = opqueue_new(arrivals->core, 1, "work");
	arrivals->arrival =
		arrival_new(arrivals->core, 1, "work", arrivals->tree, arrivals->ops, NULL);
	arrivals->told = g_string_new(NULL);
	hub_listen(arrivals->core->hub, on_event, arrivals);
	tree_begin_list(arrivals->tree);
	add_folder(arrivals, "INBOX", 0);
	add_folder(arrivals, "Lists/kernel", 0);
	add_folder(arrivals, "Spam", IMAP_MAILBOX_JUNK);
	add_folder(arrivals, "Everything", IMAP_MAILBOX_ALL);
	tree_end_list(arrivals->tree, TRUE);
}

static void
tear_down(Arrivals *arrivals, gconstpointer data)
{
	arrival_free(arrivals->arrival);
	opqueue_free(arrivals->ops);
	tree_free(arrivals->tree);
	core_free(arrivals->core);
	g_string_free(arrivals->told, TRUE);
	fixture_tear_down(&arrivals->store, NULL);
}

static void
count(Arrivals *arrivals, const char *mailbox, guint32 uidnext, guint32 unread)
{
	ImapMailboxStatus status = {.name = {mailbox, strlen(mailbox)},
		.has = IMAP_STATUS_MESSAGES | IMAP_STATUS_UIDNEXT | IMAP_STATUS_UNSEEN |
		       IMAP_STATUS_UIDVALIDITY,
		.messages = 1000,
		.uidnext = uidnext,
		.unseen = unread,
		.uidvalidity = 1};

	arrival_take_status(arrivals->arrival, tree_by_raw(arrivals->tree, mailbox), &status);
	tree_take_status(arrivals->tree, &status);
}

static void
message(Arrivals *arrivals, const char *mailbox, guint32 uid, const char *from, const char *subject)
{
	arrival_take_message(
		arrivals->arrival, tree_by_raw(arrivals->tree, mailbox), uid, from, subject);
}

/* Ends the turn, and forgets what was told. */
static void
assert_told(Arrivals *arrivals, const char *wanted)
{
	arrival_settle(arrivals->arrival);
	core_end_turn(arrivals->core);
	g_assert_cmpstr(arrivals->told->str, ==, wanted);
	g_string_truncate(arrivals->told, 0);
}

static void
test_counts(Arrivals *arrivals, gconstpointer data)
{
	count(arrivals, "INBOX", 10, 3);
	count(arrivals, "Lists/kernel", 50, 0);
	assert_told(arrivals, "");
	/* The same again; marked unread by somebody; something read has come. */
	count(arrivals, "INBOX", 10, 3);
	assert_told(arrivals, "");
	count(arrivals, "INBOX", 10, 4);
	assert_told(arrivals, "");
	count(arrivals, "INBOX", 11, 4);
	assert_told(arrivals, "");
	count(arrivals, "INBOX", 12, 5);
	assert_told(arrivals, "1 1 new message in work/INBOX\n");
	count(arrivals, "Lists/kernel", 60, 3);
	assert_told(arrivals, "3 3 new messages in work/Lists/kernel\n");
	count(arrivals, "Lists/kernel", 61, 4);
	count(arrivals, "INBOX", 13, 6);
	assert_told(arrivals, "2 2 new messages in 2 folders of work\n");
	assert_told(arrivals, "");
}

static void
test_messages(Arrivals *arrivals, gconstpointer data)
{
	/* Before the folder was looked at all of it is old. */
	message(arrivals, "INBOX", 9, "Ada Lovelace", "Notes");
	assert_told(arrivals, "");
	count(arrivals, "INBOX", 10, 3);
	message(arrivals, "INBOX", 9, "Ada Lovelace", "Notes");
	assert_told(arrivals, "");
	message(arrivals, "INBOX", 10, "Ada\033 Lovelace", "Re: Notes\non the Engine");
	assert_told(arrivals, "1 Ada^[ Lovelace: Re: Notes on the Engine\n");
	/* Its count comes behind, and the row once more. */
	count(arrivals, "INBOX", 11, 4);
	message(arrivals, "INBOX", 10, "Ada Lovelace", "Re: Notes");
	assert_told(arrivals, "");
	message(arrivals, "INBOX", 11, "A", "b");
	message(arrivals, "INBOX", 12, "C", "d");
	assert_told(arrivals, "2 2 new messages in work/INBOX\n");
}

static void
test_quiet_folders(Arrivals *arrivals, gconstpointer data)
{
	count(arrivals, "Spam", 10, 3);
	count(arrivals, "Everything", 10, 3);
	assert_told(arrivals, "");
	count(arrivals, "Spam", 11, 4);
	count(arrivals, "Everything", 11, 4);
	message(arrivals, "Spam", 11, "A", "b");
	assert_told(arrivals, "");
}

static void
test_validity(Arrivals *arrivals, gconstpointer data)
{
	ImapMailboxStatus status = {
		.has = IMAP_STATUS_UIDNEXT | IMAP_STATUS_UNSEEN | IMAP_STATUS_UIDVALIDITY,
		.uidnext = 500,
		.unseen = 400,
		.uidvalidity = 2};

	count(arrivals, "INBOX", 10, 3);
	arrival_take_status(arrivals->arrival, tree_by_raw(arrivals->tree, "INBOX"), &status);
	assert_told(arrivals, "");
	status.uidnext++;
	status.unseen++;
	arrival_take_status(arrivals->arrival, tree_by_raw(arrivals->tree, "INBOX"), &status);
	assert_told(arrivals, "1 1 new message in work/INBOX\n");
}

static const StoreOp *
move_to_inbox(Arrivals *arrivals)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	StoreOp *op = store_op_new();
	GError *error = NULL;
	gboolean good;

	op->account = g_strdup("work");
	op->mailbox = g_strdup("Lists/kernel");
	op->to_mailbox = g_strdup("INBOX");
	op->uidvalidity = 1;
	op->kind = STORE_OP_MOVE;
	uidset_add_range(op->uids, 1, 2);
	g_ptr_array_add(ops, op);
	good = opqueue_add(arrivals->ops, ops, &error);
	assert_done(good, error);
	return g_ptr_array_index(opqueue_last_group(arrivals->ops), 0);
}

/* What we bring there ourselves is no news; what comes with it is. */
static void
test_own(Arrivals *arrivals, gconstpointer data)
{
	g_autoptr(UidSet) uids = uidset_new_range(10, 11);
	OpBatch *batch;

	count(arrivals, "INBOX", 10, 3);
	(void)move_to_inbox(arrivals);
	batch = opqueue_take_next(arrivals->ops, "Lists/kernel");
	message(arrivals, "INBOX", 10, "A", "moved");
	message(arrivals, "INBOX", 11, "A", "moved too");
	assert_told(arrivals, "");
	message(arrivals, "INBOX", 12, "Bo", "New");
	assert_told(arrivals, "");
	opqueue_confirm(arrivals->ops, g_ptr_array_index(batch->ops, 0));
	op_batch_free(batch);
	arrival_take_own(arrivals->arrival, "INBOX", uids, 2);
	assert_told(arrivals, "1 Bo: New\n");
	count(arrivals, "INBOX", 13, 6);
	assert_told(arrivals, "");
	/* The same by counts. */
	uidset_clear(uids);
	uidset_add(uids, 13);
	arrival_take_own(arrivals->arrival, "INBOX", uids, 1);
	count(arrivals, "INBOX", 14, 7);
	assert_told(arrivals, "");
	/* A server that does not say their UIDs. */
	arrival_take_own(arrivals->arrival, "INBOX", NULL, 2);
	count(arrivals, "INBOX", 17, 10);
	assert_told(arrivals, "1 1 new message in work/INBOX\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add(path, Arrivals, NULL, set_up, test, tear_down)
	ADD("/arrival/counts", test_counts);
	ADD("/arrival/messages", test_messages);
	ADD("/arrival/quiet-folders", test_quiet_folders);
	ADD("/arrival/validity", test_validity);
	ADD("/arrival/own", test_own);
	return g_test_run();
}
