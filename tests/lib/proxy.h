/*
 * A proxy on the loopback that makes the line to a server slow, cuts it, or lets it hang, and counts
 * what goes over it. It lives in the GLib main loop of the test; tests/lib/postern-proxy is the same
 * as a program.
 */
#pragma once

#include <gio/gio.h>

typedef struct {
	guint delay_ms;    /* one way, in both directions; the throughput stays */
	guint side_ms;     /* more than that from the server, on all connections but the oldest */
	guint64 cut_after; /* octets from the server, of all connections; then all are cut. 0: never */
	guint64 cut_after_sent; /* the same of octets to the server */
	guint64 stall_after;    /* as cut_after; then nothing comes any more */
	guint64 rate;           /* octets from the server per second and connection; 0: any */
	guint gust_ms; /* now and then, up to this long, what the server says stands still */
	guint32 seed;  /* of the gusts */
	guint piece;   /* octets from the server that go at once; 0: any */
} ProxyFaults;

typedef struct {
	guint connections; /* accepted so far */
	guint open;        /* now */
	guint64 to_server, to_client;
	guint strikes; /* of cut_after */
	guint turns;   /* how often the client spoke after the server, the most of any one */
} ProxyCounts;

typedef struct Proxy Proxy;

/* Listens on 127.0.0.1, a free port, and connects to PORT there. */
Proxy *proxy_new(guint16 port, GError **error);
void proxy_free(Proxy *proxy);
guint16 proxy_port(const Proxy *proxy);
/* From now on; those in octets count from now too, and strike once. */
void proxy_set_faults(Proxy *proxy, const ProxyFaults *faults);
ProxyCounts proxy_counts(const Proxy *proxy);
void proxy_cut(Proxy *proxy);
/* While REFUSE, new connections are closed at once. */
void proxy_refuse(Proxy *proxy, gboolean refuse);
/* While so many connections are open, new ones are closed at once; 0: any number may be. */
void proxy_allow(Proxy *proxy, guint connections);
