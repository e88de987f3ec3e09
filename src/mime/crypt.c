#include "mime/crypt.h"

#include "mime/crypt-key.h"
#include "mime/crypt-unlock.h"

#include <errno.h>
#include <gpgme.h>
#include <string.h>

#define MAX_SIGNATURES 16
#define MAX_RECIPIENTS 8 /* that a sentence names */

struct CryptStop {
	gint references; /* atomic */
	GMutex lock;
	gboolean wanted;
	gpgme_ctx_t context; /* at work now, or NULL */
};

CryptStop *
crypt_stop_new(void)
{
	CryptStop *stop = g_new0(CryptStop, 1);

	stop->references = 1;
	g_mutex_init(&stop->lock);
	return stop;
}

CryptStop *
crypt_stop_ref(CryptStop *stop)
{
	g_atomic_int_inc(&stop->references);
	return stop;
}

void
crypt_stop_unref(CryptStop *stop)
{
	if (!stop || !g_atomic_int_dec_and_test(&stop->references))
		return;
	g_mutex_clear(&stop->lock);
	g_free(stop);
}

void
crypt_stop_now(CryptStop *stop)
{
	g_mutex_lock(&stop->lock);
	stop->wanted = TRUE;
	if (stop->context)
		gpgme_cancel_async(stop->context);
	g_mutex_unlock(&stop->lock);
}

gboolean
crypt_stop_wanted(CryptStop *stop)
{
	gboolean wanted;

	g_mutex_lock(&stop->lock);
	wanted = stop->wanted;
	g_mutex_unlock(&stop->lock);
	return wanted;
}

static void
stop_set_context(CryptStop *stop, gpgme_ctx_t context)
{
	g_mutex_lock(&stop->lock);
	stop->context = context;
	g_mutex_unlock(&stop->lock);
}

/* ---- the result ---- */

void
crypt_result_free(CryptResult *result)
{
	if (!result)
		return;
	g_clear_pointer(&result->plain, g_bytes_unref);
	g_ptr_array_unref(result->signatures);
	g_free(result->cipher);
	g_free(result->error);
	g_free(result);
}

static void
refuse(CryptResult *result, char *take_sentence)
{
	g_clear_pointer(&result->plain, g_bytes_unref);
	g_free(result->error);
	result->error = take_sentence;
}

static char *
words_of(gpgme_error_t code)
{
	char words[256];

	gpgme_strerror_r(code, words, sizeof words);
	return g_utf8_make_valid(words, -1);
}

/* ---- octets for GPGME ---- */

typedef struct {
	GByteArray *octets;
	gsize max; /* what is compressed grows */
	gboolean full;
} Plain;

static ssize_t
on_plain(void *user, const void *octets, size_t len)
{
	Plain *plain = user;

	if (len > plain->max - plain->octets->len) {
		plain->full = TRUE;
		errno = EFBIG;
		return -1;
	}
	g_byte_array_append(plain->octets, octets, (guint)len);
	return (ssize_t)len;
}

static gpgme_data_t
data_of(GBytes *bytes)
{
	gpgme_data_t data = NULL;
	gsize len = 0;
	const char *octets = g_bytes_get_data(bytes, &len);

	/* No copy: the task outlives the run. Without octets GPGME wants a pointer all the same. */
	if (gpgme_data_new_from_mem(&data, octets ? octets : "", len, 0) != 0)
		return NULL;
	return data;
}

/* ---- the passphrase ---- */

/* "149129876DCFE438 Grace Hopper <grace@example.org>": people know the name. */
static const char *
without_id(const char *hint)
{
	gsize n = strspn(hint, "0123456789ABCDEF");

	return n && hint[n] == ' ' && hint[n + 1] ? hint + n + 1 : hint;
}

static gpgme_error_t
on_passphrase(void *user, const char *hint, const char *info, int again, int fd)
{
	const CryptTask *task = user;
	char *secret = task->ask(hint ? without_id(hint) : "", again != 0, task->ask_user);
	gboolean written;

	if (!secret)
		return gpgme_error(GPG_ERR_CANCELED);
	written = gpgme_io_writen(fd, secret, strlen(secret)) == 0 &&
		  gpgme_io_writen(fd, "\n", 1) == 0;
	explicit_bzero(secret, strlen(secret));
	g_free(secret);
	return written ? 0 : gpgme_error(GPG_ERR_GENERAL);
}

/* ---- the context ---- */

/* GPGME tells engine from engine only after it was asked for its version, once in a process. */
static void
wake_library(void)
{
	static gsize awake = 0;

	if (g_once_init_enter(&awake)) {
		gpgme_check_version(NULL);
		g_once_init_leave(&awake, 1);
	}
}

