#include "net/tls-check.h"

#include "base/err.h"

#include <gio/gio.h>
#include <openssl/x509v3.h>
#include <string.h>

#define PIN_PREFIX "sha256:"
#define PIN_BYTES  32
/* What a sentence shows of a certificate: it has to stay a sentence. */
#define NAME_MAX_BYTES  80
#define NAMES_MAX_SHOWN 4

/* Names may hold NUL, controls and anything else: g_utf8_make_valid() replaces NUL, the gate before
 * the screen does the rest. */
static char *
string_show(const ASN1_STRING *string)
{
	unsigned char *utf8 = NULL;
	int len = ASN1_STRING_to_UTF8(&utf8, string);
	char *shown;

	if (len < 0)
		return NULL;
	shown = g_utf8_make_valid((const char *)utf8, MIN(len, NAME_MAX_BYTES));
	OPENSSL_free(utf8);
	return shown;
}

/* The part of NAME that people know it by. */
static char *
name_show(const X509_NAME *name)
{
	static const int parts[] = {
		NID_commonName, NID_organizationalUnitName, NID_organizationName};

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		int at = X509_NAME_get_index_by_NID(name, parts[i], -1);
		char *shown = NULL;

		if (at >= 0)
			shown = string_show(
				X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
		if (shown)
			return shown;
	}
	return g_strdup("(no name)");
}

static char *
address_show(const ASN1_OCTET_STRING *bytes)
{
	int len = ASN1_STRING_length(bytes);
	g_autoptr(GInetAddress) address = NULL;

	if (len != 4 && len != 16)
		return NULL;
	address = g_inet_address_new_from_bytes(ASN1_STRING_get0_data(bytes),
		len == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
	return g_inet_address_to_string(address);
}

static char *
alt_name_show(const GENERAL_NAME *name)
{
	if (name->type == GEN_DNS)
		return string_show(name->d.dNSName);
	if (name->type == GEN_IPADD)
		return address_show(name->d.iPAddress);
	return NULL;
}

/* "a, b and 3 more": the hosts that CERT is for. */
static char *
hosts_show(X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	GString *shown = g_string_new(NULL);
	int count = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		g_autofree char *name = alt_name_show(sk_GENERAL_NAME_value(names, i));

		if (!name || ++count > NAMES_MAX_SHOWN)
			continue;
		g_string_append_printf(shown, "%s%s", count > 1 ? ", " : "", name);
	}
	GENERAL_NAMES_free(names);
	if (count > NAMES_MAX_SHOWN)
		g_string_append_printf(shown, " and %d more", count - NAMES_MAX_SHOWN);
	if (count == 0)
		g_string_append(shown, "no host at all");
	return g_string_free(shown, FALSE);
}

static char *
date_show(const ASN1_TIME *time)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(time, &tm))
		return g_strdup("an unreadable date");
	return g_strdup_printf("%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* `The certificate of HOST` or `The certificate of "Some CA", which HOST's depends on,`. */
static char *
subject_show(const char *host, X509 *leaf, X509 *at)
{
	g_autofree char *name = NULL;

	if (at == leaf)
		return g_strdup_printf("The certificate of %s", host);
	name = name_show(X509_get_subject_name(at));
	return g_strdup_printf(
		"The certificate of the authority \"%s\", on which that of %s depends,", name,
		host);
}

static char *
issue_show(int code, const char *host, X509 *leaf, X509 *at)
{
	g_autofree char *subject = subject_show(host, leaf, at);
	g_autofree char *issuer = name_show(X509_get_issuer_name(at));
	g_autofree char *hosts = hosts_show(leaf);
	g_autofree char *from = date_show(X509_get0_notBefore(at));
	g_autofree char *until = date_show(X509_get0_notAfter(at));

	switch (code) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return g_strdup_printf(
			"%s expired on %s (issued by \"%s\").", subject, until, issuer);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return g_strdup_printf("%s is not valid before %s (issued by \"%s\"). "
				       "Is the clock of this machine right?",
			subject, from, issuer);
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return g_strdup_printf("The certificate is for %s, not for %s. "
				       "Check the host in the account's imap line.",
			hosts, host);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return g_strdup_printf(
			"%s is signed by itself (\"%s\"), by no authority.", subject, issuer);
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return g_strdup_printf(
			"%s was issued by \"%s\", an authority that is not trusted here. "
			"If it is your own, name its file as tls-ca-file.",
			subject, issuer);
	default:
		return g_strdup_printf(
			"%s is not acceptable: %s.", subject, X509_verify_cert_error_string(code));
	}
}

