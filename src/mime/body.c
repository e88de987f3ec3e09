#include "mime/body.h"

#include "base/text.h"
#include "mime/charset.h"
#include "mime/lines.h"
#include "mime/transfer.h"

#include <string.h>

#define DEFAULT_MAX_BYTES (8u * 1024 * 1024)
#define MAX_FILES         200
#define PIECE_BYTES       16384 /* taken through all steps at once, so that buffers stay small */

/* --- The document ------------------------------------------------------------------------------ */

struct MimeDocument {
	guint refs;
	GArray *lines; /* MimeLine */
	GStringChunk *texts;
	HtmlLinks *links;
	GArray *files; /* MimeFile */
};

static void
clear_line(gpointer data)
{
	g_free((gpointer)((MimeLine *)data)->spans);
}

static void
clear_file(gpointer data)
{
	g_free(((MimeFile *)data)->name);
}

MimeDocument *
mime_document_new(void)
{
	MimeDocument *document = g_new0(MimeDocument, 1);

	document->refs = 1;
	document->lines = g_array_new(FALSE, FALSE, sizeof(MimeLine));
	g_array_set_clear_func(document->lines, clear_line);
	document->texts = g_string_chunk_new(4096);
	document->links = html_links_new();
	document->files = g_array_new(FALSE, FALSE, sizeof(MimeFile));
	g_array_set_clear_func(document->files, clear_file);
	return document;
}

MimeDocument *
mime_document_ref(MimeDocument *document)
{
	document->refs++;
	return document;
}

void
mime_document_unref(MimeDocument *document)
{
	if (!document || --document->refs)
		return;
	g_array_unref(document->lines);
	g_string_chunk_free(document->texts);
	html_links_free(document->links);
	g_array_unref(document->files);
	g_free(document);
}

guint
mime_document_count(const MimeDocument *document)
{
	return document->lines->len;
}

const MimeLine *
mime_document_line(const MimeDocument *document, guint i)
{
	return i < document->lines->len ? &g_array_index(document->lines, MimeLine, i) : NULL;
}

static gsize
clean_length(const char *text, gsize len)
{
	g_autofree char *clean = text_clean(text, (gssize)len, TEXT_LINE);

	return strlen(clean);
}

/* The spans of TEXT as they lie in CLEAN: both are cut at the same places, and what is cleaned away
 * is cleaned away between them. */
static TextSpan *
move_spans(const MimeLine *line, const char *clean)
{
	TextSpan *spans = g_memdup2(line->spans, line->n_spans * sizeof(TextSpan));
	gsize len = strlen(clean), from = 0, to = 0;

	if (len == strlen(line->text))
		return spans;
	for (guint i = 0; i < line->n_spans; i++) {
		guint end = spans[i].start + spans[i].len;

		to = MIN(to + clean_length(line->text + from, spans[i].start - from), len);
		from = spans[i].start;
		spans[i].start = (guint)to;
		to = MIN(to + clean_length(line->text + from, end - from), len);
		from = end;
		spans[i].len = (guint)to - spans[i].start;
	}
	return spans;
}

void
mime_document_add_line(MimeDocument *document, const MimeLine *line)
{
	g_autofree char *clean = text_clean(line->text, -1, TEXT_LINE);
	g_autofree char *lead = line->lead ? text_clean(line->lead, -1, TEXT_LINE) : NULL;
	MimeLine copy = {.kind = line->kind, .quote = line->quote, .n_spans = line->n_spans};

	copy.text = g_string_chunk_insert(document->texts, clean);
	copy.lead = lead ? g_string_chunk_insert_const(document->texts, lead) : NULL;
	copy.spans = line->n_spans ? move_spans(line, clean) : NULL;
	g_array_append_val(document->lines, copy);
}

void
mime_document_add(MimeDocument *document, MimeLineKind kind, guint quote, const char *text)
{
	mime_document_add_line(document, &(MimeLine){.kind = kind, .quote = quote, .text = text});
}

HtmlLinks *
mime_document_links(MimeDocument *document)
{
	return document->links;
}

guint
mime_document_file_count(const MimeDocument *document)
{
	return document->files->len;
}

