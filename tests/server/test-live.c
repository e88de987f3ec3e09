/* The engine against a true server: what is shown, what is changed, on both sides. */
#include "world.h"

#include <string.h>

static Server *server;

static void
test_open(void)
{
	World *world = world_new_with(server, 3);

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2\n*m1");
	world_wait_idle(world);
	g_assert_true(engine_list_is_current(world->list));
	world_stop(world);
	/* Again, without a line: from the store, before anything was asked. */
	proxy_refuse(world->proxy, TRUE);
	world_start(world, NULL);
	world_open(world, "INBOX");
	{
		g_autofree char *rows = world_rows(world);

		g_assert_cmpstr(rows, ==, "*m3\n*m2\n*m1");
		g_assert_false(engine_list_is_current(world->list));
	}
	world_free(world);
}

static void
test_flags(void)
{
	World *world = world_new_with(server, 2);

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_flag(world, "m1", FLAG_SEEN, TRUE);
	{
		g_autofree char *rows = world_rows(world);

		g_assert_cmpstr(rows, ==, "*m2\n~m1");
	}
	world_wait_rows(world, "*m2\nm1");
	world_assert_server(world, "INBOX", "^\\d+:\\\\Seen:m1\n\\d+::m2\n$");
	/* From elsewhere. */
	g_free(other_ask(world->other, "STORE 2 +FLAGS (\\Flagged)"));
	world_wait_rows(world, "*!m2\nm1");
	g_free(other_ask(world->other, "STORE 1 -FLAGS (\\Seen)"));
	world_wait_rows(world, "*!m2\n*m1");
	world_flag(world, "m2", FLAG_FLAGGED, FALSE);
	world_wait_pending(world, 0);
	world_undo(world);
	world_wait_pending(world, 0);
	world_assert_server(world, "INBOX", "^\\d+::m1\n\\d+:\\\\Flagged:m2\n$");
	world_free(world);
}

static gboolean
change_tag(World *world, const char *subject, const char *tag, gboolean add, GError **error)
{
	guint32 uid = world_uid(world, subject);
	EngineMessages messages = {engine_list_folder(world->list), &uid, 1};

	return engine_change_keyword(world->engine, &messages, tag, add, error);
}

static void
test_tags(void)
{
	static const char *const refused[] = {
		"", "two words", "\\Seen", "a(b", "star*", "\"", "gr\xc3\xbcn", "a\r\nb"};
	World *world = world_new_with(server, 1);
	g_autoptr(GError) error = NULL;
	EngineRow row;
	gboolean good;

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m1");
	world_wait_idle(world);
	for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_assert_false(change_tag(world, "m1", refused[i], TRUE, &error));
		g_assert_cmpint(error->code, ==, ERR_INPUT);
		g_clear_error(&error);
	}
	good = change_tag(world, "m1", "todo", TRUE, &error);
	g_assert_no_error(error);
	g_assert_true(good);
	g_assert_true(engine_list_row(world->list, 0, &row));
	g_assert_cmpstr(row.keywords, ==, "todo");
	g_assert_true(row.pending);
	world_wait_notice(world, "Tagged 1 message with todo");
	world_wait_rows(world, "*m1");
	world_assert_server(world, "INBOX", "^\\d+:todo:m1\n$");
	world_undo(world);
	world_wait_pending(world, 0);
	world_assert_server(world, "INBOX", "^\\d+::m1\n$");
	good = change_tag(world, "m1", "$Important", TRUE, &error);
	g_assert_true(good);
	world_wait_pending(world, 0);
	world_assert_server(world, "INBOX", "^\\d+:\\$Important:m1\n$");
	world_free(world);
}

static void
test_news(void)
{
	World *world = world_new_with(server, 3);

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2\n*m1");
	other_deliver(world->other, "INBOX", "m4", 1);
	world_wait_rows(world, "*m4\n*m3\n*m2\n*m1");
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "STORE 2 +FLAGS.SILENT (\\Deleted)"));
	g_free(other_ask(world->other, "EXPUNGE"));
	world_wait_rows(world, "*m4\n*m3\n*m1");
	world_free(world);
}

static gboolean
has_mail(World *world, gconstpointer data)
{
	return strstr(world->mail->str, data) != NULL;
}

