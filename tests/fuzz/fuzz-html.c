/* Any bytes as an HTML part, whole and in pieces: the same document. Three bytes choose the charset,
 * the size that is taken and the size of the pieces. */
#include "document-check.h"
#include "mime/html.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static MimeDocument *
decode(const MimeTextFormat *format, const char *bytes, gsize len, gsize piece)
{
	MimeDocument *document = mime_document_new();
	g_autoptr(MimeHtml) html = mime_html_new(format, document);

	for (gsize at = 0; at < len; at += piece)
		mime_html_feed(html, bytes + at, MIN(piece, len - at));
	mime_html_end(html);
	return document;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const char *const charsets[] = {
		"utf-8", NULL, "windows-1252", "utf-16", "iso-2022-jp"};
	const char *bytes = (const char *)data + 3;
	MimeTextFormat format = {0};
	g_autoptr(MimeDocument) whole = NULL, cut = NULL;

	if (size < 3)
		return 0;
	format.charset = charsets[data[0] % G_N_ELEMENTS(charsets)];
	format.max_bytes = data[1] & 1 ? 100 : 0;
	whole = decode(&format, bytes, size - 3, size);
	cut = decode(&format, bytes, size - 3, 1 + data[2] % 8);
	document_check_equal(whole, cut);
	return 0;
}