const MimeFile *
mime_document_file(const MimeDocument *document, guint i)
{
	return i < document->files->len ? &g_array_index(document->files, MimeFile, i) : NULL;
}

void
mime_document_add_file(MimeDocument *document, const char *name, guint64 size)
{
	MimeFile file = {.size = size};

	if (document->files->len == MAX_FILES)
		return;
	file.name = g_strdup(name);
	g_array_append_val(document->files, file);
}

/* --- From bytes to lines ----------------------------------------------------------------------- */

struct MimeText {
	MimeDocument *document;
	MimeTransfer *transfer;
	MimeDecoder *decoder;
	MimeLines *lines;
	char *charset;
	GString *bytes; /* without transfer encoding */
	GString *text;  /* UTF-8 */
	gsize left;     /* bytes of text that may still come */
	gboolean full;  /* no more is taken */
	gboolean ended;
	gboolean foreign; /* something beyond ASCII was seen */
};

MimeText *
mime_text_new(const MimeTextFormat *format, MimeDocument *document)
{
	MimeText *text = g_new0(MimeText, 1);

	text->document = mime_document_ref(document);
	text->transfer = mime_transfer_new(format->encoding);
	text->decoder = mime_decoder_new(format->charset);
	text->lines = mime_lines_new(document, format);
	text->charset = g_strdup(format->charset);
	text->bytes = g_string_new(NULL);
	text->text = g_string_new(NULL);
	text->left = format->max_bytes ? format->max_bytes : DEFAULT_MAX_BYTES;
	return text;
}

/* Cuts the decoded text at what may still come, between two characters. */
static void
take_from_limit(MimeText *text)
{
	gsize len = text->text->len;

	if (len > text->left) {
		len = text->left;
		while (len > 0 && ((guint8)text->text->str[len] & 0xc0) == 0x80)
			len--;
		g_string_truncate(text->text, len);
		text->full = TRUE;
	}
	text->left -= len;
}

static gboolean
is_ascii(const GString *text)
{
	for (gsize i = 0; i < text->len; i++)
		if ((guint8)text->str[i] & 0x80)
			return FALSE;
	return TRUE;
}

static void
decode_piece(MimeText *text, gboolean last)
{
	g_string_truncate(text->text, 0);
	mime_decoder_feed(text->decoder, text->bytes->str, text->bytes->len, last, text->text);
	g_string_truncate(text->bytes, 0);
	take_from_limit(text);
	text->foreign = text->foreign || !is_ascii(text->text);
	if (!mime_lines_feed(text->lines, text->text->str, text->text->len))
		text->full = TRUE;
}

void
mime_text_feed(MimeText *text, const char *bytes, gsize len)
{
	while (len > 0 && !text->full && !text->ended) {
		gsize piece = MIN(len, PIECE_BYTES);

		mime_transfer_feed(text->transfer, bytes, piece, text->bytes);
		decode_piece(text, FALSE);
		bytes += piece;
		len -= piece;
	}
}

void
mime_text_end(MimeText *text)
{
	if (text->ended)
		return;
	text->ended = TRUE;
	if (!text->full) {
		mime_transfer_end(text->transfer, text->bytes);
		decode_piece(text, TRUE);
	}
	if (!mime_lines_end(text->lines) || text->full)
		mime_document_add(text->document, MIME_LINE_NOTE, 0,
			"The rest of this text is left out, it is too long. Save the part to see "
			"it all.");
	if (text->foreign && !mime_decoder_known(text->decoder)) {
		g_autofree char *note = g_strdup_printf(
			"The charset %s is not known here; some letters may be wrong.",
			text->charset);

		mime_document_add(text->document, MIME_LINE_NOTE, 0, note);
	}
}

void
mime_text_free(MimeText *text)
{
	if (!text)
		return;
	mime_lines_free(text->lines);
	mime_decoder_free(text->decoder);
	mime_transfer_free(text->transfer);
	mime_document_unref(text->document);
	g_string_free(text->bytes, TRUE);
	g_string_free(text->text, TRUE);
	g_free(text->charset);
	g_free(text);
}
