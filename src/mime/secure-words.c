#include "mime/secure-words.h"

#include "mime/header.h"

#include <string.h>

/* A level and the words for it. */
typedef struct {
	SecureLevel level;
	char *text; /* owned */
} Saying;

/* ---- names ---- */

static const CryptName *
name_at(const CryptSignature *signature, guint i)
{
	return &g_array_index(signature->names, CryptName, i);
}

/* Of two people may have keys with the same address: the name that is trusted most. */
static const CryptName *
name_of_sender(const CryptSignature *signature, const char *sender)
{
	const CryptName *found = NULL;

	for (guint i = 0; sender && i < signature->names->len; i++) {
		const CryptName *name = name_at(signature, i);
		gboolean better = !found || name->trust == CRYPT_TRUST_FULL;

		if (better && *name->address && g_ascii_strcasecmp(name->address, sender) == 0)
			found = name;
	}
	return found;
}

/* "Grace Hopper" of "Grace Hopper <grace@example.org>" and of "EMail=...,CN=Grace Hopper". */
static char *
person(const CryptSignature *signature, const CryptName *name)
{
	const char *text = name ? name->text : "";
	const char *end = strstr(text, " <"), *common = strstr(text, "CN=");

	for (guint i = 0; !common && name && i < signature->names->len; i++)
		common = *name_at(signature, i)->text == '<'
				 ? NULL
				 : strstr(name_at(signature, i)->text, "CN=");
	if (end && end > text)
		return g_strndup(text, (gsize)(end - text));
	if (common)
		return g_strndup(common + 3, strcspn(common + 3, ","));
	return g_strdup(*text ? text : signature->key);
}

/* "Grace Hopper <grace@example.org>", for when it is not the sender. */
static char *
signer(const CryptSignature *signature)
{
	const CryptName *first = signature->names->len ? name_at(signature, 0) : NULL;
	const CryptName *named = first;
	g_autofree char *who = person(signature, first);

	for (guint i = 0; i < signature->names->len && !*named->address; i++)
		named = name_at(signature, i);
	return named && *named->address ? g_strdup_printf("%s <%s>", who, named->address)
					: g_steal_pointer(&who);
}

/* ---- one signature ---- */

static Saying
say(SecureLevel level, const char *format, const char *word)
{
	/* FORMAT is one of those below, with one %s. */
	g_auto(GStrv) halves = g_strsplit(format, "%s", 2);

	return (Saying){level,
		g_strconcat(halves[0], halves[1] ? word : "", halves[1] ? halves[1] : "", NULL)};
}

static Saying
say_of_good(const SecureLayer *layer, const CryptSignature *signature, const char *sender)
{
	const CryptName *name = name_of_sender(signature, sender);
	g_autofree char *who = name ? person(signature, name) : signer(signature);

	if (name ? name->trust == CRYPT_TRUST_NEVER : signature->trust == CRYPT_TRUST_NEVER)
		return say(SECURE_BAD, "signed by %s, whose key you distrust", who);
	if (!sender)
		return say(SECURE_UNSURE, "signed by %s; the message names no single sender", who);
	if (!name)
		return say(SECURE_UNSURE, "signed by %s, not the sender's address", who);
	if (name->trust == CRYPT_TRUST_FULL)
		return say(SECURE_GOOD, "signed by %s, good", who);
	if (layer->protocol == CRYPT_SMIME)
		return say(SECURE_UNSURE, "signed by %s, certificate not trusted", who);
	return say(SECURE_UNSURE, "signed by %s, key not certified", who);
}

static Saying
say_of_signature(const SecureLayer *layer, const CryptSignature *signature, const char *sender)
{
	g_autofree char *who = signer(signature);

	switch (signature->state) {
	case CRYPT_SIGNATURE_GOOD: return say_of_good(layer, signature, sender);
	case CRYPT_SIGNATURE_EXPIRED:
		return say(SECURE_UNSURE, "signed by %s; the signature has expired", who);
	case CRYPT_SIGNATURE_KEY_EXPIRED:
		return say(SECURE_UNSURE, "signed by %s; the key has expired", who);
	case CRYPT_SIGNATURE_KEY_REVOKED:
		return say(SECURE_BAD, "signed by %s; the key was revoked", who);
	case CRYPT_SIGNATURE_BAD:
		return say(SECURE_BAD, "BAD signature of %s: this is not what was signed", who);
	case CRYPT_SIGNATURE_NO_KEY:
		return say(
			SECURE_UNSURE, "signed by a key that you don't have: %s", signature->key);
	case CRYPT_SIGNATURE_UNKNOWN:
		return say(SECURE_UNSURE, "signature not checked: %s", signature->error);
	}
	return say(SECURE_UNSURE, "signature not checked", "");
}

