/* The stream itself: order, ends, deadlines, STARTTLS, and bytes that come and go in any size. */
#include "net-client.h"
#include "net-server.h"

#include "base/err.h"
#include "net/bytes.h"
#include "net/dial.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BIG_BYTES   (10 * 1024 * 1024)
#define SHORT_LIMIT (150 * 1000) /* microseconds */

typedef struct {
	NetCert *cert;
	char *cert_file;
	SSL_CTX *ctx;
	NetServer *server;
	NetClient *client;
	NetTarget target;
	GAsyncQueue *go;   /* the test lets the server's thread go on */
	GAsyncQueue *done; /* that thread has done so */
	gboolean ok;       /* the server is content; read after it was joined */
} Scene;

static Scene *
scene_new(NetSecurity security, NetTalk talk)
{
	static const NetCertSpec spec = {.name = "mail", .hosts = "DNS:localhost"};
	Scene *scene = g_new0(Scene, 1);

	scene->cert = net_cert_new(&spec);
	scene->cert_file = net_cert_write(scene->cert, FALSE);
	scene->ctx = net_server_context(scene->cert, NULL);
	scene->client = net_client_new();
	scene->go = g_async_queue_new();
	scene->done = g_async_queue_new();
	scene->server = net_server_new("127.0.0.1", scene->ctx, talk, scene);
	g_assert_nonnull(scene->server);
	scene->target.security = security;
	scene->target.host = (char *)"localhost";
	scene->target.port = net_server_port(scene->server);
	scene->target.ca_file = scene->cert_file;
	return scene;
}

static void
scene_stop(Scene *scene)
{
	g_clear_pointer(&scene->client->stream, net_stream_free);
	g_clear_pointer(&scene->server, net_server_free);
}

static void
scene_free(Scene *scene)
{
	scene_stop(scene);
	net_client_free(scene->client);
	SSL_CTX_free(scene->ctx);
	net_cert_free(scene->cert);
	g_unlink(scene->cert_file);
	g_free(scene->cert_file);
	g_async_queue_unref(scene->go);
	g_async_queue_unref(scene->done);
	g_free(scene);
}

static void
scene_open(Scene *scene)
{
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_OPENED | NET_SAW_CLOSED);
}

/* Opens and awaits the end, which has to be CODE with a sentence that has WORDS. */
static void
scene_fail(Scene *scene, ErrCode code, const char *words)
{
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, (int)code);
	g_test_message("%s", scene->client->error->message);
	g_assert_nonnull(strstr(scene->client->error->message, words));
}

static void
talk_nothing(NetPeer *peer)
{
	net_peer_wait_for_end(peer);
}

static void
talk_close(NetPeer *peer)
{
}

static void
talk_reset(NetPeer *peer)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	char byte;

	net_peer_read(peer, &byte, 1);
	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Sends back whatever comes. */
static void
talk_echo(NetPeer *peer)
{
	Scene *scene = peer->user;
	char c;

	scene->ok = TRUE;
	if (scene->target.security == NET_TLS)
		scene->ok = net_peer_start_tls(peer);
	while (scene->ok && net_peer_read(peer, &c, 1))
		scene->ok = net_peer_send(peer, &c, 1);
}

static void
test_plain(void)
{
	Scene *scene = scene_new(NET_PLAIN, talk_echo);
	NetClient *client = scene->client;
	gsize len;

	scene_open(scene);
	g_assert_cmpstr(client->order->str, ==, "o");
	client->wanted = 5;
	net_client_write(client, "hello", 5);
	g_assert_cmpuint(net_stream_unsent(client->stream), ==, 5);
	net_client_run(client, NET_SAW_DATA);
	g_assert_cmpstr(client->data->str, ==, "hello");
	g_assert_true(g_str_has_prefix(client->order->str, "owd"));
	g_assert_cmpstr(net_stream_tls_version(client->stream), ==, "");
	g_assert_null(net_stream_cb_exporter(client->stream, &len));
	g_assert_null(net_stream_pin(client->stream));
	scene_stop(scene);
	g_assert_true(scene->ok);
	scene_free(scene);
}

static void
test_plain_ends(void)
{
	Scene *scene = scene_new(NET_PLAIN, talk_close);

	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_no_error(scene->client->error);
	g_assert_cmpstr(scene->client->order->str, ==, "oc");
	scene_free(scene);
	scene = scene_new(NET_PLAIN, talk_reset);
	scene_open(scene);
	net_client_write(scene->client, "!", 1);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_CLOSED);
	g_assert_nonnull(strstr(scene->client->error->message, "was cut"));
	scene_free(scene);
}

