#include "net/dial.h"

#include "base/err.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* A dead line is found after two to three minutes of silence, not after the two hours of the
 * system's default. */
#define KEEPALIVE_IDLE_S  90
#define KEEPALIVE_EVERY_S 20
#define KEEPALIVE_COUNT   4

struct Dial {
	char *host;
	guint16 port;
	char *trying; /* the address being connected to; NULL while resolving */
	GSocketClient *client;
	GCancellable *cancel;
	DialDone done; /* NULL: given up */
	gpointer user;
};

char *
dial_show_address(GSocketAddress *address)
{
	GInetSocketAddress *inet;
	g_autofree char *host = NULL;
	gboolean six;

	if (!G_IS_INET_SOCKET_ADDRESS(address))
		return g_strdup("a local socket");
	inet = G_INET_SOCKET_ADDRESS(address);
	host = g_inet_address_to_string(g_inet_socket_address_get_address(inet));
	six = g_socket_address_get_family(address) == G_SOCKET_FAMILY_IPV6;
	return g_strdup_printf(
		six ? "[%s]:%u" : "%s:%u", host, g_inet_socket_address_get_port(inet));
}

static gboolean
refuse_plain(const char *host, GError **error)
{
	return err_set(error, ERR_POLICY,
		"imap+insecure:// is for this machine only, and %s is another one: mail and "
		"password "
		"would cross the network in clear. Use imaps:// or imap://.",
		host);
}

gboolean
dial_check_loopback(GSocketAddress *address, const char *host, GError **error)
{
	if (G_IS_INET_SOCKET_ADDRESS(address) &&
		g_inet_address_get_is_loopback(
			g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address))))
		return TRUE;
	return refuse_plain(host, error);
}

gboolean
dial_check_literal(const char *host, GError **error)
{
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

	if (!address || g_inet_address_get_is_loopback(address))
		return TRUE;
	return refuse_plain(host, error);
}

static void
dial_free(Dial *dial)
{
	g_object_unref(dial->client);
	g_object_unref(dial->cancel);
	g_free(dial->host);
	g_free(dial->trying);
	g_free(dial);
}

static void
dial_event(GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
	GIOStream *connection, gpointer data)
{
	Dial *dial = data;
	g_autoptr(GSocketAddress) address = NULL;

	if (event != G_SOCKET_CLIENT_CONNECTING || !G_IS_SOCKET_CONNECTION(connection))
		return;
	address = g_socket_connection_get_remote_address(G_SOCKET_CONNECTION(connection), NULL);
	if (!address)
		return;
	g_free(dial->trying);
	dial->trying = dial_show_address(address);
}

/* "imap.example.org (192.0.2.1:993)". */
static char *
dial_where(const Dial *dial)
{
	if (!dial->trying)
		return g_strdup_printf("%s, port %u", dial->host, dial->port);
	if (g_hostname_is_ip_address(dial->host))
		return g_strdup(dial->trying);
	return g_strdup_printf("%s (%s)", dial->host, dial->trying);
}

static void
explain_resolver(const Dial *dial, const GError *cause, GError **error)
{
	if (g_error_matches(cause, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
		err_set(error, ERR_RESOLVE,
			"The host %s has no address. Check the spelling in the account's imap "
			"line.",
			dial->host);
	else
		err_set(error, ERR_RESOLVE,
			"The address of %s can't be looked up now (%s). Check the network and the "
			"spelling in the account's imap line.",
			dial->host, cause->message);
}

static void
explain(const Dial *dial, const GError *cause, GError **error)
{
	g_autofree char *where = dial_where(dial);

	if (cause->domain == G_RESOLVER_ERROR)
		explain_resolver(dial, cause, error);
	else if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
		err_set(error, ERR_CONNECT,
			"%s takes no connections on port %u. Is the port right, and is the server "
			"running?",
			where, dial->port);
	else if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
		 g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
		err_set(error, ERR_CONNECT, "There is no way to %s. Check the network.", where);
	else if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
		err_set(error, ERR_TIMEOUT, "%s did not answer. Check the network.", where);
	else if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
		err_set(error, ERR_CONFIG, "\"%s\" is no host name. Check the account's imap line.",
			dial->host);
	else
		err_set(error, ERR_CONNECT, "Connecting to %s failed: %s.", where, cause->message);
}

static void
dial_tune(GSocketConnection *connection)
{
	GSocket *socket = g_socket_connection_get_socket(connection);

	g_socket_set_keepalive(socket, TRUE);
	/* Each of these only makes things better: a system without them is none the worse. */
	g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S, NULL);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_EVERY_S, NULL);
	g_socket_set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT, NULL);
}

static void
dial_finished(GObject *source, GAsyncResult *result, gpointer data)
{
	Dial *dial = data;
	g_autoptr(GError) cause = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &cause);

	if (connection)
		dial_tune(connection);
	else
		explain(dial, cause, &error);
	if (dial->done)
		dial->done(connection, error, dial->user);
	dial_free(dial);
}

Dial *
dial_start(const NetTarget *target, DialDone done, gpointer user)
{
	Dial *dial = g_new0(Dial, 1);
	g_autoptr(GSocketConnectable) address = g_network_address_new(target->host, target->port);

	dial->host = g_strdup(target->host);
	dial->port = target->port;
	dial->done = done;
	dial->user = user;
	dial->cancel = g_cancellable_new();
	dial->client = g_socket_client_new();
	/* A proxy would hide whether the far end is this machine. */
	g_socket_client_set_enable_proxy(dial->client, target->security != NET_PLAIN);
	g_signal_connect(dial->client, "event", G_CALLBACK(dial_event), dial);
	g_socket_client_connect_async(dial->client, address, dial->cancel, dial_finished, dial);
	return dial;
}

void
dial_cancel(Dial *dial)
{
	if (!dial)
		return;
	dial->done = NULL;
	g_cancellable_cancel(dial->cancel);
}

GError *
dial_timed_out(const Dial *dial, double seconds)
{
	g_autofree char *where = dial_where(dial);
	GError *error = NULL;

	if (dial->trying)
		err_set(&error, ERR_TIMEOUT,
			"%s did not answer within %g s. Check host, port and network.", where,
			seconds);
	else
		err_set(&error, ERR_TIMEOUT,
			"The address of %s was not found within %g s: the name server does not "
			"answer. "
			"Check the network.",
			dial->host, seconds);
	return error;
}
