/* TLS from the client's side: who is let in, who is not, and what the user is told. */
#include "net-client.h"
#include "net-server.h"

#include "base/err.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

/* An authority, a server's certificate of it, and what the server saw. */
typedef struct {
	NetCert *ca;
	NetCert *cert;
	SSL_CTX *ctx;
	char *ca_file;
	NetServer *server;
	NetClient *client;
	NetTarget target;
	/* Written by the server's thread, read after it was joined. */
	gsize got_after_shake;
	gboolean shook;
	guint8 exporter[32];
	guint8 finished[EVP_MAX_MD_SIZE];
	gsize finished_len;
	char *sni;
} Scene;

static const NetCertSpec good_spec = {.name = "mail", .hosts = "DNS:localhost,IP:127.0.0.1,IP:::1"};

/* ISSUER: the scene's own authority, or NULL for a certificate that signs itself. */
static Scene *
scene_new(const NetCertSpec *spec, gboolean signed_by_ca)
{
	static const NetCertSpec ca_spec = {.name = "Test Authority", .is_ca = TRUE};
	Scene *scene = g_new0(Scene, 1);
	NetCertSpec mine = *spec;

	scene->ca = net_cert_new(&ca_spec);
	if (signed_by_ca)
		mine.issuer = scene->ca;
	scene->cert = net_cert_new(&mine);
	scene->ctx = net_server_context(scene->cert, NULL);
	scene->ca_file = net_cert_write(scene->ca, FALSE);
	scene->client = net_client_new();
	scene->target.security = NET_TLS;
	scene->target.host = (char *)"localhost";
	scene->target.ca_file = scene->ca_file;
	return scene;
}

static void
scene_serve(Scene *scene, NetTalk talk)
{
	scene->server = net_server_new("127.0.0.1", scene->ctx, talk, scene);
	g_assert_nonnull(scene->server);
	scene->target.port = net_server_port(scene->server);
}

static void
scene_free(Scene *scene)
{
	net_client_free(scene->client);
	net_server_free(scene->server);
	SSL_CTX_free(scene->ctx);
	net_cert_free(scene->cert);
	net_cert_free(scene->ca);
	g_assert_cmpint(g_unlink(scene->ca_file), ==, 0);
	g_free(scene->ca_file);
	g_free(scene->sni);
	g_free(scene);
}

/* The end of a connection and of the server, so that what its thread wrote may be read. */
static void
scene_stop(Scene *scene)
{
	g_clear_pointer(&scene->client->stream, net_stream_free);
	g_clear_pointer(&scene->server, net_server_free);
}

static void
note_bindings(NetPeer *peer)
{
	Scene *scene = peer->user;
	const char *sni = SSL_get_servername(peer->ssl, TLSEXT_NAMETYPE_host_name);

	g_free(scene->sni);
	scene->sni = g_strdup(sni);
	SSL_export_keying_material(peer->ssl, scene->exporter, sizeof(scene->exporter),
		"EXPORTER-Channel-Binding", 24, NULL, 0, 1);
	/* The client's Finished of a full handshake, the server's of a resumed one. */
	if (SSL_session_reused(peer->ssl))
		scene->finished_len =
			SSL_get_finished(peer->ssl, scene->finished, sizeof(scene->finished));
	else
		scene->finished_len =
			SSL_get_peer_finished(peer->ssl, scene->finished, sizeof(scene->finished));
}

/* Greets, echoes one line, and ends as it should be. */
static void
talk_echo(NetPeer *peer)
{
	Scene *scene = peer->user;
	char line[6];

	scene->shook = net_peer_start_tls(peer);
	if (!scene->shook)
		return;
	note_bindings(peer);
	if (net_peer_say(peer, "hello\n") && net_peer_read(peer, line, sizeof(line)) &&
		net_peer_send(peer, line, sizeof(line)))
		net_peer_close_tls(peer);
	net_peer_wait_for_end(peer);
}