static void
test_refused(void)
{
	Scene *scene = scene_new(NET_TLS, talk_nothing);

	/* Nobody listens any more. */
	g_clear_pointer(&scene->server, net_server_free);
	scene_fail(scene, ERR_CONNECT, "takes no connections");
	g_assert_cmpstr(scene->client->order->str, ==, "c");
	scene_free(scene);
}

static void
test_no_such_host(void)
{
	Scene *scene = scene_new(NET_TLS, talk_nothing);

	scene->target.host = (char *)"imap.exmaple.invalid";
	scene_fail(scene, ERR_RESOLVE, "imap.exmaple.invalid");
	g_assert_nonnull(strstr(scene->client->error->message, "spelling"));
	scene_free(scene);
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
	Scene *scene = scene_new(NET_TLS, talk_nothing);

	scene->target.connect_timeout = SHORT_LIMIT;
	scene_fail(scene, ERR_TIMEOUT, "did not answer the TLS handshake");
	g_assert_cmpstr(scene->client->order->str, ==, "c");
	scene_free(scene);
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
	Scene *scene = scene_new(NET_TLS, talk_half_record);

	scene->target.connect_timeout = SHORT_LIMIT;
	scene_fail(scene, ERR_TIMEOUT, "did not finish the TLS handshake");
	scene_free(scene);
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
	static const NetTalk talks[] = {talk_close, talk_reset, talk_half_record_close};

	for (guint i = 0; i < G_N_ELEMENTS(talks); i++) {
		Scene *scene = scene_new(NET_TLS, talks[i]);

		scene_fail(scene, ERR_CLOSED, "middle of the TLS handshake");
		g_assert_cmpstr(scene->client->order->str, ==, "c");
		scene_free(scene);
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
	Scene *scene = scene_new(NET_TLS, talk_plain_greeting);

	scene_fail(scene, ERR_TLS, "\"* OK IMAP4rev1 ready\"");
	g_assert_nonnull(strstr(scene->client->error->message, "imap://localhost"));
	g_assert_cmpuint(scene->client->data->len, ==, 0);
	scene_free(scene);
	scene = scene_new(NET_TLS, talk_noise);
	scene_fail(scene, ERR_TLS, "TLS with localhost failed");
	scene_free(scene);
}

/* Says one line and ends, in the way of TLS or not. */
static void
talk_end_well(NetPeer *peer)
{
	if (net_peer_start_tls(peer) && net_peer_say(peer, "bye\n"))
		net_peer_close_tls(peer);
}

static void
talk_cut(NetPeer *peer)
{
	if (net_peer_start_tls(peer))
		net_peer_say(peer, "bye\n");
}

static void
test_truncation(void)
{
	Scene *scene = scene_new(NET_TLS, talk_end_well);

	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_no_error(scene->client->error);
	g_assert_cmpstr(scene->client->order->str, ==, "odc");
	scene_free(scene);
	scene = scene_new(NET_TLS, talk_cut);
	scene_fail(scene, ERR_CLOSED, "was cut");
	g_assert_cmpstr(scene->client->data->str, ==, "bye\n");
	scene_free(scene);
}

/* Small buffers in the kernel, so that every write is partial somewhere. */
static void
talk_drip(NetPeer *peer)
{
	int small = 8192;

	setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(peer->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	talk_echo(peer);
}

static void
check_drip(NetSecurity security)
{
	Scene *scene = scene_new(security, talk_drip);
	g_autofree char *data = g_malloc(20000);

	for (gsize i = 0; i < 20000; i++)
		data[i] = (char)(i * 7 + i / 251);
	scene_open(scene);
	scene->client->wanted = 20000;
	net_client_write(scene->client, data, 1);
	net_client_write(scene->client, data + 1, 19999);
	net_client_run(scene->client, NET_SAW_DATA);
	g_assert_cmpmem(scene->client->data->str, scene->client->data->len, data, 20000);
	scene_free(scene);
}

static void
test_drip(void)
{
	check_drip(NET_PLAIN);
	check_drip(NET_TLS);
}

/* Takes all and sends it back at the same time, in pieces that fit nothing. */
static void
talk_mill(NetPeer *peer)
{
	Scene *scene = peer->user;
	g_autofree char *buf = g_malloc(70001);
	gsize left = BIG_BYTES;

	scene->ok = scene->target.security != NET_TLS || net_peer_start_tls(peer);
	while (scene->ok && left > 0) {
		gsize len = MIN(left, 70001);

		scene->ok = net_peer_read(peer, buf, len) && net_peer_send(peer, buf, len);
		left -= len;
	}
	net_peer_wait_for_end(peer);
}

static void
check_big(NetSecurity security)
{
	Scene *scene = scene_new(security, talk_mill);
	g_autofree char *data = g_malloc(BIG_BYTES);
	guint32 state = 1;
	guint64 in, out;

	for (gsize i = 0; i < BIG_BYTES; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = (char)(state >> 24);
	}
	scene_open(scene);
	scene->client->wanted = BIG_BYTES;
	net_client_write(scene->client, data, BIG_BYTES);
	net_client_run(scene->client, NET_SAW_DATA);
	g_assert_true(scene->client->data->len == BIG_BYTES);
	g_assert_true(memcmp(scene->client->data->str, data, BIG_BYTES) == 0);
	g_assert_cmpuint(scene->client->largest, <=, 64 * 1024);
	g_assert_true(scene->client->seen & NET_SAW_DRAINED);
	net_stream_traffic(scene->client->stream, &in, &out);
	g_assert_cmpuint(in, >=, BIG_BYTES);
	g_assert_cmpuint(out, >=, BIG_BYTES);
	scene_stop(scene);
	g_assert_true(scene->ok);
	scene_free(scene);
}

static void
test_big(void)
{
	check_big(NET_PLAIN);
	check_big(NET_TLS);
}

static void
talk_flood(NetPeer *peer)
{
	Scene *scene = peer->user;
	g_autofree char *buf = g_malloc0(40000);
	char c;

	if (scene->target.security == NET_TLS && !net_peer_start_tls(peer))
		return;
	/* Sent when the client asks, and it is all there when this returns or soon after. */
	if (net_peer_read(peer, &c, 1))
		net_peer_send(peer, buf, 40000);
	net_peer_wait_for_end(peer);
}

static void
check_pause(NetSecurity security)
{
	Scene *scene = scene_new(security, talk_flood);
	NetClient *client = scene->client;

	scene_open(scene);
	net_client_pause(client, TRUE);
	net_client_write(client, "!", 1);
	net_client_run(client, NET_SAW_DRAINED);
	net_client_run_ms(client, 30);
	g_assert_cmpuint(client->data->len, ==, 0);
	/* Each run brings some; what waits inside of TLS must not be forgotten. */
	for (client->wanted = 1; client->data->len < 40000;
		client->wanted = client->data->len + 1) {
		net_client_pause(client, FALSE);
		net_client_run(client, NET_SAW_DATA);
		net_client_pause(client, TRUE);
	}
	net_client_run_ms(client, 10);
	g_assert_cmpuint(client->data->len, ==, 40000);
	scene_free(scene);
}

static void
test_pause(void)
{
	check_pause(NET_PLAIN);
	check_pause(NET_TLS);
}

/* As an IMAP server does it, and then echo. */
static void
talk_starttls(NetPeer *peer)
{
	Scene *scene = peer->user;
	char line[6];

	scene->ok = net_peer_say(peer, "* OK hi\r\n") && net_peer_expect(peer, "a STARTTLS\r\n") &&
		    net_peer_say(peer, "a OK\r\n") && net_peer_start_tls(peer) &&
		    net_peer_read(peer, line, sizeof(line)) &&
		    net_peer_send(peer, line, sizeof(line));
	net_peer_wait_for_end(peer);
}

/* To the OK of STARTTLS. */
static void
starttls_begin(Scene *scene)
{
	NetClient *client = scene->client;

	net_client_open(client, &scene->target);
	client->wanted = strlen("* OK hi\r\n");
	net_client_run(client, NET_SAW_DATA | NET_SAW_CLOSED);
	g_assert_no_error(client->error);
	net_client_write(client, "a STARTTLS\r\n", 12);
	client->wanted = strlen("* OK hi\r\na OK\r\n");
	net_client_run(client, NET_SAW_DATA | NET_SAW_CLOSED);
	while (client->data->len < client->wanted)
		net_client_run(client, NET_SAW_DATA);
}

static void
test_starttls(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_starttls);
	NetClient *client = scene->client;

	starttls_begin(scene);
	g_assert_cmpstr(net_stream_tls_version(client->stream), ==, "");
	net_client_start_tls(client);
	net_client_run(client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_no_error(client->error);
	g_assert_cmpstr(client->order->str, ==, "odwds");
	g_assert_cmpstr(net_stream_tls_version(client->stream), ==, "TLSv1.3");
	g_string_truncate(client->data, 0);
	client->wanted = 6;
	net_client_write(client, "again\n", 6);
	while (client->data->len < 6)
		net_client_run(client, NET_SAW_DATA);
	g_assert_cmpstr(client->data->str, ==, "again\n");
	scene_stop(scene);
	g_assert_true(scene->ok);
	scene_free(scene);
}

/* The name is checked after STARTTLS as well. */
static void
test_starttls_wrong_host(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_starttls);

	scene->target.host = (char *)"127.0.0.1";
	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_CERTIFICATE);
	g_assert_cmpstr(scene->client->order->str, ==, "odwdc");
	scene_free(scene);
}

