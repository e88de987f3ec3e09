/* Messages on the screen: which of their parts, in which order, and for how many octets. */
#include "world.h"

#include <string.h>

static Server *server;

#define HEAD                                                                                   \
	"From: Ada Lovelace <ada@example.org>\r\nTo: alice@example.org\r\nSubject: engine\r\n" \
	"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
#define ALTERNATIVE                                                                             \
	HEAD "Content-Type: multipart/alternative; boundary=cut\r\n\r\n--cut\r\n\r\nPlain.\r\n" \
	     "--cut\r\nContent-Type: text/html\r\n\r\n<p>Page.</p>\r\n--cut--\r\n"

/* ---- opening ---- */

static void
deliver(World *world, const char *message, gsize len)
{
	g_autofree char *command =
		g_strdup_printf("APPEND INBOX {%" G_GSIZE_FORMAT "+}\r\n%s", len, message);

	g_free(other_ask(world->other, "%s", command));
}

static World *
begin(const char *message, gsize len)
{
	World *world = world_new(server);

	other_empty(world->other, "INBOX");
	deliver(world, message, len);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*engine");
	world_wait_idle(world);
	return world;
}

static gboolean
is_read(World *world, gconstpointer data)
{
	return engine_reading_state(data) == ENGINE_READING_READY;
}

static EngineReading *
start(World *world)
{
	return engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "engine"), TRUE);
}

static EngineReading *
open_message(World *world)
{
	EngineReading *reading = start(world);

	world_wait(world, "the text", is_read, reading);
	return reading;
}

/* The lines that are not empty, joined by "|". */
static char *
text_of(const EngineReading *reading)
{
	GString *text = g_string_new(NULL);
	EngineLine line;

	for (guint i = 0; engine_reading_line(reading, i, &line); i++)
		if (*line.text)
			g_string_append_printf(text, "%s%s", text->len ? "|" : "", line.text);
	return g_string_free(text, FALSE);
}

static void
assert_text(const EngineReading *reading, const char *expected)
{
	g_autofree char *text = text_of(reading);

	g_assert_cmpstr(text, ==, expected);
}

static const char *
value_of(const EngineReading *reading, const char *name)
{
	EngineField field;

	for (guint i = 0; engine_reading_field(reading, FALSE, i, &field); i++)
		if (!strcmp(field.name, name))
			return field.value;
	return NULL;
}

/* ---- which parts ---- */

static void
test_several_texts(void)
{
	static const char message[] =
		HEAD "Content-Type: multipart/mixed; boundary=cut\r\n\r\n"
		     "--cut\r\n\r\nOne.\r\n"
		     "--cut\r\nContent-Type: image/png\r\nContent-Disposition: attachment; "
		     "filename=graph.png\r\n\r\nxxxx\r\n"
		     "--cut\r\nContent-Type: text/plain; name=notes.txt\r\n\r\nTwo.\r\n"
		     "--cut\r\nContent-Type: text/html\r\n\r\n<p>Three.</p>\r\n--cut--\r\n";
	World *world = begin(message, strlen(message));
	EngineReading *reading = open_message(world);
	EnginePart part;

	assert_text(reading, "One.|notes.txt, text/plain, 4 B|Two.|Three.");
	g_assert_cmpuint(engine_reading_part_count(reading), ==, 5);
	g_assert_true(engine_reading_part(reading, 0, &part));
	g_assert_true(part.is_multipart);
	g_assert_true(engine_reading_part(reading, 2, &part));
	g_assert_cmpstr(part.name, ==, "graph.png");
	g_assert_cmpstr(part.section, ==, "2");
	g_assert_cmpuint(part.depth, ==, 1);
	g_assert_true(part.attachment && part.listed && !part.shown);
	engine_reading_free(reading);
	world_free(world);
}

/* What a server can't take apart is text all the same, and what is empty is not said to have parts. */
static void
test_nothing_lost(void)
{
	static const struct {
		const char *rest, *text;
	} messages[] = {
		{"Content-Type: multipart/mixed\r\n\r\n--cut\r\n\r\nHello.\r\n--cut--\r\n",
			"--cut|Hello.|--cut--"},
		{"Content-Type: multipart/mixed; boundary=cut\r\n\r\nNo boundary.\r\n",
			"No boundary."},
		{"Content-Type: nonsense\r\n\r\nHello.\r\n", "Hello."},
		{"\r\n", "This message is empty."},
		{"No empty line\r\ncomes before.\r\n\r\nThe rest.\r\n",
			"No empty line|comes before.|The rest."},
		{"Content-Type: multipart/mixed; boundary=cut\r\n \r\n--cut\r\n\r\nHello.\r\n"
		 "--cut--\r\n",
			"Hello."},
		{"Content-Type: multipart/digest; boundary=cut\r\n\r\n--cut\r\n\r\n"
		 "No header at all.\r\n--cut--\r\n",
			"A message inside|No header at all."},
	};

	for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
		g_autofree char *message = g_strconcat(HEAD, messages[i].rest, NULL);
		World *world = begin(message, strlen(message));
		EngineReading *reading = open_message(world);

		assert_text(reading, messages[i].text);
		engine_reading_free(reading);
		world_free(world);
	}
}