/* Of new mail it is told once, in whichever folder; what the user brings back is none. */
static void
test_arrival(void)
{
	World *world = world_new_with(server, 2);

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_wait_idle(world);
	g_assert_cmpstr(world->mail->str, ==, "");
	other_deliver(world->other, "INBOX", "m3", 1);
	world_wait(world, "a ring", has_mail, ": m3\n");
	other_deliver(world->other, "Archive", "elsewhere", 1);
	world_wait(world, "another ring", has_mail, "1 new message in work/Archive\n");
	g_string_truncate(world->mail, 0);
	world_move(world, "m2", "Archive");
	world_wait_idle(world);
	world_undo(world);
	world_wait_rows(world, "*m2\n*m3\n*m1");
	world_wait_idle(world);
	world_move(world, "m1", "Archive");
	world_undo(world);
	world_wait_idle(world);
	world_wait_pending(world, 0);
	/* What is told behind it would have come behind that too. */
	other_deliver(world->other, "INBOX", "m4", 1);
	world_wait(world, "the last ring", has_mail, ": m4\n");
	world_wait_idle(world);
	g_assert_true(g_str_has_suffix(world->mail->str, ": m4\n"));
	g_assert_null(strstr(world->mail->str, "work/"));
	g_assert_null(strstr(world->mail->str, "m1"));
	g_assert_null(strstr(world->mail->str, "m2"));
	world_free(world);
}

/* What a folder's count of unread messages was, one after the other: "5 3 " */
typedef struct {
	World *world;
	EngineFolderId folder;
	GString *counts;
	guint32 last;
} Counts;

static void
on_counts(const EngineEvent *event, gpointer user)
{
	Counts *counts = user;
	EngineFolder folder;

	if (!engine_folder_get(counts->world->engine, counts->folder, &folder))
		return;
	if (*counts->counts->str && folder.unread == counts->last)
		return;
	counts->last = folder.unread;
	g_string_append_printf(counts->counts, "%u/%u ", folder.unread, folder.total);
}

/* Counts go straight to what they will be, when something is moved and when that is taken back. */
static void
test_counts(void)
{
	World *world = world_new_with(server, 5);
	Counts inbox = {world, 0, g_string_new(NULL), 0}, archive = inbox;

	archive.counts = g_string_new(NULL);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m5\n*m4\n*m3\n*m2\n*m1");
	world_wait_idle(world);
	inbox.folder = world_folder(world, "INBOX");
	archive.folder = world_folder(world, "Archive");
	engine_listen(world->engine, on_counts, &inbox);
	engine_listen(world->engine, on_counts, &archive);
	world_flag(world, "m5", FLAG_SEEN, TRUE);
	world_wait_idle(world);
	world_move(world, "m1", "Archive");
	world_wait_idle(world);
	world_move(world, "m2", "Archive");
	world_wait_idle(world);
	g_assert_cmpstr(inbox.counts->str, ==, "4/5 3/4 2/3 ");
	g_assert_cmpstr(archive.counts->str, ==, "0/0 1/1 2/2 ");
	world_undo(world);
	world_wait_idle(world);
	world_undo(world);
	world_wait_idle(world);
	world_undo(world);
	world_wait_idle(world);
	g_assert_cmpstr(inbox.counts->str, ==, "4/5 3/4 2/3 3/4 4/5 5/5 ");
	g_assert_cmpstr(archive.counts->str, ==, "0/0 1/1 2/2 1/1 0/0 ");
	/* Taken back while they are on their way. */
	g_string_truncate(inbox.counts, 0);
	world_move(world, "m1", "Archive");
	g_main_context_iteration(NULL, FALSE);
	world_move(world, "m2", "Archive");
	g_main_context_iteration(NULL, FALSE);
	world_undo(world);
	world_undo(world);
	world_wait_idle(world);
	g_assert_true(g_str_has_suffix(inbox.counts->str, "3/3 5/5 "));
	g_string_free(inbox.counts, TRUE);
	g_string_free(archive.counts, TRUE);
	world_free(world);
}

typedef struct {
	World *world;
	EngineFolderId folder;
	guint32 unread;
} Falling;

static void
on_falling(const EngineEvent *event, gpointer user)
{
	Falling *falling = user;
	EngineFolder folder;

	if (event->kind != ENGINE_FOLDER_CHANGED || event->folder != falling->folder ||
		!engine_folder_get(falling->world->engine, falling->folder, &folder))
		return;
	g_assert_cmpuint(folder.unread, <=, falling->unread);
	falling->unread = folder.unread;
}

/* One after the other is marked read. What the server says of the counts comes later on the other
 * connection, when more have been: nothing is unread again by that. */
