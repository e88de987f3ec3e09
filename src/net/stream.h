/*
 * A host name becomes a connected, encrypted, buffered byte stream, without ever blocking: resolve,
 * connect (both address families, proxies), TLS with the host's name and chain checked, then bytes,
 * compressed or not.
 *
 *   net_stream_open()  ->  opened  ->  data, drained ...  ->  closed
 *                            |
 *                            +-- net_stream_start_tls()  ->  secured  ->  data ...
 *
 * Everything comes from the main loop, nothing from inside a call of this header. After
 * net_stream_free() nothing comes any more. Each step before `opened` and the TLS handshake has its
 * deadline; who speaks the protocol watches over the rest.
 */
#pragma once

#include <glib.h>

typedef struct NetStream NetStream;

/*
 * What connections share: the trusted authorities, read once, and the TLS sessions that make the
 * next handshake shorter. One per program is right. Counted, since streams hold on to it.
 */
typedef struct NetCache NetCache;

NetCache *net_cache_new(void);
NetCache *net_cache_ref(NetCache *cache);
void net_cache_unref(NetCache *cache);

typedef enum {
	NET_TLS,      /* TLS from the first byte */
	NET_STARTTLS, /* plain until net_stream_start_tls() */
	NET_PLAIN,    /* never TLS; refused for anything but a loopback address (ERR_POLICY) */
	NET_TUNNEL,   /* the standard input and output of a program */
} NetSecurity;

typedef struct {
	NetSecurity security;
	char *host; /* as the user wrote it: checked against the certificate, sent as SNI */
	guint16 port;
	char **tunnel;     /* NET_TUNNEL: argv, run without a shell */
	char *ca_file;     /* PEM, instead of the system's; NULL: the system's */
	char *pin;         /* "sha256:BASE64" of the SubjectPublicKeyInfo: then the chain and the
	                     * dates need not be good, the key must be exactly this one; NULL */
	char *client_cert; /* PEM file with certificate and key, or NULL */
	char *client_key;  /* PEM file with the key when it is not in client_cert, or NULL */
	gint64 connect_timeout; /* microseconds, resolve to `opened`, and again for STARTTLS; 0: 30 s */
	NetCache *cache;        /* NULL: this connection shares nothing */
} NetTarget;

NetTarget *net_target_copy(const NetTarget *target);
void net_target_free(NetTarget *target);

typedef struct {
	/* Connected, and for NET_TLS encrypted and verified. */
	void (*opened)(NetStream *stream, gpointer user);
	/* The handshake that net_stream_start_tls() began is done and verified. */
	void (*secured)(NetStream *stream, gpointer user);
	/* At most 16 KiB in one turn of the loop: some milliseconds of work for the reader. */
	void (*data)(NetStream *stream, const char *data, gsize len, gpointer user);
	/* All that was written has been handed to the system. */
	void (*drained)(NetStream *stream, gpointer user);
	/* The end, once and last: ERROR is NULL when the peer closed in an orderly way. */
	void (*closed)(NetStream *stream, const GError *error, gpointer user);
} NetEvents;

/* Copies TARGET and *EVENTS. The stream reports failure through `closed`, also of this call. */
NetStream *net_stream_open(const NetTarget *target, const NetEvents *events, gpointer user);
/* Drops the connection at once; may be called from inside any of the events. */
void net_stream_free(NetStream *stream);

/* Queues DATA (copied). */
void net_stream_write(NetStream *stream, const char *data, gsize len);
/* Bytes queued and not yet handed to the system. */
gsize net_stream_unsent(const NetStream *stream);
/* NET_STARTTLS only, with nothing queued: what comes from now on is TLS. Anything else, and bytes
 * that the peer sent in clear behind its last answer, end the stream with ERR_POLICY. */
void net_stream_start_tls(NetStream *stream);
/* Once the server has taken COMPRESS DEFLATE (RFC 4978), with nothing queued: what is written from
 * now on goes out compressed, what was written in one turn together, and what comes is unpacked. REST
 * (LEN bytes, copied) is what the owner was given of that already. Twice, or with something queued,
 * ends the stream with ERR_POLICY; damaged data ends it with ERR_PROTOCOL. */
void net_stream_start_deflate(NetStream *stream, const char *rest, gsize len);
/* TRUE stops reading until FALSE: the reader is busy. */
void net_stream_pause(NetStream *stream, gboolean pause);

/* What the doctor and the reader of the log want to know. Borrowed; NULL before it is known. */
const char *net_stream_address(const NetStream *stream);     /* "192.0.2.1:993" */
const char *net_stream_tls_version(const NetStream *stream); /* "TLSv1.3", "" without TLS */
const char *net_stream_cipher(const NetStream *stream);
/* "sha256:..." of the peer's key, for tls-pin. */
const char *net_stream_pin(const NetStream *stream);
gboolean net_stream_resumed(const NetStream *stream); /* TLS session resumption worked */

/* Channel binding data (RFC 9266, RFC 5929); NULL where TLS has none. Borrowed. */
const guint8 *net_stream_cb_exporter(const NetStream *stream, gsize *out_len);
const guint8 *net_stream_cb_unique(const NetStream *stream, gsize *out_len);
const guint8 *net_stream_cb_end_point(const NetStream *stream, gsize *out_len);

/* Bytes on the line in both directions: compressed, TLS and its handshake included. */
void net_stream_traffic(const NetStream *stream, guint64 *out_in, guint64 *out_out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetCache, net_cache_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetStream, net_stream_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTarget, net_target_free)
