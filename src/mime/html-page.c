#include "mime/html-page.h"

#include "mime/html-line.h"
#include "mime/html-table.h"

#include <string.h>

enum {
	MAX_LINES = 200000, /* as of other text */
	MAX_LINE = 65536,   /* bytes; a longer one goes on in the next */
	TAB_STOP = 8,
};

struct HtmlPage {
	MimeDocument *document;
	HtmlTable *table; /* the innermost open one; NULL: lines go out at once */
	HtmlLine *line;
	MimeLineKind kind;
	guint quote, indent;
	GString *mark;
	gboolean gap;
	gboolean blank; /* blanks were read that show once more text comes */
	guint blank_emphasis;
	guint last_emphasis; /* of the text before them */
	guint column;        /* characters of a preformatted line */
	guint written, last_quote;
	gboolean full;
};

HtmlPage *
html_page_new(MimeDocument *document)
{
	HtmlPage *page = g_new0(HtmlPage, 1);

	page->document = document;
	page->line = html_line_new();
	page->mark = g_string_new(NULL);
	return page;
}

void
html_page_free(HtmlPage *page)
{
	if (!page)
		return;
	html_table_free(page->table);
	html_line_free(page->line);
	g_string_free(page->mark, TRUE);
	g_free(page);
}

/* --- Putting out ------------------------------------------------------------------------------- */

static void
write_line(HtmlPage *page, const HtmlLine *line)
{
	MimeLine out = {line->kind, line->quote, line->text->str, line->lead,
		(const TextSpan *)(gpointer)line->spans->data, line->spans->len};

	page->full = page->full || page->written + 2 > MAX_LINES;
	if (page->full)
		return;
	if (line->gap && page->written > 0) {
		mime_document_add(
			page->document, MIME_LINE_TEXT, MIN(page->last_quote, line->quote), "");
		page->written++;
	}
	mime_document_add_line(page->document, &out);
	page->written++;
	page->last_quote = line->quote;
}

static void
write_lines(HtmlPage *page, GPtrArray *take_lines)
{
	for (guint i = 0; i < take_lines->len; i++)
		write_line(page, g_ptr_array_index(take_lines, i));
	g_ptr_array_unref(take_lines);
}

static void
end_as_layout(HtmlPage *page)
{
	g_autoptr(HtmlTable) table = g_steal_pointer(&page->table);

	if (table)
		write_lines(page, html_table_take_flat(table));
}

static void
put_line(HtmlPage *page, HtmlLine *take_line)
{
	if (page->table) {
		if (!html_table_add(page->table, take_line))
			end_as_layout(page);
		return;
	}
	write_line(page, take_line);
	html_line_free(take_line);
}

static char *
take_lead(HtmlPage *page)
{
	guint width = page->mark->len ? text_width(page->mark->str, -1) : 0;
	guint before = MAX(page->indent, width) - width;
	char *lead;

	if (page->indent == 0 && width == 0)
		return NULL;
	lead = g_strdup_printf("%*s%s", (int)before, "", page->mark->str);
	g_string_truncate(page->mark, 0);
	return lead;
}

static void
end_line(HtmlPage *page)
{
	HtmlLine *line = page->line;

	page->line = html_line_new();
	page->blank = FALSE;
	page->column = 0;
	line->kind = page->kind;
	line->quote = page->quote;
	line->lead = take_lead(page);
	line->gap = page->gap;
	page->gap = FALSE;
	put_line(page, line);
}

void
html_page_break(HtmlPage *page)
{
	page->blank = FALSE;
	page->column = 0;
	html_line_trim(page->line);
	if (page->line->text->len > 0)
		end_line(page);
}

void
html_page_newline(HtmlPage *page)
{
	html_line_trim(page->line);
	if (page->line->text->len == 0)
		page->gap = TRUE;
	html_page_break(page);
}