static void
test_counts_fall(void)
{
	enum { MESSAGES = 18 };
	World *world = world_new_with(server, MESSAGES);
	Falling falling = {.world = world, .unread = MESSAGES};

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_idle(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){.delay_ms = 15, .side_ms = 80});
	falling.folder = world_folder(world, "INBOX");
	engine_listen(world->engine, on_falling, &falling);
	for (guint i = MESSAGES; i > 0; i--) {
		g_autofree char *subject = g_strdup_printf("m%u", i);

		world_flag(world, subject, FLAG_FLAGGED, TRUE);
		world_wait_pending(world, 0);
		world_flag(world, subject, FLAG_SEEN, TRUE);
		world_wait_pending(world, 0);
	}
	world_wait_idle(world);
	g_assert_cmpuint(falling.unread, ==, 0);
	world_free(world);
}

static void
test_move(void)
{
	World *world = world_new_with(server, 3);

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2\n*m1");
	world_move(world, "m2", "Archive");
	{
		g_autofree char *rows = world_rows(world);

		g_assert_cmpstr(rows, ==, "*m3\n*m1");
	}
	world_wait_idle(world);
	world_assert_server(world, "INBOX", "^\\d+::m1\n\\d+::m3\n$");
	world_assert_server(world, "Archive", "^\\d+::m2\n$");
	world_undo(world);
	world_wait_rows(world, "*m2\n*m3\n*m1");
	world_wait_idle(world);
	world_assert_server(world, "Archive", "^$");
	/* At once, before the server has answered. */
	world_move(world, "m3", "Archive");
	world_undo(world);
	world_wait_idle(world);
	world_wait_pending(world, 0);
	world_assert_server(world, "Archive", "^$");
	world_assert_server(world, "INBOX", "m3");
	world_free(world);
}

/* Two moves on the way at once, and the second one taken back before either is answered. */
static void
test_hurry(void)
{
	World *world = world_new_with(server, 3);

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2\n*m1");
	world_wait_idle(world);
	world_move(world, "m3", "Trash");
	g_main_context_iteration(NULL, FALSE);
	world_move(world, "m2", "Trash");
	g_main_context_iteration(NULL, FALSE);
	world_undo(world);
	world_wait_idle(world);
	world_assert_server(world, "INBOX", "m2\n$");
	world_assert_server(world, "Trash", "m3\n$");
	world_undo(world);
	world_wait_idle(world);
	world_assert_server(world, "Trash", "^$");
	/* Each undo takes back one change, also while the one before waits; and what it is about came
	 * to the other folder after that was selected for the first ones. */
	world_move(world, "m2", "Trash");
	g_main_context_iteration(NULL, FALSE);
	world_move(world, "m1", "Trash");
	g_main_context_iteration(NULL, FALSE);
	world_undo(world);
	world_undo(world);
	world_wait_idle(world);
	world_assert_server(world, "Trash", "^$");
	world_free(world);
}

/* There and back before the server has answered for either: what it tells of the folder in between is not
 * about the open one. */
static void
test_there_and_back(void)
{
	World *world = world_new_with(server, 1);
	const char *const folders[] = {"Here", "There"};
	g_autofree char *list = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *create = g_strconcat("CREATE ", folders[i], NULL);

		g_free(other_try(world->other, create));
		other_deliver(world->other, folders[i], folders[i], 1);
	}
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "There");
	world_wait_rows(world, "*There");
	world_open(world, "Here");
	world_wait_rows(world, "*Here");
	world_open(world, "INBOX");
	world_wait_rows(world, "*m1");
	world_wait_idle(world);
	list = other_list(world->other, "There");
	g_free(other_ask(world->other, "STORE 1 +FLAGS (\\Seen)"));
	world_open(world, "Here");
	world_open(world, "There");
	world_open(world, "Here");
	world_wait_idle(world);
	world_wait_rows(world, "*Here");
	world_free(world);
}

static void
test_delete(void)
{
	World *world = world_new_with(server, 2);

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	/* Another client's mark must not be purged with ours. */
	g_free(other_ask(world->other, "SELECT INBOX"));
	world_delete(world, "m1");
	world_wait_idle(world);
	world_assert_server(world, "Trash", "^\\d+::m1\n$");
	other_deliver(world->other, "Trash", "marked", 1);
	g_free(other_ask(world->other, "SELECT Trash"));
	g_free(other_ask(world->other, "STORE 2 +FLAGS.SILENT (\\Deleted)"));
	world_open(world, "Trash");
	world_wait_rows(world, "*marked\n*m1");
	world_flag(world, "marked", FLAG_SEEN, TRUE);
	world_delete(world, "m1");
	world_wait_rows(world, "marked");
	world_wait_idle(world);
	world_assert_server(world, "Trash", "^\\d+:\\\\Deleted\\\\Seen:marked\n$");
	/* What is gone for good does not stand before what can be taken back. */
	g_assert_false(engine_undo(world->engine, NULL));
	world_undo(world);
	world_wait_rows(world, "*marked");
	world_free(world);
}

