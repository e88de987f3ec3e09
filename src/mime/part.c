#include "mime/part.h"

#include <string.h>

#define MAX_JOINED 4096 /* bytes of a value that comes in pieces */

/* ---- building ---- */

static MimePart *
top_of(MimePart *part)
{
	while (part->parent)
		part = part->parent;
	return part;
}

/* Trees are built in the order of the walk, so the part added last has the highest index. */
static const MimePart *
last_of(const MimePart *part)
{
	while (part->children->len)
		part = g_ptr_array_index(part->children, part->children->len - 1);
	return part;
}

static void
part_free(gpointer data)
{
	MimePart *part = data;

	g_ptr_array_unref(part->children);
	g_ptr_array_unref(part->params);
	g_free(part->type);
	g_free(part->subtype);
	g_free(part->section);
	g_free(part->encoding);
	g_free(part->disposition);
	g_free(part->id);
	g_free(part->name);
	g_free(part->description);
	mime_envelope_free(part->envelope);
	g_free(part);
}

MimePart *
mime_part_new(MimePart *parent, const char *type, const char *subtype)
{
	guint index = parent ? last_of(top_of(parent))->index + 1 : 0;
	guint depth = parent ? parent->depth + 1 : 0;
	MimePart *part;

	if (parent && (index >= MIME_PARTS_MAX || depth >= MIME_DEPTH_MAX)) {
		parent->cut = TRUE;
		return NULL;
	}
	part = g_new0(MimePart, 1);
	part->parent = parent;
	part->place = parent ? parent->children->len : 0;
	part->index = index;
	part->depth = depth;
	part->children = g_ptr_array_new_with_free_func(part_free);
	part->params = g_ptr_array_new_with_free_func(g_free);
	part->type = g_ascii_strdown(type ? type : "application", -1);
	part->subtype = g_ascii_strdown(subtype ? subtype : "octet-stream", -1);
	part->section = g_strdup("");
	part->name = g_strdup("");
	part->description = g_strdup("");
	if (parent)
		g_ptr_array_add(parent->children, part);
	return part;
}

void
mime_part_free(MimePart *root)
{
	if (root)
		part_free(root);
}

static char *
find_param(const MimePart *part, const char *name, gpointer **out_place)
{
	for (guint i = 0; i + 1 < part->params->len; i += 2) {
		if (g_ascii_strcasecmp(g_ptr_array_index(part->params, i), name))
			continue;
		if (out_place)
			*out_place = &part->params->pdata[i + 1];
		return g_ptr_array_index(part->params, i + 1);
	}
	return NULL;
}

/* "us-ascii'en'a%20b" without the charset (of the FIRST piece) and the percents. What is asked for here are
 * words; file names are read with their charset, by mime/filename. */
static char *
plain_value(const char *value, gboolean first)
{
	const char *language = first ? strchr(value, '\'') : NULL;
	const char *text = language ? strchr(language + 1, '\'') : NULL;
	char *plain = g_uri_unescape_string(text ? text + 1 : value, NULL);

	return plain ? plain : g_strdup(text ? text + 1 : value);
}

/* RFC 2231: "boundary*", and pieces "boundary*0", "boundary*1*" in their order. */
void
mime_part_add_param(MimePart *part, const char *name, const char *value)
{
	const char *star = strchr(name, '*');
	g_autofree char *key = star ? g_strndup(name, (gsize)(star - name)) : g_strdup(name);
	gboolean coded = star && g_str_has_suffix(name, "*");
	guint64 piece = star ? g_ascii_strtoull(star + 1, NULL, 10) : 0;
	g_autofree char *plain = coded ? plain_value(value, piece == 0) : g_strdup(value);
	gpointer *place = NULL;
	char *before = piece ? find_param(part, key, &place) : NULL;

	if (!before && part->params->len < 2 * MIME_PARAMS_MAX) {
		g_ptr_array_add(part->params, g_steal_pointer(&key));
		g_ptr_array_add(part->params, g_steal_pointer(&plain));
	} else if (before && strlen(before) < MAX_JOINED) {
		*place = g_strconcat(before, plain, NULL);
		g_free(before);
	}
}

MimeEnvelope *
mime_envelope_new(void)
{
	return g_new0(MimeEnvelope, 1);
}

void
mime_envelope_free(MimeEnvelope *envelope)
{
	if (!envelope)
		return;
	g_free(envelope->from);
	g_free(envelope->to);
	g_free(envelope->cc);
	g_free(envelope->date);
	g_free(envelope->subject);
	g_free(envelope);
}

/* ---- asking ---- */

const char *
mime_part_param(const MimePart *part, const char *name)
{
	return find_param(part, name, NULL);
}

gboolean
mime_part_is(const MimePart *part, const char *type, const char *subtype)
{
	return !strcmp(part->type, type) && (!subtype || !strcmp(part->subtype, subtype));
}

gboolean
mime_part_is_message(const MimePart *part)
{
	return mime_part_is(part, "message", "rfc822") || mime_part_is(part, "message", "global");
}

static gboolean
is_word(const char *word, const char *wanted)
{
	return word && !g_ascii_strcasecmp(word, wanted);
}

gboolean
mime_is_attachment(const MimeWords *words)
{
	if (is_word(words->type, "multipart"))
		return FALSE;
	if (is_word(words->disposition, "attachment"))
		return TRUE;
	if (is_word(words->type, "text"))
		return words->filename;
	if (is_word(words->type, "message"))
		return !is_word(words->subtype, "delivery-status");
	/* Inside the body of an HTML part, or a signature. */
	return !words->id && !is_word(words->subtype, "pgp-signature") &&
	       !is_word(words->subtype, "pkcs7-signature") &&
	       !is_word(words->subtype, "x-pkcs7-signature");
}

gboolean
mime_part_is_encoded(const MimePart *part)
{
	return is_word(part->encoding, "base64") || is_word(part->encoding, "quoted-printable");
}

char *
mime_part_type(const MimePart *part)
{
	return g_strconcat(part->type, "/", part->subtype, NULL);
}

const char *
mime_part_title(const MimePart *part)
{
	return *part->name ? part->name : part->description;
}

const MimePart *
mime_part_next(const MimePart *part)
{
	if (part->children->len)
		return g_ptr_array_index(part->children, 0);
	for (; part->parent; part = part->parent)
		if (part->place + 1 < part->parent->children->len)
			return g_ptr_array_index(part->parent->children, part->place + 1);
	return NULL;
}

const MimePart *
mime_part_at(const MimePart *root, guint index)
{
	const MimePart *part = root;

	while (part && part->index < index)
		part = mime_part_next(part);
	return part;
}

guint
mime_part_count(const MimePart *root)
{
	return last_of(root)->index + 1;
}
