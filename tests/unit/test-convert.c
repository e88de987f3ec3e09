/* From the wire to a row: what a server says of a message, well or badly. */
#include "core/convert.h"
#include "imap-read.h"
#include "imap/structure.h"

#include <string.h>

#define ENVELOPE(from, to)                                                                         \
	"* 1 FETCH (UID 7 ENVELOPE (\"Mon, 2 Mar 2026 09:00:00 +0100\" \"s\" " from " NIL NIL " to \
	" NIL NIL NIL NIL))"

static StoreMessage *
convert(const char *wire)
{
	g_auto(ImapRead) read = imap_read(wire);

	return convert_fetch(3, &read.response->fetch);
}

static void
test_row(void)
{
	g_autoptr(StoreMessage) message =
		convert("* 12 FETCH (UID 42 FLAGS (\\Seen $Forwarded todo) INTERNALDATE "
			"\" 2-Mar-2026 10:00:00 +0000\" RFC822.SIZE 4711 MODSEQ (99) ENVELOPE "
			"(\"Mon, 2 Mar 2026 09:00:00 +0100\" \"=?utf-8?q?Gr=C3=B6=C3=9Fe?=\" "
			"((\"Zo=?utf-8?q?=C3=AB?=\" NIL \"zoe\" \"example.com\")) NIL NIL "
			"((NIL NIL \"alice\" \"example.org\")) NIL NIL \"<a@b>\" \"<c@d>\"))");

	g_assert_cmpuint(message->folder, ==, 3);
	g_assert_cmpuint(message->uid, ==, 42);
	g_assert_cmphex(message->flags.bits, ==, FLAG_SEEN | FLAG_FORWARDED);
	g_assert_cmpstr(message->flags.keywords[0], ==, "todo");
	g_assert_cmpint(message->internaldate, ==, 1772445600);
	g_assert_cmpint(message->date, ==, 1772438400);
	g_assert_cmpuint(message->size, ==, 4711);
	g_assert_cmpuint(message->modseq, ==, 99);
	g_assert_cmpstr(message->subject, ==, "Größe");
	g_assert_cmpstr(message->from_address, ==, "zoe@example.com");
	g_assert_cmpstr(message->to_name, ==, "alice@example.org");
	g_assert_cmpstr(message->in_reply_to, ==, "<a@b>");
	g_assert_cmpstr(message->message_id, ==, "<c@d>");
}

/* Whatever is missing, there is a row, and no field of it is NULL. */
static void
test_degraded(void)
{
	static const char *const wires[] = {
		"* 1 FETCH (UID 7 ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))",
		"* 1 FETCH (UID 7 ENVELOPE (\"not a date\" \"\" (()) NIL NIL (()) NIL NIL NIL "
		"NIL))",
		"* 1 FETCH (UID 7 ENVELOPE (\"\" \"=?x-unknown?b?//8=?=\" NIL NIL NIL NIL NIL NIL "
		"NIL NIL))",
		"* 1 FETCH (UID 7 ENVELOPE (\"\" \"\xff\xfe raw\" ((\"\xff\" NIL \"\xfe\" "
		"\"h\")) NIL NIL NIL NIL NIL NIL NIL))",
		ENVELOPE("((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\"))", "NIL"),
		ENVELOPE("((NIL NIL NIL NIL))", "((NIL NIL NIL NIL))"),
		ENVELOPE("((NIL NIL \"alone\" NIL))", "NIL"),
		ENVELOPE("((NIL NIL NIL \"host\"))", "NIL"),
	};

	for (guint i = 0; i < G_N_ELEMENTS(wires); i++) {
		g_autoptr(StoreMessage) message = convert(wires[i]);
		const char *fields[] = {message->from_name, message->from_address, message->to_name,
			message->subject, message->message_id, message->in_reply_to};

		g_assert_cmpuint(message->uid, ==, 7);
		for (guint f = 0; f < G_N_ELEMENTS(fields); f++) {
			g_assert_nonnull(fields[f]);
			g_assert_true(g_utf8_validate(fields[f], -1, NULL));
		}
	}
}

static void
test_addresses(void)
{
	g_autoptr(StoreMessage) group = convert(ENVELOPE("((\"Ada\" NIL \"ada\" \"example.org\"))",
		"((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL))"));
	g_autoptr(StoreMessage) sender =
		convert("* 1 FETCH (UID 7 ENVELOPE (NIL NIL NIL ((\"Bot\" NIL \"bot\" \"h\")) NIL "
			"NIL ((\"Cc\" NIL \"cc\" \"h\")) NIL NIL NIL))");

	g_assert_cmpstr(group->from_name, ==, "Ada");
	g_assert_cmpstr(group->to_name, ==, "undisclosed-recipients");
	g_assert_cmpstr(sender->from_name, ==, "Bot");
	g_assert_cmpstr(sender->to_name, ==, "Cc");
}

