#include "mime/crypt-key.h"

#include <string.h>

#define MAX_NAMES 50

static char *
valid(const char *text)
{
	return text ? g_utf8_make_valid(text, -1) : g_strdup("");
}

static void
clear_name(gpointer data)
{
	CryptName *name = data;

	g_free(name->text);
	g_free(name->address);
}

void
crypt_signature_free(gpointer data)
{
	CryptSignature *signature = data;

	g_free(signature->key);
	g_array_unref(signature->names);
	g_free(signature->algorithms);
	g_free(signature->error);
	g_free(signature);
}

static CryptTrust
trust_of(gpgme_validity_t validity)
{
	switch (validity) {
	case GPGME_VALIDITY_ULTIMATE:
	case GPGME_VALIDITY_FULL: return CRYPT_TRUST_FULL;
	case GPGME_VALIDITY_MARGINAL: return CRYPT_TRUST_SOME;
	case GPGME_VALIDITY_NEVER: return CRYPT_TRUST_NEVER;
	default: return CRYPT_TRUST_NONE;
	}
}

/* GnuPG answers with the worst that it knows; SUMMARY has what it found besides. */
static CryptSignatureState
state_of(const gpgme_signature_t signature)
{
	switch (gpgme_err_code(signature->status)) {
	case GPG_ERR_NO_ERROR: break;
	case GPG_ERR_SIG_EXPIRED: return CRYPT_SIGNATURE_EXPIRED;
	case GPG_ERR_KEY_EXPIRED:
	case GPG_ERR_CERT_EXPIRED: return CRYPT_SIGNATURE_KEY_EXPIRED;
	case GPG_ERR_CERT_REVOKED: return CRYPT_SIGNATURE_KEY_REVOKED;
	case GPG_ERR_BAD_SIGNATURE: return CRYPT_SIGNATURE_BAD;
	case GPG_ERR_NO_PUBKEY: return CRYPT_SIGNATURE_NO_KEY;
	default: return CRYPT_SIGNATURE_UNKNOWN;
	}
	if (signature->summary & GPGME_SIGSUM_KEY_REVOKED)
		return CRYPT_SIGNATURE_KEY_REVOKED;
	if (signature->summary & GPGME_SIGSUM_KEY_EXPIRED)
		return CRYPT_SIGNATURE_KEY_EXPIRED;
	if (signature->summary & GPGME_SIGSUM_SIG_EXPIRED)
		return CRYPT_SIGNATURE_EXPIRED;
	return signature->wrong_key_usage ? CRYPT_SIGNATURE_UNKNOWN : CRYPT_SIGNATURE_GOOD;
}

static char *
why_unknown(const gpgme_signature_t signature)
{
	char words[256];

	if (signature->wrong_key_usage)
		return g_strdup("the key is not one for signatures");
	gpgme_strerror_r(signature->status, words, sizeof words);
	return g_utf8_make_valid(words, -1);
}

/* "<grace@example.org>" of a certificate, "grace@example.org" of a key. */
static char *
bare_address(const char *address)
{
	g_autofree char *clean = valid(address);
	gsize len = strlen(clean);

	if (len >= 2 && clean[0] == '<' && clean[len - 1] == '>')
		return g_strndup(clean + 1, len - 2);
	return g_steal_pointer(&clean);
}

static void
add_names(CryptSignature *signature, CryptProtocol protocol, gpgme_key_t key)
{
	for (gpgme_user_id_t at = key->uids; at && signature->names->len < MAX_NAMES;
		at = at->next) {
		CryptName name;

		/* Of a key that was revoked all names are; then they only say whose it was. */
		if ((at->revoked && !key->revoked) || at->invalid)
			continue;
		name.text = valid(at->uid);
		name.address = bare_address(at->email);
		/* Of a certificate it is the chain that is trusted, not the single name. */
		name.trust = protocol == CRYPT_SMIME ? signature->trust : trust_of(at->validity);
		g_array_append_val(signature->names, name);
	}
}

static void
take_key(CryptSignature *signature, CryptProtocol protocol, gpgme_key_t key)
{
	add_names(signature, protocol, key);
	if (key->fpr) {
		g_free(signature->key);
		signature->key = valid(key->fpr);
	}
	if (key->subkeys && key->subkeys->expires > 0)
		signature->key_ends = key->subkeys->expires;
	/* GnuPG says of a signature by a key that was revoked later, or in offline use, less than
	 * of the key itself. */
	if (signature->state == CRYPT_SIGNATURE_GOOD && key->revoked)
		signature->state = CRYPT_SIGNATURE_KEY_REVOKED;
	else if (signature->state == CRYPT_SIGNATURE_GOOD && key->expired)
		signature->state = CRYPT_SIGNATURE_KEY_EXPIRED;
	else if (signature->state == CRYPT_SIGNATURE_GOOD && (key->disabled || key->invalid)) {
		signature->state = CRYPT_SIGNATURE_UNKNOWN;
		signature->error = g_strdup("the key is disabled or invalid");
	}
}

gpgme_error_t
crypt_context_new(const CryptTask *task, gpgme_ctx_t *out_context)
{
	gpgme_protocol_t protocol =
		task->protocol == CRYPT_PGP ? GPGME_PROTOCOL_OpenPGP : GPGME_PROTOCOL_CMS;
	gpgme_ctx_t context = NULL;
	gpgme_error_t error = gpgme_new(&context);

	if (!error)
		error = gpgme_set_protocol(context, protocol);
	if (!error && task->protocol == CRYPT_SMIME && task->gpgsm)
		error = gpgme_ctx_set_engine_info(context, protocol, task->gpgsm, NULL);
	if (error) {
		gpgme_release(context);
		return error;
	}
	gpgme_set_offline(context, 1);
	gpgme_set_keylist_mode(context, GPGME_KEYLIST_MODE_LOCAL);
	*out_context = context;
	return 0;
}

static void
look_up(CryptSignature *signature, const CryptTask *task)
{
	gpgme_ctx_t context = NULL;
	gpgme_key_t key = NULL;

	if (crypt_context_new(task, &context) != 0)
		return;
	if (gpgme_get_key(context, signature->key, &key, 0) == 0)
		take_key(signature, task->protocol, key);
	gpgme_key_unref(key);
	gpgme_release(context);
}

CryptSignature *
crypt_signature_new(const CryptTask *task, gpgme_signature_t from)
{
	CryptSignature *signature = g_new0(CryptSignature, 1);
	const char *key_algorithm = gpgme_pubkey_algo_name(from->pubkey_algo);
	const char *hash_algorithm = gpgme_hash_algo_name(from->hash_algo);

	signature->state = state_of(from);
	signature->key = valid(from->fpr);
	signature->trust = trust_of(from->validity);
	signature->made = (gint64)from->timestamp;
	signature->names = g_array_new(FALSE, FALSE, sizeof(CryptName));
	g_array_set_clear_func(signature->names, clear_name);
	signature->algorithms = g_strdup_printf("%s, %s", key_algorithm ? key_algorithm : "?",
		hash_algorithm ? hash_algorithm : "?");
	if (signature->state == CRYPT_SIGNATURE_UNKNOWN)
		signature->error = why_unknown(from);
	if (*signature->key && signature->state != CRYPT_SIGNATURE_NO_KEY)
		look_up(signature, task);
	return signature;
}
