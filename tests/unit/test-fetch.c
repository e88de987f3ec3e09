/* What stands in a FETCH, and what is left of it when some can't be understood. */

#include "imap-read.h"

static void
test_all_items(void)
{
	g_auto(ImapRead) read =
		imap_read("* 12 FETCH (UID 4827 FLAGS (\\Seen todo) MODSEQ (624140003) "
			  "INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 "
			  "ENVELOPE (\"d\" \"s\" ((\"A \\\"B\\\\\" \"@r\" \"a\" \"h\")) NIL NIL "
			  "((NIL NIL \"x\" NIL)(NIL NIL NIL NIL)) NIL NIL \"<i>\" \"<m>\") "
			  "BODYSTRUCTURE (\"text\" \"plain\"))");
	const ImapFetch *fetch = &read.response->fetch;

	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_FETCH);
	g_assert_cmpuint(fetch->position, ==, 12);
	g_assert_cmpuint(fetch->uid, ==, 4827);
	g_assert_cmpuint(fetch->has, ==, 0x3f);
	g_assert_cmpuint(fetch->flags.bits, ==, FLAG_SEEN);
	g_assert_cmpstr(fetch->flags.keywords[0], ==, "todo");
	g_assert_cmpint(fetch->internaldate, ==, 837596665);
	g_assert_cmpuint(fetch->size, ==, 4286);
	g_assert_cmpuint(fetch->modseq, ==, 624140003);
	g_assert_true(imap_bytes_are(fetch->envelope->date, "d"));
	g_assert_true(imap_bytes_are(fetch->envelope->subject, "s"));
	g_assert_cmpuint(fetch->envelope->from.n, ==, 1);
	g_assert_true(imap_bytes_are(fetch->envelope->from.at[0].name, "A \"B\\"));
	g_assert_true(imap_bytes_are(fetch->envelope->from.at[0].route, "@r"));
	g_assert_true(imap_bytes_are(fetch->envelope->from.at[0].mailbox, "a"));
	g_assert_true(imap_bytes_are(fetch->envelope->from.at[0].host, "h"));
	g_assert_cmpuint(fetch->envelope->sender.n, ==, 0);
	g_assert_cmpuint(fetch->envelope->to.n, ==, 2);
	g_assert_true(imap_bytes_are(fetch->envelope->to.at[0].host, NULL));
	g_assert_true(imap_bytes_are(fetch->envelope->in_reply_to, "<i>"));
	g_assert_true(imap_bytes_are(fetch->envelope->message_id, "<m>"));
	g_assert_true(imap_bytes_are(fetch->structure->type, "text"));
}

/* ---- what is broken leaves the rest ---- */

static void
assert_has(const char *items, guint has)
{
	g_autofree char *wire =
		g_strdup_printf("* 7 FETCH (FLAGS (\\Seen) %s UID 5 RFC822.SIZE 9)", items);
	g_auto(ImapRead) read = imap_read(wire);
	const ImapFetch *fetch = &read.response->fetch;

	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_FETCH);
	g_assert_cmpuint(fetch->position, ==, 7);
	g_assert_cmpuint(fetch->uid, ==, 5);
	g_assert_cmpuint(fetch->size, ==, 9);
	g_assert_cmpuint(fetch->flags.bits, ==, FLAG_SEEN);
	g_assert_cmpuint(fetch->has, ==, has | IMAP_HAS_FLAGS | IMAP_HAS_SIZE);
	g_assert_true(!!(fetch->has & IMAP_HAS_ENVELOPE) == !!fetch->envelope);
	g_assert_true(!!(fetch->has & IMAP_HAS_STRUCTURE) == !!fetch->structure);
}

static void
test_broken_items(void)
{
	assert_has("ENVELOPE NIL", 0);
	assert_has("ENVELOPE ()", 0);
	assert_has("ENVELOPE \"text\"", 0);
	assert_has("ENVELOPE (NIL NIL NIL)", 0);
	assert_has("ENVELOPE (() () () () () () () () () ())", IMAP_HAS_ENVELOPE);
	assert_has("ENVELOPE (NIL NIL \"\" \"\" \"\" \"\" \"\" \"\" NIL NIL)", IMAP_HAS_ENVELOPE);
	assert_has("ENVELOPE (NIL NIL (NIL (a)) NIL NIL NIL NIL NIL NIL NIL)", IMAP_HAS_ENVELOPE);
	assert_has("BODYSTRUCTURE NIL", 0);
	assert_has("BODYSTRUCTURE ()", 0);
	assert_has("BODYSTRUCTURE \"text\"", 0);
	assert_has("BODY (\"text\" \"plain\")", IMAP_HAS_STRUCTURE);
	assert_has("BODY (\"text\" \"plain\") BODYSTRUCTURE NIL", IMAP_HAS_STRUCTURE);
	assert_has("INTERNALDATE NIL", 0);
	assert_has("INTERNALDATE \"yesterday\"", 0);
	assert_has("MODSEQ (-1)", 0);
	assert_has("MODSEQ ()", 0);
	assert_has("MODSEQ 5", IMAP_HAS_MODSEQ);
	assert_has("FLAGS nonsense", 0);
	assert_has("X-UNKNOWN ((a) (b (c)))", 0);
	assert_has("(not an item)", 0);
}

