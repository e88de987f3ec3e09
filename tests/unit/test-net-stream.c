/* The stream itself: order, ends, and bytes that come and go in any size. */
#include "net-scene.h"

#include "net/bytes.h"

#include <string.h>
#include <sys/socket.h>

#define BIG_BYTES (10 * 1024 * 1024)

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

static void
test_plain(void)
{
	NetScene *scene = net_scene_new(NET_PLAIN, net_talk_echo);
	NetClient *client = scene->client;
	gsize len;

	net_scene_open(scene);
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
	net_scene_stop(scene);
	g_assert_true(scene->ok);
	net_scene_free(scene);
}

static void
test_plain_ends(void)
{
	NetScene *scene = net_scene_new(NET_PLAIN, net_talk_close);

	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_no_error(scene->client->error);
	g_assert_cmpstr(scene->client->order->str, ==, "oc");
	net_scene_free(scene);
	scene = net_scene_new(NET_PLAIN, net_talk_reset);
	net_scene_open(scene);
	net_client_write(scene->client, "!", 1);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_CLOSED);
	g_assert_nonnull(strstr(scene->client->error->message, "was cut"));
	net_scene_free(scene);
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
	NetScene *scene = net_scene_new(NET_TLS, talk_end_well);

	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_no_error(scene->client->error);
	g_assert_cmpstr(scene->client->order->str, ==, "odc");
	net_scene_free(scene);
	scene = net_scene_new(NET_TLS, talk_cut);
	net_scene_fail(scene, ERR_CLOSED, "was cut");
	g_assert_cmpstr(scene->client->data->str, ==, "bye\n");
	net_scene_free(scene);
}

/* Small buffers in the kernel, so that every write is partial somewhere. */
static void
talk_drip(NetPeer *peer)
{
	int small = 8192;

	setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(peer->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	net_talk_echo(peer);
}

static void
check_drip(NetSecurity security)
{
	NetScene *scene = net_scene_new(security, talk_drip);
	g_autofree char *data = g_malloc(20000);

	for (gsize i = 0; i < 20000; i++)
		data[i] = (char)(i * 7 + i / 251);
	net_scene_open(scene);
	scene->client->wanted = 20000;
	net_client_write(scene->client, data, 1);
	net_client_write(scene->client, data + 1, 19999);
	net_client_run(scene->client, NET_SAW_DATA);
	g_assert_cmpmem(scene->client->data->str, scene->client->data->len, data, 20000);
	net_scene_free(scene);
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
	NetScene *scene = peer->user;
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
	NetScene *scene = net_scene_new(security, talk_mill);
	g_autofree char *data = g_malloc(BIG_BYTES);
	guint32 state = 1;
	guint64 in, out;

	for (gsize i = 0; i < BIG_BYTES; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = (char)(state >> 24);
	}
	net_scene_open(scene);
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
	net_scene_stop(scene);
	g_assert_true(scene->ok);
	net_scene_free(scene);
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
	NetScene *scene = peer->user;
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
	NetScene *scene = net_scene_new(security, talk_flood);
	NetClient *client = scene->client;

	net_scene_open(scene);
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
	net_scene_free(scene);
}

static void
test_pause(void)
{
	check_pause(NET_PLAIN);
	check_pause(NET_TLS);
}

/* Written before `opened`: goes out when it may. */
static void
test_write_early(void)
{
	NetScene *scene = net_scene_new(NET_TLS, net_talk_echo);

	net_client_open(scene->client, &scene->target);
	net_client_write(scene->client, "early", 5);
	scene->client->wanted = 5;
	net_client_run(scene->client, NET_SAW_DATA);
	g_assert_cmpstr(scene->client->data->str, ==, "early");
	net_scene_free(scene);
}

/* The stream goes away in the middle of each event; nothing comes after it. */
static void
test_free_inside(void)
{
	static const NetSaw events[] = {
		NET_SAW_OPENED, NET_SAW_DATA, NET_SAW_DRAINED, NET_SAW_CLOSED};

	for (guint i = 0; i < G_N_ELEMENTS(events); i++) {
		NetScene *scene = net_scene_new(NET_TLS, net_talk_echo);
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
		net_scene_free(scene);
	}
}

/* And between any two turns of the loop. */
static void
test_free_anywhere(void)
{
	g_autoptr(NetCache) cache = net_cache_new();

	for (guint turns = 0; turns < 40; turns++) {
		NetScene *scene = net_scene_new(NET_TLS, net_talk_echo);

		scene->target.cache = turns % 2 ? cache : NULL;
		net_client_open(scene->client, &scene->target);
		net_client_write(scene->client, "early", 5);
		for (guint i = 0; i < turns; i++)
			net_client_run_ms(scene->client, 0);
		g_clear_pointer(&scene->client->stream, net_stream_free);
		net_client_run_ms(scene->client, 1);
		net_scene_free(scene);
	}
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
	g_test_add_func("/net/stream/truncation", test_truncation);
	g_test_add_func("/net/stream/drip", test_drip);
	g_test_add_func("/net/stream/big", test_big);
	g_test_add_func("/net/stream/pause", test_pause);
	g_test_add_func("/net/stream/write-early", test_write_early);
	g_test_add_func("/net/stream/free-inside", test_free_inside);
	g_test_add_func("/net/stream/free-anywhere", test_free_anywhere);
	return g_test_run();
}
