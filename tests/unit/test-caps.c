/* What a server says it can. */
#include "imap/caps.h"

static void
test_names(void)
{
	g_autoptr(ImapCaps) caps = imap_caps_new();

	g_assert_false(imap_caps_known(caps));
	g_assert_cmpstr(imap_caps_text(caps), ==, "");
	imap_caps_set(caps, "imap4REV1  LITERAL+ IDLE X-GM-EXT-1 THREAD=REFERENCES ");
	g_assert_true(imap_caps_known(caps));
	g_assert_true(imap_caps_has(caps, CAP_IMAP4REV1));
	g_assert_true(imap_caps_has(caps, CAP_LITERAL_PLUS));
	g_assert_true(imap_caps_has(caps, CAP_IDLE));
	g_assert_true(imap_caps_has(caps, CAP_GMAIL));
	g_assert_true(imap_caps_has(caps, CAP_THREAD_REFERENCES));
	g_assert_false(imap_caps_has(caps, CAP_LITERAL_MINUS));
	g_assert_false(imap_caps_has(caps, CAP_ID)); /* the beginning of IDLE */
	g_assert_cmpstr(
		imap_caps_text(caps), ==, "imap4REV1 LITERAL+ IDLE X-GM-EXT-1 THREAD=REFERENCES");
}

/* CVE-2021-29969: a second list replaces the first, it does not add to it. */
static void
test_replaced(void)
{
	g_autoptr(ImapCaps) caps = imap_caps_new();

	imap_caps_set(caps, "IMAP4rev1 LOGINDISABLED AUTH=PLAIN");
	imap_caps_set(caps, "IMAP4rev1");
	g_assert_false(imap_caps_has(caps, CAP_LOGINDISABLED));
	g_assert_false(imap_caps_has_auth(caps, "PLAIN"));
	imap_caps_clear(caps);
	g_assert_false(imap_caps_known(caps));
	g_assert_false(imap_caps_has(caps, CAP_IMAP4REV1));
	g_assert_cmpstr(imap_caps_text(caps), ==, "");
}

static void
test_auth(void)
{
	g_autoptr(ImapCaps) caps = imap_caps_new();

	imap_caps_set(caps, "auth=plain AUTH=SCRAM-SHA-256-PLUS XAUTH=LOGIN AUTH=");
	g_assert_true(imap_caps_has_auth(caps, "PLAIN"));
	g_assert_true(imap_caps_has_auth(caps, "SCRAM-SHA-256-PLUS"));
	g_assert_false(imap_caps_has_auth(caps, "SCRAM-SHA-256"));
	g_assert_false(imap_caps_has_auth(caps, "LOGIN"));
	g_assert_false(imap_caps_has_auth(caps, "PLAI"));
	imap_caps_set(caps, "");
	g_assert_true(imap_caps_known(caps));
	g_assert_false(imap_caps_has_auth(caps, "PLAIN"));
}

static void
test_append_limit(void)
{
	g_autoptr(ImapCaps) caps = imap_caps_new();

	imap_caps_set(caps, "IMAP4rev1 appendlimit=35651584 XAPPENDLIMIT=7");
	g_assert_cmpuint(imap_caps_append_limit(caps), ==, 35651584);
	imap_caps_set(caps, "APPENDLIMIT");
	g_assert_cmpuint(imap_caps_append_limit(caps), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/caps/names", test_names);
	g_test_add_func("/caps/replaced", test_replaced);
	g_test_add_func("/caps/auth", test_auth);
	g_test_add_func("/caps/append-limit", test_append_limit);
	return g_test_run();
}
