#include "mime/lines.h"

#include "base/text.h"
#include "mime/autolink.h"
#include "mime/patch.h"
#include "mime/uuencode.h"

#include <string.h>

#define MAX_LINES      200000 /* of a document: a line costs more than its bytes */
#define MAX_QUOTE      64     /* more marks are text: a rule of ">>>>" */
#define MAX_TABBED     10000  /* bytes of a line whose tabs are worth lining up */
#define MAX_TABLE_LINE 200    /* a longer line is prose that some editor justified */
#define MAX_LINE_LINKS 32
#define MAX_LINE       32768 /* bytes; a longer one goes on in the next: it must never cost a turn */
#define TABLE_GAP      "   "
#define TAB_STOP       8
#define BLANKS         "        " /* as many */

struct MimeLines {
	MimeDocument *document;
	gboolean flowed;
	gboolean delsp;
	GString *line; /* the open line */
	gboolean after_cr;
	GString *paragraph; /* flowed lines so far */
	guint paragraph_quote;
	gboolean in_paragraph;
	gboolean in_signature;
	gboolean in_legacy; /* before the end of fields that are repeated */
	guint last_quote;
	gboolean full;
	guint blank;        /* empty lines not yet put out: those at the end are dropped */
	gboolean all_patch; /* no quoting, no signature: the whole part is a patch */
	PatchState patch;
	MimeEmbedded *embedded;
	GPtrArray *held; /* lines that may begin a file, or NULL */
	gboolean in_file;
};

MimeLines *
mime_lines_new(MimeDocument *document, const MimeTextFormat *format)
{
	MimeLines *lines = g_new0(MimeLines, 1);

	lines->document = document;
	lines->flowed = format->flowed && !format->patch;
	lines->delsp = lines->flowed && format->delsp;
	lines->all_patch = format->patch;
	lines->in_legacy = format->legacy_fields;
	lines->embedded = mime_embedded_new();
	lines->line = g_string_new(NULL);
	lines->paragraph = g_string_new(NULL);
	return lines;
}

void
mime_lines_free(MimeLines *lines)
{
	if (!lines)
		return;
	mime_embedded_free(lines->embedded);
	g_clear_pointer(&lines->held, g_ptr_array_unref);
	g_string_free(lines->line, TRUE);
	g_string_free(lines->paragraph, TRUE);
	g_free(lines);
}

/* --- Putting out ------------------------------------------------------------------------------- */

static char *
expand_tabs(const char *text, gsize len)
{
	GString *out = g_string_sized_new(len + 32);
	guint column = 0;

	for (const char *end = text + len; text < end;) {
		const char *tab = memchr(text, '\t', (gsize)(end - text));
		gsize run = (gsize)((tab ? tab : end) - text);
		guint gap;

		g_string_append_len(out, text, (gssize)run);
		column += text_width(text, (gssize)run);
		text += run;
		if (!tab)
			break;
		gap = len > MAX_TABBED ? 1 : TAB_STOP - column % TAB_STOP;
		g_string_append_len(out, BLANKS, gap);
		column += gap;
		text++;
	}
	return g_string_free(out, FALSE);
}

static gboolean
has_room(MimeLines *lines)
{
	lines->full = lines->full || mime_document_count(lines->document) >= MAX_LINES;
	return !lines->full;
}

static void
add_span(MimeLine *line, TextSpan *spans, gsize start, gsize len, guint emphasis)
{
	if (len > 0 && emphasis)
		spans[line->n_spans++] = (TextSpan){(guint)start, (guint)len, emphasis};
}

/* The addresses in TEXT become links; the text stays as it is. EMPHASIS is that of the whole line. */
static void
add_line(MimeLines *lines, MimeLineKind kind, guint quote, guint emphasis, const char *text)
{
	HtmlLinks *links = mime_document_links(lines->document);
	TextSpan spans[2 * MAX_LINE_LINKS + 1];
	MimeLine line = {.kind = kind, .quote = quote, .text = text, .spans = spans};
	const char *at = text;

	for (guint n = 0; n < MAX_LINE_LINKS; n++) {
		gsize start, len = autolink_next(at, &start);
		g_autofree char *target = NULL;

		if (len == 0)
			break;
		target = g_strndup(at + start, len);
		(void)html_links_add(links, target);
		add_span(&line, spans, (gsize)(at - text), start, emphasis);
		add_span(&line, spans, (gsize)(at + start - text), len, emphasis | TEXT_LINK);
		at += start + len;
	}
	add_span(&line, spans, (gsize)(at - text), strlen(at), emphasis);
	mime_document_add_line(lines->document, &line);
}

