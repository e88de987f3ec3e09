#include "mime/crypt-unlock.h"

#include "mime/crypt-key.h"

#include <string.h>

#define HEAD (64 * 1024) /* octets in which the recipients are */

/* One talk with the agent. */
typedef struct {
	const CryptTask *task;
	const char *whom;
	gboolean locked; /* by a passphrase that the agent does not remember */
	gboolean given;
	char *secret; /* while it is on its way */
} Talk;

/* ---- which keys ---- */

static GByteArray *
from_hex(const char *digits)
{
	GByteArray *bytes = g_byte_array_new();

	for (; g_ascii_isxdigit(digits[0]) && g_ascii_isxdigit(digits[1]); digits += 2) {
		guint8 byte = (guint8)(g_ascii_xdigit_value(digits[0]) * 16 +
				       g_ascii_xdigit_value(digits[1]));

		g_byte_array_append(bytes, &byte, 1);
	}
	return bytes;
}

static gboolean
holds(const char *octets, gsize len, const GByteArray *what)
{
	for (gsize at = 0; at + what->len <= len; at++)
		if (memcmp(octets + at, what->data, what->len) == 0)
			return TRUE;
	return FALSE;
}

/* A recipient is named by the serial number of the certificate (RFC 5652 section 6.2.1), which is
 * long and random: where its octets are, it is meant, and if not, one question was too many. */
static gboolean
is_recipient(const CryptTask *task, gpgme_key_t key)
{
	g_autoptr(GByteArray) serial = from_hex(key->issuer_serial ? key->issuer_serial : "");
	gsize len = 0;
	const char *octets = g_bytes_get_data(task->data, &len);

	return serial->len && octets && holds(octets, MIN(len, HEAD), serial);
}

/* ---- the talk ---- */

/* "KEYINFO GRIP TYPE SERIAL ID CACHED PROTECTION ...": locked when there is a "P" and no "1". */
static gpgme_error_t
on_status(void *user, const char *status, const char *args)
{
	Talk *talk = user;

	if (strcmp(status, "KEYINFO") == 0) {
		g_auto(GStrv) words = g_strsplit(args, " ", -1);

		if (g_strv_length(words) > 5)
			talk->locked = strcmp(words[4], "1") != 0 && strcmp(words[5], "P") == 0;
	}
	return 0;
}

static void
wipe(Talk *talk)
{
	if (talk->secret)
		explicit_bzero(talk->secret, strlen(talk->secret));
	g_clear_pointer(&talk->secret, g_free);
}

/* Called once more, without a name, when the answer was sent. */
static gpgme_error_t
on_inquiry(void *user, const char *name, const char *args, gpgme_data_t *answer)
{
	Talk *talk = user;

	if (!name) {
		gpgme_data_release(*answer);
		wipe(talk);
		return 0;
	}
	*answer = NULL;
	if (strcmp(name, "PASSPHRASE") != 0)
		return 0;
	wipe(talk);
	talk->secret = talk->task->ask(talk->whom, talk->given, talk->task->ask_user);
	if (!talk->secret)
		return gpgme_error(GPG_ERR_CANCELED);
	talk->given = TRUE;
	return gpgme_data_new_from_mem(answer, talk->secret, strlen(talk->secret), 0);
}

/* The signature is not looked at. */
static gpgme_error_t
on_data(void *user, const void *data, size_t len)
{
	return 0;
}

static gboolean
tell(gpgme_ctx_t agent, Talk *talk, const char *command)
{
	gpgme_error_t answer = 0;
	gpgme_error_t error = gpgme_op_assuan_transact_ext(
		agent, command, on_data, talk, on_inquiry, talk, on_status, talk, &answer);

	return !error && !answer;
}

/* TRUE when the key is not locked, or no longer. */
static gboolean
unlock_in(gpgme_ctx_t agent, Talk *talk, const char *grip)
{
	g_autofree char *info = g_strdup_printf("KEYINFO %s", grip);
	g_autofree char *key = g_strdup_printf("SIGKEY %s", grip);
	g_autofree char *hash = g_strdup_printf("SETHASH --hash=sha256 %064d", 0);

	if (!tell(agent, talk, info) || !talk->locked)
		return TRUE;
	return tell(agent, talk, "OPTION pinentry-mode=loopback") && tell(agent, talk, key) &&
	       tell(agent, talk, hash) && tell(agent, talk, "PKSIGN");
}

static gboolean
unlock(const CryptTask *task, gpgme_key_t key, gboolean *out_wrong)
{
	gpgme_user_id_t name = key->uids;
	g_autofree char *whom = g_utf8_make_valid(name && name->uid ? name->uid : "", -1);
	Talk talk = {.task = task, .whom = whom};
	gpgme_ctx_t agent = NULL;
	gboolean open = TRUE;

	if (!key->subkeys || !key->subkeys->keygrip || gpgme_new(&agent) != 0)
		return TRUE;
	if (gpgme_set_protocol(agent, GPGME_PROTOCOL_ASSUAN) == 0)
		open = unlock_in(agent, &talk, key->subkeys->keygrip);
	gpgme_release(agent);
	wipe(&talk);
	*out_wrong = talk.given;
	return open;
}

gboolean
crypt_unlock(const CryptTask *task, gboolean *out_wrong)
{
	gpgme_ctx_t context = NULL;
	gpgme_key_t key = NULL;
	gboolean open = TRUE;

	if (!task->ask || crypt_context_new(task, &context) != 0)
		return TRUE;
	if (gpgme_op_keylist_start(context, NULL, 1) == 0) {
		while (open && gpgme_op_keylist_next(context, &key) == 0) {
			open = !is_recipient(task, key) || unlock(task, key, out_wrong);
			gpgme_key_unref(key);
		}
		gpgme_op_keylist_end(context);
	}
	gpgme_release(context);
	return open;
}
