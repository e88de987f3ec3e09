/* Signed and encrypted messages from the server to the interface: what is inside can be taken out, and
 * a reader who leaves in the middle breaks nothing. */
#include "world.h"

#include <string.h>

#define N_FILES 200
#define LARGE   (4500 * 1024) /* octets: more than is checked without being asked for */

/* A text with a file in it, and an attachment. */
#define PAYLOAD                                                            \
	"Content-Type: multipart/mixed; hp=cipher; boundary=inner\r\n"     \
	"Subject: The keys\r\n\r\n"                                        \
	"--inner\r\nContent-Type: text/plain; hp-legacy-display=1\r\n\r\n" \
	"Subject: The keys\r\n\r\nThe keys are in the drawer.\r\n"         \
	"begin 644 note.txt\r\n$=&%K90``\r\n`\r\nend\r\n"                  \
	"--inner\r\nContent-Type: image/png; name=drawer.png\r\n"          \
	"Content-Disposition: attachment; filename=drawer.png\r\n"         \
	"Content-Transfer-Encoding: base64\r\n\r\nZHJhd2Vy\r\n--inner--\r\n"

static Server *server;

/* ---- keys and messages ---- */

static void
run(const char *command)
{
	const char *argv[] = {"sh", "-c", command, NULL};
	int status = -1;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, &status, NULL));
	g_assert_true(g_spawn_check_wait_status(status, NULL));
}

/* What COMMAND of gpg makes of INPUT, in CRLF form. */
static char *
gpg(const char *command, const char *input)
{
	const char *home = g_getenv("GNUPGHOME");
	g_autofree char *in = g_build_filename(home, "in", NULL);
	g_autofree char *out = g_build_filename(home, "out", NULL);
	g_autofree char *line =
		g_strdup_printf("gpg --batch --quiet --yes --armor -o %s %s %s", out, command, in);
	g_auto(GStrv) lines = NULL;
	char *made = NULL;

	g_assert_true(g_file_set_contents(in, input, -1, NULL));
	run(line);
	g_assert_true(g_file_get_contents(out, &made, NULL, NULL));
	lines = g_strsplit(made, "\n", -1);
	g_free(made);
	return g_strjoinv("\r\n", lines);
}

static void
deliver(World *world, const char *type, const char *first, const char *second_type,
	const char *second)
{
	g_autofree char *text = g_strconcat(
		"From: Ada Lovelace <ada@example.org>\r\nTo: alice@example.org\r\n"
		"Subject: engine\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
		"Content-Type: ",
		type, "; boundary=cut\r\n\r\n--cut\r\n", first,
		"\r\n--cut\r\nContent-Type: ", second_type, "\r\n\r\n", second, "\r\n--cut--\r\n",
		NULL);
	g_autofree char *command =
		g_strdup_printf("APPEND INBOX {%" G_GSIZE_FORMAT "+}\r\n%s", strlen(text), text);

	g_free(other_ask(world->other, "%s", command));
}

static void
deliver_sealed(World *world)
{
	g_autofree char *sealed =
		gpg("--trust-model always -r ada@example.org --sign --encrypt", PAYLOAD);

	deliver(world, "multipart/encrypted; protocol=\"application/pgp-encrypted\"",
		"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
		"application/octet-stream", sealed);
}

/* The same in the same form, and not encrypted. */
static void
deliver_opaque(World *world)
{
	g_autofree char *opaque = gpg("-u ada@example.org --sign", PAYLOAD);

	deliver(world, "multipart/encrypted; protocol=\"application/pgp-encrypted\"",
		"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
		"application/octet-stream", opaque);
}

