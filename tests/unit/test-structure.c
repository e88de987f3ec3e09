/* Body structures: section numbers, what servers get wrong, text and back. */

#include "imap-read.h"
#include "imap/structure.h"

#include <string.h>

/* "1:text/plain 2:image/png", in the order of the parts. */
static void
add_sections(GString *out, const ImapPart *part)
{
	g_string_append_printf(out, "%s%s:%s/%s", out->len ? " " : "", part->section,
		part->type.data, part->subtype.data);
	for (guint i = 0; i < part->n_children; i++)
		add_sections(out, part->children[i]);
}

static void
assert_sections(const char *text, const char *expected)
{
	g_autoptr(ImapStructure) structure = imap_structure_from_text(text, strlen(text));
	g_autoptr(GString) out = g_string_new(NULL);

	g_assert_nonnull(structure);
	add_sections(out, imap_structure_root(structure));
	g_assert_cmpstr(out->str, ==, expected);
}

#define ENVELOPE "(NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"
#define PLAIN    "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1)"
#define HTML     "(\"text\" \"html\" NIL NIL NIL \"7bit\" 3 1)"

/* RFC 3501 section 6.4.5. */
static void
test_sections(void)
{
	assert_sections(PLAIN, "1:text/plain");
	assert_sections("(" PLAIN HTML " \"alternative\")",
		":multipart/alternative 1:text/plain 2:text/html");
	assert_sections("(" PLAIN "(" PLAIN HTML " \"alternative\")" HTML " \"mixed\")",
		":multipart/mixed 1:text/plain 2:multipart/alternative 2.1:text/plain "
		"2.2:text/html "
		"3:text/html");
}

static void
test_sections_in_messages(void)
{
	assert_sections("(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 " ENVELOPE PLAIN " 3)",
		"1:message/rfc822 1.1:text/plain");
	assert_sections("(" PLAIN "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 " ENVELOPE
			"(" PLAIN "(" PLAIN HTML " \"related\") \"mixed\") 3) \"mixed\")",
		":multipart/mixed 1:text/plain 2:message/rfc822 2.TEXT:multipart/mixed "
		"2.1:text/plain 2.2:multipart/related 2.2.1:text/plain 2.2.2:text/html");
	assert_sections("(" PLAIN "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 " ENVELOPE
			"(\"message\" \"global\" NIL NIL NIL \"7bit\" 9 " ENVELOPE PLAIN
			" 3) 3) \"mixed\")",
		":multipart/mixed 1:text/plain 2:message/rfc822 2.1:message/global "
		"2.1.1:text/plain");
}

static void
test_fields(void)
{
	static const char text[] =
		"(\"image\" \"png\" (\"name\" \"a\\\"b.png\" \"x\" NIL) \"<id>\" \"Cat\" "
		"\"base64\" 4554 "
		"\"md5\" (\"attachment\" (\"FileName\" {3}\r\nc\r\n)) (\"en\") \"loc\")";
	g_autoptr(ImapStructure) structure = imap_structure_from_text(text, strlen(text));
	const ImapPart *part = imap_structure_root(structure);

	g_assert_true(imap_bytes_are(part->id, "<id>"));
	g_assert_true(imap_bytes_are(part->description, "Cat"));
	g_assert_true(imap_bytes_are(part->encoding, "base64"));
	g_assert_cmpuint(part->octets, ==, 4554);
	g_assert_cmpuint(part->lines, ==, 0);
	g_assert_true(imap_bytes_are(part->disposition, "attachment"));
	g_assert_cmpstr(imap_params_get(&part->params, "NAME"), ==, "a\"b.png");
	g_assert_cmpstr(imap_params_get(&part->params, "x"), ==, NULL);
	g_assert_cmpstr(imap_params_get(&part->params, "nam"), ==, NULL);
	g_assert_cmpstr(imap_params_get(&part->disposition_params, "filename"), ==, "c\r\n");
}