static gboolean
has_old_counts(World *world, gconstpointer data)
{
	EngineFolder folder;

	return engine_folder_get(world->engine, engine_list_folder(world->list), &folder) &&
	       folder.counts_old;
}

static void
test_offline(void)
{
	World *world = world_new_with(server, 3);
	EngineFolder folder;

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2\n*m1");
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	world_wait_state(world, ENGINE_WAITING);
	g_assert_false(engine_list_is_current(world->list));
	world_wait(world, "old counts", has_old_counts, NULL);
	g_assert_cmpint(engine_now() - engine_list_seen_at(world->list), <, 60);
	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_move(world, "m2", "Archive");
	{
		g_autofree char *rows = world_rows(world);

		g_assert_cmpstr(rows, ==, "*m3\n~m1");
	}
	/* Meanwhile, elsewhere. */
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "STORE 3 +FLAGS.SILENT (\\Flagged)"));
	other_deliver(world->other, "INBOX", "m4", 1);
	proxy_refuse(world->proxy, FALSE);
	engine_account_reconnect(world->engine, 1);
	world_wait_pending(world, 0);
	world_wait_rows(world, "*m4\n*!m3\nm1");
	g_assert_true(engine_list_is_current(world->list));
	world_wait_idle(world);
	g_assert_true(engine_folder_get(world->engine, engine_list_folder(world->list), &folder));
	g_assert_false(folder.counts_old);
	world_assert_server(world, "INBOX", "^\\d+:\\\\Seen:m1\n\\d+:\\\\Flagged:m3\n\\d+::m4\n$");
	world_assert_server(world, "Archive", "^\\d+::m2\n$");
	world_free(world);
}

/* Changes outlive the program. */
static void
test_restart(void)
{
	World *world = world_new_with(server, 2);

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	world_flag(world, "m1", FLAG_FLAGGED, TRUE);
	world_stop(world);
	proxy_refuse(world->proxy, FALSE);
	world_start(world, NULL);
	/* In a folder that is not open. */
	world_wait_pending(world, 0);
	world_assert_server(world, "INBOX", "^\\d+:\\\\Flagged:m1\n\\d+::m2\n$");
	world_free(world);
}

static void
test_refused(void)
{
	World *world = world_new_with(server, 2);

	g_free(other_try(world->other, "CREATE Gone"));
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	/* The folder goes away behind our back: the MOVE is refused. */
	g_free(other_ask(world->other, "DELETE Gone"));
	world_move(world, "m1", "Gone");
	world_wait_notice(world, "Could not move 1 message to Gone: ");
	world_wait_rows(world, "*m2\n*m1");
	g_assert_cmpuint(world_account(world).pending, ==, 0);
	world_free(world);
}

static gboolean
has_no_folder(World *world, gconstpointer data)
{
	EngineFolder folder;

	for (guint i = 0; engine_folder_at(world->engine, 1, i, &folder); i++)
		if (strcmp(folder.path, data) == 0)
			return FALSE;
	return TRUE;
}

/* Dovecot tells nobody that a folder was renamed. What it refuses to open is looked for at once. */
static void
test_renamed(void)
{
	World *world = world_new_with(server, 1);

	g_free(other_try(world->other, "DELETE Before"));
	g_free(other_try(world->other, "DELETE Behind"));
	g_free(other_ask(world->other, "CREATE Before"));
	world_start(world, NULL);
	world_wait_idle(world);
	g_free(other_ask(world->other, "RENAME Before Behind"));
	world_open(world, "Before");
	world_wait_notice(world, "Before can't be opened. ");
	world_wait(world, "the old name is gone", has_no_folder, "Before");
	g_assert_cmpuint(world_folder(world, "Behind"), !=, 0);
	g_free(other_ask(world->other, "DELETE Behind"));
	world_free(world);
}

