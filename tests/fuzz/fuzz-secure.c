/* Any octets as a signed or encrypted message: it is cut into pieces that are covered by layers that there
 * are, there are words for them, and each piece can be shown. The first byte says what comes of every
 * signature and encryption, without GnuPG: what is opened is what was sent, so that layers lie in one
 * another as deep as the input wants. */

#include "mime/message.h"
#include "mime/render.h"
#include "mime/secure-words.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

enum { MAX_LAYERS = 16, MAX_PIECES = 200 };

/* What the octets of a message are opened with. */
typedef struct {
	guint answer; /* 0: refused; else one more than the state of the one signature */
	guint runs;
} Opener;

/* ---- in the place of mime/crypt.c ---- */

static void
free_signature(gpointer data)
{
	CryptSignature *signature = data;

	g_array_unref(signature->names);
	g_free(signature->key);
	g_free(signature->algorithms);
	g_free(signature->error);
	g_free(signature);
}

static void
clear_name(gpointer data)
{
	g_free(((CryptName *)data)->text);
	g_free(((CryptName *)data)->address);
}

static CryptSignature *
signature_new(CryptSignatureState state)
{
	CryptSignature *signature = g_new0(CryptSignature, 1);
	CryptName name = {.trust = CRYPT_TRUST_FULL};

	signature->state = state;
	signature->key = g_strdup("0123456789ABCDEF0123456789ABCDEF01234567");
	signature->names = g_array_new(FALSE, FALSE, sizeof name);
	g_array_set_clear_func(signature->names, clear_name);
	if (state != CRYPT_SIGNATURE_NO_KEY) {
		name.text = g_strdup("Grace Hopper <grace@example.org>");
		name.address = g_strdup("grace@example.org");
		g_array_append_val(signature->names, name);
	}
	signature->trust = CRYPT_TRUST_FULL;
	signature->algorithms = g_strdup("EdDSA, SHA512");
	signature->error =
		g_strdup(state == CRYPT_SIGNATURE_UNKNOWN ? "It is of another time." : NULL);
	return signature;
}

CryptResult *
crypt_run(const CryptTask *task, CryptStop *stop)
{
	Opener *opener = task->ask_user;
	CryptResult *result = g_new0(CryptResult, 1);

	g_assert_null(stop);
	g_assert_nonnull(task->data);
	g_assert_true((task->signature != NULL) == (task->act == CRYPT_VERIFY_DETACHED));
	g_assert_cmpuint(++opener->runs, <=, MAX_LAYERS);
	result->signatures = g_ptr_array_new_with_free_func(free_signature);
	if (opener->answer == 0) {
		result->error = g_strdup("It can't be opened.");
		return result;
	}
	g_ptr_array_add(result->signatures, signature_new(opener->answer - 1));
	result->decrypted = result->integrity = task->act == CRYPT_DECRYPT;
	if (task->act != CRYPT_VERIFY_DETACHED)
		result->plain = g_bytes_ref(task->data);
	return result;
}

void
crypt_result_free(CryptResult *result)
{
	g_clear_pointer(&result->plain, g_bytes_unref);
	g_ptr_array_unref(result->signatures);
	g_free(result->error);
	g_free(result);
}

/* ---- what must be true ---- */

static void
check_words(const SecureMessage *message)
{
	g_autoptr(SecureVerdict) verdict = secure_judge(message);

	g_assert_cmpint(verdict->level, <=, SECURE_BAD);
	g_assert_true((message->layers->len == 0) == (verdict->level == SECURE_NONE));
	for (gint layer = -1; layer < (gint)message->layers->len; layer++) {
		g_autofree char *rule = secure_rule(message, layer);

		g_assert_nonnull(rule);
	}
	(void)secure_is_mixed(message);
}

static void
show(const SecurePiece *piece)
{
	gsize len = 0;
	const char *data = g_bytes_get_data(piece->entity, &len), *octets = data ? data : "";
	g_autoptr(MimePart) root = mime_message_parse(octets, len);
	g_autoptr(MimePlan) plan = mime_choose(root, FALSE);
	g_autoptr(MimeDocument) document = mime_document_new();

	for (guint i = 0; i < plan->steps->len; i++) {
		const MimeStep *step = &g_array_index(plan->steps, MimeStep, i);
		g_autoptr(MimeRender) render = mime_render_new(step, document, 0);

		if (mime_show_needs_octets(step->how))
			mime_render_feed(
				render, octets + step->part->offset, (gsize)step->part->octets);
		mime_render_end(render);
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	Opener opener = {.answer = size ? data[0] % (CRYPT_SIGNATURE_UNKNOWN + 2) : 0};
	const SecureSetup setup = {.ask_user = &opener};
	g_autoptr(GBytes) octets = g_bytes_new(data + (size > 0), size - (size > 0));
	g_autoptr(SecureMessage) message = secure_open(octets, &setup, NULL);

	g_assert_cmpuint(message->layers->len, ==, opener.runs);
	g_assert_cmpuint(message->pieces->len, >, 0);
	g_assert_cmpuint(message->pieces->len, <=, MAX_PIECES);
	for (guint i = 0; i < message->layers->len; i++)
		g_assert_cmpint(g_array_index(message->layers, SecureLayer, i).outer, <, (gint)i);
	for (guint i = 0; i < message->pieces->len; i++) {
		const SecurePiece *piece = &g_array_index(message->pieces, SecurePiece, i);

		g_assert_cmpint(piece->layer, <, (gint)message->layers->len);
		g_assert_true(piece->entity || piece->layer >= 0);
		if (piece->entity && i < 4)
			show(piece);
	}
	check_words(message);
	return 0;
}