static void
put_line(MimeLines *lines, MimeLineKind kind, guint quote, guint emphasis, const char *text,
	gsize len)
{
	gboolean tabs = memchr(text, '\t', len) != NULL;
	g_autofree char *line = tabs ? expand_tabs(text, len) : g_strndup(text, len);

	if (kind != MIME_LINE_SIGNATURE)
		g_strchomp(line);
	if (!*line && quote == 0) {
		lines->blank++;
		return;
	}
	for (; lines->blank && has_room(lines); lines->blank--)
		mime_document_add(lines->document, MIME_LINE_TEXT, 0, "");
	if (has_room(lines))
		add_line(lines, kind, quote, emphasis, line);
}

static void
end_paragraph(MimeLines *lines)
{
	gboolean signature;

	if (!lines->in_paragraph)
		return;
	lines->in_paragraph = FALSE;
	signature = lines->in_signature && lines->paragraph_quote == 0;
	put_line(lines, signature ? MIME_LINE_SIGNATURE : MIME_LINE_TEXT, lines->paragraph_quote, 0,
		lines->paragraph->str, lines->paragraph->len);
	g_string_truncate(lines->paragraph, 0);
}

/* --- What a line is ---------------------------------------------------------------------------- */

/* The depth of quoting of the line at *TEXT, which moves behind the marks. ">", "> >" and ">>" are
 * all in use; flowed text allows no blank between (RFC 3676 4.5). */
static guint
take_quote(const MimeLines *lines, const char **text)
{
	const char *s = *text;
	guint depth = 0;

	/* mbox files quote "From " at the start of a line, and nobody takes it back. */
	if (lines->last_quote == 0 && g_str_has_prefix(s, ">From ")) {
		*text = s + 1;
		return 0;
	}
	while (*s == '>' && depth < MAX_QUOTE) {
		depth++;
		s++;
		if (!lines->flowed && s[0] == ' ' && s[1] == '>')
			s++;
	}
	if (*s == ' ' && (depth || lines->flowed))
		s++; /* the blank of the quoting or of space-stuffing */
	*text = s;
	return depth;
}

/* A table or a drawing: lines that only make sense one below the other. */
static gboolean
is_table_line(const char *text, gsize len)
{
	const char *start = text + strspn(text, " \t");
	const char *gap = strstr(start, TABLE_GAP);

	if (len > MAX_TABLE_LINE)
		return FALSE;
	if (gap && gap[strspn(gap, " ")])
		return TRUE;
	if (strchr(start, '\t') && *start)
		return TRUE;
	for (const char *s = start; (s = strchr(s, '\xe2')); s++)
		if ((guint8)s[1] == 0x94 || (guint8)s[1] == 0x95) /* U+2500..257F: box drawing */
			return TRUE;
	return FALSE;
}

static gboolean
is_signature_mark(const char *text)
{
	return strcmp(text, "-- ") == 0;
}

/* --- Lines ------------------------------------------------------------------------------------- */

static void
fixed_line(MimeLines *lines, const char *text, gsize len, guint quote)
{
	MimeLineKind kind = MIME_LINE_TEXT;
	PatchLine patch = patch_line(&lines->patch, text, quote);

	end_paragraph(lines);
	if (patch != PATCH_NONE)
		lines->in_signature = FALSE;
	else if (quote == 0 && is_signature_mark(text) && !lines->all_patch)
		lines->in_signature = TRUE;
	if (lines->in_signature && quote == 0)
		kind = MIME_LINE_SIGNATURE;
	else if (patch != PATCH_NONE || lines->all_patch || is_table_line(text, len))
		kind = MIME_LINE_FIXED;
	put_line(lines, kind, quote, patch_emphasis(patch), text, len);
}

static void
flowed_line(MimeLines *lines, const char *text, gsize len, guint quote)
{
	gboolean soft = len > 0 && text[len - 1] == ' ' && !is_signature_mark(text);

	/* Quoting of another depth ends a paragraph even where its last line says it goes on. */
	if (lines->in_paragraph && (lines->paragraph_quote != quote || is_signature_mark(text)))
		end_paragraph(lines);
	if (!soft && !lines->in_paragraph) {
		fixed_line(lines, text, len, quote);
		return;
	}
	lines->in_paragraph = TRUE;
	lines->paragraph_quote = quote;
	g_string_append_len(lines->paragraph, text, (gssize)(soft && lines->delsp ? len - 1 : len));
	if (!soft || lines->paragraph->len >= MAX_LINE)
		end_paragraph(lines);
}

static void
text_line(MimeLines *lines, const char *text, gsize len)
{
	const char *start = text;
	guint quote = lines->all_patch ? 0 : take_quote(lines, &text);

	len -= (gsize)(text - start);
	lines->last_quote = quote;
	if (lines->flowed)
		flowed_line(lines, text, len, quote);
	else
		fixed_line(lines, text, len, quote);
}

