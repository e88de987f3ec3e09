#include "net/tls.h"

#include "base/err.h"
#include "net/tls-cache.h"
#include "net/tls-check.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

/* The first byte of a record in a handshake (RFC 8446, 5.1); all else is no TLS. */
#define RECORD_ALERT     21
#define RECORD_HANDSHAKE 22
/* How much of an answer in plain text an error shows. */
#define ANSWER_MAX_BYTES 60

typedef struct {
	guint8 data[EVP_MAX_MD_SIZE];
	gsize len; /* 0: TLS has none here */
} Binding;

struct Tls {
	SSL *ssl;
	BIO *in;  /* ciphertext from the line; owned by ssl, as the next */
	BIO *out; /* ciphertext for the line */
	NetCache *cache;
	char *host;
	char *wanted_pin; /* NULL: the chain decides */
	char *session_key;
	char *peer_pin;
	GError *refusal; /* why the certificate was refused */
	gboolean starttls;
	gboolean heard;    /* a first byte came */
	gboolean verified; /* the handshake is done and the peer is who it should be */
	gboolean failed;
	Binding exporter, unique, end_point;
};

gboolean
tls_pin_is_valid(const char *pin, GError **error)
{
	return tls_check_pin_syntax(pin, error);
}

/* OpenSSL calls this in the handshake instead of its own check; 0 ends the handshake. */
static int
check_peer(X509_STORE_CTX *ctx, void *unused)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	Tls *tls = SSL_get_app_data(ssl);
	X509 *cert = X509_STORE_CTX_get0_cert(ctx);

	g_clear_error(&tls->refusal);
	g_clear_pointer(&tls->peer_pin, g_free);
	tls->peer_pin = cert ? tls_check_pin_of(cert) : NULL;
	if (!tls->wanted_pin)
		return tls_check_chain(ctx, tls->host, &tls->refusal);
	if (cert && tls_check_pin(cert, tls->host, tls->wanted_pin, &tls->refusal)) {
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
		return 1;
	}
	X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_REJECTED);
	return 0;
}

/* Sessions come with the handshake (TLS 1.2) or behind it; only a verified peer's are resumed. */
static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	Tls *tls = SSL_get_app_data(ssl);

	if (tls->failed)
		return 0;
	tls_cache_put_session(tls->cache, tls->session_key, session);
	return 1;
}

/* The name to check and to send, in the form that certificates have it. An empty name would switch
 * the check off. */
static char *
host_for_tls(const char *host, GError **error)
{
	g_autofree char *ascii = g_hostname_to_ascii(host);

	if (ascii && g_str_has_suffix(ascii, "."))
		ascii[strlen(ascii) - 1] = '\0';
	if (ascii && *ascii)
		return g_steal_pointer(&ascii);
	err_set(error, ERR_CONFIG, "\"%s\" is no host name. Check the account's imap line.", host);
	return NULL;
}

static gboolean
set_host(Tls *tls, GError **error)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(tls->ssl);
	g_autofree char *name = host_for_tls(tls->host, error);
	gboolean set;

	if (!name)
		return FALSE;
	X509_VERIFY_PARAM_set_hostflags(
		param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	/* RFC 6066, section 3: no literal addresses in SNI. */
	if (g_hostname_is_ip_address(name))
		set = X509_VERIFY_PARAM_set1_ip_asc(param, name);
	else
		set = X509_VERIFY_PARAM_set1_host(param, name, 0) &&
		      SSL_set_tlsext_host_name(tls->ssl, name);
	if (set)
		return TRUE;
	return err_set(
		error, ERR_CONFIG, "The host \"%s\" can't be checked in a certificate.", name);
}

static gboolean
set_up(Tls *tls, GError **error)
{
	SSL_CTX *ctx = SSL_get_SSL_CTX(tls->ssl);
	SSL_SESSION *session;

	/* The same for each user of the shared context. */
	SSL_CTX_set_cert_verify_callback(ctx, check_peer, NULL);
	SSL_CTX_sess_set_new_cb(ctx, keep_session);
	SSL_set_app_data(tls->ssl, tls);
	SSL_set_verify(tls->ssl, SSL_VERIFY_PEER, NULL);
	SSL_set_connect_state(tls->ssl);
	if (!set_host(tls, error))
		return FALSE;
	session = tls_cache_get_session(tls->cache, tls->session_key);
	if (session && !SSL_set_session(tls->ssl, session))
		ERR_clear_error();
	SSL_SESSION_free(session);
	return TRUE;
}

Tls *
tls_new(NetCache *cache, const NetTarget *target, GError **error)
{
	Tls *tls = g_new0(Tls, 1);

	tls->cache = net_cache_ref(cache);
	tls->host = g_strdup(target->host);
	tls->wanted_pin = g_strdup(target->pin);
	tls->session_key = tls_cache_session_key(target);
	tls->starttls = target->security == NET_STARTTLS;
	tls->ssl = SSL_new(tls_cache_context(cache, target));
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (!tls->ssl || !tls->in || !tls->out)
		g_error("OpenSSL is out of memory");
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	if (!set_up(tls, error))
		g_clear_pointer(&tls, tls_free);
	return tls;
}

