/* How commands are written: atoms, quoted strings, literals, long sets. */
#include "base/err.h"
#include "imap/encode.h"

#include <string.h>

#define ALL_LITERALS "IMAP4rev1 LITERAL+"

static GPtrArray *
encode(ImapCommand *take_command, const char *atoms, guint step)
{
	g_autoptr(ImapCommand) command = take_command;
	g_autoptr(ImapCaps) caps = imap_caps_new();
	ImapQuirks quirks;

	imap_quirks_init(&quirks);
	imap_caps_set(caps, atoms);
	g_assert_true(imap_command_check(command, NULL));
	return imap_encode(command, &(ImapEncoding){caps, &quirks, step, FALSE});
}

/* EXPECTED holds the lines without their last CRLF, separated by "|"; "^" is where it waits for "+". */
static void
check(ImapCommand *take_command, const char *atoms, guint step, const char *expected)
{
	g_autoptr(GPtrArray) lines = encode(take_command, atoms, step);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++) {
		const ImapLine *line = lines->pdata[i];

		g_string_append(text, i ? "|" : "");
		for (guint piece = 0; piece < line->pieces->len; piece++) {
			gsize len;
			const char *data = g_bytes_get_data(line->pieces->pdata[piece], &len);

			g_string_append(text, piece ? "^" : "");
			g_string_append_len(text, data, (gssize)len);
		}
		if (line->message) {
			gsize len;
			const char *data = g_bytes_get_data(line->message, &len);

			g_string_append(text, line->message_waits ? "^" : "");
			g_string_append_len(text, data, (gssize)len);
			g_string_append(text, "\r\n");
		}
		g_assert_true(g_str_has_suffix(text->str, "\r\n"));
		g_string_truncate(text, text->len - 2);
	}
	g_assert_cmpstr(text->str, ==, expected);
}

