/*
 * HTML to text. "bench-html FILE" renders a file at 120 columns to standard output, so that a whole
 * process can be measured against others; without a file it times a newsletter of 1 MB and inputs
 * that are there to be slow.
 */
#include "mime/html.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { CELLS = 120, MEGABYTE = 1000 * 1000 };

static MimeDocument *
render(const char *bytes, gsize len)
{
	MimeDocument *document = mime_document_new();
	MimeTextFormat format = {.charset = "utf-8"};
	g_autoptr(MimeHtml) html = mime_html_new(&format, document);

	mime_html_feed(html, bytes, len);
	mime_html_end(html);
	return document;
}

static void
print_line(const MimeLine *line)
{
	const char *text = line->text;
	guint lead = line->lead ? text_width(line->lead, -1) : 0;
	guint before = MIN(lead + 2 * line->quote, CELLS / 2);
	gboolean first = TRUE;

	do {
		gsize next = 0, len = text_wrap(text, CELLS - before, &next);

		for (guint i = 0; i < line->quote; i++)
			fputs("> ", stdout);
		if (first && line->lead)
			fputs(line->lead, stdout);
		else
			printf("%*s", (int)lead, "");
		fwrite(text, 1, len, stdout);
		putchar('\n');
		text += next;
		first = FALSE;
	} while (*text);
}

static int
print_file(const char *name)
{
	g_autofree char *bytes = NULL;
	g_autoptr(MimeDocument) document = NULL;
	g_autoptr(GError) error = NULL;
	gsize len = 0;

	if (!g_file_get_contents(name, &bytes, &len, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	document = render(bytes, len);
	for (guint i = 0; i < mime_document_count(document); i++)
		print_line(mime_document_line(document, i));
	return 0;
}

/* --- Inputs ------------------------------------------------------------------------------------ */

static void
repeat(GString *out, const char *text, guint times)
{
	for (guint i = 0; i < times; i++)
		g_string_append(out, text);
}

/* Layout tables, inline styles, links with long targets, pictures: what newsletters are made of. */
static GString *
newsletter(void)
{
	GString *out = g_string_new("<html><head><style>td{font-family:sans-serif}</style></head>"
				    "<body><table width=\"600\" align=\"center\">");

	for (guint i = 0; out->len < MEGABYTE; i++)
		g_string_append_printf(out,
			"<tr><td style=\"padding:24px 32px;font-size:0px\"><table role="
			"\"presentation\" width=\"100%%\"><tr><td style=\"font-size:16px;line-"
			"height:24px;color:#333333\"><h2 style=\"margin:0\">Offer %u of the "
			"week</h2><p>Good things for <b>g&auml;rden</b> &amp; <i>house</i>, this "
			"week only, with free delivery from 49&nbsp;&euro; on.</p><a "
			"href=\"https://click.example.com/ls/click?upn=%u.aHR0cHM6Ly9leGFtcGxl\" "
			"style=\"color:#0066cc;text-decoration:none\"><img "
			"src=\"https://img.example.com/%u.jpg\" width=\"560\" alt=\"A lamp\"> See "
			"all of it</a></td></tr></table></td></tr>\n",
			i, i, i);
	g_string_append(out, "</table></body></html>");
	return out;
}

static GString *
nested(void)
{
	GString *out = g_string_new(NULL);

	repeat(out, "<div><b>", 100000);
	g_string_append(out, "x");
	repeat(out, "</i></div>", 100000);
	return out;
}

static GString *
nested_tables(void)
{
	GString *out = g_string_new(NULL);

	repeat(out, "<table><tr><td>x<blockquote><ul><li>", 30000);
	return out;
}

static GString *
attributes(void)
{
	GString *out = g_string_new("<p");

	for (guint i = 0; i < 100000; i++)
		g_string_append_printf(out, " a%u=1", i);
	g_string_append(out, ">x");
	return out;
}

static GString *
long_attribute(void)
{
	GString *out = g_string_new("<a href=\"");

	repeat(out, "display:none;", MEGABYTE / 13);
	g_string_append(out, "\">x</a>");
	return out;
}

static GString *
wide_table(void)
{
	GString *out = g_string_new("<table>");

	for (guint i = 0; i < 10; i++) {
		g_string_append(out, "<tr>");
		repeat(out, "<td>cell", 10000);
	}
	return out;
}

static GString *
emphasis(void)
{
	GString *out = g_string_new(NULL);

	repeat(out, "<b>a\xc2\xad</b>b", MEGABYTE / 11);
	return out;
}

static GString *
less_than(void)
{
	GString *out = g_string_new(NULL);

	repeat(out, "<&", MEGABYTE / 2);
	return out;
}

static GString *
unclosed_comment(void)
{
	GString *out = g_string_new("<!--");

	repeat(out, "--!", MEGABYTE / 3);
	return out;
}

static GString *
links(void)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < 40000; i++)
		g_string_append_printf(out, "<a href=//h%u.example>www.x.example</a>", i);
	return out;
}

static const struct {
	const char *name;
	GString *(*make)(void);
} inputs[] = {
	{"newsletter", newsletter},
	{"100,000 tags in one another, closed wrongly", nested},
	{"30,000 tables, quotes and lists in one another", nested_tables},
	{"100,000 attributes", attributes},
	{"one attribute of 1 MB", long_attribute},
	{"a table of 10,000 columns", wide_table},
	{"emphasis at each letter", emphasis},
	{"no tags, only their starts", less_than},
	{"a comment without an end", unclosed_comment},
	{"40,000 links that lie", links},
};

int
main(int argc, char **argv)
{
	struct rusage usage;

	if (argc > 1)
		return print_file(argv[1]);
	for (guint i = 0; i < G_N_ELEMENTS(inputs); i++) {
		GString *input = inputs[i].make();
		gint64 begin = g_get_monotonic_time();
		g_autoptr(MimeDocument) document = render(input->str, input->len);
		double ms = (double)(g_get_monotonic_time() - begin) / 1000;

		getrusage(RUSAGE_SELF, &usage);
		printf("%-48s %8.1f kB %8.1f ms %7.1f ms/MB %7u lines, %ld kB resident\n",
			inputs[i].name, (double)input->len / 1000, ms,
			ms * MEGABYTE / (double)input->len, mime_document_count(document),
			usage.ru_maxrss);
		g_string_free(input, TRUE);
	}
	return 0;
}