static gpgme_error_t
context_new(const CryptTask *task, gpgme_ctx_t *out_context)
{
	gpgme_error_t error;

	wake_library();
	error = crypt_context_new(task, out_context);
	if (error || task->protocol != CRYPT_PGP || task->agent_asks)
		return error;
	/* An agent that asked on our terminal would paint over the screen. */
	gpgme_set_pinentry_mode(*out_context,
		task->ask ? GPGME_PINENTRY_MODE_LOOPBACK : GPGME_PINENTRY_MODE_CANCEL);
	if (task->ask)
		gpgme_set_passphrase_cb(*out_context, on_passphrase, (void *)task);
	return error;
}

/* ---- what GnuPG said ---- */

static void
take_signatures(CryptResult *result, const CryptTask *task, gpgme_ctx_t context)
{
	gpgme_verify_result_t verified = gpgme_op_verify_result(context);
	gpgme_signature_t at = verified ? verified->signatures : NULL;

	for (; at && result->signatures->len < MAX_SIGNATURES; at = at->next)
		g_ptr_array_add(result->signatures, crypt_signature_new(task, at));
}

/* "You don't have a key that opens this. It is encrypted to 0123456789ABCDEF." */
static char *
no_key(gpgme_ctx_t context)
{
	gpgme_decrypt_result_t opened = gpgme_op_decrypt_result(context);
	GString *text = g_string_new("None of your keys opens this");
	gpgme_recipient_t at = opened ? opened->recipients : NULL;

	for (guint n = 0; at && n < MAX_RECIPIENTS; at = at->next, n++)
		g_string_append_printf(text, "%s%s", n ? ", " : ". It is encrypted to ",
			at->keyid ? at->keyid : "?");
	g_string_append_c(text, '.');
	return g_string_free(text, FALSE);
}

/* Broken integrity protection, and in S/MIME padding that can't be: both may come with octets. */
static gboolean
is_damage(gpgme_error_t error)
{
	switch (gpgme_err_code(error)) {
	case GPG_ERR_DECRYPT_FAILED:
	case GPG_ERR_NO_DATA:
	case GPG_ERR_BAD_DATA:
	case GPG_ERR_INV_DATA:
	case GPG_ERR_CHECKSUM: return TRUE;
	default: return FALSE;
	}
}

static char *
why_not_opened(gpgme_ctx_t context, gpgme_error_t error)
{
	g_autofree char *words = words_of(error);

	if (is_damage(error))
		return g_strdup("The encrypted text was changed or damaged, or is too weak to be "
				"trusted. Nothing of it is shown.");
	switch (gpgme_err_code(error)) {
	case GPG_ERR_NO_SECKEY: return no_key(context);
	case GPG_ERR_CANCELED: return g_strdup("Not decrypted: no passphrase was given.");
	case GPG_ERR_BAD_PASSPHRASE: return g_strdup("Not decrypted: the passphrase is wrong.");
	case GPG_ERR_NO_PIN_ENTRY:
		return g_strdup(
			"Not decrypted: the key is locked, and GnuPG has no program to ask for "
			"its passphrase.");
	case GPG_ERR_EFBIG:
		return g_strdup("Not decrypted: all that is encrypted here is more than 64 MB.");
	default: return g_strdup_printf("Not decrypted: %s.", words);
	}
}

/* OpenPGP without a modification detection code (RFC 4880 section 5.7) is what EFAIL used. GnuPG
 * refuses it unless told otherwise in its config; we refuse it always. */
static gboolean
has_integrity(const CryptTask *task, const gpgme_decrypt_result_t opened)
{
	const char *mode = opened->symkey_algo ? strrchr(opened->symkey_algo, '.') : NULL;

	if (!mode || opened->legacy_cipher_nomdc)
		return FALSE;
	if (task->protocol == CRYPT_SMIME)
		return strcmp(mode, ".GCM") == 0;
	return strcmp(mode, ".CFB") == 0 || strcmp(mode, ".OCB") == 0 || strcmp(mode, ".EAX") == 0;
}

static void
take_decryption(CryptResult *result, const CryptTask *task, gpgme_ctx_t context)
{
	gpgme_decrypt_result_t opened = gpgme_op_decrypt_result(context);

	if (!opened) {
		refuse(result, g_strdup("Not decrypted: GnuPG gave no result."));
		return;
	}
	result->decrypted = TRUE;
	result->integrity = has_integrity(task, opened);
	result->cipher = g_strdup(opened->symkey_algo);
	result->damaged = !result->integrity && task->protocol == CRYPT_PGP;
	if (result->damaged)
		refuse(result, g_strdup("The encrypted text has no integrity protection: it could "
					"have been changed on its way. Nothing of it is shown."));
}

/* "PGP MESSAGE" says no more than that it is one: what was signed and not encrypted has the same head. GnuPG then finds
 * nothing to decrypt, and gives the text and what it holds of its signatures. */