void
tls_free(Tls *tls)
{
	if (!tls)
		return;
	/* OpenSSL takes the session of a connection cut without this as not to be resumed. */
	if (tls->verified && !tls->failed)
		SSL_set_shutdown(tls->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(tls->ssl);
	net_cache_unref(tls->cache);
	g_clear_error(&tls->refusal);
	g_free(tls->host);
	g_free(tls->wanted_pin);
	g_free(tls->session_key);
	g_free(tls->peer_pin);
	g_free(tls);
}

/* What a server said that does not speak TLS, as a quotation of one line. */
static char *
answer_show(const char *data, gsize len)
{
	gsize shown = 0;

	while (shown < len && shown < ANSWER_MAX_BYTES && data[shown] != '\r' &&
		data[shown] != '\n')
		shown++;
	return g_utf8_make_valid(data, shown);
}

static gboolean
refuse_plain(Tls *tls, const char *data, gsize len, GError **error)
{
	g_autofree char *answer = answer_show(data, len);

	tls->failed = TRUE;
	if (tls->starttls)
		return err_set(error, ERR_POLICY,
			"%s agreed to STARTTLS and then went on without TLS: \"%s\". That may be "
			"somebody "
			"in between; the connection was dropped.",
			tls->host, answer);
	return err_set(error, ERR_TLS,
		"%s does not speak TLS on this port, it says \"%s\". If it wants STARTTLS, the "
		"account's line is imap = imap://%s (port 143).",
		tls->host, answer, tls->host);
}

gboolean
tls_feed(Tls *tls, const char *data, gsize len, GError **error)
{
	if (len == 0)
		return TRUE;
	if (!tls->heard && data[0] != RECORD_ALERT && data[0] != RECORD_HANDSHAKE)
		return refuse_plain(tls, data, len, error);
	tls->heard = TRUE;
	if (BIO_write(tls->in, data, (int)MIN(len, G_MAXINT)) == (int)len)
		return TRUE;
	tls->failed = TRUE;
	return err_set(error, ERR_TLS, "TLS can't take %" G_GSIZE_FORMAT " bytes.", len);
}

gsize
tls_output(Tls *tls, char *buf, gsize size)
{
	int len = tls->failed ? 0 : BIO_read(tls->out, buf, (int)MIN(size, G_MAXINT));

	return len > 0 ? (gsize)len : 0;
}

/* Not SSL_has_pending(), which is also true of half a record, for which the line has to be waited. */
gboolean
tls_pending(const Tls *tls)
{
	return !tls->failed && (SSL_pending(tls->ssl) > 0 || BIO_ctrl_pending(tls->in) > 0);
}

static gboolean
fail_by_reason(Tls *tls, int reason, GError **error)
{
	const char *said = ERR_reason_error_string(ERR_peek_error());

	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return err_set(error, ERR_TLS,
			"%s speaks only old versions of TLS. At least TLS 1.2 is needed; the "
			"server has "
			"to be brought up to date.",
			tls->host);
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
		return err_set(error, ERR_TLS,
			"%s ended the TLS handshake: it shares no cipher with us or wants a client "
			"certificate.",
			tls->host);
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return err_set(error, ERR_TLS,
			"%s wants a client certificate and the account names none.", tls->host);
	default:
		return err_set(error, ERR_TLS, "TLS with %s failed: %s.", tls->host,
			said ? said : "unknown reason");
	}
}

/* RESULT is what an SSL_... function returned for "not done". */
static TlsResult
not_done(Tls *tls, int result, GError **error)
{
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ: return TLS_MORE;
	case SSL_ERROR_ZERO_RETURN: return TLS_CLOSED;
	default: break;
	}
	tls->failed = TRUE;
	if (tls->refusal)
		g_propagate_error(error, g_error_copy(tls->refusal));
	else
		fail_by_reason(tls, ERR_GET_REASON(ERR_peek_error()), error);
	ERR_clear_error();
	return TLS_FAILED;
}

/* RFC 9266; with TLS 1.2 it binds nothing unless the extended master secret is there (RFC 7627). */
static void
bind_exporter(Tls *tls)
{
	static const char label[] = "EXPORTER-Channel-Binding";

	if (SSL_version(tls->ssl) < TLS1_3_VERSION && SSL_get_extms_support(tls->ssl) != 1)
		return;
	if (SSL_export_keying_material(
		    tls->ssl, tls->exporter.data, 32, label, strlen(label), NULL, 0, 1) == 1)
		tls->exporter.len = 32;
}