/* As many files as are listed, in one text. */
static void
deliver_files(World *world)
{
	g_autoptr(GString) text = g_string_new("Content-Type: text/plain\r\n\r\n");
	g_autofree char *sealed = NULL;

	for (guint i = 0; i < N_FILES; i++) {
		g_string_append_printf(text, "begin 644 note%u.txt\r\n", i);
		for (guint line = 0; line < 500; line++)
			g_string_append(text, "M9FEL96QE;F5S<V9I;&5L96YE<W-F:6QE;&5N97-S9FEL96QE;"
					      "F5S<V9I;&5L\r\n");
		g_string_append(text, "$=&%K90``\r\n`\r\nend\r\n");
	}
	sealed = gpg("--trust-model always -r ada@example.org --sign --encrypt", text->str);
	deliver(world, "multipart/encrypted; protocol=\"application/pgp-encrypted\"",
		"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
		"application/octet-stream", sealed);
}

static void
deliver_large(World *world)
{
	g_autoptr(GString) text = g_string_new("Content-Type: text/plain\r\n\r\n");
	g_autofree char *signature = NULL;

	while (text->len < LARGE)
		g_string_append(
			text, "All work and no play makes for a message of some length.\r\n");
	signature = gpg("--detach-sign", text->str);
	deliver(world, "multipart/signed; protocol=\"application/pgp-signature\"", text->str,
		"application/pgp-signature", signature);
}

/* ---- reading ---- */

static gboolean
is_opened(World *world, gconstpointer data)
{
	EngineSecurity security;

	return engine_reading_security(data, &security) &&
	       security.level != ENGINE_SECURITY_PENDING;
}

static gboolean
is_read(World *world, gconstpointer data)
{
	return engine_reading_state(data) == ENGINE_READING_READY;
}

static EngineReading *
begin(World *world)
{
	world_open(world, "INBOX");
	world_wait_rows(world, "*engine");
	return engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "engine"), TRUE);
}

static World *
start(void (*fill)(World *world))
{
	World *world = world_new(server);

	other_empty(world->other, "INBOX");
	fill(world);
	world_start(world, NULL);
	return world;
}

static void
check_security(const EngineReading *reading, EngineSecurityLevel level, const char *summary)
{
	EngineSecurity security;

	g_assert_true(engine_reading_security(reading, &security));
	g_assert_cmpstr(security.summary, ==, summary);
	g_assert_cmpint(security.level, ==, level);
}

static gboolean
is_exported(World *world, gconstpointer data)
{
	return engine_export_state(data) != ENGINE_EXPORT_RUNNING;
}

/* Also when the message is closed before. */
static void
check_inside(void (*fill)(World *world), const char *summary, const char *first_line)
{
	World *world = start(fill);
	EngineReading *reading = begin(world);
	EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
	EngineExport *export = NULL;
	g_autofree char *name = NULL;
	gboolean note_within = FALSE; /* the text holds another file */
	EnginePart part;
	EngineLine line;

	world_wait(world, "the opening", is_opened, reading);
	check_security(reading, ENGINE_SECURITY_GOOD, summary);
	g_assert_true(engine_reading_line(reading, 0, &line));
	g_assert_cmpstr(line.text, ==, first_line);
	for (guint i = 0; engine_reading_part(reading, i, &part); i++) {
		if (strcmp(part.type, "image/png") != 0) {
			note_within = note_within || strcmp(part.name, "note.txt") == 0;
			continue;
		}
		g_assert_true(part.listed && part.attachment);
		name = engine_export_suggest(reading, i);
		export = engine_export(reading, i, &wish, NULL);
	}
	g_assert_nonnull(export);
	g_assert_true(note_within);
	g_assert_cmpstr(name, ==, "drawer.png");
	engine_reading_free(reading);
	world_wait(world, "the export", is_exported, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_DONE);
	g_assert_cmpmem(g_bytes_get_data(engine_export_bytes(export), NULL),
		g_bytes_get_size(engine_export_bytes(export)), "drawer", 6);
	engine_export_free(export);
	world_free(world);
}

static void
test_inside(void)
{
	check_inside(deliver_sealed, "encrypted; signed by Ada Lovelace, good",
		"The keys are in the drawer.");
}

/* What is not encrypted, and what the server can't see into all the same. */
static void
test_inside_opaque(void)
{
	check_inside(deliver_opaque, "signed by Ada Lovelace, good", "Subject: The keys");
}

