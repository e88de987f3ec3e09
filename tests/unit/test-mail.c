/*
 * Whole messages, as somebody who reads them sees them: each tests/mail/NAME.eml is parsed and shown
 * at 80 columns, and must come out as NAME.expect says, which a person has read. With
 * WRITE_EXPECTATIONS in the environment these are written anew, to be read again before they are
 * committed.
 */
#include "mime/content.h"
#include "mime/entity.h"
#include "mime/filename.h"
#include "mime/header.h"

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

/* A message that begins with no field has no header. */
static MimeEntity
message_entity(const char *bytes, gsize len)
{
	MimeEntity entity = mime_entity(bytes, len);
	g_autoptr(GPtrArray) fields = mime_header_fields(bytes, entity.body);

	if (fields->len == 0 && entity.body == len)
		entity.body = 0;
	return entity;
}

/* --- Parts ------------------------------------------------------------------------------------- */

typedef struct {
	GString *tree, *texts;
	guint n;
	const char *subject; /* of the message that a report is about */
} Dump;

static char *
disposition_param(const char *disposition, const char *name)
{
	g_autofree char *as_type = g_strdup_printf("Content-Type: %s\n", disposition);
	MimeEntity entity = mime_entity(as_type, strlen(as_type));

	return mime_entity_param(&entity, name);
}

/* The parameters KEY, KEY*, KEY*0, KEY*0* ... of a field. */
static void
add_params(GPtrArray *names, GPtrArray *values, const MimeEntity *entity, const char *disposition,
	const char *key)
{
	for (int i = -2; i < 40; i++) {
		g_autofree char *name =
			i == -2   ? g_strdup(key)
			: i == -1 ? g_strdup_printf("%s*", key)
				  : g_strdup_printf("%s*%d%s", key, i / 2, i % 2 ? "*" : "");
		char *value = disposition ? disposition_param(disposition, name)
					  : mime_entity_param(entity, name);

		if (!value)
			continue;
		g_ptr_array_add(names, g_steal_pointer(&name));
		g_ptr_array_add(values, value);
	}
}

static char *
name_of(const MimeEntity *entity, const char *disposition)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);

	if (disposition)
		add_params(names, values, entity, disposition, "filename");
	add_params(names, values, entity, NULL, "name");
	return mime_filename(
		(const char *const *)names->pdata, (const char *const *)values->pdata, names->len);
}

/* RFC 2045 section 5.2, RFC 2046 section 5.1.5. */
static char *
type_of(const MimeEntity *entity, gboolean digest)
{
	g_autofree char *type = mime_entity_type(entity);

	if (digest && mime_entity_field_count(entity, "Content-Type") == 0)
		return g_strdup("message/rfc822");
	return strchr(type, '/') ? g_steal_pointer(&type) : g_strdup("text/plain");
}

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
dump_text(Dump *dump, const MimeEntity *entity, const char *type, const char *section)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(MimeContent) content = NULL;
	g_autofree char *encoding = mime_entity_field(entity, "Content-Transfer-Encoding");
	g_autofree char *charset = mime_entity_param(entity, "charset");
	g_autofree char *format = mime_entity_param(entity, "format");
	g_autofree char *delsp = mime_entity_param(entity, "delsp");
	MimeTextFormat how = {.encoding = encoding, .charset = charset};

	how.flowed = format && g_ascii_strcasecmp(format, "flowed") == 0;
	how.delsp = delsp && g_ascii_strcasecmp(delsp, "yes") == 0;
	content = mime_content_new(type, &how, document);
	mime_content_set_subject(content, dump->subject);
	mime_content_feed(content, entity->octets + entity->body, entity->len - entity->body);
	mime_content_end(content);
	g_string_append_printf(dump->texts, "\n--- %s\n", section);
	dump_document(dump->texts, document);
}

static void dump_entity(
	Dump *dump, const MimeEntity *entity, const char *section, guint depth, gboolean digest);