/* RFC 5929, section 3: the first Finished of the handshake, which is the server's when a session was
 * resumed. TLS 1.3 has no such thing. */
static void
bind_unique(Tls *tls)
{
	gsize len;

	if (SSL_version(tls->ssl) != TLS1_2_VERSION || SSL_get_extms_support(tls->ssl) != 1)
		return;
	if (SSL_session_reused(tls->ssl))
		len = SSL_get_peer_finished(tls->ssl, tls->unique.data, sizeof(tls->unique.data));
	else
		len = SSL_get_finished(tls->ssl, tls->unique.data, sizeof(tls->unique.data));
	tls->unique.len = MIN(len, sizeof(tls->unique.data));
}

/* RFC 5929, section 4.1: the certificate by its signature's digest, with SHA-256 for the broken ones;
 * not defined where the signature has no digest, as Ed25519. */
static void
bind_end_point(Tls *tls, X509 *cert)
{
	const EVP_MD *digest;
	unsigned int len;
	int nid;

	if (!X509_get_signature_info(cert, &nid, NULL, NULL, NULL) || nid == NID_undef)
		return;
	if (nid == NID_md5 || nid == NID_sha1)
		nid = NID_sha256;
	digest = EVP_get_digestbynid(nid);
	if (digest && X509_digest(cert, digest, tls->end_point.data, &len))
		tls->end_point.len = len;
}

/* The handshake is done as far as OpenSSL goes. A resumed one showed no certificate: what was true
 * of the session's is asked again, and nothing rests on one call-back having been called. */
static gboolean
confirm_peer(Tls *tls, GError **error)
{
	X509 *cert = SSL_get0_peer_certificate(tls->ssl);

	if (!cert || SSL_get_verify_result(tls->ssl) != X509_V_OK)
		return err_set(error, ERR_CERTIFICATE,
			"%s has not shown who it is by a certificate.", tls->host);
	g_free(tls->peer_pin);
	tls->peer_pin = tls_check_pin_of(cert);
	if (tls->wanted_pin && !tls_check_pin(cert, tls->host, tls->wanted_pin, error))
		return FALSE;
	bind_exporter(tls);
	bind_unique(tls);
	bind_end_point(tls, cert);
	return TRUE;
}

TlsResult
tls_handshake(Tls *tls, GError **error)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	if (result != 1)
		return not_done(tls, result, error);
	tls->verified = confirm_peer(tls, error);
	tls->failed = !tls->verified;
	return tls->verified ? TLS_DONE : TLS_FAILED;
}

static gboolean
is_usable(const Tls *tls, GError **error)
{
	if (tls->verified && !tls->failed)
		return TRUE;
	return err_set(error, ERR_POLICY, "TLS with %s is not established.", tls->host);
}

TlsResult
tls_read(Tls *tls, char *buf, gsize size, gsize *out_len, GError **error)
{
	int result;

	if (!is_usable(tls, error))
		return TLS_FAILED;
	ERR_clear_error();
	result = SSL_read(tls->ssl, buf, (int)MIN(size, G_MAXINT));
	if (result <= 0)
		return not_done(tls, result, error);
	*out_len = result;
	return TLS_DONE;
}

TlsResult
tls_write(Tls *tls, const char *data, gsize len, gsize *out_taken, GError **error)
{
	int result;

	if (!is_usable(tls, error))
		return TLS_FAILED;
	ERR_clear_error();
	result = SSL_write(tls->ssl, data, (int)MIN(len, G_MAXINT));
	if (result <= 0)
		return not_done(tls, result, error);
	*out_taken = result;
	return TLS_DONE;
}

void
tls_say_goodbye(Tls *tls)
{
	if (!tls->verified || tls->failed)
		return;
	ERR_clear_error();
	if (SSL_shutdown(tls->ssl) < 0)
		ERR_clear_error();
}

const char *
tls_version(const Tls *tls)
{
	return tls->verified ? SSL_get_version(tls->ssl) : NULL;
}

const char *
tls_cipher(const Tls *tls)
{
	return tls->verified ? SSL_get_cipher_name(tls->ssl) : NULL;
}

const char *
tls_pin(const Tls *tls)
{
	return tls->peer_pin;
}

gboolean
tls_resumed(const Tls *tls)
{
	return tls->verified && SSL_session_reused(tls->ssl);
}

static const guint8 *
binding_get(const Binding *binding, gsize *out_len)
{
	if (binding->len == 0)
		return NULL;
	*out_len = binding->len;
	return binding->data;
}

const guint8 *
tls_cb_exporter(const Tls *tls, gsize *out_len)
{
	return binding_get(&tls->exporter, out_len);
}

const guint8 *
tls_cb_unique(const Tls *tls, gsize *out_len)
{
	return binding_get(&tls->unique, out_len);
}

const guint8 *
tls_cb_end_point(const Tls *tls, gsize *out_len)
{
	return binding_get(&tls->end_point, out_len);
}
