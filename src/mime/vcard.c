#include "mime/vcard.h"

#include "mime/content-line.h"
#include "mime/note.h"

#include <string.h>

enum {
	MAX_CARDS = 50,
	MAX_FIELDS = 60, /* of one card that are shown */
	NAME_PARTS = 5,
	ADDRESS_PARTS = 7,
};

/* What a property is called; in this order they are shown. */
static const struct {
	const char *property, *name;
} shown[] = {
	{"NICKNAME", "Nickname"},
	{"ORG", "At"},
	{"TITLE", "Title"},
	{"ROLE", "Role"},
	{"EMAIL", "Mail"},
	{"TEL", "Phone"},
	{"IMPP", "Chat"},
	{"ADR", "Address"},
	{"LABEL", "Address"},
	{"URL", "Web"},
	{"BDAY", "Birthday"},
	{"NOTE", "Note"},
};

typedef struct {
	guint rank; /* in SHOWN */
	char *text;
} Field;

typedef struct {
	char *name;      /* FN */
	char *made_name; /* of N */
	GArray *fields;  /* Field */
	gboolean photo, key, address;
} Card;

static void
clear_field(gpointer data)
{
	g_free(((Field *)data)->text);
}

static void
card_clear(Card *card)
{
	g_free(card->name);
	g_free(card->made_name);
	g_clear_pointer(&card->fields, g_array_unref);
	*card = (Card){0};
}

static void
card_begin(Card *card)
{
	card_clear(card);
	card->fields = g_array_new(FALSE, FALSE, sizeof(Field));
	g_array_set_clear_func(card->fields, clear_field);
}

/* --- Properties -------------------------------------------------------------------------------- */

static char *
join(GStrv parts, const guint *order, guint n, const char *between)
{
	GString *out = g_string_new(NULL);
	guint have = g_strv_length(parts);

	for (guint i = 0; i < n; i++) {
		if (order[i] >= have || !*parts[order[i]])
			continue;
		if (out->len)
			g_string_append(out, between);
		g_string_append(out, parts[order[i]]);
	}
	return g_string_free(out, FALSE);
}

/* "Lovelace;Ada;King;Countess;" (RFC 6350 6.2.2) as it is said. */
static char *
name_of(const ContentLine *line)
{
	static const guint order[NAME_PARTS] = {3, 1, 2, 0, 4};
	g_auto(GStrv) parts = content_line_fields(line, NAME_PARTS);

	return join(parts, order, NAME_PARTS, " ");
}

/* Box, extension, street, town, region, code, country (RFC 6350 6.3.1): street, code and town, the
 * rest. */
static char *
address_of(const ContentLine *line)
{
	static const guint order[ADDRESS_PARTS] = {0, 1, 2, 5, 3, 4, 6};
	g_auto(GStrv) parts = content_line_fields(line, ADDRESS_PARTS);
	char *address;

	for (guint i = 0; parts[i]; i++)
		g_strdelimit(parts[i], "\n", ' ');
	address = join(parts, order, ADDRESS_PARTS, ", ");
	return address;
}

static char *
organisation_of(const ContentLine *line)
{
	static const guint order[] = {0, 1, 2, 3};
	g_auto(GStrv) parts = content_line_fields(line, G_N_ELEMENTS(order));

	return join(parts, order, G_N_ELEMENTS(order), ", ");
}

/* " (work, fax)" of all TYPEs that tell something. */
static char *
types_of(const ContentLine *line)
{
	static const char *const telling[] = {
		"home", "work", "cell", "mobile", "fax", "pager", "car", "video", NULL};
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < line->n_params; i++) {
		g_autofree char *value = g_ascii_strdown(line->param_values[i], -1);
		g_auto(GStrv) words = g_strsplit(value, ",", 8);

		if (strcmp(line->param_names[i], "TYPE") != 0)
			continue;
		for (guint w = 0; words[w]; w++)
			if (g_strv_contains(telling, words[w]))
				g_string_append_printf(
					out, "%s%s", out->len ? ", " : " (", words[w]);
	}
	if (out->len)
		g_string_append_c(out, ')');
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
text_of(const ContentLine *line)
{
	g_autofree char *text = NULL, *types = types_of(line);
	const char *bare;

	if (strcmp(line->name, "ADR") == 0)
		text = address_of(line);
	else if (strcmp(line->name, "ORG") == 0)
		text = organisation_of(line);
	else
		text = content_line_text(line);
	bare = g_str_has_prefix(text, "tel:") || g_str_has_prefix(text, "mailto:")
		       ? strchr(text, ':') + 1
		       : text;
	return *bare ? g_strconcat(bare, types, NULL) : NULL;
}

static void
card_take(Card *card, const ContentLine *line)
{
	if (strcmp(line->name, "FN") == 0 && !card->name)
		card->name = content_line_text(line);
	else if (strcmp(line->name, "N") == 0 && !card->made_name)
		card->made_name = name_of(line);
	card->photo |= strcmp(line->name, "PHOTO") == 0 || strcmp(line->name, "LOGO") == 0;
	card->key |= strcmp(line->name, "KEY") == 0;
	card->address |= strcmp(line->name, "ADR") == 0;
	for (guint i = 0; i < G_N_ELEMENTS(shown) && card->fields->len < MAX_FIELDS; i++) {
		Field field = {.rank = i};

		if (strcmp(line->name, shown[i].property) != 0)
			continue;
		field.text = text_of(line);
		if (field.text)
			g_array_append_val(card->fields, field);
	}
}

/* --- Showing ----------------------------------------------------------------------------------- */

static void
card_show(const Card *card, MimeDocument *document)
{
	const char *name = card->name && *card->name ? card->name : card->made_name;

	if (mime_document_count(document) > 0)
		mime_document_add(document, MIME_LINE_TEXT, 0, "");
	mime_document_add(
		document, MIME_LINE_HEADING, 0, name && *name ? name : "A card without a name");
	for (guint rank = 0; rank < G_N_ELEMENTS(shown); rank++) {
		/* A label is the same address once more. */
		if (card->address && strcmp(shown[rank].property, "LABEL") == 0)
			continue;
		for (guint i = 0; i < card->fields->len; i++) {
			const Field *field = &g_array_index(card->fields, Field, i);

			if (field->rank == rank)
				mime_note_field(document, shown[rank].name, field->text);
		}
	}
	if (card->photo)
		mime_document_add(document, MIME_LINE_NOTE, 0, "With a picture, not shown.");
	if (card->key)
		mime_document_add(document, MIME_LINE_NOTE, 0, "With a key for encrypted mail.");
}

gboolean
mime_vcard_render(const char *text, gsize len, MimeDocument *document)
{
	const char *at = text;
	ContentLine line;
	Card card = {0};
	guint n = 0;

	while (content_line_next(&at, text + len, &line)) {
		if (strcmp(line.name, "BEGIN") == 0 &&
			g_ascii_strncasecmp(line.value, "VCARD", 5) == 0) {
			if (card.fields && n++ < MAX_CARDS)
				card_show(&card, document);
			card_begin(&card);
		} else if (card.fields) {
			card_take(&card, &line);
		}
		content_line_clear(&line);
	}
	if (card.fields && n++ < MAX_CARDS)
		card_show(&card, document);
	card_clear(&card);
	if (n > MAX_CARDS) {
		g_autofree char *note = g_strdup_printf("%u more cards.", n - MAX_CARDS);

		mime_document_add(document, MIME_LINE_NOTE, 0, note);
	}
	return n > 0;
}