/* For handshakes that must fail: what comes after it must be nothing. */
static void
talk_refused(NetPeer *peer)
{
	Scene *scene = peer->user;

	scene->shook = net_peer_start_tls(peer);
	if (scene->shook)
		scene->got_after_shake = net_peer_wait_for_end(peer);
}

static void
scene_converse(Scene *scene)
{
	NetClient *client = scene->client;

	net_client_open(client, &scene->target);
	net_client_run(client, NET_SAW_OPENED | NET_SAW_CLOSED);
	g_assert_no_error(client->error);
	net_client_write(client, "again\n", 6);
	net_client_run(client, NET_SAW_CLOSED);
	g_assert_no_error(client->error);
	g_assert_cmpstr(client->data->str, ==, "hello\nagain\n");
	g_assert_cmpint(client->order->str[0], ==, 'o');
	g_assert_cmpint(client->order->str[client->order->len - 1], ==, 'c');
}

/* Opens, and expects to be closed with CODE and a sentence that has all of the words. */
static void
scene_refuse(Scene *scene, ErrCode code, const char *const *words)
{
	NetClient *client = scene->client;

	scene_serve(scene, talk_refused);
	net_client_open(client, &scene->target);
	net_client_run(client, NET_SAW_OPENED | NET_SAW_CLOSED);
	g_assert_cmpstr(client->order->str, ==, "c");
	g_assert_error(client->error, ERR_DOMAIN, (int)code);
	g_test_message("%s", client->error->message);
	for (guint i = 0; words[i]; i++)
		g_assert_nonnull(strstr(client->error->message, words[i]));
	/* Asking on must not do anything. */
	net_client_write(client, "secret\n", 7);
	net_client_start_tls(client);
	g_assert_cmpuint(net_stream_unsent(client->stream), ==, 0);
	scene_stop(scene);
	g_assert_cmpuint(scene->got_after_shake, ==, 0);
}

static char *
pin_of(const NetCert *cert)
{
	g_autofree char *base64 = NULL;
	unsigned char *der = NULL;
	unsigned char digest[32];
	int len = i2d_PUBKEY(cert->key, &der);
	g_autofree char *unused = NULL;

	g_assert_cmpint(len, >, 0);
	g_assert_cmpint(EVP_Digest(der, len, digest, NULL, EVP_sha256(), NULL), ==, 1);
	OPENSSL_free(der);
	base64 = g_base64_encode(digest, sizeof(digest));
	return g_strconcat("sha256:", base64, NULL);
}

static void
test_good(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);
	g_autofree char *address = NULL;
	g_autofree char *pin = pin_of(scene->cert);
	guint64 in, out;

	scene_serve(scene, talk_echo);
	address = g_strdup_printf("127.0.0.1:%u", scene->target.port);
	scene_converse(scene);
	g_assert_cmpstr(net_stream_address(scene->client->stream), ==, address);
	g_assert_cmpstr(net_stream_tls_version(scene->client->stream), ==, "TLSv1.3");
	g_assert_nonnull(net_stream_cipher(scene->client->stream));
	g_assert_cmpstr(net_stream_pin(scene->client->stream), ==, pin);
	net_stream_traffic(scene->client->stream, &in, &out);
	g_assert_cmpuint(in, >, 500);
	g_assert_cmpuint(out, >, 200);
	scene_stop(scene);
	g_assert_cmpstr(scene->sni, ==, "localhost");
	scene_free(scene);
}

static void
test_good_address(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	scene->target.host = (char *)"127.0.0.1";
	scene_serve(scene, talk_echo);
	scene_converse(scene);
	scene_stop(scene);
	g_assert_null(scene->sni);
	scene_free(scene);
}

static void
test_six(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	scene->target.host = (char *)"::1";
	scene->server = net_server_new("::1", scene->ctx, talk_echo, scene);
	if (!scene->server) {
		g_test_skip("this machine has no ::1");
	} else {
		scene->target.port = net_server_port(scene->server);
		scene_converse(scene);
		g_assert_true(
			g_str_has_prefix(net_stream_address(scene->client->stream), "[::1]:"));
	}
	scene_free(scene);
}

