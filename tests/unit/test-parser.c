/* The parser as a stream: cuts, literals, limits, broken lines. What is in a response: test-fetch.c,
 * test-response.c and their like. */

#include "base/err.h"
#include "imap-dump.h"
#include "imap/parser.h"

#include <string.h>

static void
assert_dump(const char *wire, const char *expected)
{
	g_autofree char *dump = imap_dump_stream(wire, strlen(wire), NULL, NULL, NULL);

	g_assert_cmpstr(dump, ==, expected);
}

/* ---- cuts ---- */

static gsize
cut_one(gpointer user)
{
	return 1;
}

static gsize
cut_random(gpointer user)
{
	return (gsize)g_rand_int_range(user, 1, 40);
}

static void
assert_same_in_cuts(const char *data, gsize len)
{
	g_autofree char *whole = imap_dump_stream(data, len, NULL, NULL, NULL);
	g_autofree char *bytes = imap_dump_stream(data, len, NULL, cut_one, NULL);
	g_autoptr(GRand) rand = g_rand_new_with_seed(20260101);

	g_assert_cmpstr(bytes, ==, whole);
	for (int i = 0; i < 20; i++) {
		g_autofree char *pieces = imap_dump_stream(data, len, NULL, cut_random, rand);

		g_assert_cmpstr(pieces, ==, whole);
	}
}

static void
test_samples_in_cuts(void)
{
	const char *source = g_getenv("abs_top_srcdir");
	g_autofree char *folder =
		g_build_filename(source ? source : ".", "tests", "imap-samples", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;
	guint n = 0;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *data = NULL;
		gsize len;

		if (!g_str_has_suffix(name, ".txt"))
			continue;
		g_assert_true(g_file_get_contents(path, &data, &len, NULL));
		assert_same_in_cuts(data, len);
		n++;
	}
	g_assert_cmpuint(n, >=, 20);
}

/* ---- lines ---- */

static void
test_line_ends(void)
{
	assert_dump("* 1 EXISTS\n* 2 EXISTS\r\n\r\n\n* 3 EXISTS\r\r\n* 4 EXISTS",
		"EXISTS 1\nEXISTS 2\nEXISTS 3\n");
}

static void
test_blanks(void)
{
	assert_dump(" *  1  EXISTS  \r\na1  OK  done\r\n+\r\n+  Z29 \r\n",
		"EXISTS 1\n"
		"TAGGED tag=\"a1\" OK text=\"done\"\n"
		"CONTINUE text=\"\"\n"
		"CONTINUE text=\"Z29 \"\n");
}

static void
test_garbage_is_unknown_and_the_next_line_is_read(void)
{
	assert_dump("Server Unavailable.\r\n"
		    "* \r\n"
		    "* 5\r\n"
		    "* FETCH (UID 1)\r\n"
		    "* -1 EXISTS\r\n"
		    "* 4294967296 EXISTS\r\n"
		    "* 0 FETCH (UID 1)\r\n"
		    "* 0 EXPUNGE\r\n"
		    "* LIST (\r\n"
		    "\377\376 )))\r\n"
		    "* 7 EXISTS\r\n",
		"UNKNOWN text=\"Server Unavailable.\"\n"
		"UNKNOWN text=\"* \"\n"
		"UNKNOWN text=\"* 5\"\n"
		"UNKNOWN text=\"* FETCH (UID 1)\"\n"
		"UNKNOWN text=\"* -1 EXISTS\"\n"
		"UNKNOWN text=\"* 4294967296 EXISTS\"\n"
		"UNKNOWN text=\"* 0 FETCH (UID 1)\"\n"
		"UNKNOWN text=\"* 0 EXPUNGE\"\n"
		"UNKNOWN text=\"* LIST (\"\n"
		"UNKNOWN text=\"\\377\\376 )))\"\n"
		"EXISTS 7\n");
}

static void
test_nul_is_replaced(void)
{
	static const char wire[] = "* LIST () \"/\" \"a\0b\"\r\n* LIST () \"/\" {3}\r\na\0b\r\n";
	g_autofree char *dump = imap_dump_stream(wire, sizeof(wire) - 1, NULL, NULL, NULL);

	g_assert_cmpstr(dump, ==,
		"LIST name=\"a?b\" delimiter=47 flags=0\nLIST name=\"a?b\" delimiter=47 flags=0\n");
}

/* ---- literals ---- */