static void
test_long(void)
{
	g_autofree char *subject = g_strnfill(999, 'x');
	g_autofree char *wire =
		g_strdup_printf("* 1 FETCH (UID 7 ENVELOPE (NIL \"%s\xc3\xa4\xc3\xa4\" NIL NIL NIL "
				"NIL NIL NIL NIL NIL))",
			subject);
	g_autoptr(StoreMessage) message = convert(wire);

	/* Cut between characters. */
	g_assert_cmpuint(strlen(message->subject), ==, 999);
	g_assert_true(g_utf8_validate(message->subject, -1, NULL));
}

/* ---- parts ---- */

#define PLAIN(octets) "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" " #octets " 1)"
#define HTML          "(\"text\" \"html\" NIL NIL NIL \"7bit\" 10 1)"
#define PDF                                                                        \
	"(\"application\" \"pdf\" (\"name\" \"a.pdf\") NIL NIL \"base64\" 10 NIL " \
	"(\"attachment\" (\"filename\" \"=?utf-8?q?=C3=A4.pdf?=\")))"
#define INLINE_IMAGE "(\"image\" \"png\" NIL \"<id>\" NIL \"base64\" 10)"
#define TEXT_FILE                                                            \
	"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 10 1 NIL (\"attachment\" " \
	"(\"filename\" \"a.txt\")))"
#define SIGNATURE "(\"application\" \"pgp-signature\" NIL NIL NIL \"7bit\" 10)"

typedef struct {
	const char *structure;
	gboolean attachment;
	const char *text, *html; /* sections, with plain text or HTML preferred; or NULL */
} Case;

static const Case cases[] = {
	{PLAIN(5), FALSE, "1", "1"},
	{HTML, FALSE, "1", "1"},
	{PDF, TRUE, NULL, NULL},
	{TEXT_FILE, TRUE, NULL, NULL},
	{"(" PLAIN(5) HTML " \"alternative\")", FALSE, "1", "2"},
	{"(" HTML PLAIN(5) " \"alternative\")", FALSE, "2", "1"},
	{"(" TEXT_FILE PLAIN(5) " \"mixed\")", TRUE, "2", "2"},
	{"((" PLAIN(5) HTML " \"alternative\")" PDF " \"mixed\")", TRUE, "1.1", "1.2"},
	{"(" HTML INLINE_IMAGE " \"related\")", FALSE, "1", "1"},
	/* What a list adds to a message is no other form of it. */
	{"(" HTML PLAIN(5) " \"mixed\")", FALSE, "1", "1"},
	{"((" PLAIN(5) "(" HTML INLINE_IMAGE " \"related\") \"alternative\")" PDF " \"mixed\")",
		TRUE, "1.1", "1.2.1"},
	{"(" PLAIN(5) SIGNATURE " \"signed\")", FALSE, "1", "1"},
};

static void
test_parts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *wire =
			g_strdup_printf("* 1 FETCH (UID 7 BODYSTRUCTURE %s)", cases[i].structure);
		g_autoptr(StoreMessage) message = convert(wire);
		g_autoptr(ImapStructure) structure = NULL;
		const ImapPart *text, *html;
		gsize len;
		const char *bytes;

		g_test_message("%s", cases[i].structure);
		g_assert_cmpint(message->attachment, ==, cases[i].attachment);
		g_assert_nonnull(message->structure);
		bytes = g_bytes_get_data(message->structure, &len);
		structure = imap_structure_from_text(bytes, len);
		text = convert_text_part(imap_structure_root(structure), FALSE);
		html = convert_text_part(imap_structure_root(structure), TRUE);
		g_assert_cmpstr(text ? text->section : NULL, ==, cases[i].text);
		g_assert_cmpstr(html ? html->section : NULL, ==, cases[i].html);
	}
}

static void
test_names(void)
{
	g_autoptr(ImapStructure) pdf = imap_structure_from_text(PDF, strlen(PDF));
	g_autoptr(ImapStructure) html = imap_structure_from_text(HTML, strlen(HTML));
	g_autofree char *name = convert_part_name(imap_structure_root(pdf));
	g_autofree char *none = convert_part_name(imap_structure_root(html));
	g_autofree char *type = convert_part_type(imap_structure_root(pdf));

	g_assert_cmpstr(name, ==, "ä.pdf");
	g_assert_cmpstr(none, ==, "");
	g_assert_cmpstr(type, ==, "application/pdf");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/convert/row", test_row);
	g_test_add_func("/convert/degraded", test_degraded);
	g_test_add_func("/convert/addresses", test_addresses);
	g_test_add_func("/convert/long", test_long);
	g_test_add_func("/convert/parts", test_parts);
	g_test_add_func("/convert/names", test_names);
	return g_test_run();
}