static gboolean
was_never_encrypted(
	const CryptResult *result, const CryptTask *task, gpgme_ctx_t context, gpgme_error_t error)
{
	gpgme_decrypt_result_t opened = gpgme_op_decrypt_result(context);

	/* Where no cipher was told, GPGME's name of it is "?.?". */
	return task->act == CRYPT_DECRYPT && task->protocol == CRYPT_PGP &&
	       gpgme_err_code(error) == GPG_ERR_NO_DATA && opened && !opened->recipients &&
	       (!opened->symkey_algo || *opened->symkey_algo == '?') &&
	       g_bytes_get_size(result->plain) > 0;
}

/* ---- the run ---- */

static gpgme_error_t
decrypt(const CryptTask *task, gpgme_ctx_t context, gpgme_data_t data, gpgme_data_t plain)
{
	gboolean wrong = FALSE;

	if (task->protocol == CRYPT_SMIME && !crypt_unlock(task, &wrong))
		return gpgme_error(wrong ? GPG_ERR_BAD_PASSPHRASE : GPG_ERR_CANCELED);
	return gpgme_op_decrypt_verify(context, data, plain);
}

static gpgme_error_t
operate(const CryptTask *task, gpgme_ctx_t context, gpgme_data_t plain)
{
	gpgme_data_t data = data_of(task->data), signature = NULL;
	gpgme_error_t error = gpgme_error(GPG_ERR_ENOMEM);

	switch (data ? task->act : (CryptAct)-1) {
	case CRYPT_VERIFY_DETACHED:
		signature = data_of(task->signature);
		if (signature)
			error = gpgme_op_verify(context, signature, data, NULL);
		gpgme_data_release(signature);
		break;
	case CRYPT_VERIFY_OPAQUE: error = gpgme_op_verify(context, data, NULL, plain); break;
	case CRYPT_DECRYPT: error = decrypt(task, context, data, plain); break;
	}
	gpgme_data_release(data);
	return error;
}

static void
finish(CryptResult *result, const CryptTask *task, gpgme_ctx_t context, gpgme_error_t error)
{
	if (was_never_encrypted(result, task, context, error)) {
		take_signatures(result, task, context);
		return;
	}
	if (error && task->act == CRYPT_DECRYPT) {
		result->damaged = is_damage(error);
		result->locked = gpgme_err_code(error) == GPG_ERR_CANCELED ||
				 gpgme_err_code(error) == GPG_ERR_BAD_PASSPHRASE;
		refuse(result, why_not_opened(context, error));
		return;
	}
	if (error) {
		g_autofree char *words = words_of(error);

		refuse(result,
			gpgme_err_code(error) == GPG_ERR_NO_DATA
				? g_strdup("The signature can't be read.")
				: g_strdup_printf("The signature can't be checked: %s.", words));
		return;
	}
	if (task->act == CRYPT_DECRYPT)
		take_decryption(result, task, context);
	if (!result->error)
		take_signatures(result, task, context);
	if (!result->error && task->act != CRYPT_DECRYPT && result->signatures->len == 0)
		refuse(result, g_strdup("The signature can't be read."));
}

static void
run_in(CryptResult *result, const CryptTask *task, CryptStop *stop, gpgme_ctx_t context)
{
	struct gpgme_data_cbs sink = {.write = on_plain};
	Plain held = {g_byte_array_new(), task->max_plain, FALSE};
	gpgme_data_t plain = NULL;
	gpgme_error_t error = gpgme_data_new_from_cbs(&plain, &sink, &held);

	stop_set_context(stop, context);
	if (!error && !crypt_stop_wanted(stop))
		error = operate(task, context, plain);
	stop_set_context(stop, NULL);
	gpgme_data_release(plain);
	/* GnuPG, whom nobody listens to any more, may say first that it failed. */
	if (held.full)
		error = gpgme_error(GPG_ERR_EFBIG);
	result->plain = g_byte_array_free_to_bytes(held.octets);
	result->cancelled = crypt_stop_wanted(stop);
	if (result->cancelled)
		refuse(result, g_strdup("GnuPG was stopped."));
	else
		finish(result, task, context, error);
}

CryptResult *
crypt_run(const CryptTask *task, CryptStop *stop)
{
	CryptResult *result = g_new0(CryptResult, 1);
	gpgme_ctx_t context = NULL;
	gpgme_error_t error = context_new(task, &context);

	result->signatures = g_ptr_array_new_with_free_func(crypt_signature_free);
	if (error) {
		g_autofree char *words = words_of(error);

		refuse(result, g_strdup_printf("GnuPG can't be used: %s.", words));
		return result;
	}
	run_in(result, task, stop, context);
	gpgme_release(context);
	return result;
}
