/* Any bytes as a text part, whole and in pieces: the same document. Four bytes choose transfer
 * encoding, charset, format and the size of the pieces. */

#include "mime/body.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static MimeDocument *
decode(const MimeTextFormat *format, const char *bytes, gsize len, gsize piece)
{
	MimeDocument *document = mime_document_new();
	g_autoptr(MimeText) text = mime_text_new(format, document);

	for (gsize at = 0; at < len; at += piece)
		mime_text_feed(text, bytes + at, MIN(piece, len - at));
	mime_text_end(text);
	return document;
}

static void
assert_equal(const MimeDocument *a, const MimeDocument *b)
{
	g_assert_cmpuint(mime_document_count(a), ==, mime_document_count(b));
	for (guint i = 0; i < mime_document_count(a); i++) {
		const MimeLine *one = mime_document_line(a, i);
		const MimeLine *other = mime_document_line(b, i);

		g_assert_cmpint(one->kind, ==, other->kind);
		g_assert_cmpuint(one->quote, ==, other->quote);
		g_assert_cmpstr(one->text, ==, other->text);
		g_assert_true(g_utf8_validate(one->text, -1, NULL));
		g_assert_null(strpbrk(one->text, "\r\n\t\033"));
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const char *const encodings[] = {NULL, "base64", "quoted-printable", "x-uuencode"};
	static const char *const charsets[] = {NULL, "utf-8", "iso-2022-jp", "utf-7", "gb18030",
		"utf-16", "big5", "shift_jis", "iso-2022-kr", "windows-1258", "iso-2022-cn",
		"euc-kr"};
	const char *bytes = (const char *)data + 4;
	MimeTextFormat format = {0};
	g_autoptr(MimeDocument) whole = NULL, cut = NULL;

	if (size < 4)
		return 0;
	format.encoding = encodings[data[0] % G_N_ELEMENTS(encodings)];
	format.charset = charsets[data[1] % G_N_ELEMENTS(charsets)];
	format.flowed = data[2] & 1;
	format.delsp = data[2] & 2;
	format.max_bytes = data[2] & 4 ? 100 : 0;
	whole = decode(&format, bytes, size - 4, size);
	cut = decode(&format, bytes, size - 4, 1 + data[3] % 8);
	assert_equal(whole, cut);
	return 0;
}