/* ---- layers ---- */

static const SecureLayer *
layer_at(const SecureMessage *message, gint layer)
{
	return layer < 0 ? NULL : &g_array_index(message->layers, SecureLayer, layer);
}

/* Of several signatures one that is bad says most, else the best. */
static Saying
say_of_signatures(const SecureMessage *message, const SecureLayer *layer)
{
	Saying chosen = {SECURE_NONE, NULL};

	for (guint i = 0; i < layer->result->signatures->len; i++) {
		Saying next = say_of_signature(
			layer, g_ptr_array_index(layer->result->signatures, i), message->sender);

		if (!chosen.text || next.level == SECURE_BAD ||
			(chosen.level == SECURE_UNSURE && next.level == SECURE_GOOD)) {
			g_free(chosen.text);
			chosen = next;
		} else {
			g_free(next.text);
		}
	}
	return chosen;
}

static Saying
say_of_error(const SecureLayer *layer)
{
	if (layer->result->damaged)
		return say(SECURE_BAD, "encrypted, but changed or damaged", "");
	if (layer->sealed)
		return say(SECURE_UNSURE, "encrypted, not decrypted", "");
	return say(SECURE_UNSURE, "signed, but the signature can't be checked", "");
}

/* All that is around a piece, seen from inside: its own signature counts, not that of an envelope. */
static Saying
say_of_chain(const SecureMessage *message, gint index)
{
	Saying said = {SECURE_NONE, NULL};
	gboolean sealed = FALSE;
	const SecureLayer *layer;

	for (; (layer = layer_at(message, index)); index = layer->outer) {
		sealed = sealed || layer->sealed;
		if (layer->result->error && (!said.text || layer->result->damaged)) {
			g_free(said.text);
			return say_of_error(layer);
		}
		if (!said.text && layer->result->signatures->len)
			said = say_of_signatures(message, layer);
	}
	if (sealed && !said.text)
		return say(SECURE_UNSURE, "encrypted, not signed", "");
	if (sealed) {
		char *both = g_strconcat("encrypted; ", said.text, NULL);

		g_free(said.text);
		said.text = both;
	}
	return said.text ? said : say(SECURE_UNSURE, "not signed", "");
}

static gint
layer_of_piece(const SecureMessage *message, guint i)
{
	return g_array_index(message->pieces, SecurePiece, i).layer;
}

gboolean
secure_is_mixed(const SecureMessage *message)
{
	for (guint i = 1; i < message->pieces->len; i++)
		if (layer_of_piece(message, i) != layer_of_piece(message, 0))
			return TRUE;
	return FALSE;
}

char *
secure_rule(const SecureMessage *message, gint layer)
{
	return say_of_chain(message, layer).text;
}

/* ---- the whole ---- */

/* A part that is bad says most, else the first that is covered at all. */
static Saying
say_of_parts(const SecureMessage *message)
{
	Saying chosen = {SECURE_NONE, NULL};
	char *text;

	for (guint i = 0; i < message->pieces->len; i++) {
		gint layer = layer_of_piece(message, i);
		Saying next = layer < 0 ? chosen : say_of_chain(message, layer);

		if (layer < 0)
			continue;
		if (!chosen.text || (next.level == SECURE_BAD && chosen.level != SECURE_BAD)) {
			g_free(chosen.text);
			chosen = next;
		} else {
			g_free(next.text);
		}
	}
	text = g_strconcat("part of it: ", chosen.text ? chosen.text : "not checked", NULL);
	g_free(chosen.text);
	return (Saying){MAX(chosen.level, SECURE_UNSURE), text};
}

static void add(SecureVerdict *verdict, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add(SecureVerdict *verdict, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(verdict->details, g_strdup_vprintf(format, args));
	va_end(args);
}

static char *
day(gint64 when)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(when);

	return time ? g_date_time_format(time, "%Y-%m-%d %H:%M") : g_strdup("?");
}

static const char *
trust_word(CryptTrust trust)
{
	switch (trust) {
	case CRYPT_TRUST_FULL: return "trusted";
	case CRYPT_TRUST_SOME: return "trusted marginally";
	case CRYPT_TRUST_NEVER: return "distrusted";
	case CRYPT_TRUST_NONE: break;
	}
	return "not certified";
}

static void
add_signature(SecureVerdict *verdict, const SecureMessage *message, const SecureLayer *layer,
	const CryptSignature *signature)
{
	Saying said = say_of_signature(layer, signature, message->sender);
	g_autofree char *made = day(signature->made);
	g_autofree char *ends = day(signature->key_ends);

	add(verdict, "%s signature: %s", layer->protocol == CRYPT_PGP ? "PGP" : "S/MIME",
		said.text);
	add(verdict, "  key %s, %s", signature->key, signature->algorithms);
	if (signature->made)
		add(verdict, "  made %s", made);
	if (signature->key_ends)
		add(verdict, "  the key ends %s", ends);
	for (guint i = 0; i < signature->names->len; i++)
		add(verdict, "  %s, %s", name_at(signature, i)->text,
			trust_word(name_at(signature, i)->trust));
	g_free(said.text);
}