void
html_page_gap(HtmlPage *page)
{
	html_page_break(page);
	page->gap = TRUE;
}

void
html_page_look(HtmlPage *page, MimeLineKind kind, guint quote, guint indent)
{
	page->kind = kind;
	page->quote = quote;
	page->indent = indent;
}

void
html_page_mark(HtmlPage *page, const char *mark)
{
	g_string_assign(page->mark, mark);
}

gboolean
html_page_is_marked(const HtmlPage *page)
{
	return page->mark->len > 0;
}

/* --- Text -------------------------------------------------------------------------------------- */

static gboolean
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
show_blank(HtmlPage *page, guint emphasis)
{
	if (page->blank && page->line->text->len > 0)
		html_line_append(page->line, " ", 1, page->blank_emphasis & emphasis);
	page->blank = FALSE;
}

static void
add_word(HtmlPage *page, const char *word, gsize len, guint emphasis)
{
	while (page->line->text->len + len > MAX_LINE) {
		gsize room = MAX_LINE - MIN(page->line->text->len, MAX_LINE);

		while (room > 0 && ((guint8)word[room] & 0xc0) == 0x80)
			room--;
		html_line_append(page->line, word, room, emphasis);
		end_line(page);
		word += room;
		len -= room;
	}
	show_blank(page, emphasis);
	html_line_append(page->line, word, len, emphasis);
	page->last_emphasis = emphasis;
}

void
html_page_text(HtmlPage *page, const char *text, gsize len, guint emphasis)
{
	for (gsize at = 0; at < len;) {
		gsize start = at;

		if (is_blank(text[at])) {
			page->blank_emphasis = page->blank ? page->blank_emphasis & emphasis
							   : page->last_emphasis & emphasis;
			page->blank = TRUE;
			at++;
			continue;
		}
		while (at < len && !is_blank(text[at]))
			at++;
		add_word(page, text + start, at - start, emphasis);
	}
}

void
html_page_append(HtmlPage *page, const char *text, guint emphasis)
{
	gboolean blank = page->blank;

	page->blank = TRUE;
	page->blank_emphasis = 0;
	show_blank(page, emphasis);
	html_line_append(page->line, text, strlen(text), emphasis);
	page->blank = blank;
}

void
html_page_preformatted(HtmlPage *page, const char *text, gsize len, guint emphasis)
{
	show_blank(page, emphasis);
	for (gsize at = 0; at < len; at++) {
		char c = text[at];

		if (c == '\n' ||
			(page->line->text->len >= MAX_LINE && ((guint8)c & 0xc0) != 0x80)) {
			html_line_trim(page->line);
			end_line(page);
		}
		if (c == '\t') {
			guint cells = TAB_STOP - page->column % TAB_STOP;

			html_line_append(page->line, "        ", cells, emphasis);
			page->column += cells;
		} else if (c != '\n') {
			html_line_append(page->line, &c, 1, emphasis);
			page->column += ((guint8)c & 0xc0) != 0x80;
		}
	}
}

/* --- Tables ------------------------------------------------------------------------------------ */

void
html_page_begin_table(HtmlPage *page)
{
	html_page_break(page);
	end_as_layout(page);
	page->table = html_table_new();
}

void
html_page_begin_row(HtmlPage *page)
{
	if (page->table)
		html_table_begin_row(page->table);
}

void
html_page_begin_cell(HtmlPage *page, guint columns, gboolean right)
{
	if (page->table)
		html_table_begin_cell(page->table, columns, right);
}

void
html_page_end_table(HtmlPage *page)
{
	g_autoptr(HtmlTable) table = NULL;

	html_page_break(page);
	table = g_steal_pointer(&page->table);
	if (!table)
		return;
	write_lines(page, html_table_take(table));
}

gboolean
html_page_is_full(const HtmlPage *page)
{
	return page->full;
}

guint
html_page_lines(const HtmlPage *page)
{
	return page->written;
}
