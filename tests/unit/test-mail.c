/*
 * Whole messages, as somebody who reads them sees them: each tests/mail/NAME.eml is parsed and shown
 * at 80 columns, and must come out as NAME.expect says, which a person has read. With
 * WRITE_EXPECTATIONS in the environment these are written anew, to be read again before they are
 * committed.
 */
#include "mime/content.h"
#include "mime/header.h"
#include "mime/message.h"
#include "mime/transfer.h"

#include <string.h>

enum {
	COLUMNS = 80,
	MAX_ROWS = 60, /* of one part; more say nothing new */
	MAX_DEPTH = 20,
	MAX_PARTS = 30,
};

/* --- Headers ----------------------------------------------------------------------------------- */

static void
dump_field(GString *out, const char *name, const char *value)
{
	g_autofree char *clean = value ? text_clean(value, -1, TEXT_LINE) : NULL;

	if (clean && strlen(clean) > 400) {
		*g_utf8_find_prev_char(clean, clean + 400) = '\0';
		g_string_append_printf(out, "%s: %s ...\n", name, clean);
	} else if (clean) {
		g_string_append_printf(out, "%s: %s\n", name, clean);
	}
}

static void
dump_date(GString *out, const char *value)
{
	g_autoptr(GDateTime) time = NULL;
	g_autofree char *text = NULL;
	gint64 seconds;
	int offset;

	if (!value)
		return;
	if (!mime_date_parse(value, &seconds, &offset)) {
		g_string_append(out, "Date: not understood\n");
		return;
	}
	time = g_date_time_new_from_unix_utc(seconds);
	text = g_date_time_format(time, "%Y-%m-%d %H:%M:%S UTC");
	g_string_append_printf(
		out, "Date: %s, written %+03d%02d\n", text, offset / 60, ABS(offset % 60));
}

static void
dump_header(GString *out, const char *block, gsize len)
{
	g_autofree char *from = mime_header_get(block, len, "From");
	g_autofree char *to = mime_header_get(block, len, "To");
	g_autofree char *date = mime_header_get(block, len, "Date");
	g_autofree char *subject = mime_header_get(block, len, "Subject");

	dump_field(out, "From", from);
	dump_field(out, "To", to);
	dump_date(out, date);
	dump_field(out, "Subject", subject);
}

/* --- Parts ------------------------------------------------------------------------------------- */

typedef struct {
	const char *bytes; /* of the message */
	GString *tree, *texts;
	guint n;
	const char *subject; /* of the message that a report is about */
} Dump;

static void
dump_line(GString *out, const MimeLine *line)
{
	static const char *const marks[] = {"", "", "", "* ", "# "};
	guint lead = line->lead ? text_width(line->lead, -1) : 0;
	guint cells = COLUMNS - MIN(lead + 2 * line->quote, COLUMNS / 2);
	const char *text = line->text;
	gsize rows = 0;

	do {
		gsize next = strlen(text), len = next;

		if (line->kind != MIME_LINE_FIXED && next > 0)
			len = text_wrap(text, cells, &next);
		for (guint i = 0; i < line->quote; i++)
			g_string_append(out, "| ");
		if (line->lead && rows == 0)
			g_string_append(out, line->lead);
		else
			g_string_append_printf(out, "%*s", (int)lead, "");
		g_string_append(out, marks[line->kind]);
		g_string_append_len(out, text, (gssize)MIN(len, 300));
		g_string_append_c(out, '\n');
		text += next;
	} while (*text && ++rows < 20);
}

static void
dump_document(GString *out, const MimeDocument *document)
{
	guint n = mime_document_count(document);

	for (guint i = 0; i < MIN(n, MAX_ROWS); i++)
		dump_line(out, mime_document_line(document, i));
	if (n > MAX_ROWS)
		g_string_append_printf(out, "(%u more lines)\n", n - MAX_ROWS);
}

static void
dump_text(Dump *dump, const MimePart *part, const char *type, const char *section)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(MimeContent) content = NULL;
	const char *format = mime_part_param(part, "format"),
		   *delsp = mime_part_param(part, "delsp");
	const MimeTextFormat how = {
		.encoding = part->encoding,
		.charset = mime_part_param(part, "charset"),
		.flowed = format && g_ascii_strcasecmp(format, "flowed") == 0,
		.delsp = delsp && g_ascii_strcasecmp(delsp, "yes") == 0,
	};

	content = mime_content_new(type, &how, document);
	mime_content_set_subject(content, dump->subject);
	mime_content_feed(content, dump->bytes + part->offset, part->octets);
	mime_content_end(content);
	g_string_append_printf(dump->texts, "\n--- %s\n", section);
	dump_document(dump->texts, document);
}

static char *dump_message(const char *bytes, gsize len);
static void dump_part(Dump *dump, const MimePart *part);

static char *
subject_of_original(const Dump *dump, const MimePart *report)
{
	for (guint i = 0; i < report->children->len; i++) {
		const MimePart *child = g_ptr_array_index(report->children, i);

		if (mime_part_is(child, "text", "rfc822-headers") ||
			mime_part_is(child, "message", "rfc822"))
			return mime_header_get(
				dump->bytes + child->offset, child->octets, "Subject");
	}
	return NULL;
}