static void
test_mailbox_names(void)
{
	static const char *const names[][2] = {
		{"INBOX", "INBOX"},
		{"Lists/kernel", "Lists/kernel"},
		{"[Gmail]/Spam", "[Gmail]/Spam"},
		{"", "\"\""},
		{"NIL", "\"NIL\""},
		{"nil", "\"nil\""},
		{"Sent Mail", "\"Sent Mail\""},
		{"a\"b\\c", "\"a\\\"b\\\\c\""},
		{"a*b", "\"a*b\""},
		{"(x)", "\"(x)\""},
		{"{5}", "\"{5}\""},
		{"~peter/mail/&U,BTFw-", "~peter/mail/&U,BTFw-"},
		{"Gr\xc3\xb6\xc3\x9f"
		 "e",
			"{7+}\r\nGr\xc3\xb6\xc3\x9f"
			"e"},
		{"\x01", "{1+}\r\n\x01"},
		{"\x7f", "{1+}\r\n\x7f"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *expected = g_strconcat("CREATE ", names[i][1], NULL);

		check(imap_command_create(names[i][0]), ALL_LITERALS, 0, expected);
	}
}

static void
test_literals(void)
{
	g_autofree char *long_name = g_strnfill(5000, 'x');
	g_autofree char *waiting = g_strconcat("CREATE {5000}\r\n^", long_name, NULL);
	g_autofree char *flying = g_strconcat("CREATE {5000+}\r\n", long_name, NULL);

	check(imap_command_create("\xff"), "IMAP4rev1", 0, "CREATE {1}\r\n^\xff");
	check(imap_command_create("\xff"), "IMAP4rev1 LITERAL-", 0, "CREATE {1+}\r\n\xff");
	check(imap_command_create(long_name), "IMAP4rev1 LITERAL-", 0, waiting);
	check(imap_command_create(long_name), "IMAP4rev1 LITERAL+", 0, flying);
	check(imap_command_rename("\xff", "\xfe"), "IMAP4rev1", 0,
		"RENAME {1}\r\n^\xff {1}\r\n^\xfe");
}

static void
test_fetch(void)
{
	check(imap_command_fetch_positions(9, 3, IMAP_WANT_FLAGS), "IMAP4rev1", 0,
		"FETCH 3:9 (UID FLAGS)");
	check(imap_command_fetch_positions(7, 7, 0), "IMAP4rev1 CONDSTORE", 0, "FETCH 7 (UID)");
	check(imap_command_fetch_uids(uidset_new_range(1, 5), IMAP_WANT_ROW, 99), "CONDSTORE", 0,
		"UID FETCH 1:5 (UID FLAGS ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE MODSEQ) "
		"(CHANGEDSINCE 99)");
	check(imap_command_fetch_uids(uidset_new_range(1, 5), IMAP_WANT_FLAGS, 99), "IMAP4rev1", 0,
		"UID FETCH 1:5 (UID FLAGS)");
	check(imap_command_fetch_body(4, "1.HEADER", 0, 0), "IMAP4rev1", 0,
		"UID FETCH 4 (BODY.PEEK[1.HEADER])");
	check(imap_command_fetch_body(4, "", 0, 100), "IMAP4rev1", 0,
		"UID FETCH 4 (BODY.PEEK[]<0.100>)");
	check(imap_command_fetch_body(4, "HEADER.FIELDS (LIST-ID)", 100, 0), "IMAP4rev1", 0,
		"UID FETCH 4 (BODY.PEEK[HEADER.FIELDS (LIST-ID)]<100.4294967295>)");
	check(imap_command_fetch_bodies(uidset_new_range(4, 6), "1.2"), "IMAP4rev1", 0,
		"UID FETCH 4:6 (BODY.PEEK[1.2])");
}

static void
test_search_since(void)
{
	check(imap_command_search_since(1799999999), "IMAP4rev1", 0,
		"UID SEARCH SINCE 15-Jan-2027");
	check(imap_command_search_since(0), "ESEARCH", 0,
		"UID SEARCH RETURN (ALL) SINCE 1-Jan-1970");
}

static void
test_store(void)
{
	g_auto(FlagSet) flags = flagset_parse("\\Seen \\Recent $Forwarded todo");

	check(imap_command_store(uidset_new_range(3, 3), IMAP_STORE_ADD, &flags, 0), "CONDSTORE", 0,
		"UID STORE 3 +FLAGS (\\Seen $Forwarded todo)");
	check(imap_command_store(uidset_new_range(3, 4), IMAP_STORE_REMOVE, &flags, 12),
		"CONDSTORE", 0,
		"UID STORE 3:4 (UNCHANGEDSINCE 12) -FLAGS (\\Seen $Forwarded todo)");
	check(imap_command_move(uidset_new_range(3, 4), "My Trash"), "MOVE", 0,
		"UID MOVE 3:4 \"My Trash\"");
	check(imap_command_uid_expunge(uidset_new_range(3, 4)), "UIDPLUS", 0, "UID EXPUNGE 3:4");
}

static void
test_list(void)
{
	const char *all = "LIST-EXTENDED LIST-STATUS SPECIAL-USE";

	check(imap_command_list("*", FALSE), all, LIST_EVERYTHING,
		"LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)");
	check(imap_command_list("*", TRUE), "LIST-STATUS", LIST_EVERYTHING,
		"LSUB \"\" \"*\"|LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT "
		"UIDVALIDITY))");
	check(imap_command_list("*", TRUE), all, LIST_EXTENDED,
		"LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN)");
	check(imap_command_list("a\"%", TRUE), all, LIST_PLAIN,
		"LSUB \"\" \"a\\\"%\"|LIST \"\" \"a\\\"%\"");
}

static void
test_append(void)
{
	g_auto(FlagSet) flags = flagset_parse("\\Seen");
	FlagSet none = {0};

	check(imap_command_append("Sent", &flags, 1700000000, g_bytes_new_static("x\r\n", 3)),
		"IMAP4rev1", 0,
		"APPEND Sent (\\Seen) \"14-Nov-2023 22:13:20 +0000\" {3}\r\n^x\r\n");
	check(imap_command_append("Sent", &none, 951782400 + 86400, g_bytes_new_static("", 0)),
		ALL_LITERALS, 0, "APPEND Sent \" 1-Mar-2000 00:00:00 +0000\" {0+}\r\n");
}

static void
test_long_sets_are_split(void)
{
	UidSet *uids = uidset_new();
	g_autoptr(UidSet) all = NULL;
	g_autoptr(UidSet) seen = uidset_new();
	g_autoptr(GPtrArray) lines = NULL;

	for (guint32 uid = 4000000000; uid < 4000020000; uid += 2)
		uidset_add(uids, uid);
	all = uidset_copy(uids);
	lines = encode(imap_command_move(uids, "Trash"), "MOVE", 0);
	g_assert_cmpuint(lines->len, ==, 15);
	for (guint i = 0; i < lines->len; i++) {
		const ImapLine *line = lines->pdata[i];
		gsize len;
		const char *text = g_bytes_get_data(line->pieces->pdata[0], &len);
		const char *set = text + strlen("UID MOVE ");
		g_autoptr(UidSet) part = uidset_parse(set, strcspn(set, " "), 10000, NULL);

		g_assert_cmpuint(line->pieces->len, ==, 1);
		g_assert_cmpuint(len + strlen("p01234567.4294967295 "), <=, 8000);
		g_assert_nonnull(part);
		uidset_add_set(seen, part);
	}
	g_assert_true(uidset_equal(all, seen));
}

static void
refuse(ImapCommand *take_command)
{
	g_autoptr(ImapCommand) command = take_command;
	g_autoptr(GError) error = NULL;

	g_assert_false(imap_command_check(command, &error));
	g_assert_true(err_is(error, ERR_INPUT));
}

/* CVE-2026-42257, CVE-2025-15366. */
static void
test_line_ends_are_refused(void)
{
	FlagSet none = {0};

	refuse(imap_command_select("a\nb", FALSE));
	refuse(imap_command_rename("a", "b\r"));
	refuse(imap_command_list("\n*", FALSE));
	refuse(imap_command_search(IMAP_SEARCH_TEXT, "a\r\nb"));
	refuse(imap_command_fetch_body(1, "1]\r\nx", 0, 0));
	refuse(imap_command_fetch_body(1, "]", 0, 0));
	refuse(imap_command_fetch_positions(0, 5, IMAP_WANT_FLAGS));
	refuse(imap_command_append("a", &none, 0, g_bytes_new_static("x\0y", 3)));
}

static void
check_description(ImapCommand *take_command, const char *expected)
{
	g_autoptr(ImapCommand) command = take_command;
	g_autofree char *text = imap_command_describe(command);

	g_assert_cmpstr(text, ==, expected);
}

static void
test_describe(void)
{
	check_description(imap_command_select("Entw&APw-rfe", FALSE), "opening Entwürfe");
	check_description(imap_command_select("100%s", FALSE), "opening 100%s");
	check_description(imap_command_noop(), "asking for news");
}

static void
test_repeat(void)
{
	g_autoptr(ImapCommand) move = imap_command_move(uidset_new_range(1, 1), "x");
	g_autoptr(ImapCommand) select = imap_command_select("x", FALSE);
	g_autoptr(ImapCommand) fetch = imap_command_fetch_positions(1, 1, IMAP_WANT_FLAGS);

	g_assert_cmpint(imap_command_repeat(move), ==, IMAP_REPEAT_CHECK);
	g_assert_cmpint(imap_command_repeat(select), ==, IMAP_REPEAT_NEVER);
	g_assert_cmpint(imap_command_repeat(fetch), ==, IMAP_REPEAT_SAFE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/command/mailbox-names", test_mailbox_names);
	g_test_add_func("/command/literals", test_literals);
	g_test_add_func("/command/fetch", test_fetch);
	g_test_add_func("/command/search-since", test_search_since);
	g_test_add_func("/command/store", test_store);
	g_test_add_func("/command/list", test_list);
	g_test_add_func("/command/append", test_append);
	g_test_add_func("/command/long-sets", test_long_sets_are_split);
	g_test_add_func("/command/CVE-2026-42257", test_line_ends_are_refused);
	g_test_add_func("/command/describe", test_describe);
	g_test_add_func("/command/repeat", test_repeat);
	return g_test_run();
}
