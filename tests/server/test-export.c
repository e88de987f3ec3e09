/* Parts as files: whole or not at all, with names of ours, over a line that is cut. */
#include "world.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define OCTETS 700000 /* of the file that is attached; about a million as sent */

static Server *server;
static char *dir;     /* of the test that runs, empty at its start */
static GBytes *bytes; /* what is attached */

/* ---- the message ---- */

static GBytes *
make_bytes(void)
{
	guint8 *made = g_malloc(OCTETS);
	guint32 state = 1;

	for (gsize i = 0; i < OCTETS; i++) {
		state = state * 1664525 + 1013904223;
		made[i] = (guint8)(state >> 24);
	}
	return g_bytes_new_take(made, OCTETS);
}

/* BYTES in lines of PER_LINE octets. The caller's. */
static char *
make_base64(gsize per_line)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gsize len;
	const guint8 *at = g_bytes_get_data(bytes, &len);

	for (gsize done = 0; done < len; done += per_line) {
		g_autofree char *line = g_base64_encode(at + done, MIN(per_line, len - done));

		g_string_append_printf(text, "%s\r\n", line);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* CONTAINER: "mixed". */
static void
deliver(World *world, const char *container, const char *file_name, const char *base64)
{
	g_autofree char *text = g_strdup_printf(
		"From: Ada Lovelace <ada@example.org>\r\nTo: alice@example.org\r\n"
		"Subject: engine\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/%s; boundary=cut\r\n\r\n"
		"--cut\r\n\r\nHere it is.\r\n"
		"--cut\r\nContent-Type: application/pdf\r\n"
		"Content-Disposition: attachment; filename=\"%s\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n%s--cut--\r\n",
		container, file_name, base64);

	g_free(other_ask(
		world->other, "APPEND INBOX {%" G_GSIZE_FORMAT "+}\r\n%s", strlen(text), text));
}

/* One of the sample messages, as engine. */
static void
deliver_sample(World *world, const char *name)
{
	const char *source = g_getenv("abs_top_srcdir");
	g_autofree char *path =
		g_build_filename(source ? source : ".", "tests", "mail", name, NULL);
	g_autofree char *sample = NULL, *text = NULL, *command = NULL;
	g_auto(GStrv) lines = NULL;
	const char *body;

	g_assert_true(g_file_get_contents(path, &sample, NULL, NULL));
	body = strstr(sample, "\nMIME-Version");
	g_assert_nonnull(body);
	lines = g_strsplit(body, "\n", -1);
	body = text = g_strjoinv("\r\n", lines);
	command = g_strdup_printf("APPEND INBOX {%" G_GSIZE_FORMAT "+}\r\nSubject: engine%s",
		strlen(body) + strlen("Subject: engine"), body);
	g_free(other_ask(world->other, "%s", command));
}

static gboolean
is_read(World *world, gconstpointer data)
{
	return engine_reading_state(data) == ENGINE_READING_READY;
}

/* A world with an empty INBOX, and DIR. */
static World *
prepare(Server *of)
{
	World *world = world_new(of);
	g_autoptr(GError) error = NULL;

	dir = g_dir_make_tmp("postern-export-XXXXXX", &error);
	g_assert_no_error(error);
	g_setenv("XDG_RUNTIME_DIR", dir, TRUE);
	other_empty(world->other, "INBOX");
	return world;
}

/* MORE: lines for the account, or NULL. */
static EngineReading *
read_it(World *world, const char *more)
{
	EngineReading *reading;

	world_start(world, more);
	world_open(world, "INBOX");
	world_wait_rows(world, "*engine");
	world_wait_idle(world);
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "engine"), TRUE);
	world_wait(world, "the text", is_read, reading);
	return reading;
}

/* With a file of that name. */
static EngineReading *
begin_on(Server *of, World **out_world, const char *file_name, const char *more)
{
	g_autofree char *base64 = make_base64(57);

	*out_world = prepare(of);
	deliver(*out_world, "mixed", file_name, base64);
	return read_it(*out_world, more);
}

static EngineReading *
begin(World **out_world, const char *file_name)
{
	return begin_on(server, out_world, file_name, NULL);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is in DIR, joined by blanks. */
static char *
files_in(const char *path)
{
	g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while ((name = g_dir_read_name(files)))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" ", (char **)names->pdata);
}