static void
talk_starttls_inject(NetPeer *peer)
{
	Scene *scene = peer->user;

	net_peer_say(peer, "* OK hi\r\n");
	net_peer_expect(peer, "a STARTTLS\r\n");
	net_peer_say(peer, "a OK\r\n");
	/* The client has read the OK and pauses: this waits in the kernel when it begins. */
	g_async_queue_pop(scene->go);
	net_peer_say(peer, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n");
	g_async_queue_push(scene->done, scene);
	net_peer_wait_for_end(peer);
}

static void
test_starttls_injected(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_starttls_inject);
	NetClient *client = scene->client;

	starttls_begin(scene);
	g_async_queue_push(scene->go, scene);
	g_async_queue_pop(scene->done);
	net_client_start_tls(client);
	net_client_run(client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(client->error, ERR_DOMAIN, ERR_POLICY);
	g_assert_cmpstr(client->data->str, ==, "* OK hi\r\na OK\r\n");
	scene_free(scene);
}

static void
talk_starttls_plain(NetPeer *peer)
{
	char byte;

	net_peer_say(peer, "* OK hi\r\n");
	net_peer_expect(peer, "a STARTTLS\r\n");
	net_peer_say(peer, "a OK\r\n");
	net_peer_read(peer, &byte, 1);
	net_peer_say(peer, "* BYE not really\r\n");
	net_peer_wait_for_end(peer);
}

static void
test_starttls_plain(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_starttls_plain);

	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	g_assert_nonnull(strstr(scene->client->error->message, "* BYE not really"));
	g_assert_cmpstr(scene->client->data->str, ==, "* OK hi\r\na OK\r\n");
	scene_free(scene);
}