static char *
subject_of_original(GArray *children)
{
	for (guint i = 0; i < children->len; i++) {
		const MimeEntity *child = &g_array_index(children, MimeEntity, i);
		g_autofree char *type = mime_entity_type(child);

		if (strcmp(type, "text/rfc822-headers") == 0 || strcmp(type, "message/rfc822") == 0)
			return mime_header_get(
				child->octets + child->body, child->len - child->body, "Subject");
	}
	return NULL;
}

static void
dump_children(
	Dump *dump, const MimeEntity *entity, const char *section, guint depth, const char *type)
{
	gboolean report = strcmp(type, "multipart/report") == 0;
	gboolean digest = strcmp(type, "multipart/digest") == 0;
	g_autoptr(GArray) children = mime_entity_children(entity, 2000);
	g_autofree char *subject = report ? subject_of_original(children) : NULL;

	dump->subject = subject;
	for (guint i = 0; i < children->len; i++) {
		g_autofree char *below = *section ? g_strdup_printf("%s.%u", section, i + 1)
						  : g_strdup_printf("%u", i + 1);

		dump_entity(
			dump, &g_array_index(children, MimeEntity, i), below, depth + 1, digest);
	}
	dump->subject = NULL;
}

static void
dump_inner(Dump *dump, const MimeEntity *entity, const char *section, guint depth)
{
	g_autoptr(GBytes) bytes = mime_entity_decoded(entity);
	gsize len;
	const char *octets = g_bytes_get_data(bytes, &len);
	MimeEntity inner = mime_entity(octets, len);
	g_autofree char *type = mime_entity_type(&inner);
	gboolean many = g_str_has_prefix(type, "multipart/");
	g_autofree char *below = many ? g_strdup(section) : g_strdup_printf("%s.1", section);

	g_string_append_printf(dump->texts, "\n--- %s\n", section);
	dump_header(dump->texts, octets, inner.body);
	dump_entity(dump, &inner, below, depth + 1, FALSE);
}

static gboolean
is_readable(const char *type)
{
	return g_str_has_prefix(type, "text/") || mime_content_can(type);
}

static void
dump_entity(Dump *dump, const MimeEntity *entity, const char *section, guint depth, gboolean digest)
{
	g_autofree char *type = type_of(entity, digest);
	g_autofree char *disposition = mime_entity_field(entity, "Content-Disposition");
	g_autofree char *name = name_of(entity, disposition);
	g_autofree char *clean = name ? text_clean(name, -1, TEXT_LINE) : NULL;
	g_autofree char *clean_type = text_clean(type, -1, TEXT_LINE);
	gboolean attached = disposition && g_ascii_strncasecmp(disposition, "attachment", 10) == 0;

	if (dump->n++ < MAX_PARTS)
		g_string_append_printf(dump->tree, "%*s%s %s, %zu octets%s%s%s\n", (int)(2 * depth),
			"", *section ? section : "0", clean_type, entity->len - entity->body,
			attached ? ", attached" : "", clean ? ", " : "", clean ? clean : "");
	if (depth == MAX_DEPTH || dump->n > MAX_PARTS)
		return;
	if (g_str_has_prefix(type, "multipart/"))
		dump_children(dump, entity, section, depth, type);
	else if (strcmp(type, "message/rfc822") == 0)
		dump_inner(dump, entity, *section ? section : "1", depth);
	else if (is_readable(type) && (!attached || strstr(type, "tnef")))
		dump_text(dump, entity, type, *section ? section : "1");
}

/* --- Messages ---------------------------------------------------------------------------------- */

static char *
dump_message(const char *bytes, gsize len)
{
	g_autoptr(GString) tree = g_string_new("\n"), texts = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	Dump dump = {.tree = tree, .texts = texts};
	MimeEntity entity = message_entity(bytes, len);

	dump_header(out, bytes, entity.body);
	dump_entity(&dump, &entity, "", 0, FALSE);
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