/* None is taken out before somebody wants it: taking out all would go through all of the text for each. */
static void
test_files(void)
{
	World *world = start(deliver_files);
	EngineReading *reading = begin(world);
	EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
	EngineExport *export;
	guint last;
	EnginePart part;
	gsize len;
	const char *bytes;

	world_wait(world, "the text", is_read, reading);
	world->longest = 0;
	world_wait(world, "the opening", is_opened, reading);
	g_test_message("the longest turn %.1f ms", (double)world->longest / 1000);
	g_assert_cmpint(world->longest, <, G_TIME_SPAN_SECOND / 2);
	last = engine_reading_part_count(reading) - 1;
	g_assert_true(engine_reading_part(reading, last, &part));
	g_assert_cmpstr(part.name, ==, "note199.txt");
	export = engine_export(reading, last, &wish, NULL);
	world_wait(world, "the export", is_exported, export);
	g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_DONE);
	bytes = g_bytes_get_data(engine_export_bytes(export), &len);
	g_assert_cmpuint(len, >, 500 * 45);
	g_assert_cmpmem(bytes + len - 4, 4, "take", 4);
	engine_export_free(export);
	engine_reading_free(reading);
	world_free(world);
}

/* At each step of the opening, and at the end of the program. */
static void
test_left(void)
{
	World *world = start(deliver_sealed);

	for (guint events = 0; events < 6; events++) {
		EngineReading *reading = begin(world);

		world_wait(world, "the text", is_read, reading);
		for (guint i = 0; i < events; i++)
			g_main_context_iteration(NULL, FALSE);
		engine_reading_free(reading);
	}
	world_wait_idle(world);
	world_free(world);
}

static void
test_large(void)
{
	World *world = start(deliver_large);
	EngineReading *reading = begin(world);

	world_wait(world, "the text", is_read, reading);
	world_wait_idle(world);
	check_security(reading, ENGINE_SECURITY_UNSURE,
		"signed, not checked: that takes the whole message, which is large");
	engine_reading_check(reading);
	check_security(reading, ENGINE_SECURITY_PENDING, "being checked …");
	world_wait(world, "the check", is_opened, reading);
	check_security(reading, ENGINE_SECURITY_GOOD, "signed by Ada Lovelace, good");
	engine_reading_free(reading);
	world_free(world);
}

static void
test_off(void)
{
	World *world = world_new(server);
	g_autofree char *config = NULL;
	EngineSecurity security;
	EngineReading *reading;

	other_empty(world->other, "INBOX");
	deliver_sealed(world);
	config = g_strdup_printf("[postern]\ncrypto = false\n[account work]\n"
				 "imap = imap+insecure://alice%%40example.org@localhost:%u\n"
				 "password = %s\n",
		server_port(server, "imap_port"), server_fact(server, "password"));
	world_start_config(world, config);
	reading = begin(world);
	world_wait(world, "the text", is_read, reading);
	world_wait_idle(world);
	g_assert_false(engine_reading_security(reading, &security));
	engine_reading_free(reading);
	world_free(world);
}

int
main(int argc, char **argv)
{
	g_autofree char *program = g_find_program_in_path("gpg");
	g_autofree char *folder = NULL;
	int result;

	if (!program) {
		g_print("1..0 # SKIP there is no gpg\n");
		return 0;
	}
	world_begin(&argc, &argv);
	folder = g_dir_make_tmp("postern-sealed-XXXXXX", NULL);
	g_setenv("GNUPGHOME", folder, TRUE);
	run("gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-gen-key "
	    "'Ada Lovelace <ada@example.org>' future-default default never");
	server = server_new(NULL);
	g_test_add_func("/sealed/inside", test_inside);
	g_test_add_func("/sealed/inside-opaque", test_inside_opaque);
	g_test_add_func("/sealed/files", test_files);
	g_test_add_func("/sealed/left", test_left);
	g_test_add_func("/sealed/large", test_large);
	g_test_add_func("/sealed/off", test_off);
	result = world_run(server);
	run("gpgconf --kill all; rm -rf \"$GNUPGHOME\"");
	return result;
}