static void
test_message_fields(void)
{
	static const char text[] =
		"(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 900 " ENVELOPE PLAIN
		" 40 NIL (\"inline\" NIL))";
	g_autoptr(ImapStructure) structure = imap_structure_from_text(text, strlen(text));
	const ImapPart *part = imap_structure_root(structure);

	g_assert_true(imap_bytes_are(part->envelope->subject, "s"));
	g_assert_cmpuint(part->octets, ==, 900);
	g_assert_cmpuint(part->lines, ==, 40);
	g_assert_true(imap_bytes_are(part->disposition, "inline"));
	g_assert_cmpuint(part->children[0]->lines, ==, 1);
}

/* ---- what servers get wrong ---- */

static void
assert_disposition(const char *text, const char *disposition)
{
	g_autoptr(ImapStructure) structure = imap_structure_from_text(text, strlen(text));

	g_assert_nonnull(structure);
	g_assert_true(imap_bytes_are(imap_structure_root(structure)->disposition, disposition));
}

static void
test_dispositions(void)
{
	assert_disposition("(\"a\" \"b\" NIL NIL NIL NIL 1 NIL NIL)", NULL);
	assert_disposition("(\"a\" \"b\" NIL NIL NIL NIL 1)", NULL);
	assert_disposition("(\"a\" \"b\" NIL NIL NIL NIL -1 NIL (\"inline\" NIL))", "inline");
	/* Exchange. */
	assert_disposition("(\"a\" \"b\" NIL NIL NIL NIL 1 NIL \"inline\" NIL NIL)", "inline");
	assert_disposition("(\"a\" \"b\" NIL NIL NIL NIL 1 NIL \"S/MIME Encrypted Message\")",
		"S/MIME Encrypted Message");
	/* No MD5. */
	assert_disposition("(\"a\" \"b\" NIL NIL NIL NIL 1 (\"inline\" NIL))", "inline");
	assert_disposition("(" PLAIN " \"mixed\" NIL (\"inline\" NIL))", "inline");
}

/* Gmail describes a message in base64 as if it were a file. */
static void
test_message_as_a_file(void)
{
	static const char text[] =
		"(\"MESSAGE\" \"RFC822\" (\"NAME\" \"x.eml\") NIL NIL \"BASE64\" 4000 "
		"NIL (\"ATTACHMENT\" (\"FILENAME\" \"x.eml\")) NIL)";

	assert_sections(text, "1:MESSAGE/RFC822");
	assert_disposition(text, "ATTACHMENT");
}

static void
test_odd_structures(void)
{
	assert_sections("(NIL \"alternative\")", ":multipart/alternative");
	assert_sections("((NIL \"alternative\")" PLAIN " \"mixed\")",
		":multipart/mixed 1:multipart/alternative 2:text/plain");
	assert_sections("(\"multipart\" \"mixed\" (\"boundary\" \"b\") NIL NIL NIL -1)",
		"1:multipart/mixed");
	assert_sections("(\"\" NIL)", "1:application/octet-stream");
	assert_sections("(\"\" \"\" NIL NIL NIL \"7bit\" 22 NIL NIL NIL NIL)", "1:text/plain");
	assert_sections("(\"nonsense\" \"\" NIL NIL NIL \"7bit\" 8)", "1:text/plain");
	assert_sections("(" PLAIN ")", ":multipart/mixed 1:text/plain");
	/* A part that is nothing keeps its number. */
	assert_sections("(" PLAIN "()" HTML " \"mixed\")",
		":multipart/mixed 1:text/plain 2:application/octet-stream 3:text/html");
}

static void
test_no_structure(void)
{
	static const char *const texts[] = {"", "NIL", "()", "\"text\"", "(\"text\" \"plain\"",
		"text", ") FLAGS (", "(\"a\" \"b\"))\r\n* 2 FETCH (BODY (\"c\" \"d\")",
		"{5}\r\nabc", "(\"a\" {999999999999}\r\n", "(\"a\" \"b\") BODY[] {1}\r\nx"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(ImapStructure) structure =
			imap_structure_from_text(texts[i], strlen(texts[i]));

		g_assert_null(structure);
	}
}

/* DEPTH multiparts, one in the other. */
static char *
nested(guint depth)
{
	g_autofree char *open = g_strnfill(depth, '(');
	GString *text = g_string_new(open);

	g_string_append(text, PLAIN);
	for (guint i = 0; i < depth; i++)
		g_string_append(text, " \"mixed\")");
	return g_string_free(text, FALSE);
}