/* The reason is the sentence; of the message that did not come through only the header came back. */
static void
test_returned_header(void)
{
	static const char message[] =
		HEAD "Content-Type: multipart/report; boundary=cut\r\n\r\n"
		     "--cut\r\n\r\nSorry.\r\n"
		     "--cut\r\nContent-Type: message/delivery-status\r\n\r\n"
		     "Reporting-MTA: dns; mx.example.net\r\n\r\n"
		     "Final-Recipient: rfc822; bob@example.org\r\nAction: failed\r\n"
		     "Status: 5.1.1\r\n"
		     "--cut\r\nContent-Type: text/rfc822-headers\r\n\r\n"
		     "From: alice@example.org\r\nSubject: Tea on Friday?\r\n--cut--\r\n";
	World *world = begin(message, strlen(message));
	EngineReading *reading = open_message(world);

	assert_text(reading,
		"Your message to bob@example.org was not delivered: there is no such mailbox "
		"(5.1.1).|mx.example.net|Sorry.|Tea on Friday?|alice@example.org");
	engine_reading_free(reading);
	world_free(world);
}

/* Dovecot says of each of these that it is plain text in clear, in ASCII. */
static void
test_field_in_quotes(void)
{
	static const char message[] = HEAD
		"Content-Type: multipart/mixed; boundary=cut\r\n\r\n"
		"--cut\r\nContent-Transfer-Encoding: \"base64\"\r\n\r\nT25lLg==\r\n"
		"--cut\r\nContent-Transfer-Encoding: quoted-printable;\r\n\r\nTw=6F.\r\n"
		"--cut\r\nContent-Type: text/plain; charset=\"windows-1251\r\n\r\n\xd2\xf0\xe8."
		"\r\n--cut\r\nContent-Type: text/html charset=utf-8\r\n\r\n<p>Four.</p>\r\n"
		"--cut\r\nContent-Type: message/rfc822\r\n\r\nSubject: Five\r\n"
		"Content-Transfer-Encoding: \"base64\"\r\n\r\nRml2ZS4=\r\n"
		"--cut\r\nContent-Type: image/png; name=a.png\r\n"
		"Content-Transfer-Encoding: \"base64\"\r\n\r\nUE5H\r\n--cut--\r\n";
	static const char alone[] =
		HEAD "Content-Transfer-Encoding: \"base64\"\r\n\r\nT25lLg==\r\n";
	World *world = begin(message, strlen(message));
	guint turns = proxy_counts(world->proxy).turns;
	EngineReading *reading = open_message(world);

	assert_text(reading, "One.|Two.|\xd0\xa2\xd1\x80\xd0\xb8.|Four.|Five|Five.");
	g_assert_cmpuint(proxy_counts(world->proxy).turns, <=, turns + 1);
	engine_reading_free(reading);
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	reading = start(world);
	assert_text(reading, "One.|Two.|\xd0\xa2\xd1\x80\xd0\xb8.|Four.|Five|Five.");
	engine_reading_free(reading);
	world_free(world);

	world = begin(alone, strlen(alone));
	reading = open_message(world);
	assert_text(reading, "One.");
	engine_reading_free(reading);
	world_free(world);
}

/* All of it in one flight, and once more from the store without a line. */
static void
test_one_flight(void)
{
	World *world = begin(ALTERNATIVE, strlen(ALTERNATIVE));
	guint turns = proxy_counts(world->proxy).turns;
	EngineReading *reading = open_message(world);

	assert_text(reading, "Plain.");
	g_assert_cmpstr(value_of(reading, "Subject"), ==, "engine");
	g_assert_cmpuint(proxy_counts(world->proxy).turns, <=, turns + 1);
	engine_reading_free(reading);
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	reading = start(world);
	g_assert_cmpint(engine_reading_state(reading), ==, ENGINE_READING_READY);
	assert_text(reading, "Plain.");
	engine_reading_free(reading);
	world_free(world);
}

