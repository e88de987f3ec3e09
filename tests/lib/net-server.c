#include "net-server.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DAY_S        (24 * 60 * 60)
#define STEP_LIMIT_S 10

struct NetServer {
	GSocket *listener;
	guint16 port;
	GThread *thread;
	SSL_CTX *ctx;
	NetTalk talk;
	gpointer user;
};

static void
add_extension(X509 *x509, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, x509, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	g_assert_nonnull(extension);
	g_assert_cmpint(X509_add_ext(x509, extension, -1), ==, 1);
	X509_EXTENSION_free(extension);
}

static void
set_name(X509_NAME *name, const char *text)
{
	g_assert_cmpint(X509_NAME_add_entry_by_txt(
				name, "CN", MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0),
		==, 1);
}

NetCert *
net_cert_new(const NetCertSpec *spec)
{
	static long serial;
	NetCert *cert = g_new0(NetCert, 1);
	const NetCert *issuer = spec->issuer ? spec->issuer : cert;
	gboolean dated = spec->from_days != 0 || spec->to_days != 0;
	X509 *x509 = X509_new();

	cert->x509 = x509;
	if (spec->key_of && EVP_PKEY_up_ref(spec->key_of->key))
		cert->key = spec->key_of->key;
	else
		cert->key = EVP_EC_gen("P-256");
	g_assert_nonnull(cert->key);
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(x509), (dated ? spec->from_days : -1) * (long)DAY_S);
	X509_gmtime_adj(X509_getm_notAfter(x509), (dated ? spec->to_days : 365) * (long)DAY_S);
	set_name(X509_get_subject_name(x509), spec->name);
	X509_set_issuer_name(x509, X509_get_subject_name(issuer->x509));
	X509_set_pubkey(x509, cert->key);
	add_extension(x509, NID_basic_constraints, spec->is_ca ? "critical,CA:TRUE" : "CA:FALSE");
	if (spec->hosts)
		add_extension(x509, NID_subject_alt_name, spec->hosts);
	g_assert_cmpint(X509_sign(x509, issuer->key, EVP_sha256()), >, 0);
	return cert;
}

void
net_cert_free(NetCert *cert)
{
	if (!cert)
		return;
	X509_free(cert->x509);
	EVP_PKEY_free(cert->key);
	g_free(cert);
}

char *
net_cert_write(const NetCert *cert, gboolean with_key)
{
	g_autoptr(GError) error = NULL;
	char *path = NULL;
	int fd = g_file_open_tmp("postern-cert-XXXXXX.pem", &path, &error);
	FILE *file;

	g_assert_no_error(error);
	file = fdopen(fd, "w");
	g_assert_nonnull(file);
	g_assert_cmpint(PEM_write_X509(file, cert->x509), ==, 1);
	if (with_key)
		g_assert_cmpint(
			PEM_write_PrivateKey(file, cert->key, NULL, NULL, 0, NULL, NULL), ==, 1);
	g_assert_cmpint(fclose(file), ==, 0);
	return path;
}

SSL_CTX *
net_server_context(const NetCert *cert, const NetCert *chain)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	g_assert_nonnull(ctx);
	g_assert_cmpint(SSL_CTX_use_certificate(ctx, cert->x509), ==, 1);
	g_assert_cmpint(SSL_CTX_use_PrivateKey(ctx, cert->key), ==, 1);
	if (chain)
		g_assert_cmpint(SSL_CTX_add1_chain_cert(ctx, chain->x509), ==, 1);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
	return ctx;
}

static void
serve(const NetServer *server, int fd)
{
	NetPeer peer = {.fd = fd, .ctx = server->ctx, .user = server->user};
	struct timeval limit = {.tv_sec = STEP_LIMIT_S};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	server->talk(&peer);
	SSL_free(peer.ssl);
	if (peer.fd >= 0)
		close(peer.fd);
}