static void
end(World *world, EngineReading *reading)
{
	g_autofree char *quoted = g_shell_quote(dir);
	g_autofree char *command = g_strdup_printf("rm -rf %s", quoted);

	engine_reading_free(reading);
	world_free(world);
	g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
	g_clear_pointer(&dir, g_free);
}

/* ---- exporting ---- */

static EngineExport *
start(EngineReading *reading, guint part, const EngineExportWish *wish)
{
	g_autoptr(GError) error = NULL;
	EngineExport *export = engine_export(reading, part, wish, &error);

	g_assert_no_error(error);
	return export;
}

static gboolean
is_over(World *world, gconstpointer data)
{
	return engine_export_state(data) != ENGINE_EXPORT_RUNNING;
}

static EngineExport *
run(World *world, EngineReading *reading, guint part, const EngineExportWish *wish)
{
	EngineExport *export = start(reading, part, wish);

	world_wait(world, "the export", is_over, export);
	g_assert_cmpstr(engine_export_error(export), ==, "");
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_DONE);
	return export;
}

static void
assert_file(const char *path)
{
	g_autofree char *read = NULL;
	gsize len = 0;
	GStatBuf info;

	g_assert_true(g_file_get_contents(path, &read, &len, NULL));
	g_assert_cmpmem(read, len, g_bytes_get_data(bytes, NULL), OCTETS);
	g_assert_cmpint(g_stat(path, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0600);
}

static void
assert_files(const char *expected)
{
	g_autofree char *files = files_in(dir);

	g_assert_cmpstr(files, ==, expected);
}

/* Into a directory twice, each with a name of its own. */
static void
test_save(void)
{
	World *world;
	EngineReading *reading = begin(&world, "../../etc/=?utf-8?q?pl=C3=A4ne?=.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineExport *first = run(world, reading, 2, &wish);
	EngineExport *second = run(world, reading, 2, &wish);
	guint64 done, total;

	assert_files("pläne-1.pdf pläne.pdf");
	assert_file(engine_export_path(first));
	assert_file(engine_export_path(second));
	engine_export_progress(first, &done, &total);
	g_assert_cmpuint(done, ==, total);
	engine_export_free(first);
	engine_export_free(second);
	end(world, reading);
}

static void
test_overwrite(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	g_autofree char *path = g_build_filename(dir, "mine.pdf", NULL);
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = path};
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, "precious", -1, NULL));
	g_assert_null(engine_export(reading, 2, &wish, &error));
	g_assert_true(err_is(error, ERR_INPUT));
	assert_files("mine.pdf");
	wish.overwrite = TRUE;
	engine_export_free(run(world, reading, 2, &wish));
	assert_files("mine.pdf");
	assert_file(path);
	g_clear_error(&error);
	g_assert_null(engine_export(reading, 0, &wish, &error)); /* the whole of the parts */
	g_clear_error(&error);
	g_assert_null(engine_export(reading, 99, &wish, &error));
	wish.path = "/nowhere/at/all.pdf";
	g_clear_error(&error);
	g_assert_null(engine_export(reading, 2, &wish, &error));
	g_assert_true(err_is(error, ERR_DISK));
	end(world, reading);
}

/* Someone else takes the name while it is under way: his file stays. */
static void
test_name_taken_meanwhile(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	g_autofree char *path = g_build_filename(dir, "mine.pdf", NULL);
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = path};
	EngineExport *export = start(reading, 2, &wish);
	g_autofree char *read = NULL;

	g_assert_true(g_file_set_contents(path, "precious", -1, NULL));
	world_wait(world, "the export", is_over, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_FAILED);
	g_assert_true(g_file_get_contents(path, &read, NULL, NULL));
	g_assert_cmpstr(read, ==, "precious");
	engine_export_free(export);
	assert_files("mine.pdf");
	end(world, reading);
}

