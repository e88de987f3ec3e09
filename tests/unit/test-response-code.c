/* OK, NO, BAD, BYE, PREAUTH and what stands in their brackets. */

#include "imap-read.h"

static void
assert_status(const char *line, ImapStatus status, ImapCodeKind kind, const char *argument,
	const char *text)
{
	g_auto(ImapRead) read = imap_read(line);
	const ImapResponse *response = read.response;

	g_assert_true(
		response->kind == IMAP_RESPONSE_STATUS || response->kind == IMAP_RESPONSE_TAGGED);
	g_assert_cmpint(response->status, ==, status);
	g_assert_cmpint(response->code.kind, ==, kind);
	g_assert_true(imap_bytes_are(response->code.argument, argument));
	g_assert_true(imap_bytes_are(response->text, text));
}

static void
test_statuses(void)
{
	assert_status("* OK hello", IMAP_OK, IMAP_CODE_NONE, NULL, "hello");
	assert_status("* no way", IMAP_NO, IMAP_CODE_NONE, NULL, "way");
	assert_status("* BAD", IMAP_BAD, IMAP_CODE_NONE, NULL, "");
	assert_status("* BYE  see you ", IMAP_BYE, IMAP_CODE_NONE, NULL, "see you ");
	assert_status("* PREAUTH [ALERT] x", IMAP_PREAUTH, IMAP_CODE_ALERT, "", "x");
}

static void
test_cve_2018_14349_no_without_text(void)
{
	assert_status("a1 NO", IMAP_NO, IMAP_CODE_NONE, NULL, "");
	assert_status("a1 NO ", IMAP_NO, IMAP_CODE_NONE, NULL, "");
	assert_status("a1 NO [", IMAP_NO, IMAP_CODE_NONE, NULL, "[");
	assert_status("a1 NO []", IMAP_NO, IMAP_CODE_OTHER, "", "");
	assert_status("a1 NO [NOPERM]", IMAP_NO, IMAP_CODE_NOPERM, "", "");
	assert_status("a1 NO [NOPERM", IMAP_NO, IMAP_CODE_NONE, NULL, "[NOPERM");
}

static void
test_tag(void)
{
	g_auto(ImapRead) read = imap_read("x+1.2 OK [read-only] done");

	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_TAGGED);
	g_assert_true(imap_bytes_are(read.response->tag, "x+1.2"));
	g_assert_cmpint(read.response->code.kind, ==, IMAP_CODE_READ_ONLY);
	g_assert_true(imap_bytes_are(read.response->code.name, "read-only"));
}

static void
test_brackets(void)
{
	assert_status("* NO [BADCHARSET (\"a]b\" UTF-8)] x", IMAP_NO, IMAP_CODE_BADCHARSET,
		"(\"a]b\" UTF-8)", "x");
	assert_status("* NO [REFERRAL imap://x/] y", IMAP_NO, IMAP_CODE_OTHER, "imap://x/", "y");
	assert_status("* NO [X \"y] z", IMAP_NO, IMAP_CODE_OTHER, "\"y", "z");
	assert_status("* OK see [ALERT]", IMAP_OK, IMAP_CODE_NONE, NULL, "see [ALERT]");
	/* Exchange. */
	assert_status("* [ALERT] full", IMAP_OK, IMAP_CODE_ALERT, "", "full");
}

static void
assert_number(const char *code, guint64 number)
{
	g_autofree char *line = g_strdup_printf("* OK [%s] x", code);
	g_auto(ImapRead) read = imap_read(line);

	g_assert_cmpuint(read.response->code.number, ==, number);
	g_assert_cmpint(read.response->code.kind, !=, IMAP_CODE_NONE);
}

static void
test_numbers(void)
{
	assert_number("UIDNEXT 4392", 4392);
	assert_number("UIDNEXT 4392 ", 4392);
	assert_number("UIDNEXT 4294967295", 4294967295);
	assert_number("UIDNEXT 4294967296", 0);
	assert_number("UIDNEXT -1", 0);
	assert_number("UIDNEXT", 0);
	assert_number("UNSEEN 12.0", 12);
	assert_number("UIDVALIDITY 7", 7);
	assert_number("HIGHESTMODSEQ 9223372036854775807", G_MAXINT64);
	assert_number("HIGHESTMODSEQ 9223372036854775808", 0);
	/* Gmail. */
	assert_number("HIGHESTMODSEQ", 0);
}

