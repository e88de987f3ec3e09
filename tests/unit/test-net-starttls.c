/* STARTTLS: what comes before it is not trusted behind it, and nothing goes on in the clear. */
#include "net-scene.h"

#include <string.h>

#define SHORT_LIMIT (150 * 1000) /* microseconds */

/* As an IMAP server does it, and then echo. */
static void
talk_starttls(NetPeer *peer)
{
	NetScene *scene = peer->user;
	char line[6];

	scene->ok = net_peer_say(peer, "* OK hi\r\n") && net_peer_expect(peer, "a STARTTLS\r\n") &&
		    net_peer_say(peer, "a OK\r\n") && net_peer_start_tls(peer) &&
		    net_peer_read(peer, line, sizeof(line)) &&
		    net_peer_send(peer, line, sizeof(line));
	net_peer_wait_for_end(peer);
}

/* To the OK of STARTTLS. */
static void
starttls_begin(NetScene *scene)
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
	NetScene *scene = net_scene_new(NET_STARTTLS, talk_starttls);
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
	net_scene_stop(scene);
	g_assert_true(scene->ok);
	net_scene_free(scene);
}

/* The name is checked after STARTTLS as well. */
static void
test_starttls_wrong_host(void)
{
	NetScene *scene = net_scene_new(NET_STARTTLS, talk_starttls);

	scene->target.host = (char *)"127.0.0.1";
	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_CERTIFICATE);
	g_assert_cmpstr(scene->client->order->str, ==, "odwdc");
	net_scene_free(scene);
}

static void
talk_starttls_inject(NetPeer *peer)
{
	NetScene *scene = peer->user;

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
	NetScene *scene = net_scene_new(NET_STARTTLS, talk_starttls_inject);
	NetClient *client = scene->client;

	starttls_begin(scene);
	g_async_queue_push(scene->go, scene);
	g_async_queue_pop(scene->done);
	net_client_start_tls(client);
	net_client_run(client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(client->error, ERR_DOMAIN, ERR_POLICY);
	g_assert_cmpstr(client->data->str, ==, "* OK hi\r\na OK\r\n");
	net_scene_free(scene);
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
	NetScene *scene = net_scene_new(NET_STARTTLS, talk_starttls_plain);

	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	g_assert_nonnull(strstr(scene->client->error->message, "* BYE not really"));
	g_assert_cmpstr(scene->client->data->str, ==, "* OK hi\r\na OK\r\n");
	net_scene_free(scene);
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
	NetScene *scene = net_scene_new(NET_STARTTLS, talk_starttls_hang);

	scene->target.connect_timeout = SHORT_LIMIT;
	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_TIMEOUT);
	net_scene_free(scene);
}

static void
test_starttls_misuse(void)
{
	NetScene *scene = net_scene_new(NET_STARTTLS, net_talk_nothing);

	net_scene_open(scene);
	net_client_write(scene->client, "still here", 10);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	net_scene_free(scene);
	scene = net_scene_new(NET_PLAIN, net_talk_nothing);
	net_scene_open(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED | NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	net_scene_free(scene);
}

static void
test_free_in_secured(void)
{
	NetScene *scene = net_scene_new(NET_STARTTLS, talk_starttls);

	scene->client->free_in = NET_SAW_SECURED;
	starttls_begin(scene);
	net_client_start_tls(scene->client);
	net_client_run(scene->client, NET_SAW_SECURED);
	g_assert_null(scene->client->stream);
	net_scene_free(scene);
}

int
main(int argc, char **argv)
{
	/* As in net/tls-cache.c, which here is not the first to use it. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/starttls/taken", test_starttls);
	g_test_add_func("/net/starttls/wrong-host", test_starttls_wrong_host);
	g_test_add_func("/net/starttls/injected", test_starttls_injected);
	g_test_add_func("/net/starttls/plain", test_starttls_plain);
	g_test_add_func("/net/starttls/hang", test_starttls_hang);
	g_test_add_func("/net/starttls/misuse", test_starttls_misuse);
	g_test_add_func("/net/starttls/free-in-secured", test_free_in_secured);
	return g_test_run();
}
