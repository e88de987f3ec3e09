/* Responses about mailboxes, searches and the server itself. */

#include "imap-read.h"

static void
assert_list(
	const char *line, ImapResponseKind kind, const char *name, char delimiter, guint32 flags)
{
	g_auto(ImapRead) read = imap_read(line);

	g_assert_cmpint(read.response->kind, ==, kind);
	g_assert_true(imap_bytes_are(read.response->list.name, name));
	g_assert_cmpint(read.response->list.delimiter, ==, delimiter);
	g_assert_cmphex(read.response->list.flags, ==, flags);
}

static void
test_list(void)
{
	assert_list("* LIST (\\Noselect \\HasChildren) \"/\" \"a \\\"b\\\"\"", IMAP_RESPONSE_LIST,
		"a \"b\"", '/', IMAP_MAILBOX_NOSELECT | IMAP_MAILBOX_HAS_CHILDREN);
	assert_list("* lsub () nil x", IMAP_RESPONSE_LSUB, "x", 0, 0);
	assert_list("* LIST () \"\\\\\" inbox", IMAP_RESPONSE_LIST, "INBOX", '\\', 0);
	assert_list("* LIST () \"/\" InBox/x", IMAP_RESPONSE_LIST, "InBox/x", '/', 0);
	assert_list("* LIST NIL \"\" NIL", IMAP_RESPONSE_LIST, "NIL", 0, 0);
	assert_list("* LIST (\\sent \\X-Unknown) \".\" Sent", IMAP_RESPONSE_LIST, "Sent", '.',
		IMAP_MAILBOX_SENT);
	assert_list("* LIST (\\NonExistent) \".\" x", IMAP_RESPONSE_LIST, "x", '.',
		IMAP_MAILBOX_NONEXISTENT | IMAP_MAILBOX_NOSELECT);
	assert_list("* XLIST (\\AllMail) \"/\" y", IMAP_RESPONSE_LIST, "y", '/', IMAP_MAILBOX_ALL);
}

/* RFC 5258: what follows the name is not needed. */
static void
test_list_extended(void)
{
	assert_list("* LIST (\\Subscribed) \"/\" \"Fruit\" (\"CHILDINFO\" (\"SUBSCRIBED\"))",
		IMAP_RESPONSE_LIST, "Fruit", '/', IMAP_MAILBOX_SUBSCRIBED);
	assert_list("* LIST () \"/\" Fruit Salad (\"OLDNAME\" (x))", IMAP_RESPONSE_LIST,
		"Fruit Salad", '/', 0);
}

/* Exchange. */
static void
test_list_unquoted(void)
{
	assert_list("* LIST () \"/\" a  b\001 c", IMAP_RESPONSE_LIST, "a  b\001 c", '/', 0);
}

static void
assert_unknown(const char *line)
{
	g_auto(ImapRead) read = imap_read(line);

	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_UNKNOWN);
	g_assert_true(imap_bytes_are(read.response->text, line));
}

/* The log shows such a line as it came. */
static void
test_unknown(void)
{
	assert_unknown("* LIST");
	assert_unknown("* LIST ()");
	assert_unknown("* LIST (\\Seen) \"/\"");
	assert_unknown("* LIST (a b) (c d) \"e\"");
	assert_unknown("* STATUS");
	assert_unknown("* STATUS (MESSAGES 5)");
	assert_unknown("* SEARCH 1 two");
	assert_unknown("* SEARCH 4294967296");
	assert_unknown("* VANISHED 1:x");
	assert_unknown("* ESEARCH UID ALL (1)a");
	assert_unknown("* EXISTS");
	assert_unknown("* 5 LIST");
	assert_unknown("a1 EXISTS");
	assert_unknown("a1");
	assert_unknown("*");
	assert_unknown("*EXISTS");
}