static void
test_memory(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
	EngineExport *decoded = run(world, reading, 2, &wish);
	EngineExport *raw, *whole;
	gsize len;

	g_assert_true(g_bytes_equal(engine_export_bytes(decoded), bytes));
	wish.raw = TRUE;
	raw = run(world, reading, 2, &wish);
	g_assert_cmpuint(g_bytes_get_size(engine_export_bytes(raw)), >, OCTETS * 4 / 3);
	whole = run(world, reading, ENGINE_WHOLE_MESSAGE, &wish);
	g_assert_nonnull(
		g_strstr_len(g_bytes_get_data(engine_export_bytes(whole), &len), 100, "From: Ada"));
	g_assert_cmpuint(len, >, g_bytes_get_size(engine_export_bytes(raw)));
	engine_export_free(decoded);
	engine_export_free(raw);
	engine_export_free(whole);
	assert_files("");
	end(world, reading);
}

static EnginePart
part_at(const EngineReading *reading, guint i)
{
	EnginePart part;

	g_assert_true(engine_reading_part(reading, i, &part));
	return part;
}

/* What lies in a part can be listed and saved as if it were one. */
static void
test_within(void)
{
	static const struct {
		const char *sample;
		guint part; /* the second file in there */
		const char *name;
		gsize size;
		guint8 first, second; /* octets of it */
	} cases[] = {
		{"tnef.eml", 4, "photo.jpg", 1400, 0xff, 0xd8},
		{"uuencode-two.eml", 2, "other.jpg", 180, 0, 1},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		World *world = prepare(server);
		EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY, .raw = TRUE};
		g_autofree char *name = NULL;
		EngineReading *reading;
		EnginePart part;
		EngineExport *export;
		gsize len = 0;
		const guint8 *octets;

		deliver_sample(world, cases[i].sample);
		reading = read_it(world, NULL);
		part = part_at(reading, cases[i].part);
		export = run(world, reading, cases[i].part, &wish);
		name = engine_export_suggest(reading, cases[i].part);
		octets = g_bytes_get_data(engine_export_bytes(export), &len);
		g_assert_cmpstr(part.name, ==, cases[i].name);
		g_assert_true(part.listed && part.attachment && !part.shown);
		g_assert_cmpuint(part.size, ==, cases[i].size);
		g_assert_cmpuint(engine_reading_part_count(reading), ==, cases[i].part + 1);
		g_assert_cmpuint(len, ==, cases[i].size);
		g_assert_cmpuint(octets[0], ==, cases[i].first);
		g_assert_cmpuint(octets[1], ==, cases[i].second);
		g_assert_cmpstr(name, ==, cases[i].name);
		engine_export_free(export);
		wish = (EngineExportWish){.kind = ENGINE_EXPORT_SAVE, .path = dir};
		export = run(world, reading, cases[i].part, &wish);
		assert_files(cases[i].name);
		engine_export_free(export);
		end(world, reading);
	}
}

/* For another program: where nobody else can reach it, and nothing of its name is from the mail. */
static void
test_open(void)
{
	World *world;
	EngineReading *reading = begin(&world, "-rf $HOME.pdf.sh");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_OPEN};
	EngineExport *export = run(world, reading, 2, &wish);
	g_autofree char *where = g_path_get_dirname(engine_export_path(export));
	g_autofree char *pattern = g_strdup_printf("^%s/postern/open/[0-9a-f]{16}\\.pdf$", dir);
	GStatBuf info;

	g_assert_true(g_regex_match_simple(pattern, engine_export_path(export), 0, 0));
	assert_file(engine_export_path(export));
	g_assert_cmpint(g_stat(where, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0700);
	engine_export_free(export);
	/* Into one that others may enter nothing is written. */
	g_assert_cmpint(g_chmod(where, 0755), ==, 0);
	{
		g_autoptr(GError) error = NULL;

		g_assert_null(engine_export(reading, 2, &wish, &error));
		g_assert_nonnull(strstr(error->message, "not private"));
	}
	end(world, reading);
}

static gboolean
has_begun(World *world, gconstpointer data)
{
	guint64 done, total;

	engine_export_progress(data, &done, &total);
	return done > 0;
}