/* Tells of the file that stood in the text. */
static void
end_file(MimeLines *lines, gboolean whole)
{
	g_autofree char *note = mime_embedded_note(lines->embedded, whole);
	guint64 size;
	g_autofree char *name = mime_embedded_name(lines->embedded, &size);

	lines->in_file = FALSE;
	mime_document_add_file(lines->document, name, size);
	g_clear_pointer(&lines->held, g_ptr_array_unref);
	end_paragraph(lines);
	put_line(lines, MIME_LINE_NOTE, 0, 0, note, strlen(note));
}

static void
hold_line(MimeLines *lines, const GString *line)
{
	if (!lines->held)
		lines->held = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(lines->held, g_strndup(line->str, line->len));
}

static void
release_held(MimeLines *lines)
{
	for (guint i = 0; lines->held && i < lines->held->len; i++) {
		const char *text = g_ptr_array_index(lines->held, i);

		text_line(lines, text, strlen(text));
	}
	g_clear_pointer(&lines->held, g_ptr_array_unref);
}

/* TRUE when the open line belongs to a file in the text. */
static gboolean
line_of_file(MimeLines *lines)
{
	const GString *line = lines->line;

	switch (mime_embedded_line(lines->embedded, line->str, line->len, TRUE, NULL)) {
	case EMBEDDED_TEXT: return FALSE;
	case EMBEDDED_HELD: hold_line(lines, line); return TRUE;
	case EMBEDDED_NONE: release_held(lines); return line_of_file(lines);
	case EMBEDDED_DATA:
		lines->in_file = TRUE;
		g_clear_pointer(&lines->held, g_ptr_array_unref);
		return TRUE;
	case EMBEDDED_END: end_file(lines, TRUE); return TRUE;
	case EMBEDDED_CUT: end_file(lines, FALSE); return line_of_file(lines);
	}
	return FALSE;
}

/* TRUE when the open line is one of the repeated fields, or the empty one behind them. What does not
 * look like a field is shown with all that follows, whatever the part says. */
static gboolean
line_of_legacy(MimeLines *lines)
{
	const char *text = lines->line->str, *at = text;

	if (!lines->in_legacy)
		return FALSE;
	while (g_ascii_isalnum(*at) || *at == '-')
		at++;
	lines->in_legacy = *text == ' ' || *text == '\t' || (at > text && *at == ':');
	return lines->in_legacy || !*text;
}

static void
end_line(MimeLines *lines)
{
	if (!line_of_legacy(lines) && (lines->all_patch || !line_of_file(lines)))
		text_line(lines, lines->line->str, lines->line->len);
	g_string_truncate(lines->line, 0);
}

/* A line is a C string from here on: NUL is shown as any other bad byte. */
static void
append_line(GString *line, const char *text, gsize len)
{
	while (len > 0) {
		gsize run = strnlen(text, len);

		g_string_append_len(line, text, (gssize)run);
		if (run < len)
			g_string_append(line, "\xef\xbf\xbd");
		run = MIN(run + 1, len);
		text += run;
		len -= run;
	}
}

/* Where a text that is too long is parted: behind a blank, else between characters. */
static gsize
part_at(const GString *line)
{
	gsize at = MAX_LINE;

	while (at > MAX_LINE / 2 && line->str[at - 1] != ' ')
		at--;
	if (at > MAX_LINE / 2)
		return at;
	for (at = MAX_LINE; at > MAX_LINE - 4 && ((guint8)line->str[at] & 0xc0) == 0x80;)
		at--;
	return at;
}

static void
part_line(MimeLines *lines)
{
	while (lines->line->len > MAX_LINE) {
		gsize at = part_at(lines->line);
		g_autofree char *rest = g_strdup(lines->line->str + at);

		g_string_truncate(lines->line, at);
		end_line(lines);
		g_string_assign(lines->line, rest);
	}
}

gboolean
mime_lines_feed(MimeLines *lines, const char *text, gsize len)
{
	while (len > 0 && !lines->full) {
		gsize run = 0;

		if (lines->after_cr && *text == '\n') {
			lines->after_cr = FALSE;
			text++;
			len--;
			continue;
		}
		lines->after_cr = FALSE;
		while (run < len && text[run] != '\n' && text[run] != '\r')
			run++;
		append_line(lines->line, text, run);
		part_line(lines);
		if (run < len) {
			lines->after_cr = text[run] == '\r';
			end_line(lines);
			run++;
		}
		text += run;
		len -= run;
	}
	return !lines->full;
}

gboolean
mime_lines_end(MimeLines *lines)
{
	if (lines->line->len)
		end_line(lines);
	release_held(lines);
	if (lines->in_file)
		end_file(lines, FALSE);
	end_paragraph(lines);
	lines->blank = 0;
	return !lines->full;
}