static void
dump_children(Dump *dump, const MimePart *part)
{
	gboolean report = mime_part_is(part, "multipart", "report");
	g_autofree char *subject = report ? subject_of_original(dump, part) : NULL;

	dump->subject = subject;
	for (guint i = 0; i < part->children->len; i++)
		dump_part(dump, g_ptr_array_index(part->children, i));
	dump->subject = NULL;
}

/* One whose parts can't be told before it is decoded. */
static void
dump_encoded(Dump *dump, const MimePart *part, const char *section)
{
	g_autoptr(MimeTransfer) transfer = mime_transfer_new(part->encoding);
	g_autoptr(GString) inner = g_string_new(NULL);
	g_autofree char *text = NULL;

	mime_transfer_feed(transfer, dump->bytes + part->offset, part->octets, inner);
	mime_transfer_end(transfer, inner);
	text = dump_message(inner->str, inner->len);
	g_string_append_printf(dump->texts, "\n--- %s\n%s", section, text);
}

static void
dump_inner(Dump *dump, const MimePart *part, const char *section)
{
	const MimePart *body = part->children->len ? g_ptr_array_index(part->children, 0) : NULL;

	if (!body) {
		dump_encoded(dump, part, section);
		return;
	}
	g_string_append_printf(dump->texts, "\n--- %s\n", section);
	dump_header(dump->texts, dump->bytes + part->offset, body->offset - part->offset);
	dump_part(dump, body);
}

static void
dump_part(Dump *dump, const MimePart *part)
{
	g_autofree char *type = mime_part_type(part);
	g_autofree char *clean = text_clean(part->name, -1, TEXT_LINE);
	g_autofree char *clean_type = text_clean(type, -1, TEXT_LINE);
	gboolean attached = part->disposition && strcmp(part->disposition, "attachment") == 0;
	const char *section = part->section;

	if (dump->n++ < MAX_PARTS)
		g_string_append_printf(dump->tree, "%*s%s %s, %zu octets%s%s%s\n",
			(int)(2 * part->depth), "", part->parent ? section : "0", clean_type,
			(gsize)part->octets, attached ? ", attached" : "", *clean ? ", " : "",
			clean);
	if (part->depth == MAX_DEPTH || dump->n > MAX_PARTS)
		return;
	if (mime_part_is(part, "multipart", NULL))
		dump_children(dump, part);
	else if (mime_part_is(part, "message", "rfc822"))
		dump_inner(dump, part, section);
	else if ((mime_part_is(part, "text", NULL) || mime_content_can(type)) &&
		 (!attached || strstr(type, "tnef")))
		dump_text(dump, part, type, section);
}

/* --- Messages ---------------------------------------------------------------------------------- */

static char *
dump_message(const char *bytes, gsize len)
{
	g_autoptr(GString) tree = g_string_new("\n"), texts = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	Dump dump = {.bytes = bytes, .tree = tree, .texts = texts};
	g_autoptr(MimePart) root = mime_message_parse(bytes, len);

	dump_header(out, bytes, root->offset);
	dump_part(&dump, root);
	if (dump.n > MAX_PARTS)
		g_string_append_printf(tree, "(%u more parts)\n", dump.n - MAX_PARTS);
	g_string_append_len(out, tree->str, (gssize)tree->len);
	g_string_append_len(out, texts->str, (gssize)texts->len);
	return g_string_free(out, FALSE);
}

/* Nothing that a terminal takes for more than letters. */
static void
assert_safe(const char *text)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *s = text; *s; s = g_utf8_next_char(s)) {
		gunichar c = g_utf8_get_char(s);

		g_assert_true(c == '\n' || (c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0)));
		g_assert_false(c >= 0x202a && c <= 0x202e);
		g_assert_false(c >= 0x2066 && c <= 0x2069);
	}
}

static void
check_message(gconstpointer user)
{
	const char *path = user;
	g_autofree char *bytes = NULL, *expect = NULL, *got = NULL;
	g_autofree char *beside = g_strndup(path, strlen(path) - strlen(".eml"));
	g_autofree char *expect_path = g_strconcat(beside, ".expect", NULL);
	g_autoptr(GError) error = NULL;
	gsize len;

	g_file_get_contents(path, &bytes, &len, &error);
	g_assert_no_error(error);
	got = dump_message(bytes, len);
	assert_safe(got);
	if (g_getenv("WRITE_EXPECTATIONS")) {
		g_file_set_contents(expect_path, got, -1, &error);
		g_assert_no_error(error);
		return;
	}
	g_file_get_contents(expect_path, &expect, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, expect);
}

int
main(int argc, char **argv)
{
	const char *source = g_getenv("abs_top_srcdir"), *file;
	g_autofree char *folder = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = NULL;

	g_setenv("TZ", "Europe/Berlin", TRUE); /* what calendars say depends on it */
	g_test_init(&argc, &argv, NULL);
	folder = g_build_filename(source ? source : ".", "tests", "mail", NULL);
	dir = g_dir_open(folder, 0, &error);
	g_assert_no_error(error);
	while ((file = g_dir_read_name(dir))) {
		g_autofree char *test = g_strdup_printf("/mail/%s", file);

		if (g_str_has_suffix(file, ".eml"))
			g_test_add_data_func_full(
				test, g_build_filename(folder, file, NULL), check_message, g_free);
	}
	return g_test_run();
}
