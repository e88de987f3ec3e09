/*
 * A server with a certificate for "localhost", in a thread of its own, and a client that is told to connect to
 * it: what the tests of a stream have in common.
 */
#pragma once

#include "base/err.h"
#include "net-client.h"
#include "net-server.h"

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
} NetScene;

/* TALK finds the scene as its peer's user. */
NetScene *net_scene_new(NetSecurity security, NetTalk talk);
void net_scene_free(NetScene *scene);
/* Ends the stream and joins the server's thread. */
void net_scene_stop(NetScene *scene);

/* Opens, and runs until it is open, or closed. */
void net_scene_open(NetScene *scene);
/* Opens and awaits the end, which has to be CODE with a sentence that has WORDS. */
void net_scene_fail(NetScene *scene, ErrCode code, const char *words);

/* Says nothing until the client has gone. */
void net_talk_nothing(NetPeer *peer);
/* Sends back whatever comes. */
void net_talk_echo(NetPeer *peer);
/* Goes at once; resets the connection once it has heard something. */
void net_talk_close(NetPeer *peer);
void net_talk_reset(NetPeer *peer);