static void
test_literals_in_strange_places(void)
{
	assert_dump("* LIST ({6}\r\n\\Drafts) {1}\r\n/ {3}\r\nabc\r\n"
		    "* 2 FETCH (UID {1}\r\n7 FLAGS ({5+}\r\n\\Seen) INTERNALDATE "
		    "{26}\r\n17-Jul-1996 02:44:25 -0700 BODY[HEADER.FIELDS ({4}\r\nFrom "
		    "{2}\r\nTo)] {3}\r\nabc BODY[1] ~{2}\r\nde)\r\n",
		"LIST name=\"abc\" delimiter=47 flags=0\n"
		"BODY 2 uid=7 [HEADER.FIELDS (]<0> \"abc\"\n"
		"BODY 2 uid=7 [1]<0> \"de\"\n"
		"FETCH 2 uid=7 flags=(\\Seen) date=837596665\n");
}

/* In free text, braces at the end are only that. */
static void
test_no_literal_in_text(void)
{
	assert_dump("* OK see {5}\r\na1 NO {3}\r\n+ {9}\r\nGarbage {9}\r\n* 1 EXISTS\r\n",
		"STATUS OK text=\"see {5}\"\n"
		"TAGGED tag=\"a1\" NO text=\"{3}\"\n"
		"CONTINUE text=\"{9}\"\n"
		"UNKNOWN text=\"Garbage {9}\"\n"
		"EXISTS 1\n");
}

/* A subject that ends a line in the middle of a quoted string can't make a literal of itself. */
static void
test_no_literal_in_an_open_quote(void)
{
	assert_dump("* 1 FETCH (UID 3 ENVELOPE (NIL \"evil {10}\r\n* 2 EXISTS\r\n",
		"FETCH 1 uid=3\nEXISTS 2\n");
}

static void
test_empty_body(void)
{
	assert_dump(
		"* 1 FETCH (UID 9 BODY[] {0}\r\n BODY[1] \"\" BODY[2] NIL BODY[TEXT]<5> \"x\")\r\n",
		"BODY 1 uid=9 []<0> \"\"\n"
		"BODY 1 uid=9 [1]<0> \"\"\n"
		"BODY 1 uid=9 [2]<0> nil \"\"\n"
		"BODY 1 uid=9 [TEXT]<5> \"x\"\n"
		"FETCH 1 uid=9\n");
}

static void
test_body_names(void)
{
	assert_dump("* 1 FETCH (RFC822 {1}\r\na RFC822.HEADER {1}\r\nb RFC822.TEXT {1}\r\nc "
		    "BINARY[1.2] ~{1}\r\nd BINARY.SIZE[1] 5 body[2.MIME]<10> {1}\r\ne "
		    "BODY[HEADER.FIELDS (\"a]b\")] {1}\r\nf RFC822.SIZE 7)\r\n",
		"BODY 1 uid=0 []<0> \"a\"\n"
		"BODY 1 uid=0 [HEADER]<0> \"b\"\n"
		"BODY 1 uid=0 [TEXT]<0> \"c\"\n"
		"BINARY 1 uid=0 [1.2]<0> \"d\"\n"
		"BODY 1 uid=0 [2.MIME]<10> \"e\"\n"
		"BODY 1 uid=0 [HEADER.FIELDS (\"a]b\")]<0> \"f\"\n"
		"FETCH 1 size=7\n");
}

/* literal8 of RFC 3516: any octets, NUL among them; short ones and none come in other forms, and not from a
 * place in the part as it was sent. */
static void
test_binary(void)
{
	static const char text[] =
		"* 3 FETCH (UID 7 BINARY[2]<3> ~{5}\r\n\0\r\n\xff) BINARY[4] {0}\r\n"
		" BINARY[5] NIL BINARY[6] \"ab\" binary[1.1]<0> ~{0}\r\n"
		" BINARY.SIZE[2] 200)\r\n";
	g_autofree char *dump = imap_dump_stream(text, sizeof text - 1, NULL, NULL, NULL);

	g_assert_cmpstr(dump, ==,
		"BINARY 3 uid=7 [2]<3> \"\\000\\015\\012\\377)\"\n"
		"BINARY 3 uid=7 [4]<0> \"\"\n"
		"BINARY 3 uid=7 [1.1]<0> \"\"\n"
		"BINARY 3 uid=7 [5]<0> nil \"\"\n"
		"BINARY 3 uid=7 [6]<0> \"ab\"\n"
		"FETCH 3 uid=7\n");
	/* One that is above the limit can't be passed over, tilde or not. */
	assert_dump("* 3 FETCH (BINARY[2] ~{4294967296}\r\n",
		"BAD The server sent a literal of more than 4294967295 octets.\n");
}

