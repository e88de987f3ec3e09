/*
 * A server for the tests of net: certificates made on the spot and a thread that takes connections
 * on the loopback and talks to each by a function of the test's. Everything in the thread blocks,
 * with a limit of ten seconds on each step.
 */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

typedef struct {
	X509 *x509;
	EVP_PKEY *key;
} NetCert;

typedef struct {
	const char *name;  /* CN */
	const char *hosts; /* subjectAltName, as "DNS:localhost,IP:127.0.0.1"; NULL: none */
	int from_days;     /* from today; 0 and 0: since yesterday, for a year */
	int to_days;
	gboolean is_ca;
	const NetCert *issuer; /* NULL: signed by itself */
	const NetCert *key_of; /* NULL: a key of its own */
} NetCertSpec;

NetCert *net_cert_new(const NetCertSpec *spec);
void net_cert_free(NetCert *cert);
/* Writes CERT, and its key too when asked, as PEM to a new file, which the caller unlinks. */
char *net_cert_write(const NetCert *cert, gboolean with_key);

/* A server's context with CERT and the certificates of CHAIN (NULL: none) behind it. */
SSL_CTX *net_server_context(const NetCert *cert, const NetCert *chain);

typedef struct {
	int fd;
	SSL *ssl;     /* NULL: plain */
	SSL_CTX *ctx; /* for net_peer_start_tls() */
	gpointer user;
} NetPeer;

typedef void (*NetTalk)(NetPeer *peer);

typedef struct NetServer NetServer;

/* Listens on ADDRESS ("127.0.0.1", "::1") and a free port; NULL where there is no such address.
 * TALK runs in the server's thread, once for each connection. Borrows CTX. */
NetServer *net_server_new(const char *address, SSL_CTX *ctx, NetTalk talk, gpointer user);
/* Waits for the conversation under way, if any. */
void net_server_free(NetServer *server);
guint16 net_server_port(const NetServer *server);

/* For the talk; each returns FALSE when the line has ended. */
gboolean net_peer_start_tls(NetPeer *peer);
gboolean net_peer_send(NetPeer *peer, const char *data, gsize len);
gboolean net_peer_say(NetPeer *peer, const char *line);
/* Reads exactly LEN bytes. */
gboolean net_peer_read(NetPeer *peer, char *data, gsize len);
/* Reads up to the line feed and compares. */
gboolean net_peer_expect(NetPeer *peer, const char *line);
/* Reads until the client ends the line: how many bytes were still to come. */
gsize net_peer_wait_for_end(NetPeer *peer);
/* close_notify. */
void net_peer_close_tls(NetPeer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetCert, net_cert_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetServer, net_server_free)
