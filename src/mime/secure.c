#include "mime/secure.h"

#include "mime/armor.h"
#include "mime/entity.h"
#include "mime/header.h"
#include "mime/message.h"

#include <string.h>

#define MAX_DEPTH  20   /* of parts in one another */
#define MAX_PARTS  1000 /* of one multipart */
#define MAX_LAYERS 16   /* each costs processes of GnuPG */
#define MAX_PIECES 200
#define MAX_PLAIN  (64u * 1024 * 1024) /* octets that all layers together may hold */
#define MAX_HEADER (256 * 1024)        /* octets of a header that is shown */

/* What is under way. */
typedef struct {
	SecureMessage *message;
	const SecureSetup *setup;
	CryptStop *stop;
	gsize plain_left; /* octets that may still come out of layers */
} Walk;

static void walk(Walk *self, const MimeEntity *entity, gint layer, guint depth);

/* ---- the message ---- */

static void
clear_layer(gpointer data)
{
	crypt_result_free(((SecureLayer *)data)->result);
}

static void
clear_piece(gpointer data)
{
	g_bytes_unref(((SecurePiece *)data)->entity);
	mime_part_free(((SecurePiece *)data)->tree);
}

static void
clear_field(gpointer data)
{
	g_free(((SecureField *)data)->name);
	g_free(((SecureField *)data)->value);
}

static GArray *
array_new(gsize size, GDestroyNotify clear)
{
	GArray *array = g_array_new(FALSE, TRUE, (guint)size);

	g_array_set_clear_func(array, clear);
	return array;
}

static SecureMessage *
message_new(void)
{
	SecureMessage *message = g_new0(SecureMessage, 1);

	message->layers = array_new(sizeof(SecureLayer), clear_layer);
	message->pieces = array_new(sizeof(SecurePiece), clear_piece);
	message->fields = array_new(sizeof(SecureField), clear_field);
	return message;
}

void
secure_free(SecureMessage *message)
{
	if (!message)
		return;
	g_array_unref(message->layers);
	g_array_unref(message->pieces);
	g_ptr_array_unref(message->header);
	g_array_unref(message->fields);
	g_free(message->sender);
	g_free(message->covered_sender);
	g_free(message);
}

static void
add_piece(Walk *self, gint layer, GBytes *take_entity)
{
	SecurePiece piece = {layer, take_entity, NULL};
	gsize len = 0;
	const char *octets = take_entity ? g_bytes_get_data(take_entity, &len) : NULL;

	if (self->message->pieces->len < MAX_PIECES) {
		if (take_entity)
			piece.tree = mime_message_parse(octets ? octets : "", len);
		g_array_append_val(self->message->pieces, piece);
		return;
	}
	self->message->cut = TRUE;
	g_bytes_unref(take_entity);
}

static void
add_entity(Walk *self, gint layer, const MimeEntity *entity)
{
	add_piece(self, layer, g_bytes_new(entity->octets, entity->len));
}

/* Runs GnuPG; the index of the new layer. -1: there are too many. */
static gint
add_layer(Walk *self, CryptTask *task, gint outer)
{
	SecureLayer layer = {.protocol = task->protocol, .outer = outer};

	if (self->message->layers->len >= MAX_LAYERS)
		return -1;
	task->ask = self->setup->ask;
	task->ask_user = self->setup->ask_user;
	task->agent_asks = self->setup->agent_asks;
	task->gpgsm = self->setup->gpgsm;
	task->max_plain = self->plain_left;
	layer.result = crypt_run(task, self->stop);
	layer.sealed =
		task->act == CRYPT_DECRYPT && (layer.result->decrypted || layer.result->error);
	if (layer.result->plain)
		self->plain_left -= g_bytes_get_size(layer.result->plain);
	g_array_append_val(self->message->layers, layer);
	return (gint)self->message->layers->len - 1;
}

static const CryptResult *
result_of(const Walk *self, gint layer)
{
	return g_array_index(self->message->layers, SecureLayer, layer).result;
}

/* ---- what kind of part it is ---- */

typedef enum { KIND_PLAIN, KIND_SIGNED, KIND_PGP_SEALED, KIND_PKCS7, KIND_INLINE, KIND_MULTI } Kind;

static gboolean
is_attached(const MimeEntity *entity)
{
	g_autofree char *disposition = mime_entity_field(entity, "Content-Disposition");

	return disposition && g_ascii_strncasecmp(disposition, "attachment", 10) == 0;
}

gboolean
secure_is_inline(const char *octets, gsize len)
{
	/* Quoted-printable leaves dashes and capitals as they are; base64 hides them, and then it is
	 * no mail that somebody's PGP wrote. */
	return g_strstr_len(octets, (gssize)len, "-----BEGIN PGP SIGNED MESSAGE-----") ||
	       g_strstr_len(octets, (gssize)len, "-----BEGIN PGP MESSAGE-----");
}