/* ---- HTML or text ---- */

static void
test_prefer(void)
{
	World *world = begin(ALTERNATIVE, strlen(ALTERNATIVE));
	EngineReading *reading = open_message(world);

	assert_text(reading, "Plain.");
	g_assert_false(engine_reading_likes_html(reading));
	g_assert_false(engine_reading_prefer(reading, FALSE));
	g_assert_true(engine_reading_prefer(reading, TRUE));
	world_wait(world, "the page", is_read, reading);
	assert_text(reading, "Page.");
	g_assert_cmpstr(value_of(reading, "Subject"), ==, "engine");
	engine_reading_free(reading);
	/* Of the sender it is remembered, also by the next program. */
	world_wait_idle(world);
	world_stop(world);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*engine");
	reading = open_message(world);
	assert_text(reading, "Page.");
	g_assert_true(engine_reading_likes_html(reading));
	/* What was read before is here still. */
	g_assert_true(engine_reading_prefer(reading, FALSE));
	g_assert_cmpint(engine_reading_state(reading), ==, ENGINE_READING_READY);
	assert_text(reading, "Plain.");
	engine_reading_free(reading);
	world_free(world);
}

static void
test_prefer_nothing_else(void)
{
	static const char message[] = HEAD "\r\nPlain.\r\n";
	World *world = begin(message, strlen(message));
	EngineReading *reading = open_message(world);

	g_assert_false(engine_reading_prefer(reading, TRUE));
	assert_text(reading, "Plain.");
	engine_reading_free(reading);
	world_free(world);
}

/* ---- a message in a message ---- */

#define INNER(encoding)                                                                   \
	HEAD "Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n\r\nOuter.\r\n" \
	     "--cut\r\nContent-Type: message/rfc822\r\nContent-Disposition: "             \
	     "attachment\r\n" encoding "\r\n"
#define INSIDE                                                                             \
	"From: Grace <grace@example.org>\r\nSubject: inside\r\n"                           \
	"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nInner.\r\n--in\r\n" \
	"Content-Type: image/png\r\nContent-Disposition: attachment; "                     \
	"filename=in.png\r\n\r\nxxxx\r\n"                                                  \
	"--in--\r\n"

static guint
find_message(const EngineReading *reading)
{
	EnginePart part;
	guint i;

	for (i = 0; engine_reading_part(reading, i, &part) && !part.is_message; i++)
		;
	return i;
}

static void
assert_inside(World *world, EngineReading *outer)
{
	EngineReading *inner = engine_read_part(outer, find_message(outer));
	EnginePart part;

	g_assert_nonnull(inner);
	g_assert_null(engine_read_part(outer, 1));
	engine_reading_free(outer);
	world_wait(world, "the inner text", is_read, inner);
	assert_text(inner, "Inner.");
	g_assert_cmpstr(value_of(inner, "Subject"), ==, "inside");
	g_assert_cmpstr(value_of(inner, "From"), ==, "Grace <grace@example.org>");
	g_assert_true(engine_reading_part(inner, 2, &part));
	g_assert_cmpstr(part.name, ==, "in.png");
	{
		EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
		g_autoptr(GError) error = NULL;
		EngineExport *export = engine_export(inner, 2, &wish, &error);

		g_assert_no_error(error);
		world_wait_idle(world);
		g_assert_cmpint(engine_export_state(export), ==, ENGINE_EXPORT_DONE);
		g_assert_cmpmem(g_bytes_get_data(engine_export_bytes(export), NULL),
			g_bytes_get_size(engine_export_bytes(export)), "xxxx", 4);
		engine_export_free(export);
	}
	engine_reading_free(inner);
}

static void
test_inside(void)
{
	static const char message[] = INNER("") INSIDE "--cut--\r\n";
	World *world = begin(message, strlen(message));
	EngineReading *reading = open_message(world);

	assert_text(reading, "Outer.");
	assert_inside(world, reading);
	world_free(world);
}

/* Gmail's way: the server can't see into it. */
static void
test_inside_base64(void)
{
	g_autofree char *coded = g_base64_encode((const guint8 *)INSIDE, strlen(INSIDE));
	g_autofree char *message = g_strconcat(
		INNER("Content-Transfer-Encoding: base64\r\n"), coded, "\r\n--cut--\r\n", NULL);
	World *world = begin(message, strlen(message));

	assert_inside(world, open_message(world));
	world_free(world);
}

