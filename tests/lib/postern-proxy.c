/* The proxy as a program: prints port=N, runs until its standard input ends, prints what it counted. */
#include "proxy.h"

#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

static gboolean
on_input(int fd, GIOCondition condition, gpointer user)
{
	char byte;

	if (read(fd, &byte, 1) > 0)
		return G_SOURCE_CONTINUE;
	g_main_loop_quit(user);
	return G_SOURCE_REMOVE;
}

int
main(int argc, char **argv)
{
	gint delay = 0, port = 0;
	gint64 cut = 0, stall = 0, rate = 0;
	const GOptionEntry entries[] = {
		{"port", 0, 0, G_OPTION_ARG_INT, &port, "Port of the server on 127.0.0.1", "N"},
		{"delay-ms", 0, 0, G_OPTION_ARG_INT, &delay, "Delay in each direction", "N"},
		{"cut-after", 0, 0, G_OPTION_ARG_INT64, &cut, "Cut after N octets", "N"},
		{"stall-after", 0, 0, G_OPTION_ARG_INT64, &stall, "Stall after N octets", "N"},
		{"rate", 0, 0, G_OPTION_ARG_INT64, &rate, "Octets per second", "N"},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- a bad line to a mail server");
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	ProxyFaults faults;
	ProxyCounts counts;
	Proxy *proxy = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, &argc, &argv, &error))
		proxy = proxy_new((guint16)port, &error);
	if (!proxy) {
		g_printerr("postern-proxy: %s\n", error->message);
		return 1;
	}
	faults = (ProxyFaults){(guint)delay, (guint64)cut, (guint64)stall, (guint64)rate};
	proxy_set_faults(proxy, &faults);
	printf("port=%u\n", proxy_port(proxy));
	fflush(stdout);
	g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, loop);
	g_main_loop_run(loop);
	counts = proxy_counts(proxy);
	printf("connections=%u\nto_server=%" G_GUINT64_FORMAT "\nto_client=%" G_GUINT64_FORMAT
	       "\nturns=%u\n",
		counts.connections, counts.to_server, counts.to_client, counts.turns);
	proxy_free(proxy);
	return 0;
}
