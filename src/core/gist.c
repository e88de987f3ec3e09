#include "core/gist.h"

#include "core/convert.h"
#include "imap/structure.h"
#include "mime/html.h"

#include <string.h>

struct Gist {
	ImapStructure *structure;
	const ImapPart *part; /* NULL: there is no text */
	MimeText *plain;      /* one of these, while it is fed */
	MimeHtml *html;
	MimeDocument *document;
};

Gist *
gist_new(Core *core, guint32 folder, guint32 uid)
{
	g_autoptr(StoreMessage) message = store_message_get(core->store, folder, uid, TRUE);
	gboolean html = strcmp(config_value(core->config, "prefer-html"), "true") == 0;
	ImapStructure *structure;
	const char *bytes;
	gsize len = 0;
	Gist *gist;

	if (!message || !message->structure)
		return NULL;
	bytes = g_bytes_get_data(message->structure, &len);
	structure = imap_structure_from_text(bytes, len);
	if (!structure)
		return NULL;
	gist = g_new0(Gist, 1);
	gist->structure = structure;
	gist->part = convert_text_part(imap_structure_root(structure), html);
	gist->document = mime_document_new();
	return gist;
}

void
gist_free(Gist *gist)
{
	if (!gist)
		return;
	mime_text_free(gist->plain);
	mime_html_free(gist->html);
	mime_document_unref(gist->document);
	imap_structure_free(gist->structure);
	g_free(gist);
}

const char *
gist_section(const Gist *gist, guint i, guint64 *out_octets)
{
	if (i || !gist->part)
		return NULL;
	*out_octets = gist->part->octets;
	return gist->part->section;
}

static void
begin(Gist *gist)
{
	MimeTextFormat format = {
		.encoding = gist->part->encoding.data,
		.charset = imap_params_get(&gist->part->params, "charset"),
	};

	if (gist->plain || gist->html)
		return;
	if (convert_is_html(gist->part))
		gist->html = mime_html_new(&format, gist->document);
	else
		gist->plain = mime_text_new(&format, gist->document);
}

void
gist_feed(Gist *gist, guint i, const char *bytes, gsize len)
{
	begin(gist);
	if (gist->html)
		mime_html_feed(gist->html, bytes, len);
	else
		mime_text_feed(gist->plain, bytes, len);
}

void
gist_end(Gist *gist, guint i)
{
	begin(gist);
	if (gist->html)
		mime_html_end(gist->html);
	else
		mime_text_end(gist->plain);
}

void
gist_add_words(const Gist *gist, GString *text, gsize max)
{
	guint n = mime_document_count(gist->document);

	for (guint i = 0; i < n && text->len < max; i++)
		g_string_append_printf(text, "%s\n", mime_document_line(gist->document, i)->text);
}