/* Pieces come as they are fed, each with its place, and no more is held. */
static void
test_body_is_streamed(void)
{
	g_autoptr(ImapParser) parser = imap_parser_new(NULL);
	g_autofree char *piece = g_malloc0(65536);
	const ImapResponse *response;
	const char *head = "* 1 FETCH (BODY[]<100> {6553600}\r\n";

	imap_parser_feed(parser, head, strlen(head));
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==, IMAP_PARSE_MORE);
	for (guint i = 0; i < 100; i++) {
		imap_parser_feed(parser, piece, 65536);
		g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==, IMAP_PARSE_RESPONSE);
		g_assert_cmpint(response->kind, ==, IMAP_RESPONSE_BODY);
		g_assert_cmpuint(response->body.offset, ==, 100 + i * 65536);
		g_assert_cmpuint(response->body.len, ==, 65536);
		g_assert_cmpint(response->body.last, ==, i == 99);
		g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==, IMAP_PARSE_MORE);
		g_assert_cmpuint(imap_parser_pending(parser), ==, 0);
	}
}

/* CVE-2025-43857, CVE-2021-3657: a size costs nothing before its bytes are there. */
static void
test_cve_2025_43857_huge_literal(void)
{
	assert_dump("* LIST () \"/\" {4294967295}\r\nabc", "");
	assert_dump("* 1 FETCH (BODY[] {4294967295}\r\nabc", "BODY 1 uid=0 []<0> \"abc");
}

static void
test_cve_2021_3657_literal_of_2_gib(void)
{
	assert_dump("* 1 FETCH (BODY[] {2147483648}\r\nabc", "BODY 1 uid=0 []<0> \"abc");
	assert_dump("* 1 FETCH (BODY[] {4294967296}\r\nabc",
		"BAD The server sent a literal of more than 4294967295 octets.\n");
	assert_dump("* LIST {99999999999999999999999}\r\n* 1 EXISTS\r\n",
		"BAD The server sent a literal of more than 4294967295 octets.\n");
}

static void
test_cve_2026_4371_negative_lengths(void)
{
	assert_dump("* 1 FETCH (UID 2 BODY[] {-1}\r\n* 2 FETCH (RFC822.SIZE -5 UID -1)\r\n",
		"BODY 1 uid=2 []<0> \"{-1}\"\nFETCH 1 uid=2\nFETCH 2\n");
}

static void
test_cve_2018_14351_status_literal(void)
{
	assert_dump("* STATUS {5}\r\na\"b\\c (MESSAGES 2)\r\n* STATUS {0}\r\n (MESSAGES 1)\r\n"
		    "* STATUS {3}\r\n",
		"MAILBOX-STATUS name=\"a\\\"b\\\\c\" has=1 2 0 0 0 0 0 0\n"
		"MAILBOX-STATUS name=\"\" has=1 1 0 0 0 0 0 0\n");
}

/* ---- limits ---- */

static const ImapLimits small = {
	.line = 60,
	.literal = 1000,
	.held = 10,
	.nesting = 4,
	.list = 20,
};

static void
assert_small_dump(const char *wire, const char *expected)
{
	g_autofree char *whole = imap_dump_stream(wire, strlen(wire), &small, NULL, NULL);
	g_autofree char *bytes = imap_dump_stream(wire, strlen(wire), &small, cut_one, NULL);

	g_assert_cmpstr(whole, ==, expected);
	g_assert_cmpstr(bytes, ==, expected);
}

static void
test_limit_of_held_literals(void)
{
	assert_small_dump("* LIST () \"/\" {12}\r\nabcdefghijkl\r\n* 1 EXISTS\r\n",
		"LIST name=\"abcdefghij\" delimiter=47 flags=0\nEXISTS 1\n");
}

/* A monster of a message: what comes before it is delivered, and the line behind it is read. */
static void
test_limit_of_the_line_in_a_fetch(void)
{
	assert_small_dump(
		"* 1 FETCH (UID 5 FLAGS (\\Seen) ENVELOPE (NIL \"01234567890123456789\" NIL "
		"{5}\r\n)\r\n)\n NIL \"{3}\" {4}\r\n*\r\n* NIL)\r\n* 2 EXISTS\r\n",
		"FETCH 1 uid=5 flags=(\\Seen)\nEXISTS 2\n");
	assert_small_dump(
		"* 1 FETCH (UID 5 BODY (0123456789012345678901234567890123456789012345678 {3}"
		"\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\n"
		"* 2 EXISTS\r\n",
		"FETCH 1 uid=5\nEXISTS 2\n");
}

static void
test_limit_of_the_line_elsewhere(void)
{
	assert_small_dump(
		"* SEARCH 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\r\n",
		"BAD The server sent a line of more than 60 octets.\n");
}