static void
test_expired(void)
{
	NetCertSpec spec = good_spec;
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autoptr(GDateTime) then = g_date_time_add_days(now, -3);
	g_autofree char *day = g_date_time_format(then, "%Y-%m-%d");
	Scene *scene;
	g_autofree char *pin = NULL;

	spec.from_days = -30;
	spec.to_days = -3;
	scene = scene_new(&spec, TRUE);
	pin = pin_of(scene->cert);
	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){
			"localhost", "expired on", day, "Test Authority", "tls-pin = ", pin, NULL});
	scene_free(scene);
}

static void
test_not_yet(void)
{
	NetCertSpec spec = good_spec;
	Scene *scene;

	spec.from_days = 3;
	spec.to_days = 30;
	scene = scene_new(&spec, TRUE);
	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){"is not valid before", "clock", "tls-pin = sha256:", NULL});
	scene_free(scene);
}

static void
test_expired_authority(void)
{
	static const NetCertSpec old_spec = {
		.name = "Old Authority", .is_ca = TRUE, .from_days = -30, .to_days = -1};
	NetCertSpec spec = good_spec;
	g_autoptr(NetCert) old = net_cert_new(&old_spec);
	g_autofree char *old_file = net_cert_write(old, FALSE);
	Scene *scene;

	spec.issuer = old;
	scene = scene_new(&spec, FALSE);
	scene->target.ca_file = old_file;
	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){"authority \"Old Authority\"", "expired on", NULL});
	g_unlink(old_file);
	scene_free(scene);
}

static void
test_wrong_host(void)
{
	static const NetCertSpec spec = {.name = "localhost",
		.hosts = "DNS:a.example.org,DNS:b.example.org,IP:192.0.2.7,DNS:c.example.org,"
			 "DNS:d.example.org,DNS:e.example.org"};
	Scene *scene = scene_new(&spec, TRUE);

	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){
			"a.example.org, b.example.org, 192.0.2.7, c.example.org and 2 more",
			"not for localhost", "tls-pin = sha256:", NULL});
	scene_free(scene);
}

/* The common name is no host name any more (RFC 9525). */
static void
test_common_name(void)
{
	static const NetCertSpec spec = {.name = "localhost"};
	Scene *scene = scene_new(&spec, TRUE);

	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){"no host at all", "not for localhost", NULL});
	scene_free(scene);
}

static void
test_wrong_address(void)
{
	static const NetCertSpec spec = {.name = "mail", .hosts = "DNS:127.0.0.1,IP:192.0.2.1"};
	Scene *scene = scene_new(&spec, TRUE);

	scene->target.host = (char *)"127.0.0.1";
	scene_refuse(
		scene, ERR_CERTIFICATE, (const char *[]){"192.0.2.1", "not for 127.0.0.1", NULL});
	scene_free(scene);
}

static void
test_self_signed(void)
{
	Scene *scene = scene_new(&good_spec, FALSE);

	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){"signed by itself", "\"mail\"", "tls-pin = sha256:", NULL});
	scene_free(scene);
}

static void
test_unknown_authority(void)
{
	static const NetCertSpec other_spec = {.name = "Other Authority", .is_ca = TRUE};
	NetCertSpec spec = good_spec;
	g_autoptr(NetCert) other = net_cert_new(&other_spec);
	Scene *scene;

	spec.issuer = other;
	scene = scene_new(&spec, FALSE);
	scene_refuse(scene, ERR_CERTIFICATE,
		(const char *[]){
			"issued by \"Other Authority\"", "tls-ca-file", "tls-pin = sha256:", NULL});
	scene_free(scene);
}

/* The system's authorities don't know ours. */
static void
test_system_authorities(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	scene->target.ca_file = NULL;
	scene_refuse(
		scene, ERR_CERTIFICATE, (const char *[]){"issued by \"Test Authority\"", NULL});
	scene_free(scene);
}

