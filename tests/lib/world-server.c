/* The server and the other client. */
#include "world.h"

#include <string.h>

#define SECONDS 20

/* ---- the server ---- */

static void
read_facts(Server *server)
{
	g_autoptr(GDataInputStream) input =
		g_data_input_stream_new(g_subprocess_get_stdout_pipe(server->process));
	char *line;

	while ((line = g_data_input_stream_read_line(input, NULL, NULL, NULL))) {
		char *value = strchr(line, '=');

		if (strcmp(line, "ready") == 0) {
			g_free(line);
			return;
		}
		if (value)
			*value++ = '\0';
		g_hash_table_insert(server->facts, line, g_strdup(value ? value : ""));
	}
	g_error("the sample server did not get ready");
}

Server *
server_new(const char *const *args)
{
	const char *source = g_getenv("abs_top_srcdir");
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *program =
		g_build_filename(source ? source : ".", "tools", "sample-server", NULL);
	g_autoptr(GError) error = NULL;
	Server *server = g_new0(Server, 1);

	g_ptr_array_add(argv, program);
	g_ptr_array_add(argv, (char *)"--mail");
	g_ptr_array_add(argv, (char *)"none");
	for (; args && *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	server->facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	server->process = g_subprocess_newv((const char *const *)argv->pdata,
		G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
	g_assert_no_error(error);
	read_facts(server);
	return server;
}

void
server_free(Server *server)
{
	g_output_stream_close(g_subprocess_get_stdin_pipe(server->process), NULL, NULL);
	g_subprocess_wait(server->process, NULL, NULL);
	g_object_unref(server->process);
	g_hash_table_unref(server->facts);
	g_free(server);
}

const char *
server_fact(const Server *server, const char *name)
{
	const char *fact = g_hash_table_lookup(server->facts, name);

	if (!fact)
		g_error("the sample server does not say %s", name);
	return fact;
}

guint16
server_port(const Server *server, const char *name)
{
	return (guint16)g_ascii_strtoull(server_fact(server, name), NULL, 10);
}

/* ---- the other client ---- */

static void
say(Other *other, const char *text)
{
	GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(other->connection));
	g_autoptr(GError) error = NULL;

	g_output_stream_write_all(output, text, strlen(text), NULL, NULL, &error);
	g_assert_no_error(error);
}

static char *
hear(Other *other)
{
	g_autoptr(GError) error = NULL;
	char *line = g_data_input_stream_read_line(other->input, NULL, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(line);
	return line;
}

/* Lines up to the tagged one. */
static char *
hear_all(Other *other)
{
	g_autofree char *tag = g_strdup_printf("o%u ", other->tag);
	GString *all = g_string_new(NULL);
	gboolean over = FALSE;

	while (!over) {
		g_autofree char *line = hear(other);

		over = g_str_has_prefix(line, tag);
		g_string_append_printf(all, "%s\n", over ? line + strlen(tag) : line);
	}
	return g_string_free(all, FALSE);
}

char *
other_try(Other *other, const char *command)
{
	g_autofree char *line = g_strdup_printf("o%u %s\r\n", ++other->tag, command);

	say(other, line);
	return hear_all(other);
}

char *
other_ask(Other *other, const char *format, ...)
{
	g_autofree char *command = NULL;
	char *answer;
	va_list args;

	va_start(args, format);
	command = g_strdup_vprintf(format, args);
	va_end(args);
	answer = other_try(other, command);
	if (!g_str_has_prefix(answer, "OK") && !strstr(answer, "\nOK"))
		g_error("%s: %s", command, answer);
	return answer;
}

Other *
other_new(const Server *server)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) error = NULL;
	Other *other = g_new0(Other, 1);

	g_socket_client_set_timeout(client, SECONDS);
	other->connection = g_socket_client_connect_to_host(
		client, "127.0.0.1", server_port(server, "imap_port"), NULL, &error);
	g_assert_no_error(error);
	other->input = g_data_input_stream_new(
		g_io_stream_get_input_stream(G_IO_STREAM(other->connection)));
	g_data_input_stream_set_newline_type(other->input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
	g_free(hear(other));
	g_free(other_ask(other, "LOGIN %s %s", server_fact(server, "user"),
		server_fact(server, "password")));
	return other;
}

void
other_free(Other *other)
{
	g_object_unref(other->input);
	g_object_unref(other->connection);
	g_free(other);
}

void
other_deliver(Other *other, const char *folder, const char *subject, guint lines)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *command = NULL;

	g_string_append_printf(text,
		"From: Ada Lovelace <ada@example.org>\r\nTo: alice@example.org\r\n"
		"Subject: %s\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\n",
		subject);
	for (guint i = 0; i < lines; i++)
		g_string_append_printf(
			text, "Line %u of \"%s\", as long as lines are.\r\n", i, subject);
	command = g_strdup_printf(
		"APPEND \"%s\" {%" G_GSIZE_FORMAT "+}\r\n%s", folder, text->len, text->str);
	g_free(other_ask(other, "%s", command));
}

void
other_deliver_many(Other *other, const char *folder, guint n, guint lines)
{
	for (guint i = 1; i <= n; i++) {
		g_autofree char *subject = g_strdup_printf("m%u", i);

		other_deliver(other, folder, subject, lines);
	}
}

void
other_empty(Other *other, const char *folder)
{
	g_autofree char *selected = other_ask(other, "SELECT \"%s\"", folder);

	if (strstr(selected, "* 0 EXISTS"))
		return;
	g_free(other_ask(other, "STORE 1:* +FLAGS.SILENT (\\Deleted)"));
	g_free(other_ask(other, "EXPUNGE"));
}

/* What stands between BEGIN and END behind *AT, which moves behind it. */
static char *
between(const char **at, const char *begin, const char *end)
{
	const char *from = strstr(*at, begin);
	const char *to = from ? strstr(from + strlen(begin), end) : NULL;

	g_assert_nonnull(to);
	from += strlen(begin);
	*at = to;
	return g_strndup(from, (gsize)(to - from));
}

char *
other_list(Other *other, const char *folder)
{
	GString *list = g_string_new(NULL);
	g_autofree char *selected = other_ask(other, "SELECT \"%s\"", folder);
	g_autofree char *answer = NULL;
	const char *at;

	if (strstr(selected, "* 0 EXISTS"))
		return g_string_free(list, FALSE);
	answer = other_ask(other, "FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
	at = answer;
	while (strstr(at, "UID ")) {
		g_autofree char *uid = between(&at, "UID ", " ");
		g_autofree char *flags = between(&at, "FLAGS (", ")");
		g_autofree char *subject = between(&at, "Subject: ", "\n");
		g_auto(GStrv) words = g_strsplit(flags, " ", -1);

		g_string_append_printf(list, "%s:", uid);
		for (guint i = 0; words[i]; i++)
			if (strcmp(words[i], "\\Recent") != 0)
				g_string_append(list, words[i]);
		g_string_append_printf(list, ":%s\n", g_strchomp(subject));
	}
	return g_string_free(list, FALSE);
}