static void
test_status(void)
{
	g_auto(ImapRead) read =
		imap_read("* STATUS \"a b\" (MESSAGES 1 RECENT 2 UIDNEXT 3 UIDVALIDITY 4 UNSEEN 5 "
			  "HIGHESTMODSEQ 6 SIZE 8589934592 X-NEW (1) )");
	const ImapMailboxStatus *status = &read.response->mailbox_status;

	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_MAILBOX_STATUS);
	g_assert_true(imap_bytes_are(status->name, "a b"));
	g_assert_cmphex(status->has, ==, 0x7f);
	g_assert_cmpuint(status->messages, ==, 1);
	g_assert_cmpuint(status->recent, ==, 2);
	g_assert_cmpuint(status->uidnext, ==, 3);
	g_assert_cmpuint(status->uidvalidity, ==, 4);
	g_assert_cmpuint(status->unseen, ==, 5);
	g_assert_cmpuint(status->highestmodseq, ==, 6);
	g_assert_cmpuint(status->size, ==, 8589934592);
}

static void
test_status_odd(void)
{
	g_auto(ImapRead) read =
		imap_read("* STATUS Two Words (MESSAGES 5.0 UNSEEN -1 UIDNEXT 4294967296 RECENT) ");

	g_assert_true(imap_bytes_are(read.response->mailbox_status.name, "Two Words"));
	g_assert_cmphex(read.response->mailbox_status.has, ==, IMAP_STATUS_MESSAGES);
	g_assert_cmpuint(read.response->mailbox_status.messages, ==, 5);
	g_assert_cmpuint(read.response->mailbox_status.uidnext, ==, 0);
}

/* ---- searches ---- */

static void
assert_numbers(const char *line, ImapResponseKind kind, const char *expected)
{
	g_auto(ImapRead) read = imap_read(line);
	g_autofree char *numbers = NULL;

	g_assert_cmpint(read.response->kind, ==, kind);
	numbers = uidset_to_string(read.response->numbers);
	g_assert_cmpstr(numbers, ==, expected);
}

static void
test_search(void)
{
	assert_numbers("* SEARCH", IMAP_RESPONSE_SEARCH, "");
	assert_numbers("* SEARCH 5 1  3 2 ", IMAP_RESPONSE_SEARCH, "1:3,5");
	assert_numbers("* SEARCH 7 7 0 8 (MODSEQ 9)", IMAP_RESPONSE_SEARCH, "7:8");
	assert_numbers("* SEARCH (MODSEQ 9)", IMAP_RESPONSE_SEARCH, "");
	assert_numbers("* VANISHED 5,1:2", IMAP_RESPONSE_VANISHED, "1:2,5");
	assert_numbers("* VANISHED", IMAP_RESPONSE_VANISHED, "");
	assert_numbers("* VANISHED (earlier) 3,", IMAP_RESPONSE_VANISHED, "3");
	assert_numbers("* ESEARCH ALL 9:7", IMAP_RESPONSE_ESEARCH, "7:9");
	assert_numbers("* ESEARCH ALL", IMAP_RESPONSE_ESEARCH, "");
}

static void
test_esearch(void)
{
	g_auto(ImapRead) read =
		imap_read("* ESEARCH (TAG \"A1\") UID MIN 3 MAX 9 COUNT 4 ALL 3:5,9 "
			  "X-NEW (1 2) MODSEQ 917162500");
	const ImapResponse *response = read.response;

	g_assert_true(imap_bytes_are(response->tag, "A1"));
	g_assert_true(response->by_uid);
	g_assert_true(response->has_count);
	g_assert_cmpuint(response->count, ==, 4);
	g_assert_cmpuint(response->min, ==, 3);
	g_assert_cmpuint(response->max, ==, 9);
	g_assert_cmpuint(response->modseq, ==, 917162500);
	g_assert_cmpuint(uidset_count(response->numbers), ==, 4);
}

static void
test_search_modseq(void)
{
	g_auto(ImapRead) read = imap_read("* SEARCH 2 5 (MODSEQ 917162500)");

	g_assert_cmpuint(read.response->modseq, ==, 917162500);
}

