/*
 * The client's side for the tests of net: a stream whose events are written down, and a main loop
 * that runs until the awaited one comes. Ten seconds without it fail the test.
 */
#pragma once

#include "net/stream.h"

typedef enum {
	NET_SAW_OPENED = 1 << 0,
	NET_SAW_SECURED = 1 << 1,
	NET_SAW_DATA = 1 << 2,
	NET_SAW_DRAINED = 1 << 3,
	NET_SAW_CLOSED = 1 << 4,
} NetSaw;

typedef struct {
	NetStream *stream; /* NULL: freed */
	NetSaw seen;
	GString *order; /* a letter for each event: o s d w c; one d for all data in a row */
	GString *data;
	gsize largest; /* the largest piece of data */
	GError *error;
	NetSaw free_in;   /* frees the stream in the first of these events */
	gsize wanted;     /* NET_SAW_DATA is awaited until this many bytes are there */
	gsize deflate_at; /* behind so many bytes the line is compressed; 0: never, or already */
	gboolean inside;  /* a call of the test's is under way: events now are a bug */
	GMainLoop *loop;
	NetSaw awaited;
} NetClient;

NetClient *net_client_new(void);
void net_client_free(NetClient *client);

void net_client_open(NetClient *client, const NetTarget *target);
void net_client_write(NetClient *client, const char *data, gsize len);
void net_client_start_tls(NetClient *client);
void net_client_pause(NetClient *client, gboolean pause);

/* Runs the loop until one of EVENTS has been seen; at once when it has been. */
void net_client_run(NetClient *client, NetSaw events);
/* Runs the loop for some turns: what must not happen does not. */
void net_client_run_ms(NetClient *client, guint ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetClient, net_client_free)
