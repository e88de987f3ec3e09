/* The functions that judge a certificate, without a connection. */
#include "net-server.h"

#include "base/err.h"
#include "net/tls-check.h"

#include <openssl/x509v3.h>
#include <string.h>

/* The key of RFC 8410, section 10.1, whose SubjectPublicKeyInfo is printed there. */
static const char known_key[] = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

static void
test_pin_of(void)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree guchar *der = NULL;
	g_autofree char *base64 = NULL;
	g_autofree char *wanted = NULL;
	g_autofree char *pin = NULL;
	const unsigned char *at;
	guint8 digest[32];
	gsize digest_len = sizeof(digest);
	gsize len;
	EVP_PKEY *key;
	X509 *cert = X509_new();

	der = g_base64_decode(known_key, &len);
	at = der;
	key = d2i_PUBKEY(NULL, &at, (long)len);
	g_assert_nonnull(key);
	g_assert_cmpint(X509_set_pubkey(cert, key), ==, 1);
	g_checksum_update(sum, der, (gssize)len);
	g_checksum_get_digest(sum, digest, &digest_len);
	base64 = g_base64_encode(digest, digest_len);
	wanted = g_strconcat("sha256:", base64, NULL);
	pin = tls_check_pin_of(cert);
	g_assert_cmpstr(pin, ==, wanted);
	g_assert_true(tls_check_pin(cert, "host", wanted, NULL));
	EVP_PKEY_free(key);
	X509_free(cert);
}

static void
test_pin_syntax(void)
{
	static const struct {
		const char *pin;
		gboolean good;
	} cases[] = {
		{"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", TRUE},
		{"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", FALSE},
		{"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", FALSE},
		{"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", FALSE},
		/* Other spare bits of the last character: the same bytes, but no such pin is shown. */
		{"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", FALSE},
		{"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", FALSE},
		{"sha256:", FALSE},
		{"", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", cases[i].pin);
		g_assert_true(tls_check_pin_syntax(cases[i].pin, &error) == cases[i].good);
		g_assert_true(err_is(error, ERR_CONFIG) == !cases[i].good);
	}
}

/* The same certificate data under another key is another peer. */
static void
test_pin_of_renewed(void)
{
	static const NetCertSpec spec = {.name = "mail", .hosts = "DNS:localhost"};
	NetCertSpec renewed_spec = {.name = "other", .hosts = "DNS:other"};
	g_autoptr(NetCert) first = net_cert_new(&spec);
	g_autoptr(NetCert) impostor = net_cert_new(&spec);
	g_autoptr(NetCert) renewed = NULL;
	g_autofree char *pin = tls_check_pin_of(first->x509);
	g_autoptr(GError) error = NULL;

	renewed_spec.key_of = first;
	renewed = net_cert_new(&renewed_spec);
	g_assert_true(tls_check_pin(renewed->x509, "host", pin, NULL));
	g_assert_false(tls_check_pin(impostor->x509, "host", pin, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_CERTIFICATE);
	g_assert_nonnull(strstr(error->message, pin));
}

static void
check_sentence(int code, const NetCertSpec *spec, const char *wanted)
{
	g_autoptr(NetCert) cert = net_cert_new(spec);
	g_autofree char *pin = tls_check_pin_of(cert->x509);
	g_autofree char *sentence = tls_check_sentence(code, "h.example", cert->x509, NULL);

	g_test_message("%s", sentence);
	g_assert_true(g_str_has_prefix(sentence, wanted));
	g_assert_true(g_str_has_suffix(sentence, pin));
	g_assert_true(g_utf8_validate(sentence, -1, NULL));
	g_assert_cmpuint(strlen(sentence), <, 800);
}

static void
test_sentences(void)
{
	static const NetCertSpec spec = {.name = "Größe", .hosts = "DNS:a.example,IP:2001:db8::1"};
	g_autofree char *long_name = g_strnfill(60, 'x');
	NetCertSpec long_spec = {.hosts = NULL};

	long_spec.name = long_name;
	check_sentence(X509_V_ERR_HOSTNAME_MISMATCH, &spec,
		"The certificate is for a.example, 2001:db8::1, not for h.example. ");
	check_sentence(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, &spec,
		"The certificate of h.example is signed by itself (\"Größe\")");
	check_sentence(X509_V_ERR_CERT_HAS_EXPIRED, &long_spec,
		"The certificate of h.example expired on 2");
	check_sentence(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, &long_spec,
		"The certificate of h.example was issued by \"xxxx");
	check_sentence(X509_V_ERR_EE_KEY_TOO_SMALL, &spec,
		"The certificate of h.example is not acceptable: ");
}

/* Bytes that try to be more than a name: NUL, escapes, broken UTF-8. */
static void
test_hostile_names(void)
{
	static const char evil[] = "good.example\0\x1b[2J\xff.evil.example";
	g_autofree char *sentence = NULL;
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *string = ASN1_IA5STRING_new();
	X509 *cert = X509_new();
	EVP_PKEY *key = EVP_EC_gen("P-256");

	ASN1_STRING_set(string, evil, sizeof(evil) - 1);
	GENERAL_NAME_set0_value(name, GEN_DNS, string);
	sk_GENERAL_NAME_push(names, name);
	g_assert_cmpint(X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0), ==, 1);
	X509_set_pubkey(cert, key);
	sentence = tls_check_sentence(X509_V_ERR_HOSTNAME_MISMATCH, "h.example", cert, NULL);
	g_assert_true(g_utf8_validate(sentence, -1, NULL));
	g_assert_nonnull(strstr(sentence, "evil.example, not for h.example"));
	GENERAL_NAMES_free(names);
	EVP_PKEY_free(key);
	X509_free(cert);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/check/pin-of", test_pin_of);
	g_test_add_func("/net/check/pin-syntax", test_pin_syntax);
	g_test_add_func("/net/check/pin-of-renewed", test_pin_of_renewed);
	g_test_add_func("/net/check/sentences", test_sentences);
	g_test_add_func("/net/check/hostile-names", test_hostile_names);
	return g_test_run();
}
