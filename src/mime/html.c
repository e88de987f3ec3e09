#include "mime/html.h"

#include "mime/charset.h"
#include "mime/html-page.h"
#include "mime/html-token.h"
#include "mime/html-walk.h"
#include "mime/transfer.h"

#include <string.h>

#define DEFAULT_MAX_BYTES (8u * 1024 * 1024)

enum {
	PIECE_BYTES = 16384, /* taken through all steps at once, so that buffers stay small */
	HEAD_BYTES = 1024,   /* where a charset is looked for, as in browsers */
	MAX_CHARSET = 40,
};

struct MimeHtml {
	MimeDocument *document;
	MimeTransfer *transfer;
	MimeDecoder *decoder; /* NULL while the charset is looked for */
	HtmlTokens *tokens;
	HtmlPage *page;
	HtmlWalk *walk;
	GString *bytes; /* without transfer encoding */
	GString *text;  /* UTF-8 */
	gsize left;     /* bytes of text that may still come */
	gboolean after_cr;
	gboolean full;
	gboolean ended;
};

static void
on_text(gpointer user, const char *text, gsize len)
{
	html_walk_text(((MimeHtml *)user)->walk, text, len);
}

static void
on_tag(gpointer user, const HtmlTag *tag)
{
	html_walk_tag(((MimeHtml *)user)->walk, tag);
}

static void
on_style(gpointer user, const char *css, gsize len)
{
	html_walk_style(((MimeHtml *)user)->walk, css, len);
}

MimeHtml *
mime_html_new(const MimeTextFormat *format, MimeDocument *document)
{
	static const HtmlTokenSink sink = {on_text, on_tag, on_style};
	MimeHtml *html = g_new0(MimeHtml, 1);

	html->document = mime_document_ref(document);
	html->transfer = mime_transfer_new(format->encoding);
	html->decoder =
		mime_charset_says(format->charset) ? mime_decoder_new(format->charset) : NULL;
	html->tokens = html_tokens_new(&sink, html);
	html->page = html_page_new(document);
	html->walk = html_walk_new(html->page, mime_document_links(document));
	if (format->legacy_fields)
		html_walk_hide_class(html->walk, "header-protection-legacy-display");
	html->bytes = g_string_new(NULL);
	html->text = g_string_new(NULL);
	html->left = format->max_bytes ? format->max_bytes : DEFAULT_MAX_BYTES;
	return html;
}

void
mime_html_free(MimeHtml *html)
{
	if (!html)
		return;
	html_walk_free(html->walk);
	html_page_free(html->page);
	html_tokens_free(html->tokens);
	mime_decoder_free(html->decoder);
	mime_transfer_free(html->transfer);
	mime_document_unref(html->document);
	g_string_free(html->bytes, TRUE);
	g_string_free(html->text, TRUE);
	g_free(html);
}

/* --- The charset ------------------------------------------------------------------------------- */

static gboolean
begins_with(const GString *bytes, const char *mark, gsize len)
{
	return bytes->len >= len && memcmp(bytes->str, mark, len) == 0;
}

/* The name behind "charset=" in the first <meta> that has one, else NULL. */
static char *
charset_of_meta(const GString *bytes)
{
	g_autofree char *head = g_ascii_strdown(bytes->str, (gssize)MIN(bytes->len, HEAD_BYTES));
	const char *name = head;
	gsize len;

	while ((name = strstr(name, "<meta"))) {
		const char *end = strchr(name, '>');
		const char *charset = strstr(name, "charset");

		name += strlen("<meta");
		if (!charset || (end && charset > end))
			continue;
		charset += strlen("charset");
		charset += strspn(charset, " =\"'");
		len = strcspn(charset, " \t\r\n;\"'/>");
		if (len > 0 && len <= MAX_CHARSET)
			return g_strndup(charset, len);
	}
	return NULL;
}

static char *
find_charset(const GString *bytes)
{
	char *name;

	if (begins_with(bytes, "\xef\xbb\xbf", 3))
		return g_strdup("utf-8");
	if (begins_with(bytes, "\xff\xfe", 2) || begins_with(bytes, "\xfe\xff", 2))
		return g_strdup("utf-16");
	name = charset_of_meta(bytes);
	/* What could be read so far is not UTF-16. */
	if (name && g_str_has_prefix(name, "utf-16")) {
		g_free(name);
		return g_strdup("utf-8");
	}
	return name;
}

/* --- From bytes to the page -------------------------------------------------------------------- */

/* Cuts the decoded text at what may still come, between two characters. */
static void
take_from_limit(MimeHtml *html)
{
	gsize len = html->text->len;

	if (len > html->left) {
		len = html->left;
		while (len > 0 && ((guint8)html->text->str[len] & 0xc0) == 0x80)
			len--;
		g_string_truncate(html->text, len);
		html->full = TRUE;
	}
	html->left -= len;
}

/* CRLF and CR become LF, as the standard has it before all else. */
static void
unify_line_ends(MimeHtml *html)
{
	char *text = html->text->str;
	gsize out = 0;

	if (!html->after_cr && !memchr(text, '\r', html->text->len))
		return;
	for (gsize i = 0; i < html->text->len; i++) {
		gboolean second = html->after_cr && text[i] == '\n';

		html->after_cr = text[i] == '\r';
		if (!second)
			text[out++] = html->after_cr ? '\n' : text[i];
	}
	g_string_truncate(html->text, out);
}

static void
decode_piece(MimeHtml *html, gboolean last)
{
	if (!html->decoder) {
		g_autofree char *charset = NULL;

		if (!last && html->bytes->len < HEAD_BYTES)
			return;
		charset = find_charset(html->bytes);
		html->decoder = mime_decoder_new(charset);
	}
	g_string_truncate(html->text, 0);
	mime_decoder_feed(html->decoder, html->bytes->str, html->bytes->len, last, html->text);
	g_string_truncate(html->bytes, 0);
	take_from_limit(html);
	unify_line_ends(html);
	html_tokens_feed(html->tokens, html->text->str, html->text->len);
	html->full = html->full || html_page_is_full(html->page);
}

void
mime_html_feed(MimeHtml *html, const char *bytes, gsize len)
{
	while (len > 0 && !html->full && !html->ended) {
		gsize piece = MIN(len, PIECE_BYTES);

		mime_transfer_feed(html->transfer, bytes, piece, html->bytes);
		decode_piece(html, FALSE);
		bytes += piece;
		len -= piece;
	}
}

void
mime_html_end(MimeHtml *html)
{
	if (html->ended)
		return;
	html->ended = TRUE;
	if (!html->full) {
		mime_transfer_end(html->transfer, html->bytes);
		decode_piece(html, TRUE);
	}
	html_tokens_end(html->tokens);
	html_walk_end(html->walk);
	if (html->full)
		mime_document_add(html->document, MIME_LINE_NOTE, 0,
			"The rest of this text is left out, it is too long. Save the part to see "
			"it all.");
	else if (html_page_lines(html->page) == 0)
		mime_document_add(
			html->document, MIME_LINE_NOTE, 0, "There is no text in this message.");
}