static void
test_depth(void)
{
	g_autofree char *sane = nested(90), *mad = nested(100000);
	g_autofree char *wire = g_strdup_printf("* 1 FETCH (UID 3 BODYSTRUCTURE %s FLAGS ())", mad);
	g_autoptr(ImapStructure) structure = imap_structure_from_text(sane, strlen(sane));
	g_autoptr(ImapStructure) none = imap_structure_from_text(mad, strlen(mad));
	g_auto(ImapRead) read = imap_read(wire);

	g_assert_nonnull(structure);
	g_assert_null(none);
	g_assert_cmpuint(read.response->fetch.uid, ==, 3);
	g_assert_cmpuint(read.response->fetch.has, ==, IMAP_HAS_FLAGS);
}

static void
test_number_of_parts(void)
{
	g_autoptr(GString) text = g_string_new("(");
	g_autoptr(ImapStructure) structure = NULL, none = NULL;

	for (guint i = 0; i < 9000; i++)
		g_string_append(text, PLAIN);
	g_string_append(text, " \"mixed\")");
	structure = imap_structure_from_text(text->str, text->len);
	g_assert_nonnull(structure);
	g_assert_cmpuint(imap_structure_root(structure)->n_children, ==, 9000);
	g_assert_cmpstr(imap_structure_root(structure)->children[8999]->section, ==, "9000");

	for (guint i = 0; i < 2000; i++)
		g_string_insert(text, 1, PLAIN);
	none = imap_structure_from_text(text->str, text->len);
	g_assert_null(none);
}

/* ---- text ---- */

static void
assert_text(const char *text, const char *expected)
{
	g_autoptr(ImapStructure) structure = imap_structure_from_text(text, strlen(text));
	g_autoptr(ImapStructure) again = NULL;
	g_autofree char *written = NULL, *rewritten = NULL;
	gsize len;

	g_assert_nonnull(structure);
	written = imap_structure_to_text(imap_structure_root(structure), &len);
	g_assert_cmpuint(len, ==, strlen(written));
	g_assert_cmpstr(written, ==, expected);
	again = imap_structure_from_text(written, len);
	g_assert_nonnull(again);
	rewritten = imap_structure_to_text(imap_structure_root(again), &len);
	g_assert_cmpstr(rewritten, ==, expected);
}

static void
test_text(void)
{
	assert_text(
		"(TEXT plain (\"a\" \"b\\\"\\\\\") NIL {3}\r\nc\r\n \"7bit\" 12 3 NIL \"inline\")",
		"(\"TEXT\" \"plain\" (\"a\" \"b\\\"\\\\\") NIL {3}\r\nc\r\n \"7bit\" 12 3 NIL "
		"(\"inline\" "
		"NIL))");
	assert_text("(" PLAIN "(\"image\" \"gif\" () NIL NIL \"base64\" 5) \"mixed\" (\"boundary\" "
		    "\"x\") (\"attachment\" ()) \"en\")",
		"((\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1 NIL NIL)(\"image\" \"gif\" NIL NIL "
		"NIL "
		"\"base64\" 5 NIL NIL) \"mixed\" (\"boundary\" \"x\") (\"attachment\" NIL))");
	assert_text("(NIL \"mixed\")", "(NIL \"mixed\" NIL NIL)");
	assert_text("(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 " ENVELOPE PLAIN " 3)",
		"(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL \"s\" NIL NIL NIL NIL NIL NIL "
		"NIL "
		"NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1 NIL NIL) 3 NIL NIL)");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/structure/sections", test_sections);
	g_test_add_func("/structure/sections-in-messages", test_sections_in_messages);
	g_test_add_func("/structure/fields", test_fields);
	g_test_add_func("/structure/message-fields", test_message_fields);
	g_test_add_func("/structure/dispositions", test_dispositions);
	g_test_add_func("/structure/message-as-a-file", test_message_as_a_file);
	g_test_add_func("/structure/odd", test_odd_structures);
	g_test_add_func("/structure/none", test_no_structure);
	g_test_add_func("/structure/depth", test_depth);
	g_test_add_func("/structure/number-of-parts", test_number_of_parts);
	g_test_add_func("/structure/text", test_text);
	return g_test_run();
}