/* What the certificate says besides its key does not matter with a pin. */
static void
check_pin_accepts(const NetCertSpec *spec, gboolean signed_by_ca)
{
	Scene *scene = scene_new(spec, signed_by_ca);
	g_autofree char *pin = pin_of(scene->cert);

	scene->target.pin = pin;
	scene_serve(scene, talk_echo);
	scene_converse(scene);
	scene_free(scene);
}

static void
test_pin(void)
{
	static const NetCertSpec expired = {
		.name = "mail", .hosts = "DNS:localhost", .from_days = -30, .to_days = -3};
	static const NetCertSpec wrong_host = {.name = "mail", .hosts = "DNS:other.example.org"};

	check_pin_accepts(&good_spec, TRUE);
	check_pin_accepts(&good_spec, FALSE);
	check_pin_accepts(&expired, TRUE);
	check_pin_accepts(&expired, FALSE);
	check_pin_accepts(&wrong_host, FALSE);
}

static void
test_pin_mismatch(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);
	g_autofree char *ours = pin_of(scene->ca);
	g_autofree char *theirs = pin_of(scene->cert);

	scene->target.pin = ours;
	scene_refuse(scene, ERR_CERTIFICATE, (const char *[]){ours, theirs, NULL});
	scene_free(scene);
}

/* Refused before anything is sent. */
static void
test_pin_nonsense(void)
{
	static const char *const pins[] = {"", "sha256:", "sha256:AAAA", "sha1:AAAA",
		"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF",
		"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		"sha256: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="};

	for (guint i = 0; i < G_N_ELEMENTS(pins); i++) {
		g_autoptr(NetClient) client = net_client_new();
		NetTarget target = {.security = NET_TLS, .host = (char *)"localhost", .port = 1};

		target.pin = (char *)pins[i];
		net_client_open(client, &target);
		net_client_run(client, NET_SAW_CLOSED);
		g_assert_error(client->error, ERR_DOMAIN, ERR_CONFIG);
	}
}

static void
test_ca_file_missing(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	scene->target.ca_file = (char *)"/nowhere/ca.pem";
	scene_refuse(scene, ERR_CONFIG, (const char *[]){"/nowhere/ca.pem", "No such file", NULL});
	g_assert_false(scene->shook);
	scene_free(scene);
}

static void
test_old_version(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	SSL_CTX_set_security_level(scene->ctx, 0);
	SSL_CTX_set_min_proto_version(scene->ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(scene->ctx, TLS1_1_VERSION);
	scene_refuse(scene, ERR_TLS, (const char *[]){"old versions of TLS", "TLS 1.2", NULL});
	scene_free(scene);
}

static void
check_resumption(int version)
{
	Scene *scene = scene_new(&good_spec, TRUE);
	g_autoptr(NetClient) second = net_client_new();
	g_autoptr(NetClient) elsewhere = net_client_new();
	g_autoptr(NetCache) cache = net_cache_new();
	gsize len;

	SSL_CTX_set_max_proto_version(scene->ctx, version);
	scene->target.cache = cache;
	scene_serve(scene, talk_echo);
	scene_converse(scene);
	g_assert_false(net_stream_resumed(scene->client->stream));
	net_client_free(g_steal_pointer(&scene->client));
	scene->client = g_steal_pointer(&second);
	scene_converse(scene);
	g_assert_true(net_stream_resumed(scene->client->stream));
	g_assert_nonnull(net_stream_pin(scene->client->stream));
	g_assert_nonnull(net_stream_cb_end_point(scene->client->stream, &len));
	/* Another name for the same server was never checked. */
	net_client_free(g_steal_pointer(&scene->client));
	scene->client = g_steal_pointer(&elsewhere);
	scene->target.host = (char *)"127.0.0.1";
	scene_converse(scene);
	g_assert_false(net_stream_resumed(scene->client->stream));
	scene_free(scene);
}

static void
test_resumption(void)
{
	check_resumption(TLS1_3_VERSION);
	check_resumption(TLS1_2_VERSION);
}

/* What one target had checked is not checked for another: a session of it must not help. */
static void
test_resumption_by_policy(void)
{
	Scene *scene = scene_new(&good_spec, FALSE);
	g_autoptr(NetCache) cache = net_cache_new();
	g_autofree char *right = pin_of(scene->cert);
	g_autofree char *wrong = pin_of(scene->ca);
	char *const refused[] = {NULL, wrong};

	scene->target.cache = cache;
	scene->target.pin = right;
	scene_serve(scene, talk_echo);
	scene_converse(scene);
	for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
		net_client_free(scene->client);
		scene->client = net_client_new();
		scene->target.pin = refused[i];
		net_client_open(scene->client, &scene->target);
		net_client_run(scene->client, NET_SAW_OPENED | NET_SAW_CLOSED);
		g_assert_error(scene->client->error, ERR_DOMAIN, ERR_CERTIFICATE);
		g_assert_cmpstr(scene->client->order->str, ==, "c");
	}
	net_client_free(scene->client);
	scene->client = net_client_new();
	scene->target.pin = right;
	scene_converse(scene);
	g_assert_true(net_stream_resumed(scene->client->stream));
	scene_free(scene);
}

/* Several wait for the same authorities, and one of them gives up. */
static void
test_shared_load(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);
	g_autoptr(NetCache) cache = net_cache_new();
	g_autoptr(NetClient) impatient = net_client_new();

	scene->target.cache = cache;
	scene_serve(scene, talk_echo);
	net_client_open(impatient, &scene->target);
	net_client_open(scene->client, &scene->target);
	g_clear_pointer(&impatient->stream, net_stream_free);
	net_client_run(scene->client, NET_SAW_OPENED | NET_SAW_CLOSED);
	g_assert_no_error(scene->client->error);
	g_assert_cmpstr(impatient->order->str, ==, "");
	scene_free(scene);
}