static void
test_permanent_flags(void)
{
	g_auto(ImapRead) read = imap_read("* OK [PERMANENTFLAGS (\\Seen \\Draft todo \\*)]");
	g_auto(ImapRead) none = imap_read("* OK [PERMANENTFLAGS ()]");

	g_assert_cmpuint(read.response->code.flags.bits, ==, FLAG_SEEN | FLAG_DRAFT);
	g_assert_cmpstr(read.response->code.flags.keywords[0], ==, "todo");
	g_assert_null(read.response->code.flags.keywords[1]);
	g_assert_true(read.response->code.any_keyword);
	g_assert_false(none.response->code.any_keyword);
	g_assert_true(flagset_is_empty(&none.response->code.flags));
}

/* ---- sets ---- */

static char *
ranges_text(const UidRange *ranges, guint n)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < n; i++)
		g_string_append_printf(
			text, "%s%u:%u", i ? "," : "", ranges[i].first, ranges[i].last);
	return g_string_free(text, FALSE);
}

static void
assert_copyuid(const char *argument, const char *source, const char *dest)
{
	g_autofree char *line = g_strdup_printf("a OK [COPYUID %s] x", argument);
	g_auto(ImapRead) read = imap_read(line);
	const ImapCode *code = &read.response->code;
	g_autofree char *got_source = ranges_text(code->source, code->n_source);
	g_autofree char *got_dest = ranges_text(code->dest, code->n_dest);

	g_assert_cmpint(code->kind, ==, IMAP_CODE_COPYUID);
	g_assert_cmpuint(code->number, ==, 38505);
	g_assert_cmpstr(got_source, ==, source);
	g_assert_cmpstr(got_dest, ==, dest);
}

static void
test_copyuid(void)
{
	assert_copyuid("38505 304,319:320 3956:3958", "304:304,319:320", "3956:3958");
	assert_copyuid("38505 9,8,7 1:3", "9:9,8:8,7:7", "1:3");
	assert_copyuid("38505 5:3 1:3", "3:5", "1:3");
	assert_copyuid("38505", "", "");
	assert_copyuid("38505 \"\" \"\"", "", "");
	assert_copyuid("38505 1:* 4", "", "4:4");
	assert_copyuid("38505 0 4:0", "", "");
}

static void
test_appenduid_and_modified(void)
{
	g_auto(ImapRead) append = imap_read("a OK [APPENDUID 38505 3955] x");
	g_auto(ImapRead) modified = imap_read("a OK [MODIFIED 7,9] x");

	g_assert_cmpuint(append.response->code.number, ==, 38505);
	g_assert_cmpuint(append.response->code.n_dest, ==, 1);
	g_assert_cmpuint(append.response->code.dest[0].first, ==, 3955);
	g_assert_cmpuint(modified.response->code.n_source, ==, 2);
	g_assert_cmpuint(modified.response->code.source[1].last, ==, 9);
}

static void
test_cve_2021_32055_trailing_comma(void)
{
	assert_copyuid("38505 1:2, ,3,", "1:2", "3:3");
	assert_copyuid("38505 , ,,", "", "");
	assert_copyuid("38505 1: 2", "", "2:2");
	assert_copyuid("38505 : :5", "", "");
}

static void
test_cve_2025_25186_huge_set(void)
{
	assert_copyuid("38505 1:4294967295 4294967295:1", "1:4294967295", "1:4294967295");
	assert_copyuid("38505 4294967295,1 4294967296", "4294967295:4294967295,1:1", "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/response-code/statuses", test_statuses);
	g_test_add_func("/response-code/cve-2018-14349-no-without-text",
		test_cve_2018_14349_no_without_text);
	g_test_add_func("/response-code/tag", test_tag);
	g_test_add_func("/response-code/brackets", test_brackets);
	g_test_add_func("/response-code/numbers", test_numbers);
	g_test_add_func("/response-code/permanent-flags", test_permanent_flags);
	g_test_add_func("/response-code/copyuid", test_copyuid);
	g_test_add_func("/response-code/appenduid-and-modified", test_appenduid_and_modified);
	g_test_add_func(
		"/response-code/cve-2021-32055-trailing-comma", test_cve_2021_32055_trailing_comma);
	g_test_add_func("/response-code/cve-2025-25186-huge-set", test_cve_2025_25186_huge_set);
	return g_test_run();
}