static Kind
kind_of(const MimeEntity *entity)
{
	g_autofree char *type = mime_entity_type(entity);
	g_autofree char *protocol = mime_entity_param(entity, "protocol");

	if (strcmp(type, "multipart/signed") == 0)
		return KIND_SIGNED;
	if (strcmp(type, "multipart/encrypted") == 0)
		return !protocol || g_ascii_strcasecmp(protocol, "application/pgp-encrypted") == 0
			       ? KIND_PGP_SEALED
			       : KIND_MULTI;
	if (strcmp(type, "application/pkcs7-mime") == 0 ||
		strcmp(type, "application/x-pkcs7-mime") == 0)
		return KIND_PKCS7;
	if (g_str_has_prefix(type, "multipart/"))
		return KIND_MULTI;
	if (strcmp(type, "text/plain") == 0 && !is_attached(entity) &&
		secure_is_inline(entity->octets + entity->body, entity->len - entity->body))
		return KIND_INLINE;
	return KIND_PLAIN;
}

/* TRUE when something inside of it is signed or encrypted. A message that was forwarded as a whole
 * has its own reader. */
static gboolean
holds_layers(const MimeEntity *entity, guint depth)
{
	Kind kind = kind_of(entity);
	g_autoptr(GArray) children = NULL;

	if (kind != KIND_MULTI || depth >= MAX_DEPTH)
		return kind != KIND_MULTI && kind != KIND_PLAIN;
	children = mime_entity_children(entity, MAX_PARTS);
	for (guint i = 0; i < children->len; i++)
		if (holds_layers(&g_array_index(children, MimeEntity, i), depth + 1))
			return TRUE;
	return FALSE;
}

/* ---- signed ---- */

/* Signed octets are in CRLF form (RFC 3156 section 5); what was inside an encryption may not be. */
static GBytes *
in_crlf(const char *octets, gsize len)
{
	GByteArray *out = g_byte_array_sized_new((guint)len + 64);

	for (gsize i = 0; i < len; i++) {
		if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r'))
			g_byte_array_append(out, (const guint8 *)"\r", 1);
		g_byte_array_append(out, (const guint8 *)octets + i, 1);
	}
	return g_byte_array_free_to_bytes(out);
}

static CryptProtocol
protocol_of(const MimeEntity *signature)
{
	g_autofree char *type = mime_entity_type(signature);

	return strstr(type, "pkcs7-signature") ? CRYPT_SMIME : CRYPT_PGP;
}

static void
walk_signed(Walk *self, const MimeEntity *entity, gint outer, guint depth)
{
	g_autoptr(GArray) children = mime_entity_children(entity, MAX_PARTS);
	const MimeEntity *first = (const MimeEntity *)children->data, *signature;
	g_autoptr(GBytes) data = NULL;
	g_autoptr(GBytes) sent = NULL, octets = NULL;
	CryptTask task = {.act = CRYPT_VERIFY_DETACHED};
	gint layer;

	/* Exactly the signed part and the signature (RFC 1847 section 2.1): of anything else nobody
	 * can say what is signed. */
	if (children->len == 0)
		add_entity(self, outer, entity);
	if (children->len != 2) {
		for (guint i = 0; i < children->len; i++)
			walk(self, &first[i], outer, depth + 1);
		return;
	}
	signature = &first[1];
	task.protocol = protocol_of(signature);
	task.data = data = in_crlf(first->octets, first->len);
	sent = mime_entity_decoded(signature);
	task.signature = octets = armor_for_gnupg(sent);
	layer = add_layer(self, &task, outer);
	walk(self, first, layer < 0 ? outer : layer, depth + 1);
}

/* ---- encrypted ---- */

/* What GnuPG gave is a MIME entity again, or there is nothing to show of it. */
static void
walk_result(Walk *self, gint layer, guint depth)
{
	const CryptResult *result = result_of(self, layer);
	gsize len = 0;
	const char *octets;
	MimeEntity inner;

	if (!result->plain) {
		add_piece(self, layer, NULL);
		return;
	}
	octets = g_bytes_get_data(result->plain, &len);
	inner = mime_entity(octets ? octets : "", len);
	walk(self, &inner, layer, depth + 1);
}

/* What TASK makes of ENTITY is shown for it, or ENTITY itself where it can't be tried. */
static void
walk_opened(Walk *self, CryptTask *task, const MimeEntity *entity, gint outer, guint depth)
{
	gint layer = add_layer(self, task, outer);

	if (layer < 0)
		add_entity(self, outer, entity);
	else
		walk_result(self, layer, depth);
}

