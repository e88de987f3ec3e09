/* Any bytes as a part of a kind that the first byte chooses, whole and in pieces (second byte): the
 * same document. What is said to lie in them can be taken out of them. */
#include "document-check.h"
#include "mime/content.h"
#include "mime/tnef.h"
#include "mime/uuencode.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static MimeDocument *
decode(const char *type, const char *bytes, gsize len, gsize piece)
{
	MimeDocument *document = mime_document_new();
	MimeTextFormat format = {.charset = "utf-8"};
	g_autoptr(MimeContent) content = mime_content_new(type, &format, document);

	mime_content_set_subject(content, "What it is about");
	for (gsize at = 0; at < len; at += piece)
		mime_content_feed(content, bytes + at, MIN(piece, len - at));
	mime_content_end(content);
	return document;
}

static void
check_files(const char *bytes, gsize len)
{
	g_autoptr(GPtrArray) files = mime_tnef_files(bytes, len);

	for (guint i = 0; files && i < files->len; i++) {
		const MimeTnefFile *file = g_ptr_array_index(files, i);

		g_assert_cmpuint(file->start, <=, len);
		g_assert_cmpuint(file->len, <=, len - file->start);
		g_assert_true(g_utf8_validate(file->name, -1, NULL));
	}
	for (guint i = 0; i < 4; i++) {
		g_autofree char *name = NULL;
		g_autoptr(GBytes) file = mime_embedded_extract(bytes, len, i, 100, &name);

		if (!file)
			break;
		g_assert_cmpuint(g_bytes_get_size(file), <=, 100);
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const char *const types[] = {"text/plain", "text/x-patch", "text/vcard",
		"message/delivery-status", "message/disposition-notification",
		"message/feedback-report", "application/ms-tnef", "text/calendar", "text/enriched",
		"text/richtext"};
	const char *bytes = (const char *)data + 2;
	g_autoptr(MimeDocument) whole = NULL, cut = NULL;
	const char *type;

	if (size < 2)
		return 0;
	type = types[data[0] % G_N_ELEMENTS(types)];
	whole = decode(type, bytes, size - 2, size);
	cut = decode(type, bytes, size - 2, 1 + data[1] % 8);
	document_check_equal(whole, cut);
	check_files(bytes, size - 2);
	return 0;
}
