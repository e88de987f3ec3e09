/* A program as the line: its bytes, its end, its last words. */
#include "net-client.h"

#include "base/err.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>

static void
tunnel_open(NetClient *client, const char *const *argv)
{
	NetTarget target = {.security = NET_TUNNEL, .tunnel = (char **)argv};

	net_client_open(client, &target);
	net_client_run(client, NET_SAW_OPENED | NET_SAW_CLOSED);
}

static void
shell_open(NetClient *client, const char *script)
{
	tunnel_open(client, (const char *[]){"sh", "-c", script, NULL});
}

static void
test_cat(void)
{
	g_autoptr(NetClient) client = net_client_new();
	g_autofree char *data = g_malloc(300000);

	for (gsize i = 0; i < 300000; i++)
		data[i] = (char)(i * 31 + i / 255);
	tunnel_open(client, (const char *[]){"cat", NULL});
	g_assert_cmpstr(client->order->str, ==, "o");
	client->wanted = 300000;
	net_client_write(client, data, 300000);
	net_client_run(client, NET_SAW_DATA);
	g_assert_cmpmem(client->data->str, client->data->len, data, 300000);
}

static void
test_ends_well(void)
{
	g_autoptr(NetClient) client = net_client_new();

	shell_open(client, "echo '* PREAUTH hi'; exit 0");
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_no_error(client->error);
	g_assert_cmpstr(client->data->str, ==, "* PREAUTH hi\n");
	g_assert_cmpstr(client->order->str, ==, "odc");
}

static void
check_dies(const char *script, const char *words)
{
	g_autoptr(NetClient) client = net_client_new();

	shell_open(client, script);
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_error(client->error, ERR_DOMAIN, ERR_CLOSED);
	g_test_message("%s", client->error->message);
	g_assert_nonnull(strstr(client->error->message, words));
}

static void
test_dies(void)
{
	check_dies("echo 'Warning: key added' >&2; echo 'Permission denied.' >&2; exit 255",
		"The tunnel program sh ended with status 255: Permission denied.");
	check_dies("printf 'no line end' >&2; exit 1", "status 1: no line end");
	check_dies("exit 7", "status 7: it said nothing");
	check_dies("kill -9 $$", "signal 9");
	/* Says more than anybody wants to read. */
	check_dies("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 2", "status 2: xxxx");
}

/* Closes the line and lives on: the end is reported all the same. */
static void
test_lives_on(void)
{
	g_autoptr(NetClient) client = net_client_new();

	shell_open(
		client, "echo 'on my own' >&2; exec </dev/null >/dev/null; exec tail -f /dev/null");
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_error(client->error, ERR_DOMAIN, ERR_CLOSED);
	g_assert_nonnull(strstr(client->error->message, "closed the line: on my own"));
}

static void
test_no_program(void)
{
	g_autoptr(NetClient) first = net_client_new();
	g_autoptr(NetClient) second = net_client_new();

	tunnel_open(first, (const char *[]){"/nowhere/imap-tunnel", NULL});
	g_assert_error(first->error, ERR_DOMAIN, ERR_CONFIG);
	g_assert_nonnull(strstr(first->error->message, "/nowhere/imap-tunnel"));
	tunnel_open(second, (const char *[]){NULL});
	g_assert_error(second->error, ERR_DOMAIN, ERR_CONFIG);
}

/* The words of the command are arguments, whatever is in them. */
static void
test_no_shell(void)
{
	g_autoptr(NetClient) client = net_client_new();

	tunnel_open(client, (const char *[]){"echo", "$HOME; `id` | cat", NULL});
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_cmpstr(client->data->str, ==, "$HOME; `id` | cat\n");
}

/* The group is gone some turns after the stream is, the child of the program too. */
static void
test_killed(void)
{
	g_autoptr(NetClient) client = net_client_new();
	pid_t group;

	client->wanted = 2;
	shell_open(client, "tail -f /dev/null & echo $$; wait");
	net_client_run(client, NET_SAW_DATA);
	while (!strchr(client->data->str, '\n'))
		net_client_run_ms(client, 1);
	group = (pid_t)g_ascii_strtoll(client->data->str, NULL, 10);
	g_assert_cmpint(group, >, 1);
	g_assert_cmpint(kill(-group, 0), ==, 0);
	g_clear_pointer(&client->stream, net_stream_free);
	for (guint ms = 0; kill(-group, 0) == 0 && ms < 5000; ms++)
		net_client_run_ms(client, 1);
	g_assert_cmpint(kill(-group, 0), ==, -1);
	g_assert_cmpint(errno, ==, ESRCH);
}

static void
test_stubborn(void)
{
	g_autoptr(NetClient) client = net_client_new();
	pid_t group;

	client->wanted = 2;
	shell_open(client, "trap '' TERM; echo $$; while :; do tail -f /dev/null; done");
	net_client_run(client, NET_SAW_DATA);
	while (!strchr(client->data->str, '\n'))
		net_client_run_ms(client, 1);
	group = (pid_t)g_ascii_strtoll(client->data->str, NULL, 10);
	g_clear_pointer(&client->stream, net_stream_free);
	for (guint ms = 0; kill(-group, 0) == 0 && ms < 9000; ms++)
		net_client_run_ms(client, 1);
	g_assert_cmpint(kill(-group, 0), ==, -1);
}

static void
test_free_inside(void)
{
	static const NetSaw events[] = {
		NET_SAW_OPENED, NET_SAW_DATA, NET_SAW_DRAINED, NET_SAW_CLOSED};

	for (guint i = 0; i < G_N_ELEMENTS(events); i++) {
		g_autoptr(NetClient) client = net_client_new();

		client->free_in = events[i];
		shell_open(client, events[i] == NET_SAW_CLOSED ? "exit 1" : "echo hi; cat >&2");
		if (client->stream)
			net_client_write(client, "hello", 5);
		net_client_run(client, events[i]);
		g_assert_null(client->stream);
		net_client_run_ms(client, 5);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/tunnel/cat", test_cat);
	g_test_add_func("/net/tunnel/ends-well", test_ends_well);
	g_test_add_func("/net/tunnel/dies", test_dies);
	g_test_add_func("/net/tunnel/lives-on", test_lives_on);
	g_test_add_func("/net/tunnel/no-program", test_no_program);
	g_test_add_func("/net/tunnel/no-shell", test_no_shell);
	g_test_add_func("/net/tunnel/killed", test_killed);
	g_test_add_func("/net/tunnel/stubborn", test_stubborn);
	g_test_add_func("/net/tunnel/free-inside", test_free_inside);
	return g_test_run();
}