static void
walk_pgp_sealed(Walk *self, const MimeEntity *entity, gint outer, guint depth)
{
	g_autoptr(GArray) children = mime_entity_children(entity, MAX_PARTS);
	g_autoptr(GBytes) sent = NULL, data = NULL;
	CryptTask task = {.protocol = CRYPT_PGP, .act = CRYPT_DECRYPT};

	if (children->len != 2) {
		add_entity(self, outer, entity);
		return;
	}
	/* The first part says "Version: 1" (RFC 3156 section 4). */
	sent = mime_entity_decoded(&g_array_index(children, MimeEntity, 1));
	task.data = data = armor_for_gnupg(sent);
	walk_opened(self, &task, entity, outer, depth);
}

/* The smime-type parameter is what the sender says; this is what GnuPG will find (RFC 5652 section
 * 3): a SEQUENCE with the object identifier of signed data, 1.2.840.113549.1.7.2. */
static gboolean
is_signed_data(GBytes *der)
{
	static const char oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
	gsize len = 0;
	const char *octets = g_bytes_get_data(der, &len);

	for (gsize at = 2; at <= 6 && at + sizeof oid - 1 <= len; at++)
		if (memcmp(octets + at, oid, sizeof oid - 1) == 0)
			return TRUE;
	return FALSE;
}

static void
walk_pkcs7(Walk *self, const MimeEntity *entity, gint outer, guint depth)
{
	g_autoptr(GBytes) data = mime_entity_decoded(entity);
	CryptTask task = {.protocol = CRYPT_SMIME, .data = data};

	task.act = is_signed_data(data) ? CRYPT_VERIFY_OPAQUE : CRYPT_DECRYPT;
	walk_opened(self, &task, entity, outer, depth);
}

/* ---- inside of plain text ---- */

/* A text part of its own, in the charset of the part it was in. */
static void
add_text(Walk *self, const MimeEntity *from, gint layer, const char *text, gsize len)
{
	g_autofree char *type = mime_entity_field(from, "Content-Type");
	GByteArray *entity = g_byte_array_new();
	g_autofree char *head =
		g_strdup_printf("Content-Type: %s\r\n\r\n", type ? type : "text/plain");

	g_byte_array_append(entity, (const guint8 *)head, (guint)strlen(head));
	g_byte_array_append(entity, (const guint8 *)text, (guint)len);
	add_piece(self, layer, g_byte_array_free_to_bytes(entity));
}

static void
add_text_around(Walk *self, const MimeEntity *from, gint layer, const char *text, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isspace(text[i])) {
			add_text(self, from, layer, text, len);
			return;
		}
	}
}

/* Of a signed text what GnuPG gives back is what is signed: without the lines that can be slipped in
 * between the head of the block and its text, and without what is around it. */
static void
add_block(Walk *self, const MimeEntity *from, gint outer, const char *text, const ArmorBlock *block)
{
	g_autoptr(GBytes) sent = g_bytes_new(text + block->start, block->len);
	g_autoptr(GBytes) data = armor_for_gnupg(sent);
	CryptTask task = {.protocol = CRYPT_PGP, .data = data};
	gint layer;
	const CryptResult *result;
	gsize len = 0;
	const char *plain;

	task.act = block->kind == ARMOR_SIGNED ? CRYPT_VERIFY_OPAQUE : CRYPT_DECRYPT;
	layer = add_layer(self, &task, outer);
	result = layer < 0 ? NULL : result_of(self, layer);
	plain = result && result->plain ? g_bytes_get_data(result->plain, &len) : NULL;
	if (result && result->plain)
		add_text(self, from, layer, plain, len);
	else if (layer >= 0 && block->kind == ARMOR_SEALED)
		add_piece(self, layer, NULL);
	else
		add_text(self, from, layer < 0 ? outer : layer, text + block->start, block->len);
}

static void
walk_inline(Walk *self, const MimeEntity *entity, gint outer)
{
	g_autoptr(GBytes) decoded = mime_entity_decoded(entity);
	gsize len = 0, at = 0;
	const char *text = g_bytes_get_data(decoded, &len);
	ArmorBlock block;

	/* Each search goes through all of the text: not for blocks that are not opened any more. */
	while (text && self->message->layers->len < MAX_LAYERS &&
		armor_next(text, len, at, &block)) {
		add_text_around(self, entity, outer, text + at, block.start - at);
		add_block(self, entity, outer, text, &block);
		at = block.start + block.len;
	}
	if (text)
		add_text_around(self, entity, outer, text + at, len - at);
}

/* ---- the walk ---- */

static void
walk_children(Walk *self, const MimeEntity *entity, gint layer, guint depth)
{
	g_autoptr(GArray) children = mime_entity_children(entity, MAX_PARTS);

	for (guint i = 0; i < children->len; i++)
		walk(self, &g_array_index(children, MimeEntity, i), layer, depth + 1);
}