static void
talk_starttls_hang(NetPeer *peer)
{
	net_peer_say(peer, "* OK hi\r\n");
	net_peer_expect(peer, "a STARTTLS\r\n");
	net_peer_say(peer, "a OK\r\n");
	net_peer_wait_for_end(peer);
}

static void
test_starttls_hang(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_starttls_hang);

	scene->target.connect_timeout = SHORT_LIMIT;
	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_TIMEOUT);
	scene_free(scene);
}

static void
test_starttls_misuse(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_nothing);

	scene_open(scene);
	net_client_write(scene->client, "still here", 10);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	scene_free(scene);
	scene = scene_new(NET_PLAIN, talk_nothing);
	scene_open(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	scene_free(scene);
}

/* The stream goes away in the middle of each event; nothing comes after it. */
static void
test_free_inside(void)
{
	static const NetSaw events[] = {
		NET_SAW_OPENED, NET_SAW_DATA, NET_SAW_DRAINED, NET_SAW_CLOSED};

	for (guint i = 0; i < G_N_ELEMENTS(events); i++) {
		Scene *scene = scene_new(NET_TLS, talk_echo);
		NetClient *client = scene->client;

		client->free_in = events[i];
		if (events[i] == NET_SAW_CLOSED)
			scene->target.host = (char *)"127.0.0.1";
		net_client_open(client, &scene->target);
		/* Also in `opened`, with something queued. */
		net_client_write(client, "early", 5);
		net_client_run(client, events[i]);
		g_assert_null(client->stream);
		net_client_run_ms(client, 5);
		scene_free(scene);
	}
}