char *
tls_check_sentence(int code, const char *host, X509 *leaf, X509 *at)
{
	g_autofree char *issue = issue_show(code, host, leaf, at ? at : leaf);
	g_autofree char *pin = tls_check_pin_of(leaf);

	if (!pin)
		return g_steal_pointer(&issue);
	return g_strdup_printf(
		"%s If you are sure that this is your server, put this line into the "
		"account: tls-pin = %s",
		issue, pin);
}

static gboolean
key_digest(X509 *cert, guint8 out_digest[PIN_BYTES])
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize digest_len = PIN_BYTES;
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

	if (len < 0)
		return FALSE;
	g_checksum_update(sum, der, len);
	g_checksum_get_digest(sum, out_digest, &digest_len);
	OPENSSL_free(der);
	return TRUE;
}

char *
tls_check_pin_of(X509 *cert)
{
	guint8 digest[PIN_BYTES];
	g_autofree char *base64 = NULL;

	if (!key_digest(cert, digest))
		return NULL;
	base64 = g_base64_encode(digest, sizeof(digest));
	return g_strconcat(PIN_PREFIX, base64, NULL);
}

/* The decoder of GLib skips what is no Base64, so only what encodes back to PIN is a pin. */
static gboolean
pin_decode(const char *pin, guint8 out_digest[PIN_BYTES])
{
	g_autofree guchar *bytes = NULL;
	g_autofree char *again = NULL;
	gsize len;

	if (!g_str_has_prefix(pin, PIN_PREFIX))
		return FALSE;
	bytes = g_base64_decode(pin + strlen(PIN_PREFIX), &len);
	if (len != PIN_BYTES)
		return FALSE;
	again = g_base64_encode(bytes, len);
	if (strcmp(again, pin + strlen(PIN_PREFIX)) != 0)
		return FALSE;
	memcpy(out_digest, bytes, PIN_BYTES);
	return TRUE;
}

gboolean
tls_check_pin_syntax(const char *pin, GError **error)
{
	guint8 digest[PIN_BYTES];

	if (pin_decode(pin, digest))
		return TRUE;
	return err_set(error, ERR_CONFIG,
		"The tls-pin \"%s\" is none: it is \"sha256:\" and 44 characters of Base64.", pin);
}

gboolean
tls_check_pin(X509 *cert, const char *host, const char *pin, GError **error)
{
	guint8 wanted[PIN_BYTES];
	guint8 got[PIN_BYTES];
	g_autofree char *shown = tls_check_pin_of(cert);

	if (pin_decode(pin, wanted) && key_digest(cert, got) && memcmp(wanted, got, PIN_BYTES) == 0)
		return TRUE;
	return err_set(error, ERR_CERTIFICATE,
		"The key of %s is not the one of tls-pin: the account says %s, the server has %s. "
		"Either the server got a new key, then put that into the account, or somebody "
		"stands between you and it.",
		host, pin, shown ? shown : "none that can be read");
}

gboolean
tls_check_chain(X509_STORE_CTX *ctx, const char *host, GError **error)
{
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
	g_autofree char *sentence = NULL;
	int code;

	if (X509_verify_cert(ctx) > 0)
		return TRUE;
	code = X509_STORE_CTX_get_error(ctx);
	/* A failure of X509_verify_cert() itself may leave "ok" behind. */
	if (code == X509_V_OK) {
		code = X509_V_ERR_UNSPECIFIED;
		X509_STORE_CTX_set_error(ctx, code);
	}
	if (!leaf)
		return err_set(error, ERR_CERTIFICATE, "%s showed no certificate.", host);
	sentence = tls_check_sentence(code, host, leaf, X509_STORE_CTX_get_current_cert(ctx));
	return err_set(error, ERR_CERTIFICATE, "%s", sentence);
}