static void
walk(Walk *self, const MimeEntity *entity, gint layer, guint depth)
{
	if (depth >= MAX_DEPTH || !holds_layers(entity, depth)) {
		add_entity(self, layer, entity);
		return;
	}
	switch (kind_of(entity)) {
	case KIND_SIGNED: walk_signed(self, entity, layer, depth); break;
	case KIND_PGP_SEALED: walk_pgp_sealed(self, entity, layer, depth); break;
	case KIND_PKCS7: walk_pkcs7(self, entity, layer, depth); break;
	case KIND_INLINE: walk_inline(self, entity, layer); break;
	case KIND_MULTI: walk_children(self, entity, layer, depth); break;
	case KIND_PLAIN: add_entity(self, layer, entity); break;
	}
}

/* ---- header fields ---- */

/* The address of a From field: NULL when there are several, since then nobody can say whose
 * signature is due. Quoted names and comments may hold anything. */
static char *
one_address(const char *field)
{
	gboolean quoted = FALSE;
	guint comment = 0;
	const char *open = NULL, *close = NULL, *at = NULL;

	for (const char *p = field; *p; p++) {
		if (*p == '\\' && p[1] && (quoted || comment))
			p++;
		else if (close && !comment && *p != '(' && !g_ascii_isspace(*p))
			return NULL;
		else if (*p == '"' && !comment)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*p == '(')
			comment++;
		else if (*p == ')' && comment)
			comment--;
		else if (comment)
			continue;
		else if (*p == ',' || *p == ';' || (*p == '<' && open))
			return NULL;
		else if (*p == '<')
			open = p;
		else if (*p == '>' && open && !close)
			close = p;
		else if (*p == '@')
			at = p;
	}
	if (open)
		return close ? g_strstrip(g_strndup(open + 1, (gsize)(close - open - 1))) : NULL;
	return at && !strpbrk(field, "()\"") ? g_strstrip(g_strdup(field)) : NULL;
}

static char *
sender_of(const MimeEntity *entity)
{
	g_autofree char *from = mime_entity_field(entity, "From");

	return from && mime_entity_field_count(entity, "From") == 1 ? one_address(from) : NULL;
}

/* The payload says that its fields are those of the message (RFC 9788 section 2.1.1; before it the
 * parameter had another name and a version). */
static gboolean
covers_fields(const MimeEntity *payload)
{
	g_autofree char *now = mime_entity_param(payload, "hp");
	g_autofree char *before = mime_entity_param(payload, "protected-headers");

	return now || (before && strcmp(before, "v1") == 0);
}

static gboolean
is_signed(const SecureLayer *layer)
{
	for (guint i = 0; i < layer->result->signatures->len; i++) {
		const CryptSignature *signature = g_ptr_array_index(layer->result->signatures, i);

		if (signature->state == CRYPT_SIGNATURE_GOOD)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_from_sender(const SecureMessage *message)
{
	return message->sender && message->covered_sender &&
	       g_ascii_strcasecmp(message->sender, message->covered_sender) == 0;
}

/* Those of the fields that the reader shows; From only where somebody signed it and it names the same address
 * as outside: a message whose inner From is another one must not look as if it came from there (RFC 9788
 * section 4.4). */
static void
take_fields(SecureMessage *message)
{
	static const char *const names[] = {"From", "Subject", "To", "Cc", "Date"};
	const SecurePiece *piece = &g_array_index(message->pieces, SecurePiece, 0);
	const SecureLayer *layer;
	gsize len = 0;
	MimeEntity payload;
	guint i;

	if (message->pieces->len != 1 || piece->layer < 0 || !piece->entity)
		return;
	layer = &g_array_index(message->layers, SecureLayer, piece->layer);
	if (layer->result->error || (!is_signed(layer) && !layer->result->decrypted))
		return;
	payload.octets = g_bytes_get_data(piece->entity, &len);
	payload = mime_entity(payload.octets, len);
	if (!covers_fields(&payload))
		return;
	message->covered_sender = sender_of(&payload);
	for (i = is_from_sender(message) && is_signed(layer) ? 0 : 1; i < G_N_ELEMENTS(names);
		i++) {
		SecureField field = {g_strdup(names[i]), mime_entity_field(&payload, names[i])};

		if (field.value)
			g_array_append_val(message->fields, field);
		else
			clear_field(&field);
	}
}

SecureMessage *
secure_open(GBytes *octets, const SecureSetup *setup, CryptStop *stop)
{
	SecureMessage *message = message_new();
	Walk self = {message, setup, stop, MAX_PLAIN};
	gsize len = 0;
	const char *bytes = g_bytes_get_data(octets, &len);
	MimeEntity entity = mime_entity(bytes ? bytes : "", len);

	message->header = mime_header_fields(entity.octets, MIN(entity.body, MAX_HEADER));
	message->sender = sender_of(&entity);
	walk(&self, &entity, -1, 0);
	take_fields(message);
	return message;
}