static void
test_uidvalidity(void)
{
	World *world;

	world = world_new_with(server, 0);
	g_free(other_try(world->other, "DELETE Renewed"));
	g_free(other_ask(world->other, "CREATE Renewed"));
	other_deliver(world->other, "Renewed", "old", 1);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "Renewed");
	world_wait_rows(world, "*old");
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	world_wait_state(world, ENGINE_WAITING);
	world_flag(world, "old", FLAG_FLAGGED, TRUE);
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "DELETE Renewed"));
	g_free(other_ask(world->other, "CREATE Renewed"));
	other_deliver(world->other, "Renewed", "new", 1);
	proxy_refuse(world->proxy, FALSE);
	engine_account_reconnect(world->engine, 1);
	world_wait_notice(world, "numbered its messages anew");
	world_wait_rows(world, "*new");
	world_assert_server(world, "Renewed", "^\\d+::new\n$");
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "DELETE Renewed"));
	world_free(world);
}

static gboolean
is_read(World *world, gconstpointer data)
{
	return engine_reading_state(data) == ENGINE_READING_READY;
}

static gboolean
is_exported(World *world, gconstpointer data)
{
	return engine_export_state(data) != ENGINE_EXPORT_RUNNING;
}

/* In a folder that was deleted and made anew the number of the message on the screen is that of another one. */
static void
test_reading_renumbered(void)
{
	World *world = world_new_with(server, 0);
	EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
	EngineExport *export;
	EngineReading *reading;
	EngineSource *source;
	guint32 uid;

	g_free(other_try(world->other, "DELETE Renewed"));
	g_free(other_ask(world->other, "CREATE Renewed"));
	other_deliver(world->other, "Renewed", "old", 1);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "Renewed");
	world_wait_rows(world, "*old");
	uid = world_uid(world, "old");
	reading = engine_read(world->engine, engine_list_folder(world->list), uid, TRUE);
	world_wait(world, "the text", is_read, reading);
	g_assert_cmpuint(engine_reading_uid(reading), ==, uid);
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	world_wait_state(world, ENGINE_WAITING);
	source = engine_source(world->engine, engine_list_folder(world->list), uid);
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "DELETE Renewed"));
	g_free(other_ask(world->other, "CREATE Renewed"));
	other_deliver(world->other, "Renewed", "new", 1);
	proxy_refuse(world->proxy, FALSE);
	engine_account_reconnect(world->engine, 1);
	world_wait_rows(world, "*new");
	g_assert_cmpuint(world_uid(world, "new"), ==, uid);
	g_assert_cmpuint(engine_reading_uid(reading), ==, 0);
	export = engine_export(reading, 0, &wish, NULL);
	world_wait(world, "the export", is_exported, export);
	g_assert_nonnull(strstr(engine_export_error(export), "numbered"));
	world_wait_idle(world);
	g_assert_nonnull(strstr(engine_source_error(source), "numbered"));
	engine_export_free(export);
	engine_source_free(source);
	engine_reading_free(reading);
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "DELETE Renewed"));
	world_free(world);
}

/* Longer than one piece, shown to its end; and read again from the store. */
static void
test_reading(void)
{
	World *world = world_new_with(server, 0);
	EngineReading *reading;
	EngineLine line;
	guint n;

	other_deliver(world->other, "INBOX", "long", 20000);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*long");
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "long"), FALSE);
	world_wait(world, "the text", is_read, reading);
	n = engine_reading_line_count(reading);
	g_assert_true(engine_reading_line(reading, n - 1, &line));
	g_assert_nonnull(strstr(line.text, "Line 19999 of"));
	engine_reading_free(reading);
	/* Reading marks read. */
	world_wait_rows(world, "long");
	world_wait_pending(world, 0);
	world_assert_server(world, "INBOX", "^\\d+:\\\\Seen:long\n$");
	world_free(world);
}

/* Left in the middle for another folder, whose UIDs are the same. */
static void
test_reading_left(void)
{
	World *world = world_new_with(server, 0);
	EngineReading *reading;
	EngineLine line;

	g_free(other_try(world->other, "DELETE One"));
	g_free(other_try(world->other, "DELETE Two"));
	g_free(other_ask(world->other, "CREATE One"));
	g_free(other_ask(world->other, "CREATE Two"));
	other_deliver(world->other, "One", "one", 20000);
	other_deliver(world->other, "Two", "two", 20000);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "One");
	world_wait_rows(world, "*one");
	world_wait_idle(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){.delay_ms = 5});
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "one"), TRUE);
	world_open(world, "Two");
	world_wait_rows(world, "*two");
	world_open(world, "One");
	world_wait(world, "the text", is_read, reading);
	for (guint i = 0; engine_reading_line(reading, i, &line); i++)
		if (strstr(line.text, "\"two\""))
			g_error("line %u is of another message: %s", i, line.text);
	engine_reading_free(reading);
	world_wait_idle(world);
	world_free(world);
}

