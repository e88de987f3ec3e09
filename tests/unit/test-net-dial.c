/* How a connection comes about, and what is said when it does not: hosts, refusals, deadlines, no TLS. */
#include "net-scene.h"

#include "net/dial.h"

#include <string.h>

#define SHORT_LIMIT (150 * 1000) /* microseconds */

static void
test_refused(void)
{
	NetScene *scene = net_scene_new(NET_TLS, net_talk_nothing);

	/* Nobody listens any more. */
	g_clear_pointer(&scene->server, net_server_free);
	net_scene_fail(scene, ERR_CONNECT, "takes no connections");
	g_assert_cmpstr(scene->client->order->str, ==, "c");
	net_scene_free(scene);
}

static void
test_no_such_host(void)
{
	NetScene *scene = net_scene_new(NET_TLS, net_talk_nothing);

	scene->target.host = (char *)"imap.exmaple.invalid";
	net_scene_fail(scene, ERR_RESOLVE, "imap.exmaple.invalid");
	g_assert_nonnull(strstr(scene->client->error->message, "spelling"));
	net_scene_free(scene);
}

static void
test_no_host(void)
{
	static const char *const hosts[] = {"", "."};

	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autoptr(NetClient) client = net_client_new();
		NetTarget target = {.security = NET_TLS, .port = 993};

		target.host = (char *)hosts[i];
		net_client_open(client, &target);
		net_client_run(client, NET_SAW_CLOSED);
		g_assert_nonnull(client->error);
		g_assert_cmpstr(client->order->str, ==, "c");
	}
}

/* NET_PLAIN never leaves the machine; 192.0.2.0/24 is for examples (RFC 5737). */
static void
test_plain_elsewhere(void)
{
	static const struct {
		const char *address;
		gboolean loopback;
	} cases[] = {
		{"127.0.0.1", TRUE},
		{"127.8.9.10", TRUE},
		{"::1", TRUE},
		{"192.0.2.1", FALSE},
		{"0.0.0.0", FALSE},
		{"::", FALSE},
		{"::ffff:192.0.2.1", FALSE},
		{"2001:db8::1", FALSE},
	};
	g_autoptr(NetClient) client = net_client_new();
	NetTarget target = {.security = NET_PLAIN, .host = (char *)"192.0.2.1", .port = 143};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GSocketAddress) address =
			g_inet_socket_address_new_from_string(cases[i].address, 143);
		g_autoptr(GError) error = NULL;

		g_assert_true(dial_check_loopback(address, "host", &error) == cases[i].loopback);
		g_assert_true(err_is(error, ERR_POLICY) == !cases[i].loopback);
		g_assert_true(dial_check_literal(cases[i].address, NULL) == cases[i].loopback);
	}
	net_client_open(client, &target);
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_error(client->error, ERR_DOMAIN, ERR_POLICY);
	g_assert_cmpstr(client->order->str, ==, "c");
	g_assert_null(net_stream_address(client->stream));
}

/* A listener whose queue is full lets SYNs wait. */
static void
test_hang_connecting(void)
{
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
	g_autoptr(GSocketAddress) address = NULL;
	g_autoptr(GPtrArray) callers = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(GSocket) listener = NULL;
	g_autoptr(NetClient) client = net_client_new();
	NetTarget target = {.security = NET_TLS, .host = (char *)"127.0.0.1"};

	listener = g_socket_new(
		G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
	g_socket_set_listen_backlog(listener, 0);
	g_assert_true(g_socket_bind(listener, any, TRUE, NULL));
	g_assert_true(g_socket_listen(listener, NULL));
	address = g_socket_get_local_address(listener, NULL);
	for (guint i = 0; i < 4; i++) {
		GSocket *caller = g_socket_new(
			G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

		g_socket_set_blocking(caller, FALSE);
		g_socket_connect(caller, address, NULL, NULL);
		g_ptr_array_add(callers, caller);
	}
	target.port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
	target.connect_timeout = SHORT_LIMIT;
	net_client_open(client, &target);
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_error(client->error, ERR_DOMAIN, ERR_TIMEOUT);
	g_test_message("%s", client->error->message);
	g_assert_nonnull(strstr(client->error->message, "127.0.0.1:"));
	g_assert_null(strstr(client->error->message, "TLS"));
}

static void
test_hang_silent(void)
{
	NetScene *scene = net_scene_new(NET_TLS, net_talk_nothing);

	scene->target.connect_timeout = SHORT_LIMIT;
	net_scene_fail(scene, ERR_TIMEOUT, "did not answer the TLS handshake");
	g_assert_cmpstr(scene->client->order->str, ==, "c");
	net_scene_free(scene);
}

static void
talk_half_record(NetPeer *peer)
{
	net_peer_send(peer, "\x16\x03\x03\x40", 4);
	net_peer_wait_for_end(peer);
}

static void
test_hang_handshake(void)
{
	NetScene *scene = net_scene_new(NET_TLS, talk_half_record);

	scene->target.connect_timeout = SHORT_LIMIT;
	net_scene_fail(scene, ERR_TIMEOUT, "did not finish the TLS handshake");
	net_scene_free(scene);
}

static void
talk_half_record_close(NetPeer *peer)
{
	char hello[16];

	net_peer_read(peer, hello, sizeof(hello));
	net_peer_send(peer, "\x16\x03\x03\x40", 4);
}

static void
test_close_in_handshake(void)
{
	static const NetTalk talks[] = {net_talk_close, net_talk_reset, talk_half_record_close};

	for (guint i = 0; i < G_N_ELEMENTS(talks); i++) {
		NetScene *scene = net_scene_new(NET_TLS, talks[i]);

		net_scene_fail(scene, ERR_CLOSED, "middle of the TLS handshake");
		g_assert_cmpstr(scene->client->order->str, ==, "c");
		net_scene_free(scene);
	}
}

static void
talk_plain_greeting(NetPeer *peer)
{
	net_peer_say(peer, "* OK IMAP4rev1 ready\r\n");
	net_peer_wait_for_end(peer);
}

static void
talk_noise(NetPeer *peer)
{
	net_peer_send(peer, "\x16\x03\x03\x00\x10 no handshake at all", 25);
	net_peer_wait_for_end(peer);
}

static void
test_no_tls_there(void)
{
	NetScene *scene = net_scene_new(NET_TLS, talk_plain_greeting);

	net_scene_fail(scene, ERR_TLS, "\"* OK IMAP4rev1 ready\"");
	g_assert_nonnull(strstr(scene->client->error->message, "imap://localhost"));
	g_assert_cmpuint(scene->client->data->len, ==, 0);
	net_scene_free(scene);
	scene = net_scene_new(NET_TLS, talk_noise);
	net_scene_fail(scene, ERR_TLS, "TLS with localhost failed");
	net_scene_free(scene);
}

int
main(int argc, char **argv)
{
	/* As in net/tls-cache.c, which here is not the first to use it. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/dial/refused", test_refused);
	g_test_add_func("/net/dial/no-such-host", test_no_such_host);
	g_test_add_func("/net/dial/no-host", test_no_host);
	g_test_add_func("/net/dial/plain-elsewhere", test_plain_elsewhere);
	g_test_add_func("/net/dial/hang-connecting", test_hang_connecting);
	g_test_add_func("/net/dial/hang-silent", test_hang_silent);
	g_test_add_func("/net/dial/hang-handshake", test_hang_handshake);
	g_test_add_func("/net/dial/close-in-handshake", test_close_in_handshake);
	g_test_add_func("/net/dial/no-tls-there", test_no_tls_there);
	return g_test_run();
}
