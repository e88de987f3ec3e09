#include "net-scene.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

NetScene *
net_scene_new(NetSecurity security, NetTalk talk)
{
	static const NetCertSpec spec = {.name = "mail", .hosts = "DNS:localhost"};
	NetScene *scene = g_new0(NetScene, 1);

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

void
net_scene_stop(NetScene *scene)
{
	g_clear_pointer(&scene->client->stream, net_stream_free);
	g_clear_pointer(&scene->server, net_server_free);
}

void
net_scene_free(NetScene *scene)
{
	net_scene_stop(scene);
	net_client_free(scene->client);
	SSL_CTX_free(scene->ctx);
	net_cert_free(scene->cert);
	g_unlink(scene->cert_file);
	g_free(scene->cert_file);
	g_async_queue_unref(scene->go);
	g_async_queue_unref(scene->done);
	g_free(scene);
}

void
net_scene_open(NetScene *scene)
{
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_OPENED | NET_SAW_CLOSED);
}

void
net_scene_fail(NetScene *scene, ErrCode code, const char *words)
{
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, (int)code);
	g_test_message("%s", scene->client->error->message);
	g_assert_nonnull(strstr(scene->client->error->message, words));
}

void
net_talk_nothing(NetPeer *peer)
{
	net_peer_wait_for_end(peer);
}

void
net_talk_close(NetPeer *peer)
{
}

void
net_talk_reset(NetPeer *peer)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	char byte;

	net_peer_read(peer, &byte, 1);
	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void
net_talk_echo(NetPeer *peer)
{
	NetScene *scene = peer->user;
	char c;

	scene->ok = TRUE;
	if (scene->target.security == NET_TLS)
		scene->ok = net_peer_start_tls(peer);
	while (scene->ok && net_peer_read(peer, &c, 1))
		scene->ok = net_peer_send(peer, &c, 1);
}