static void
test_limit_of_nesting(void)
{
	assert_small_dump("* 1 FETCH (X (((((((((a)))))))))  UID 7)\r\n"
			  "* 2 FETCH (BODY ((((\"a\" \"b\"))) \"c\") UID 8)\r\n",
		"FETCH 1 uid=7\nFETCH 2 uid=8\n");
}

static void
test_limit_of_members(void)
{
	assert_small_dump("* 1 FETCH (X (a b c d e f g h i j k l m n o p q r s) UID 7)\r\n",
		"FETCH 1 uid=7\n");
	assert_small_dump("* SEARCH 1 3 5 7 9 1 3 5 7 9 1 3 5 7 9 1 3 5 7 9 1 3\r\n",
		"BAD The server sent a set of more than 20 ranges.\n");
}

static void
test_bad_is_the_end(void)
{
	g_autoptr(ImapParser) parser = imap_parser_new(&small);
	const ImapResponse *response = NULL;
	g_autoptr(GError) error = NULL;

	imap_parser_feed(parser, "* LIST {1001}\r\n", 15);
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==, IMAP_PARSE_BAD);
	imap_parser_feed(parser, "* 1 EXISTS\r\n", 12);
	g_assert_cmpint(imap_parser_next(parser, &response, &error), ==, IMAP_PARSE_BAD);
	g_assert_nonnull(error);
	g_assert_null(response);
}

/* Time must grow with the input, not with its square; each of these took hours if it did not. */
static void
test_no_quadratic_time(void)
{
	static const char *const patterns[] = {"(", ")", "[", "a[", "\"", "\\", "BODY[ ", "(NIL ",
		"BODY[] \"\" ", "X[{1}\r\na", "BODY[] {0}\r\n", "{0}\r\n", "{1", "((a b)", "]"};

	for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
		GString *wire = g_string_new("* 1 FETCH (BODY ");
		g_autofree char *dump = NULL;

		while (wire->len < 300000)
			g_string_append(wire, patterns[i]);
		g_string_append(wire, "\r\n* 9 EXISTS\r\n");
		dump = imap_dump_stream(wire->str, wire->len, NULL, NULL, NULL);
		g_assert_nonnull(strstr(dump, "FETCH 1"));
		g_string_free(wire, TRUE);
	}
}

static void
test_pending(void)
{
	g_autoptr(ImapParser) parser = imap_parser_new(NULL);
	const ImapResponse *response;

	imap_parser_feed(parser, "a OK now\r\n* EVIL", 16);
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==, IMAP_PARSE_RESPONSE);
	g_assert_cmpuint(imap_parser_pending(parser), ==, 6);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/parser/samples-in-cuts", test_samples_in_cuts);
	g_test_add_func("/parser/line-ends", test_line_ends);
	g_test_add_func("/parser/blanks", test_blanks);
	g_test_add_func("/parser/garbage", test_garbage_is_unknown_and_the_next_line_is_read);
	g_test_add_func("/parser/nul", test_nul_is_replaced);
	g_test_add_func("/parser/literals", test_literals_in_strange_places);
	g_test_add_func("/parser/no-literal-in-text", test_no_literal_in_text);
	g_test_add_func("/parser/no-literal-in-an-open-quote", test_no_literal_in_an_open_quote);
	g_test_add_func("/parser/empty-body", test_empty_body);
	g_test_add_func("/parser/body-names", test_body_names);
	g_test_add_func("/parser/binary", test_binary);
	g_test_add_func("/parser/body-is-streamed", test_body_is_streamed);
	g_test_add_func("/parser/cve-2025-43857-huge-literal", test_cve_2025_43857_huge_literal);
	g_test_add_func(
		"/parser/cve-2021-3657-literal-of-2-gib", test_cve_2021_3657_literal_of_2_gib);
	g_test_add_func(
		"/parser/cve-2026-4371-negative-lengths", test_cve_2026_4371_negative_lengths);
	g_test_add_func(
		"/parser/cve-2018-14351-status-literal", test_cve_2018_14351_status_literal);
	g_test_add_func("/parser/limit-held", test_limit_of_held_literals);
	g_test_add_func("/parser/limit-line-in-a-fetch", test_limit_of_the_line_in_a_fetch);
	g_test_add_func("/parser/limit-line-elsewhere", test_limit_of_the_line_elsewhere);
	g_test_add_func("/parser/limit-nesting", test_limit_of_nesting);
	g_test_add_func("/parser/limit-members", test_limit_of_members);
	g_test_add_func("/parser/bad-is-the-end", test_bad_is_the_end);
	g_test_add_func("/parser/no-quadratic-time", test_no_quadratic_time);
	g_test_add_func("/parser/pending", test_pending);
	return g_test_run();
}
