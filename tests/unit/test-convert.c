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
	const char *tree; /* section, type and name of each part from the top down */
} Case;

static const Case cases[] = {
	{PLAIN(5), FALSE, "1 text/plain "},
	{PDF, TRUE, "1 application/pdf ä.pdf"},
	{TEXT_FILE, TRUE, "1 text/plain a.txt"},
	{"(" TEXT_FILE PLAIN(5) " \"mixed\")", TRUE,
		" multipart/mixed , 1 text/plain a.txt, 2 text/plain "},
	{"((" PLAIN(5) HTML " \"alternative\")" PDF " \"mixed\")", TRUE,
		" multipart/mixed , 1 multipart/alternative , 1.1 text/plain , 1.2 text/html , "
		"2 application/pdf ä.pdf"},
	{"(" HTML INLINE_IMAGE " \"related\")", FALSE,
		" multipart/related , 1 text/html , 2 image/png "},
	{"(" PLAIN(5) SIGNATURE " \"signed\")", FALSE,
		" multipart/signed , 1 text/plain , 2 application/pgp-signature "},
};

static char *
describe(const MimePart *root)
{
	GString *text = g_string_new(NULL);

	for (const MimePart *part = root; part; part = mime_part_next(part)) {
		g_autofree char *type = mime_part_type(part);

		g_string_append_printf(text, "%s%s %s %s", part == root ? "" : ", ", part->section,
			type, mime_part_title(part));
	}
	return g_string_free(text, FALSE);
}

static void
test_parts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *wire =
			g_strdup_printf("* 1 FETCH (UID 7 BODYSTRUCTURE %s)", cases[i].structure);
		g_autoptr(StoreMessage) message = convert(wire);
		g_autoptr(ImapStructure) structure = NULL;
		g_autoptr(MimePart) tree = NULL;
		g_autofree char *text = NULL;
		gsize len;
		const char *bytes;

		g_assert_cmpint(message->attachment, ==, cases[i].attachment);
		g_assert_nonnull(message->structure);
		bytes = g_bytes_get_data(message->structure, &len);
		structure = imap_structure_from_text(bytes, len);
		tree = convert_parts(imap_structure_root(structure));
		text = describe(tree);
		g_assert_cmpstr(text, ==, cases[i].tree);
	}
}

static MimePart *
tree_of(const char *text)
{
	g_autoptr(ImapStructure) structure = imap_structure_from_text(text, strlen(text));

	return convert_parts(imap_structure_root(structure));
}

static void
test_part_fields(void)
{
	g_autoptr(MimePart) part =
		tree_of("(\"TEXT\" \"Plain\" (\"CharSet\" \"utf-8\") \"<id@x>\" "
			"\"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" \"BASE64\" 12 3 NIL (\"INLINE\" NIL))");

	g_assert_true(mime_part_is(part, "text", "plain"));
	g_assert_cmpstr(mime_part_param(part, "charset"), ==, "utf-8");
	g_assert_cmpstr(part->id, ==, "<id@x>");
	g_assert_cmpstr(part->description, ==, "Grüße");
	g_assert_cmpstr(part->encoding, ==, "BASE64");
	g_assert_cmpstr(part->disposition, ==, "inline");
	g_assert_cmpuint(part->octets, ==, 12);
	g_assert_false(part->attachment);
}

static void
test_part_envelope(void)
{
	g_autoptr(MimePart) part = tree_of(
		"(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 500 (\"Mon, 2 Mar 2026 09:00:00 "
		"+0100\" "
		"\"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" ((\"Ada\" NIL \"ada\" \"example.org\")) NIL NIL "
		"((NIL NIL \"bob\" \"example.org\")(NIL NIL \"eve\" \"example.org\")) NIL NIL NIL "
		"NIL) " PLAIN(5) " 9)");

	g_assert_true(mime_part_is_message(part));
	g_assert_cmpstr(part->envelope->from, ==, "Ada <ada@example.org>");
	g_assert_cmpstr(part->envelope->to, ==, "bob@example.org, eve@example.org");
	g_assert_cmpstr(part->envelope->cc, ==, "");
	g_assert_cmpstr(part->envelope->subject, ==, "Grüße");
	g_assert_cmpuint(part->children->len, ==, 1);
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
	g_test_add_func("/convert/part-fields", test_part_fields);
	g_test_add_func("/convert/part-envelope", test_part_envelope);
	return g_test_run();
}