/* Sorted and in reverse, a million numbers take the time of a million. */
static void
test_search_of_a_million(void)
{
	g_autoptr(GString) line = g_string_new("* SEARCH");
	g_auto(ImapRead) read = {NULL, NULL};

	for (guint i = 1000000; i > 0; i--)
		g_string_append_printf(line, " %u", i);
	read = imap_read(line->str);
	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_SEARCH);
	g_assert_cmpuint(uidset_count(read.response->numbers), ==, 1000000);
}

/* ---- the server ---- */

static void
test_capability(void)
{
	g_auto(ImapRead) read = imap_read("* CAPABILITY IMAP4rev1  IDLE ");
	g_auto(ImapRead) enabled = imap_read("* ENABLED");

	g_assert_cmpint(read.response->kind, ==, IMAP_RESPONSE_CAPABILITY);
	g_assert_true(imap_bytes_are(read.response->text, "IMAP4rev1 IDLE"));
	g_assert_cmpint(enabled.response->kind, ==, IMAP_RESPONSE_ENABLED);
	g_assert_true(imap_bytes_are(enabled.response->text, ""));
}

static void
test_flags(void)
{
	g_auto(ImapRead) read = imap_read("* FLAGS (\\Seen $Junk x)");

	g_assert_cmpuint(read.response->flags.bits, ==, FLAG_SEEN | FLAG_JUNK);
	g_assert_cmpstr(read.response->flags.keywords[0], ==, "x");
}

static void
test_namespace(void)
{
	g_auto(ImapRead) read = imap_read(
		"* NAMESPACE ((\"INBOX.\" \".\" \"X\" (\"Y\"))) NIL ((\"#a/\" \"/\")(\"#b\" NIL))");
	const ImapResponse *response = read.response;

	g_assert_cmpuint(response->n_namespaces[0], ==, 1);
	g_assert_cmpuint(response->n_namespaces[1], ==, 0);
	g_assert_cmpuint(response->n_namespaces[2], ==, 2);
	g_assert_true(imap_bytes_are(response->namespaces[0][0].prefix, "INBOX."));
	g_assert_cmpint(response->namespaces[0][0].delimiter, ==, '.');
	g_assert_cmpint(response->namespaces[2][1].delimiter, ==, 0);
}

/* CVE-2026-92240: an ID whose values are missing, before login. */
static void
test_cve_2026_92240_id(void)
{
	g_auto(ImapRead) read =
		imap_read("* ID (\"name\" \"x\" \"version\" NIL NIL \"y\" \"odd\")");
	g_auto(ImapRead) nil = imap_read("* ID NIL");
	g_auto(ImapRead) one = imap_read("* ID (\"name\")");
	g_auto(ImapRead) none = imap_read("* ID");

	g_assert_cmpuint(read.response->id.n, ==, 2);
	g_assert_true(imap_bytes_are(read.response->id.at[0].value, "x"));
	g_assert_true(imap_bytes_are(read.response->id.at[1].name, "version"));
	g_assert_true(imap_bytes_are(read.response->id.at[1].value, NULL));
	g_assert_cmpuint(nil.response->id.n, ==, 0);
	g_assert_cmpuint(one.response->id.n, ==, 0);
	g_assert_cmpuint(none.response->id.n, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/response/list", test_list);
	g_test_add_func("/response/list-extended", test_list_extended);
	g_test_add_func("/response/list-unquoted", test_list_unquoted);
	g_test_add_func("/response/unknown", test_unknown);
	g_test_add_func("/response/status", test_status);
	g_test_add_func("/response/status-odd", test_status_odd);
	g_test_add_func("/response/search", test_search);
	g_test_add_func("/response/esearch", test_esearch);
	g_test_add_func("/response/search-modseq", test_search_modseq);
	g_test_add_func("/response/search-of-a-million", test_search_of_a_million);
	g_test_add_func("/response/capability", test_capability);
	g_test_add_func("/response/flags", test_flags);
	g_test_add_func("/response/namespace", test_namespace);
	g_test_add_func("/response/cve-2026-92240-id", test_cve_2026_92240_id);
	return g_test_run();
}
