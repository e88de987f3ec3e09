/*
 * Checks one signature or opens one encrypted text with the user's GnuPG: octets in, a result out.
 * Knows nothing of MIME trees (mime/secure.h) and of words for the user (mime/crypt-words.h).
 *
 * GPGME is used directly and not through GMime, whose contexts keep neither the missing integrity
 * protection of an old cipher nor a way to cancel, to stay off the network or to ask for a
 * passphrase here.
 *
 * A run blocks on GnuPG's processes: it belongs on a thread of its own. Nothing is ever fetched from
 * the network: no keys, no certificates, no revocation lists. GNUPGHOME says where the keys are.
 *
 * The strings of a result come from keys that anybody can make: they are valid UTF-8 and not
 * filtered for the screen.
 */
#pragma once

#include <glib.h>

typedef enum { CRYPT_PGP, CRYPT_SMIME } CryptProtocol;

typedef enum {
	CRYPT_VERIFY_DETACHED, /* DATA is signed by SIGNATURE */
	CRYPT_VERIFY_OPAQUE,   /* DATA is signed text and signature in one; PLAIN is the text */
	CRYPT_DECRYPT, /* DATA is encrypted, and perhaps signed inside; of PGP perhaps only signed */
} CryptAct;

typedef enum {
	CRYPT_SIGNATURE_GOOD,    /* the octets are those that the key signed */
	CRYPT_SIGNATURE_EXPIRED, /* good, but the signer gave it an end */
	CRYPT_SIGNATURE_KEY_EXPIRED,
	CRYPT_SIGNATURE_KEY_REVOKED,
	CRYPT_SIGNATURE_BAD,     /* the octets were changed */
	CRYPT_SIGNATURE_NO_KEY,  /* nothing can be said */
	CRYPT_SIGNATURE_UNKNOWN, /* GnuPG can't check it: ERROR says why */
} CryptSignatureState;

/* What the user's GnuPG holds of the claim that a key belongs to its name. */
typedef enum {
	CRYPT_TRUST_NONE, /* never certified by the user or by anybody he trusts */
	CRYPT_TRUST_SOME, /* marginally */
	CRYPT_TRUST_FULL,
	CRYPT_TRUST_NEVER, /* the user distrusts it */
} CryptTrust;

/* One name of a key. */
typedef struct {
	char *text;    /* "Grace Hopper <grace@example.org>" or a distinguished name */
	char *address; /* "grace@example.org", "" when there is none */
	CryptTrust trust;
} CryptName;

typedef struct {
	CryptSignatureState state;
	char *key;             /* fingerprint in hexadecimal digits */
	GArray *names;         /* CryptName of the key, without revoked ones; empty when NO_KEY */
	CryptTrust trust;      /* the best of NAMES */
	gint64 made, key_ends; /* seconds since 1970; 0: not known, never */
	char *algorithms;      /* "EdDSA, SHA512" */
	char *error;           /* of UNKNOWN, else NULL */
} CryptSignature;

typedef struct {
	GBytes *plain;         /* OPAQUE, DECRYPT; NULL when there is none or ERROR is set */
	GPtrArray *signatures; /* CryptSignature */
	gboolean decrypted;    /* FALSE without ERROR after DECRYPT: it was not encrypted */
	/* Who changes the ciphertext on its way is found out. S/MIME's usual ciphers can't say so. */
	gboolean integrity;
	char *cipher;     /* "AES256.CFB", or NULL */
	char *error;      /* a sentence for the user; then there is no PLAIN, whatever GnuPG gave */
	gboolean damaged; /* ERROR says that somebody changed it, or could have */
	gboolean locked;  /* ERROR says that a passphrase was missing or wrong */
	gboolean cancelled;
} CryptResult;

/* Asks for the passphrase of the key that WHOM describes, from the running thread; may block.
 * AGAIN: the last answer was wrong. NULL: the user won't say. The result is wiped and freed here. */
typedef char *(*CryptAsk)(const char *whom, gboolean again, gpointer user);

typedef struct {
	CryptProtocol protocol;
	CryptAct act;
	GBytes *data;        /* octets as on the wire, in CRLF form */
	GBytes *signature;   /* DETACHED; decoded from its transfer encoding */
	CryptAsk ask;        /* NULL: locked keys stay so */
	gboolean agent_asks; /* PGP: instead of ASK GnuPG's agent does, in its own way */
	gpointer ask_user;
	const char *gpgsm; /* the program to run as gpgsm, NULL: that of GnuPG */
	gsize max_plain;   /* octets that may come out; more is refused */
} CryptTask;

/* May be cancelled from any thread while crypt_run() works for it. */
typedef struct CryptStop CryptStop;
CryptStop *crypt_stop_new(void);
CryptStop *crypt_stop_ref(CryptStop *stop);
void crypt_stop_unref(CryptStop *stop);
void crypt_stop_now(CryptStop *stop);
gboolean crypt_stop_wanted(CryptStop *stop);

/* Blocks. Never NULL. */
CryptResult *crypt_run(const CryptTask *task, CryptStop *stop);
void crypt_result_free(CryptResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CryptResult, crypt_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CryptStop, crypt_stop_unref)