/* A server that demands new keys without end and does not take the answers. */
static void
talk_key_updates(NetPeer *peer)
{
	int small = 8192;

	setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (!net_peer_start_tls(peer))
		return;
	while (SSL_key_update(peer->ssl, SSL_KEY_UPDATE_REQUESTED) == 1 &&
		SSL_do_handshake(peer->ssl) == 1)
		;
}

static void
test_key_updates(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	scene_serve(scene, talk_key_updates);
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_LIMIT);
	scene_free(scene);
}

static void
check_end_point(const NetCert *cert, const guint8 *data, gsize len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_len;

	g_assert_cmpint(X509_digest(cert->x509, EVP_sha256(), digest, &digest_len), ==, 1);
	g_assert_cmpmem(data, len, digest, digest_len);
}

static void
check_bindings(int version, gboolean resumed)
{
	Scene *scene = scene_new(&good_spec, TRUE);
	g_autoptr(NetCache) cache = net_cache_new();
	g_autofree guint8 *exporter = NULL;
	g_autofree guint8 *unique = NULL;
	gsize exporter_len = 0, unique_len = 0, end_point_len = 0;
	const guint8 *end_point;

	SSL_CTX_set_max_proto_version(scene->ctx, version);
	scene->target.cache = cache;
	scene_serve(scene, talk_echo);
	if (resumed) {
		scene_converse(scene);
		net_client_free(scene->client);
		scene->client = net_client_new();
	}
	scene_converse(scene);
	g_assert_true(net_stream_resumed(scene->client->stream) == resumed);
	exporter = g_memdup2(net_stream_cb_exporter(scene->client->stream, &exporter_len), 32);
	end_point = net_stream_cb_end_point(scene->client->stream, &end_point_len);
	check_end_point(scene->cert, end_point, end_point_len);
	if (version == TLS1_3_VERSION)
		g_assert_null(net_stream_cb_unique(scene->client->stream, &unique_len));
	else
		unique = g_memdup2(net_stream_cb_unique(scene->client->stream, &unique_len), 12);
	scene_stop(scene);
	g_assert_cmpmem(exporter, exporter_len, scene->exporter, sizeof(scene->exporter));
	if (version == TLS1_2_VERSION)
		g_assert_cmpmem(unique, unique_len, scene->finished, scene->finished_len);
	scene_free(scene);
}

