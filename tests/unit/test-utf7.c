/* Names of mailboxes in modified UTF-7. */
#include "imap/utf7.h"

#include <string.h>

static void
assert_pair(const char *utf8, const char *raw)
{
	g_autofree char *encoded = imap_utf7_encode(utf8);
	g_autofree char *decoded = imap_utf7_decode(raw, -1);

	g_assert_cmpstr(encoded, ==, raw);
	g_assert_cmpstr(decoded, ==, utf8);
}

static void
assert_raw(const char *raw)
{
	g_autofree char *decoded = imap_utf7_decode(raw, -1);

	g_assert_cmpstr(decoded, ==, raw);
}

static void
test_pairs(void)
{
	assert_pair("", "");
	assert_pair("INBOX", "INBOX");
	assert_pair("Tom & Jerry", "Tom &- Jerry");
	assert_pair("&&", "&-&-");
	assert_pair("Entw\303\274rfe", "Entw&APw-rfe");
	/* The example of RFC 3501 section 5.1.3. */
	assert_pair("~peter/mail/\345\217\260\345\214\227/\346\227\245\346\234\254\350\252\236",
		"~peter/mail/&U,BTFw-/&ZeVnLIqe-");
	assert_pair("\303\244-\303\266", "&AOQ--&APY-");
	assert_pair("\303\244&\303\266", "&AOQ-&-&APY-");
	assert_pair("tab\there", "tab&AAk-here");
}

/* Where neomutt and others went wrong: pairs of surrogates. */
static void
test_above_the_basic_plane(void)
{
	assert_pair("\360\237\230\200", "&2D3eAA-");
	assert_pair("x\360\237\230\200\303\274\360\220\200\200", "x&2D3eAAD82ADcAA-");
	assert_pair("\364\217\277\277", "&2,,f,w-");
}

/* A name must never be hidden because it is malformed. */
static void
test_malformed_is_shown_as_it_is(void)
{
	static const char *const raws[] = {"a & b", "&", "a&", "&AP", "&APw", "&A-", "&AP-",
		"&AP!w-", "&APw=-", "&AP/w-", "&2D0-", "&3gA-", "&2D0AQQ-", "&AAA-", "&APx-",
		"&AAAAAA-", "Entw\303\274rfe", "\377", "\001", "&\303\274-"};

	for (guint i = 0; i < G_N_ELEMENTS(raws); i++)
		assert_raw(raws[i]);
}

/* What need not be encoded may be. */
static void
test_superfluous_encoding(void)
{
	g_autofree char *decoded = imap_utf7_decode("&AEE-bc", -1);

	g_assert_cmpstr(decoded, ==, "Abc");
}

static void
test_length(void)
{
	g_autofree char *decoded = imap_utf7_decode("Entw&APw-rfe and more", 12);
	g_autofree char *none = imap_utf7_decode("x", 0);

	g_assert_cmpstr(decoded, ==, "Entw\303\274rfe");
	g_assert_cmpstr(none, ==, "");
}

static void
test_invalid_utf8(void)
{
	g_assert_null(imap_utf7_encode("\377"));
	g_assert_null(imap_utf7_encode("\355\240\200"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/utf7/pairs", test_pairs);
	g_test_add_func("/utf7/above-the-basic-plane", test_above_the_basic_plane);
	g_test_add_func("/utf7/malformed", test_malformed_is_shown_as_it_is);
	g_test_add_func("/utf7/superfluous", test_superfluous_encoding);
	g_test_add_func("/utf7/length", test_length);
	g_test_add_func("/utf7/invalid", test_invalid_utf8);
	return g_test_run();
}