/* Nothing is left of what was given up. */
static void
test_cancel(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineExport *export;

	proxy_set_faults(world->proxy, &(ProxyFaults){.rate = 2000000});
	export = start(reading, 2, &wish);
	world_wait(world, "the beginning", has_begun, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_RUNNING);
	engine_export_free(export);
	assert_files("");
	/* The line is free again for what is asked for next. */
	proxy_set_faults(world->proxy, &(ProxyFaults){0});
	export = run(world, reading, 2, &wish);
	assert_file(engine_export_path(export));
	engine_export_free(export);
	end(world, reading);
}

/* What has come since BEFORE is more than LEAST and less than MOST. */
static void
assert_cost(World *world, guint64 before, guint64 least, guint64 most)
{
	guint64 cost = proxy_counts(world->proxy).to_client - before;

	g_test_message("%" G_GUINT64_FORMAT " octets for %d", cost, OCTETS);
	g_assert_cmpuint(cost, >, least);
	g_assert_cmpuint(cost, <, most);
}

/* It goes on where it was, and costs what is missing. */
static void
test_cut(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	guint64 before = proxy_counts(world->proxy).to_client;
	EngineExport *export;

	proxy_set_faults(world->proxy, &(ProxyFaults){.cut_after = 600000});
	export = run(world, reading, 2, &wish);
	g_assert_cmpuint(proxy_counts(world->proxy).strikes, ==, 1);
	assert_file(engine_export_path(export));
	assert_cost(world, before, OCTETS, OCTETS + 200000);
	engine_export_free(export);
	end(world, reading);
}

/* Another folder is opened, with another message under the same UID: what was asked for still comes, and
 * the rest by a connection beside. */
static void
test_other_folder(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	guint64 before = proxy_counts(world->proxy).to_client;
	EngineExport *export;

	other_empty(world->other, "Archive");
	other_deliver(world->other, "Archive", "other", 20);
	proxy_set_faults(world->proxy, &(ProxyFaults){.rate = 3000000});
	export = start(reading, 2, &wish);
	engine_reading_free(reading);
	world_wait(world, "the beginning", has_begun, export);
	world_open(world, "Archive");
	g_assert_false(engine_export_is_waiting(export));
	world_wait(world, "the export", is_over, export);
	g_assert_cmpstr(engine_export_error(export), ==, "");
	assert_file(engine_export_path(export));
	assert_cost(world, before, OCTETS, OCTETS + 20000);
	g_assert_cmpuint(proxy_counts(world->proxy).open, <=, 3);
	other_deliver(world->other, "Archive", "new", 1);
	world_wait_rows(world, "*new\n*other");
	engine_export_free(export);
	end(world, NULL);
}

/* The connection beside is cut: it goes on where it was. */
static void
test_other_folder_cut(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	guint64 before = proxy_counts(world->proxy).to_client;
	EngineExport *export;

	world_open(world, "Archive");
	world_wait_idle(world);
	export = start(reading, 2, &wish);
	world_wait(world, "the beginning", has_begun, export);
	proxy_set_faults(world->proxy, &(ProxyFaults){.cut_after = 300000});
	world_wait(world, "the export", is_over, export);
	g_assert_cmpuint(proxy_counts(world->proxy).strikes, ==, 1);
	g_assert_cmpstr(engine_export_error(export), ==, "");
	assert_file(engine_export_path(export));
	assert_cost(world, before, OCTETS, OCTETS + 350000);
	engine_export_free(export);
	end(world, reading);
}

/* All parts of a message, and a line that has only two connections: the one beside the open folder is lent. */
static void
test_other_folder_of_two(void)
{
	World *world;
	EngineReading *reading = begin_on(server, &world, "a.pdf", "connections = 2\n");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineExport *first, *second;

	world_open(world, "Archive");
	first = start(reading, 2, &wish);
	second = start(reading, 2, &wish);
	world_wait(world, "the first", is_over, first);
	g_assert_cmpuint(proxy_counts(world->proxy).open, <=, 2);
	world_wait(world, "the second", is_over, second);
	assert_file(engine_export_path(first));
	assert_file(engine_export_path(second));
	engine_export_free(first);
	engine_export_free(second);
	end(world, reading);
}