/* The same where all of the message was taken apart here. */
static void
test_inside_whole(void)
{
	static const char message[] =
		HEAD "Content-Type: multipart/mixed; boundary=cut\r\n\r\n"
		     "--cut\r\nContent-Type: multipart/mixed; "
		     "boundary=cut\r\n\r\n--cut\r\n\r\nOuter.\r\n"
		     "--cut\r\nContent-Type: message/rfc822\r\nContent-Disposition: "
		     "attachment\r\n\r\n" INSIDE "--cut--\r\n--cut--\r\n";
	World *world = begin(message, strlen(message));

	assert_inside(world, open_message(world));
	world_free(world);
}

/* ---- what it costs ---- */

#define BIG      (50 * 1024 * 1024)
#define TEXT     (20 * 1024)
#define DELAY_MS 50 /* one way */

static GString *
make_big(void)
{
	GString *message = g_string_new(
		HEAD "Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n\r\n");

	for (guint i = 0; i < TEXT / 64; i++)
		g_string_append_printf(message, "%062u\r\n", i);
	g_string_append(message, "--cut\r\nContent-Type: application/zip; name=all.zip\r\n"
				 "Content-Transfer-Encoding: base64\r\n\r\n");
	while (message->len < BIG)
		g_string_append(message,
			"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
			"QUFBQUFBQUFB\r\n");
	g_string_append(message, "--cut--\r\n");
	return message;
}

static gboolean
has_lines(World *world, gconstpointer data)
{
	return engine_reading_line_count(data) > 20;
}

/* A round trip, and the octets of header and text: the rest stays where it is. */
static void
test_big(void)
{
	g_autoptr(GString) message = make_big();
	World *world = begin(message->str, message->len);
	ProxyCounts before, after;
	EngineReading *reading;
	gint64 begun, took;

	proxy_set_faults(world->proxy, &(ProxyFaults){.delay_ms = DELAY_MS});
	before = proxy_counts(world->proxy);
	begun = g_get_monotonic_time();
	reading = start(world);
	world_wait(world, "the first lines", has_lines, reading);
	took = g_get_monotonic_time() - begun;
	world_wait(world, "the text", is_read, reading);
	after = proxy_counts(world->proxy);
	g_test_message("first lines after a round trip and %.1f ms, %" G_GUINT64_FORMAT " octets",
		(double)took / 1000 - 2 * DELAY_MS, after.to_client - before.to_client);
	g_assert_cmpuint(after.to_client - before.to_client, <=, 30000);
	/* A busy machine may take longer than the 20 ms that are meant; a second trip it may not. */
	g_assert_cmpint(took, <, 4 * DELAY_MS * G_TIME_SPAN_MILLISECOND);
	engine_reading_free(reading);
	world_free(world);
}

/* The main loop is never held, also when all of it has to be taken apart here. */
static void
test_big_whole(void)
{
	g_autoptr(GString) message = make_big();
	World *world;
	EngineReading *reading;

	g_string_replace(message, "--cut\r\n\r\n",
		"--cut\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n\r\n", 1);
	world = begin(message->str, message->len);
	reading = start(world);
	world->longest = 0;
	world_wait(world, "the text", is_read, reading);
	g_test_message(
		"longest turn %.1f ms, the proxy's work included", (double)world->longest / 1000);
	for (guint i = 0; i < engine_log_count(); i++) {
		EngineLogLine line;

		if (engine_log_at(i, &line) && strstr(line.text, "ms"))
			g_test_message("%s: %s", line.where, line.text);
	}
	g_assert_cmpuint(engine_reading_line_count(reading), ==, TEXT / 64);
	engine_reading_free(reading);
	world_free(world);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	server = server_new(NULL);
	g_test_add_func("/reading/several-texts", test_several_texts);
	g_test_add_func("/reading/nothing-lost", test_nothing_lost);
	g_test_add_func("/reading/returned-header", test_returned_header);
	g_test_add_func("/reading/field-in-quotes", test_field_in_quotes);
	g_test_add_func("/reading/one-flight", test_one_flight);
	g_test_add_func("/reading/prefer", test_prefer);
	g_test_add_func("/reading/prefer-nothing-else", test_prefer_nothing_else);
	g_test_add_func("/reading/inside", test_inside);
	g_test_add_func("/reading/inside-base64", test_inside_base64);
	g_test_add_func("/reading/inside-whole", test_inside_whole);
	g_test_add_func("/reading/big", test_big);
	g_test_add_func("/reading/big-whole", test_big_whole);
	return world_run(server);
}