static void
test_broken_numbers(void)
{
	g_auto(ImapRead) read = imap_read("* 1 FETCH (UID 4294967296 RFC822.SIZE "
					  "99999999999999999999 MODSEQ (18446744073709551616))");

	g_assert_cmpuint(read.response->fetch.uid, ==, 0);
	g_assert_cmpuint(read.response->fetch.has, ==, 0);
}

static void
test_flags_nil(void)
{
	g_auto(ImapRead) read = imap_read("* 1 FETCH (FLAGS NIL)");

	g_assert_cmpuint(read.response->fetch.has, ==, IMAP_HAS_FLAGS);
	g_assert_true(flagset_is_empty(&read.response->fetch.flags));
}

/* The last one counts, and nothing of the first is left. */
static void
test_flags_twice(void)
{
	g_auto(ImapRead) read = imap_read("* 1 FETCH (FLAGS (\\Seen a) FLAGS (\\Draft))");

	g_assert_cmpuint(read.response->fetch.flags.bits, ==, FLAG_DRAFT);
	g_assert_null(read.response->fetch.flags.keywords);
}

static void
test_envelope_twice(void)
{
	g_auto(ImapRead) read = imap_read(
		"* 1 FETCH (ENVELOPE (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) ENVELOPE NIL)");

	g_assert_cmpuint(read.response->fetch.has, ==, IMAP_HAS_ENVELOPE);
	g_assert_true(imap_bytes_are(read.response->fetch.envelope->subject, "s"));
}

/* ---- dates ---- */

static void
assert_date(const char *text, gboolean valid, gint64 seconds)
{
	g_autofree char *wire = g_strdup_printf("* 1 FETCH (INTERNALDATE \"%s\")", text);
	g_auto(ImapRead) read = imap_read(wire);

	g_assert_cmpint(!!(read.response->fetch.has & IMAP_HAS_INTERNALDATE), ==, valid);
	g_assert_cmpint(read.response->fetch.internaldate, ==, seconds);
}

static void
test_dates(void)
{
	assert_date(" 1-Jan-1970 00:00:00 +0000", TRUE, 0);
	assert_date("01-jan-1970 00:00:01 +0000", TRUE, 1);
	assert_date("1-Jan-1970 00:00:00 -0130", TRUE, 5400);
	assert_date("31-Dec-1969 23:59:59 +0000", TRUE, -1);
	assert_date("29-Feb-2024 12:00:00 +0530", TRUE, 1709188200);
	assert_date("01-Mar-2100 00:00:00 +0000", TRUE, 4107542400);
	assert_date("19-Jan-2038 03:14:08 +0000", TRUE, 2147483648);
	assert_date("01-Jan-0001 00:00:00 +0000", TRUE, -62135596800);
	assert_date("17-Jul-1996 02:44:25", TRUE, 837571465);
}

/* CVE-2018-14350 was an overflow in such a date. */
static void
test_dates_that_are_none(void)
{
	assert_date("", FALSE, 0);
	assert_date("17", FALSE, 0);
	assert_date("17-", FALSE, 0);
	assert_date("17-J", FALSE, 0);
	assert_date("17-Jux-1996 02:44:25 +0000", FALSE, 0);
	assert_date("17-Jul-1996 02:44", FALSE, 0);
	assert_date("17-Jul-1996 24:00:00 +0000", FALSE, 0);
	assert_date("17-Jul-1996 02:60:00 +0000", FALSE, 0);
	assert_date("00-Jul-1996 02:00:00 +0000", FALSE, 0);
	assert_date("32-Jul-1996 02:00:00 +0000", FALSE, 0);
	assert_date("17-Jul-0000 02:00:00 +0000", FALSE, 0);
	assert_date("17-Jul-1996 02:44:25 PDT", FALSE, 0);
	assert_date("17-Jul-1996 02:44:25 +0", FALSE, 0);
	assert_date("17-Jul-199999999999999999999999999999999999999999999999999 02:44:25 +0000",
		FALSE, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fetch/all-items", test_all_items);
	g_test_add_func("/fetch/broken-items", test_broken_items);
	g_test_add_func("/fetch/broken-numbers", test_broken_numbers);
	g_test_add_func("/fetch/flags-nil", test_flags_nil);
	g_test_add_func("/fetch/flags-twice", test_flags_twice);
	g_test_add_func("/fetch/envelope-twice", test_envelope_twice);
	g_test_add_func("/fetch/dates", test_dates);
	g_test_add_func("/fetch/cve-2018-14350-dates", test_dates_that_are_none);
	return g_test_run();
}
