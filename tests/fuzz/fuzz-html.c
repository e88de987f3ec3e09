/* Any bytes as an HTML part, whole and in pieces: the same document. Three bytes choose the charset,
 * the size that is taken and the size of the pieces. */
#include "mime/html.h"

#include <string.h>

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

/* Nothing in it can harm a terminal, and spans are in order and inside. */
static void
assert_sound(const MimeLine *line)
{
	gsize at = 0, len = strlen(line->text);

	g_assert_true(g_utf8_validate(line->text, -1, NULL));
	g_assert_null(strpbrk(line->text, "\r\n\t\033"));
	g_assert_null(line->lead ? strpbrk(line->lead, "\r\n\t\033") : NULL);
	g_assert_cmpuint(line->quote, <=, 64);
	for (guint i = 0; i < line->n_spans; i++) {
		g_assert_cmpuint(line->spans[i].start, >=, at);
		at = line->spans[i].start + line->spans[i].len;
		g_assert_cmpuint(at, <=, len);
	}
}

static void
assert_equal(const MimeDocument *a, const MimeDocument *b)
{
	g_assert_cmpuint(mime_document_count(a), ==, mime_document_count(b));
	for (guint i = 0; i < mime_document_count(a); i++) {
		const MimeLine *one = mime_document_line(a, i);
		const MimeLine *other = mime_document_line(b, i);

		assert_sound(one);
		g_assert_cmpint(one->kind, ==, other->kind);
		g_assert_cmpuint(one->quote, ==, other->quote);
		g_assert_cmpstr(one->text, ==, other->text);
		g_assert_cmpstr(one->lead, ==, other->lead);
		g_assert_cmpuint(one->n_spans, ==, other->n_spans);
		for (guint s = 0; s < one->n_spans; s++)
			g_assert_cmpmem(&one->spans[s], sizeof(TextSpan), &other->spans[s],
				sizeof(TextSpan));
	}
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
	assert_equal(whole, cut);
	return 0;
}