/* What can't come is told, and nothing is left of it. */
static void
test_other_folder_gone(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineExport *export;

	world_open(world, "Archive");
	world_wait_idle(world);
	engine_set_online(world->engine, FALSE);
	export = start(reading, 2, &wish);
	world_wait_idle(world);
	g_assert_true(engine_export_is_waiting(export));
	other_empty(world->other, "INBOX");
	engine_set_online(world->engine, TRUE);
	world_wait(world, "the export", is_over, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_FAILED);
	g_assert_nonnull(strstr(engine_export_error(export), "may be gone"));
	engine_export_free(export);
	assert_files("");
	end(world, reading);
}

/* The connection beside is free again for what is asked for next. */
static void
test_other_folder_cancel(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineExport *export;

	world_open(world, "Archive");
	world_wait_idle(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){.rate = 2000000});
	export = start(reading, 2, &wish);
	world_wait(world, "the beginning", has_begun, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_RUNNING);
	engine_export_free(export);
	assert_files("");
	proxy_set_faults(world->proxy, &(ProxyFaults){0});
	export = run(world, reading, 2, &wish);
	assert_file(engine_export_path(export));
	engine_export_free(export);
	end(world, reading);
}

/* Its folder is another one now, with another message under the same UID. */
static void
test_other_folder_anew(void)
{
	World *world = prepare(server);
	g_autofree char *base64 = make_base64(57);
	EngineExportWish wish = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineReading *reading;
	EngineExport *export;

	g_free(other_try(world->other, "DELETE Archive"));
	g_free(other_try(world->other, "CREATE Archive"));
	deliver(world, "mixed", "a.pdf", base64);
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "COPY 1 Archive"));
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*engine");
	world_wait_idle(world);
	world_open(world, "Archive");
	world_wait_rows(world, "*engine");
	world_wait_idle(world);
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "engine"), TRUE);
	world_wait(world, "the text", is_read, reading);
	world_open(world, "INBOX");
	world_wait_idle(world);
	engine_set_online(world->engine, FALSE);
	g_free(other_ask(world->other, "DELETE Archive"));
	g_free(other_ask(world->other, "CREATE Archive"));
	other_deliver(world->other, "Archive", "another", 1);
	export = start(reading, 2, &wish);
	engine_set_online(world->engine, TRUE);
	world_wait(world, "the export", is_over, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_FAILED);
	g_assert_nonnull(strstr(engine_export_error(export), "numbered the messages"));
	engine_export_free(export);
	assert_files("");
	end(world, reading);
}

/* ---- decoded by the server (RFC 3516) ---- */

#define SENT (OCTETS * 4 / 3) /* octets at least, as base64 */

static void
run_and_count(
	World *world, EngineReading *reading, EngineExportWish wish, guint64 least, guint64 most)
{
	guint64 before = proxy_counts(world->proxy).to_client, done, total;
	EngineExport *export = run(world, reading, 2, &wish);

	assert_cost(world, before, least, most);
	engine_export_progress(export, &done, &total);
	g_assert_cmpuint(done, ==, total);
	if (wish.kind == ENGINE_EXPORT_SAVE)
		assert_file(engine_export_path(export));
	engine_export_free(export);
}

/* A quarter less, unless it is wanted as it was sent. */
static void
test_decoded(void)
{
	World *world;
	EngineReading *reading = begin(&world, "a.pdf");
	EngineExportWish save = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineExportWish raw = {.kind = ENGINE_EXPORT_MEMORY, .raw = TRUE};

	run_and_count(world, reading, save, OCTETS, OCTETS + 5000);
	run_and_count(world, reading, raw, SENT, SENT + 30000);
	end(world, reading);
}

static void
test_decoded_not_offered(void)
{
	const char *const args[] = {"--without", "BINARY", NULL};
	Server *without = server_new(args);
	World *world;
	EngineReading *reading = begin_on(without, &world, "a.pdf", NULL);
	EngineExportWish save = {.kind = ENGINE_EXPORT_SAVE, .path = dir};

	run_and_count(world, reading, save, SENT, SENT + 30000);
	end(world, reading);
	server_free(without);
}