static void
add_layer(SecureVerdict *verdict, const SecureMessage *message, const SecureLayer *layer)
{
	const CryptResult *result = layer->result;

	if (result->decrypted)
		add(verdict, "%s encryption, %s%s", layer->protocol == CRYPT_PGP ? "PGP" : "S/MIME",
			result->cipher ? result->cipher : "?",
			result->integrity ? ""
					  : ": this cipher does not tell whether the text was "
					    "changed on its way");
	if (result->error)
		add(verdict, "%s", result->error);
	for (guint i = 0; i < result->signatures->len; i++)
		add_signature(verdict, message, layer, g_ptr_array_index(result->signatures, i));
}

static gboolean
names_another_inside(const SecureMessage *message)
{
	return message->covered_sender && message->sender &&
	       g_ascii_strcasecmp(message->covered_sender, message->sender) != 0;
}

static void
add_coverage(SecureVerdict *verdict, const SecureMessage *message)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < message->fields->len; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "",
			g_array_index(message->fields, SecureField, i).name);
	if (secure_is_mixed(message))
		add(verdict,
			"Some parts of the message are not covered; a line above each says so.");
	if (names->len)
		add(verdict, "Covered besides the text: %s. No other header field is.", names->str);
	else
		add(verdict, "The header fields (From, To, Subject, Date ...) are not covered.");
	if (names_another_inside(message))
		add(verdict, "Inside, the sender is said to be %s.", message->covered_sender);
}

static void
doubt(SecureVerdict *verdict, char *take_words)
{
	g_autofree char *summary = verdict->summary;

	verdict->summary = g_strconcat(summary, *summary ? "; " : "", take_words, NULL);
	verdict->level = MAX(verdict->level, SECURE_UNSURE);
	g_free(take_words);
}

SecureVerdict *
secure_judge(const SecureMessage *message)
{
	SecureVerdict *verdict = g_new0(SecureVerdict, 1);
	Saying said = {SECURE_NONE, NULL};

	verdict->details = g_ptr_array_new_with_free_func(g_free);
	if (message->layers->len && message->pieces->len)
		said = secure_is_mixed(message) ? say_of_parts(message)
						: say_of_chain(message, layer_of_piece(message, 0));
	verdict->level = said.level;
	verdict->summary = said.text ? said.text : g_strdup("");
	for (guint i = 0; i < message->layers->len; i++)
		add_layer(verdict, message, layer_at(message, (gint)i));
	if (message->layers->len)
		add_coverage(verdict, message);
	if (names_another_inside(message))
		doubt(verdict, g_strdup("inside it has another sender"));
	return verdict;
}

/* ---- another answer ---- */

/* The values of all fields NAME, one a line: one more of a name is a difference, too. */
static char *
values_of(const GPtrArray *fields, const char *name)
{
	GString *values = g_string_new(NULL);

	for (guint i = 0; i < fields->len; i++) {
		const MimeField *field = g_ptr_array_index(fields, i);

		if (g_ascii_strcasecmp(field->name, name) == 0)
			g_string_append_printf(
				values, "%s%s", values->len ? "\n" : "", field->value);
	}
	return g_string_free(values, FALSE);
}

static void
tell_another(SecureVerdict *verdict, const char *name, const char *values)
{
	g_auto(GStrv) each = g_strsplit(values, "\n", -1);
	g_autofree char *line = g_strjoinv("; ", each);

	add(verdict, "The server gave another %s before: %s", name, *line ? line : "none");
}

void
secure_compare(SecureVerdict *verdict, const SecureMessage *message, const GPtrArray *shown)
{
	static const char *const names[] = {"From", "To", "Cc", "Date", "Subject"};
	g_autoptr(GString) others = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *true_values = values_of(message->header, names[i]);
		g_autofree char *values = values_of(shown, names[i]);

		if (strcmp(values, true_values) == 0)
			continue;
		g_string_append_printf(others, "%s%s", others->len ? ", " : "", names[i]);
		tell_another(verdict, names[i], values);
	}
	if (others->len)
		doubt(verdict,
			g_strconcat("the server gave another ", others->str, " before", NULL));
}

void
secure_verdict_free(SecureVerdict *verdict)
{
	if (!verdict)
		return;
	g_free(verdict->summary);
	g_ptr_array_unref(verdict->details);
	g_free(verdict);
}
