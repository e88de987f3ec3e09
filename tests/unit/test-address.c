/* Fields that name people, as they are shown. */
#include "mime/address.h"

#include <string.h>
#include <time.h>

static void
check(const char *field, const char *expected)
{
	g_autofree char *block = g_strdup_printf("Subject: x\r\nTo: %s\r\nCc: y\r\n", field);
	g_autofree char *shown = mime_address_field(block, strlen(block), "To");

	g_assert_cmpstr(shown, ==, expected);
}

static void
test_forms(void)
{
	static const char *const fields[][2] = {
		{"ada@example.org", "ada@example.org"},
		{"<ada@example.org>", "ada@example.org"},
		{"Ada Lovelace <ada@example.org>", "Ada Lovelace <ada@example.org>"},
		{"\"Lovelace, Ada\" <ada@example.org>", "Lovelace, Ada <ada@example.org>"},
		{"\"Ada \\\"A\\\" Lovelace\" <ada@example.org>",
			"Ada \"A\" Lovelace <ada@example.org>"},
		{"ada@example.org (Ada Lovelace)", "Ada Lovelace <ada@example.org>"},
		{"ada@example.org (Ada (the first))", "Ada (the first) <ada@example.org>"},
		{"Ada <ada@example.org> (work)", "Ada <ada@example.org>"},
		{"=?utf-8?q?Zo=C3=AB=2C?= <zoe@example.org>", "Zo\xc3\xab, <zoe@example.org>"},
		{"\"=?utf-8?q?Zo=C3=AB?=\" <zoe@example.org>", "Zo\xc3\xab <zoe@example.org>"},
		{"a@x.example, B <b@x.example>", "a@x.example, B <b@x.example>"},
		{"a@x.example,\r\n\tB <b@x.example>", "a@x.example, B <b@x.example>"},
		{"a@x.example; b@x.example", "a@x.example, b@x.example"},
		{"Friends: a@x.example, b@x.example;, c@x.example",
			"a@x.example, b@x.example, c@x.example"},
		{"<@relay.example,@other.example:ada@example.org>", "ada@example.org"},
		{"\"a b\"@example.org", "\"a b\"@example.org"},
		{"ada@example.org <ada@example.org>", "ada@example.org"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		check(fields[i][0], fields[i][1]);
}

/* Whatever stands there, it is not nothing. */
static void
test_broken(void)
{
	static const char *const fields[][2] = {
		{"", ""},
		{"undisclosed-recipients:;", "undisclosed-recipients:;"},
		{"(nobody)", "(nobody)"},
		{"Ada Lovelace", "Ada Lovelace"},
		{"Ada <>", "Ada"},
		{"Ada <ada@example.org", "Ada <ada@example.org>"},
		{"\"Ada <ada@example.org>", "\"Ada <ada@example.org>"},
		{"<a@x.example> <b@x.example>", "a@x.example"},
		{",,a@x.example,", "a@x.example"},
		{"(((", "((("},
		{"\\", "\\"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		check(fields[i][0], fields[i][1]);
}

static void
test_missing(void)
{
	g_autofree char *shown = mime_address_field("To: a\r\n", 7, "From");

	g_assert_cmpstr(shown, ==, "");
}

/* CVE-2026-27852: a list as long as a header may be takes no time that anybody notices, and no more room than a
 * line of the screen has. */
static void
test_huge_list(void)
{
	static const char *const addresses[] = {"a@b,", "\"A\" <a@b>, ", "=?utf-8?q?=41?= <a@b>,",
		"g:;", "(a)b@c,", "<", "((", "\"\\\""};
	clock_t before = clock();

	for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autoptr(GString) block = g_string_new("To: ");
		g_autofree char *shown = NULL;

		while (block->len < 1000 * 1000)
			g_string_append(block, addresses[i]);
		g_string_append(block, "\r\n");
		shown = mime_address_field(block->str, block->len, "To");
		g_assert_true(i >= 5 || i == 3 || strlen(shown) < 3000);
	}
	g_assert_cmpint(clock() - before, <, 5 * CLOCKS_PER_SEC); /* under sanitizers, too */
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/address/forms", test_forms);
	g_test_add_func("/address/broken", test_broken);
	g_test_add_func("/address/missing", test_missing);
	g_test_add_func("/address/huge-list/CVE-2026-27852", test_huge_list);
	return g_test_run();
}