static void
test_free_in_secured(void)
{
	Scene *scene = scene_new(NET_STARTTLS, talk_starttls);

	scene->client->free_in = NET_SAW_SECURED;
	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED);
	g_assert_null(scene->client->stream);
	scene_free(scene);
}

/* And between any two turns of the loop. */
static void
test_free_anywhere(void)
{
	g_autoptr(NetCache) cache = net_cache_new();

	for (guint turns = 0; turns < 40; turns++) {
		Scene *scene = scene_new(NET_TLS, talk_echo);

		scene->target.cache = turns % 2 ? cache : NULL;
		net_client_open(scene->client, &scene->target);
		net_client_write(scene->client, "early", 5);
		for (guint i = 0; i < turns; i++)
			net_client_run_ms(scene->client, 0);
		g_clear_pointer(&scene->client->stream, net_stream_free);
		net_client_run_ms(scene->client, 1);
		scene_free(scene);
	}
}

/* Written before `opened`: goes out when it may. */
static void
test_write_early(void)
{
	Scene *scene = scene_new(NET_TLS, talk_echo);

	net_client_open(scene->client, &scene->target);
	net_client_write(scene->client, "early", 5);
	scene->client->wanted = 5;
	net_client_run(scene->client, NET_SAW_DATA);
	g_assert_cmpstr(scene->client->data->str, ==, "early");
	scene_free(scene);
}

static void
test_bytes(void)
{
	g_autoptr(GString) model = g_string_new(NULL);
	Bytes bytes = {0};
	guint32 state = 7;

	for (guint step = 0; step < 5000; step++) {
		char data[40];
		const char *peeked;
		gsize len;

		state = state * 1664525 + 1013904223;
		memset(data, 'a' + step % 26, sizeof(data));
		if (state >> 31) {
			bytes_add(&bytes, data, (state >> 16) % sizeof(data));
			g_string_append_len(model, data, (state >> 16) % sizeof(data));
		} else {
			len = MIN(model->len, (state >> 16) % 60);
			bytes_take(&bytes, len);
			g_string_erase(model, 0, len);
		}
		peeked = bytes_peek(&bytes, &len);
		g_assert_cmpmem(peeked, len, model->str, model->len);
	}
	bytes_clear(&bytes);
	g_assert_cmpuint(bytes_len(&bytes), ==, 0);
}

int
main(int argc, char **argv)
{
	/* As in net/tls-cache.c, which here is not the first to use it. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/bytes", test_bytes);
	g_test_add_func("/net/stream/plain", test_plain);
	g_test_add_func("/net/stream/plain-ends", test_plain_ends);
	g_test_add_func("/net/stream/plain-elsewhere", test_plain_elsewhere);
	g_test_add_func("/net/stream/refused", test_refused);
	g_test_add_func("/net/stream/no-such-host", test_no_such_host);
	g_test_add_func("/net/stream/no-host", test_no_host);
	g_test_add_func("/net/stream/hang-connecting", test_hang_connecting);
	g_test_add_func("/net/stream/hang-silent", test_hang_silent);
	g_test_add_func("/net/stream/hang-handshake", test_hang_handshake);
	g_test_add_func("/net/stream/close-in-handshake", test_close_in_handshake);
	g_test_add_func("/net/stream/no-tls-there", test_no_tls_there);
	g_test_add_func("/net/stream/truncation", test_truncation);
	g_test_add_func("/net/stream/drip", test_drip);
	g_test_add_func("/net/stream/big", test_big);
	g_test_add_func("/net/stream/pause", test_pause);
	g_test_add_func("/net/stream/write-early", test_write_early);
	g_test_add_func("/net/stream/starttls", test_starttls);
	g_test_add_func("/net/stream/starttls-wrong-host", test_starttls_wrong_host);
	g_test_add_func("/net/stream/starttls-injected", test_starttls_injected);
	g_test_add_func("/net/stream/starttls-plain", test_starttls_plain);
	g_test_add_func("/net/stream/starttls-hang", test_starttls_hang);
	g_test_add_func("/net/stream/starttls-misuse", test_starttls_misuse);
	g_test_add_func("/net/stream/free-inside", test_free_inside);
	g_test_add_func("/net/stream/free-in-secured", test_free_in_secured);
	g_test_add_func("/net/stream/free-anywhere", test_free_anywhere);
	return g_test_run();
}