/* What is signed must come to the last octet as it was signed. */
static void
test_decoded_signed(void)
{
	World *world = prepare(server);
	g_autofree char *base64 = make_base64(57);
	EngineExportWish save = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineReading *reading;

	deliver(world, "signed; protocol=\"application/x-unknown\"", "a.pdf", base64);
	reading = read_it(world, NULL);
	world_wait_idle(world); /* all of it was fetched to be checked */
	run_and_count(world, reading, save, SENT, SENT + 30000);
	end(world, reading);
}

/* Dovecot says NO to it: a letter that is none. Other lines than usual: that all of it came can't be seen. Both
 * come as sent, with the same file in the end. */
static void
test_decoded_malformed(void)
{
	for (guint i = 0; i < 2; i++) {
		World *world = prepare(server);
		g_autofree char *base64 = make_base64(i ? 51 : 57);
		EngineExportWish save = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
		EngineReading *reading;

		if (!i)
			memcpy(strstr(base64 + 400000, "\r\n"), "!!", 2);
		deliver(world, "mixed", "a.pdf", base64);
		reading = read_it(world, NULL);
		run_and_count(world, reading, save, i ? SENT + OCTETS : SENT,
			i ? SENT + OCTETS + 60000 : SENT + 30000);
		end(world, reading);
	}
}

static void
assert_begins(const char *path, gsize least)
{
	g_autofree char *read = NULL;
	gsize len = 0;

	g_assert_true(g_file_get_contents(path, &read, &len, NULL));
	g_assert_cmpuint(len, >=, least);
	g_assert_cmpmem(read, len, g_bytes_get_data(bytes, NULL), len);
}

/* Dovecot ends the connection over it. What is there is saved, and that happens once. */
static void
test_decoded_cut_short(void)
{
	World *world = prepare(server);
	g_autofree char *base64 = make_base64(57);
	EngineExportWish save = {.kind = ENGINE_EXPORT_SAVE, .path = dir};
	EngineReading *reading;
	EngineExport *export;
	guint connections;

	memcpy(base64 + strlen(base64) - 8, "\r\n", 3);
	deliver(world, "mixed", "a.pdf", base64);
	reading = read_it(world, NULL);
	connections = proxy_counts(world->proxy).connections;
	export = run(world, reading, 2, &save);
	assert_begins(engine_export_path(export), OCTETS - 10);
	g_assert_cmpuint(proxy_counts(world->proxy).connections, >, connections);
	engine_export_free(export);
	world_wait_idle(world);
	connections = proxy_counts(world->proxy).connections;
	export = run(world, reading, 2, &save);
	assert_begins(engine_export_path(export), OCTETS - 10);
	g_assert_cmpuint(proxy_counts(world->proxy).connections, ==, connections);
	engine_export_free(export);
	end(world, reading);
}

int
main(int argc, char **argv)
{
	int result;

	world_begin(&argc, &argv);
	server = server_new(NULL);
	bytes = make_bytes();
	g_test_add_func("/export/save", test_save);
	g_test_add_func("/export/overwrite", test_overwrite);
	g_test_add_func("/export/name-taken-meanwhile", test_name_taken_meanwhile);
	g_test_add_func("/export/memory", test_memory);
	g_test_add_func("/export/within", test_within);
	g_test_add_func("/export/open", test_open);
	g_test_add_func("/export/cancel", test_cancel);
	g_test_add_func("/export/cut", test_cut);
	g_test_add_func("/export/other-folder", test_other_folder);
	g_test_add_func("/export/other-folder/cut", test_other_folder_cut);
	g_test_add_func("/export/other-folder/of-two", test_other_folder_of_two);
	g_test_add_func("/export/other-folder/gone", test_other_folder_gone);
	g_test_add_func("/export/other-folder/cancel", test_other_folder_cancel);
	g_test_add_func("/export/other-folder/anew", test_other_folder_anew);
	g_test_add_func("/export/decoded", test_decoded);
	g_test_add_func("/export/decoded/not-offered", test_decoded_not_offered);
	g_test_add_func("/export/decoded/signed", test_decoded_signed);
	g_test_add_func("/export/decoded/malformed", test_decoded_malformed);
	g_test_add_func("/export/decoded/cut-short", test_decoded_cut_short);
	result = world_run(server);
	g_bytes_unref(bytes);
	return result;
}
