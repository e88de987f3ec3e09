/*
 * Whether a certificate is acceptable, and if not, the sentence that says why and what can be done.
 * For the tls files only; all text taken from certificates is valid UTF-8 and of limited length,
 * but still from outside.
 */
#pragma once

#include <glib.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

/* "sha256:BASE64" of the SubjectPublicKeyInfo of CERT (RFC 7469, section 2.4); the caller's. */
char *tls_check_pin_of(X509 *cert);

/* ERR_CONFIG when PIN is not "sha256:" and the Base64 of 32 bytes. */
gboolean tls_check_pin_syntax(const char *pin, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether CERT has the key of PIN; ERR_CERTIFICATE names both. */
gboolean tls_check_pin(
	X509 *cert, const char *host, const char *pin, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Verifies the chain, the dates and the name (as the parameters of CTX ask); ERR_CERTIFICATE. */
gboolean tls_check_chain(
	X509_STORE_CTX *ctx, const char *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The sentence for CODE (X509_V_ERR_...), which was found at AT, a certificate of the chain that
 * begins with LEAF; AT may be NULL: the leaf. The caller's. */
char *tls_check_sentence(int code, const char *host, X509 *leaf, X509 *at);