typedef struct {
	GString *lines;
	gboolean done, good;
} Report;

static void
on_report(EngineNoticeLevel level, const char *line, gpointer user)
{
	g_string_append_printf(((Report *)user)->lines, "%d %s\n", level, line);
}

static void
on_done(gboolean all_good, gpointer user)
{
	Report *report = user;

	report->done = TRUE;
	report->good = all_good;
}

static gboolean
is_reported(World *world, gconstpointer data)
{
	return ((const Report *)data)->done;
}

/* It says how far it got, and may be left at any time. */
static void
test_doctor(void)
{
	World *world = world_new_with(server, 0);
	Report report = {g_string_new(NULL), FALSE, FALSE};
	g_autoptr(GError) error = NULL;

	world_start(world, NULL);
	g_assert_false(engine_doctor(world->engine, "nobody", on_report, on_done, &report, &error));
	g_assert_nonnull(strstr(error->message, "nobody"));
	g_clear_error(&error);
	g_assert_true(engine_doctor(world->engine, "work", on_report, on_done, &report, &error));
	world_wait(world, "the report", is_reported, &report);
	g_assert_true(report.good);
	g_assert_nonnull(strstr(report.lines->str, "logged in as alice@example.org"));
	report.done = FALSE;
	for (guint turns = 0; turns < 40; turns += 4) {
		g_assert_true(
			engine_doctor(world->engine, NULL, on_report, on_done, &report, &error));
		for (guint i = 0; i < turns; i++)
			g_main_context_iteration(NULL, FALSE);
		world_stop(world);
		world_start(world, NULL);
	}
	world_wait_idle(world);
	g_assert_false(report.done);
	g_string_free(report.lines, TRUE);
	world_free(world);
}

/* The quickest way to the first rows: connect, greeting, login, SELECT, FETCH. The first of the five
 * is the kernel's, which the proxy does not delay. */
static void
test_round_trips(void)
{
	World *world = world_new_with(server, 20);
	gint64 begun, ended;

	proxy_set_faults(world->proxy, &(ProxyFaults){.delay_ms = 50});
	world_start(world, "mechanisms = plain\n");
	begun = g_get_monotonic_time();
	world_open(world, "INBOX");
	world_wait_rows(world, "*m20\n*m19\n*m18\n*m17\n*m16\n*m15\n*m14\n*m13\n*m12\n*m11\n"
			       "*m10\n*m9\n*m8\n*m7\n*m6\n*m5\n*m4\n*m3\n*m2\n*m1");
	ended = g_get_monotonic_time();
	g_test_message("first rows after %.2f round trips and the handshake",
		(double)(ended - begun) / (100 * G_TIME_SPAN_MILLISECOND));
	/* The client spoke three times: login, SELECT, FETCH. */
	g_assert_cmpuint(proxy_counts(world->proxy).turns, <=, 3);
	g_assert_cmpint(ended - begun, <, G_TIME_SPAN_SECOND);
	world_free(world);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	server = server_new(NULL);
	g_test_add_func("/live/open", test_open);
	g_test_add_func("/live/flags", test_flags);
	g_test_add_func("/live/tags", test_tags);
	g_test_add_func("/live/news", test_news);
	g_test_add_func("/live/arrival", test_arrival);
	g_test_add_func("/live/counts", test_counts);
	g_test_add_func("/live/counts-fall", test_counts_fall);
	g_test_add_func("/live/move", test_move);
	g_test_add_func("/live/hurry", test_hurry);
	g_test_add_func("/live/there-and-back", test_there_and_back);
	g_test_add_func("/live/delete", test_delete);
	g_test_add_func("/live/offline", test_offline);
	g_test_add_func("/live/restart", test_restart);
	g_test_add_func("/live/refused", test_refused);
	g_test_add_func("/live/renamed", test_renamed);
	g_test_add_func("/live/uidvalidity", test_uidvalidity);
	g_test_add_func("/live/reading", test_reading);
	g_test_add_func("/live/reading-left", test_reading_left);
	g_test_add_func("/live/reading-renumbered", test_reading_renumbered);
	g_test_add_func("/live/doctor", test_doctor);
	g_test_add_func("/live/round-trips", test_round_trips);
	return world_run(server);
}