static gpointer
server_main(gpointer data)
{
	const NetServer *server = data;
	sigset_t pipes;
	int fd;

	/* For this thread only: the client has to look after itself. */
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipes, NULL);
	while ((fd = accept(g_socket_get_fd(server->listener), NULL, NULL)) >= 0)
		serve(server, fd);
	return NULL;
}

NetServer *
net_server_new(const char *address, SSL_CTX *ctx, NetTalk talk, gpointer user)
{
	g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new_from_string(address, 0);
	g_autoptr(GSocketAddress) got = NULL;
	g_autoptr(GSocket) listener = NULL;
	NetServer *server;

	listener = g_socket_new(g_socket_address_get_family(wanted), G_SOCKET_TYPE_STREAM,
		G_SOCKET_PROTOCOL_TCP, NULL);
	if (!listener || !g_socket_bind(listener, wanted, TRUE, NULL) ||
		!g_socket_listen(listener, NULL))
		return NULL;
	/* GSocket keeps its descriptors non-blocking; accept() is to wait here. */
	g_unix_set_fd_nonblocking(g_socket_get_fd(listener), FALSE, NULL);
	server = g_new0(NetServer, 1);
	got = g_socket_get_local_address(listener, NULL);
	server->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
	server->listener = g_steal_pointer(&listener);
	server->ctx = ctx;
	server->talk = talk;
	server->user = user;
	server->thread = g_thread_new("server", server_main, server);
	return server;
}

void
net_server_free(NetServer *server)
{
	if (!server)
		return;
	/* Ends accept(). */
	shutdown(g_socket_get_fd(server->listener), SHUT_RDWR);
	g_thread_join(server->thread);
	g_object_unref(server->listener);
	g_free(server);
}

guint16
net_server_port(const NetServer *server)
{
	return server->port;
}

gboolean
net_peer_start_tls(NetPeer *peer)
{
	peer->ssl = SSL_new(peer->ctx);
	SSL_set_fd(peer->ssl, peer->fd);
	return SSL_accept(peer->ssl) == 1;
}

static gssize
peer_write(NetPeer *peer, const char *data, gsize len)
{
	if (peer->ssl)
		return SSL_write(peer->ssl, data, (int)MIN(len, G_MAXINT));
	return send(peer->fd, data, len, 0);
}

static gssize
peer_read(NetPeer *peer, char *data, gsize len)
{
	if (peer->ssl)
		return SSL_read(peer->ssl, data, (int)MIN(len, G_MAXINT));
	return recv(peer->fd, data, len, 0);
}

gboolean
net_peer_send(NetPeer *peer, const char *data, gsize len)
{
	while (len > 0) {
		gssize sent = peer_write(peer, data, len);

		if (sent <= 0)
			return FALSE;
		data += sent;
		len -= sent;
	}
	return TRUE;
}

gboolean
net_peer_say(NetPeer *peer, const char *line)
{
	return net_peer_send(peer, line, strlen(line));
}

gboolean
net_peer_read(NetPeer *peer, char *data, gsize len)
{
	while (len > 0) {
		gssize got = peer_read(peer, data, len);

		if (got <= 0)
			return FALSE;
		data += got;
		len -= got;
	}
	return TRUE;
}

gboolean
net_peer_expect(NetPeer *peer, const char *line)
{
	g_autoptr(GString) got = g_string_new(NULL);
	char c = '\0';

	while (c != '\n' && net_peer_read(peer, &c, 1))
		g_string_append_c(got, c);
	return strcmp(got->str, line) == 0;
}

gsize
net_peer_wait_for_end(NetPeer *peer)
{
	char buf[4096];
	gsize all = 0;
	gssize got;

	while ((got = peer_read(peer, buf, sizeof(buf))) > 0)
		all += got;
	return all;
}

void
net_peer_close_tls(NetPeer *peer)
{
	SSL_shutdown(peer->ssl);
}