static void
test_bindings(void)
{
	check_bindings(TLS1_3_VERSION, FALSE);
	check_bindings(TLS1_3_VERSION, TRUE);
	check_bindings(TLS1_2_VERSION, FALSE);
	check_bindings(TLS1_2_VERSION, TRUE);
}

/* Without the extended master secret neither binds anything (RFC 7627). */
static void
test_bindings_unsafe(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);
	gsize len;

	SSL_CTX_set_max_proto_version(scene->ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(scene->ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
	scene_serve(scene, talk_echo);
	scene_converse(scene);
	g_assert_cmpstr(net_stream_tls_version(scene->client->stream), ==, "TLSv1.2");
	g_assert_null(net_stream_cb_exporter(scene->client->stream, &len));
	g_assert_null(net_stream_cb_unique(scene->client->stream, &len));
	g_assert_nonnull(net_stream_cb_end_point(scene->client->stream, &len));
	scene_free(scene);
}

/* The server wants a certificate of the client, signed by the same authority. */
static void
test_client_certificate(void)
{
	static const NetCertSpec client_spec = {.name = "alice"};
	NetCertSpec spec = client_spec;
	Scene *scene = scene_new(&good_spec, TRUE);
	g_autoptr(NetCert) cert = NULL;
	g_autofree char *file = NULL;

	spec.issuer = scene->ca;
	cert = net_cert_new(&spec);
	file = net_cert_write(cert, TRUE);
	SSL_CTX_set_verify(scene->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	g_assert_cmpint(SSL_CTX_load_verify_file(scene->ctx, scene->ca_file), ==, 1);
	scene->target.client_cert = file;
	scene_serve(scene, talk_echo);
	scene_converse(scene);
	g_unlink(file);
	scene_free(scene);
}

static void
test_client_certificate_missing(void)
{
	Scene *scene = scene_new(&good_spec, TRUE);

	SSL_CTX_set_verify(scene->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	scene_serve(scene, talk_echo);
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_TLS);
	g_assert_nonnull(strstr(scene->client->error->message, "client certificate"));
	scene_free(scene);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/tls/good", test_good);
	g_test_add_func("/net/tls/good-address", test_good_address);
	g_test_add_func("/net/tls/ipv6", test_six);
	g_test_add_func("/net/tls/expired", test_expired);
	g_test_add_func("/net/tls/not-yet-valid", test_not_yet);
	g_test_add_func("/net/tls/expired-authority", test_expired_authority);
	g_test_add_func("/net/tls/wrong-host", test_wrong_host);
	g_test_add_func("/net/tls/common-name", test_common_name);
	g_test_add_func("/net/tls/wrong-address", test_wrong_address);
	g_test_add_func("/net/tls/self-signed", test_self_signed);
	g_test_add_func("/net/tls/unknown-authority", test_unknown_authority);
	g_test_add_func("/net/tls/system-authorities", test_system_authorities);
	g_test_add_func("/net/tls/pin", test_pin);
	g_test_add_func("/net/tls/pin-mismatch", test_pin_mismatch);
	g_test_add_func("/net/tls/pin-nonsense", test_pin_nonsense);
	g_test_add_func("/net/tls/ca-file-missing", test_ca_file_missing);
	g_test_add_func("/net/tls/old-version", test_old_version);
	g_test_add_func("/net/tls/resumption", test_resumption);
	g_test_add_func("/net/tls/resumption-by-policy", test_resumption_by_policy);
	g_test_add_func("/net/tls/shared-load", test_shared_load);
	g_test_add_func("/net/tls/key-updates", test_key_updates);
	g_test_add_func("/net/tls/bindings", test_bindings);
	g_test_add_func("/net/tls/bindings-unsafe", test_bindings_unsafe);
	g_test_add_func("/net/tls/client-certificate", test_client_certificate);
	g_test_add_func("/net/tls/client-certificate-missing", test_client_certificate_missing);
	return g_test_run();
}
