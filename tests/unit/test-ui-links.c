/* What may leave a message for another program, and as which bytes. */
#include "links.h"

#include "run.h"

#include <string.h>

static void
test_url(void)
{
	static const struct {
		const char *target, *url;
	} cases[] = {
		{"https://example.org/a?b=c&d=%20#e", "https://example.org/a?b=c&d=%20#e"},
		{"HTTP://Example.ORG", "http://example.org"},
		{"//example.org/x", "https://example.org/x"},
		{"mailto:ada@example.org?subject=a%20b", "mailto:ada@example.org?subject=a%20b"},
		{"https://example.org/a b\"c'd`e$(f)|g<h>{i}\\j",
			"https://example.org/a%20b%22c%27d%60e%24%28f%29%7Cg%3Ch%3E%7Bi%7D/j"},
		{"https://example.org/?\\", "https://example.org/?%5C"},
		{"http:\\\\evil.example\\bank.example", "http://evil.example/bank.example"},
		{"https:////example.org/", "https://example.org/"},
		{"https://example.org/\xc3\xa9", "https://example.org/%C3%A9"},
		{"https://b\xc3\xa4nk.example/", "https://xn--bnk-qla.example/"},
		{"https://example.org/\033]0;x\a", "https://example.org/%1B]0;x%07"},
		{"https://[2001:db8::1]:8080/", "https://[2001:db8::1]:8080/"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *url = link_url(cases[i].target, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(url, ==, cases[i].url);
	}
}

/* CVE-2020-11879, CVE-2020-11880, CVE-2020-4089: a link that has the mail program attach files of the user.
 * JVN#FCAD9BD8: one that sets fields which nobody sees. */
static void
test_mailto(void)
{
	static const struct {
		const char *target, *url;
	} cases[] = {
		{"mailto:a@b.example?attach=/etc/passwd", "mailto:a@b.example"},
		{"mailto:a@b.example?subject=x&attachment=~/.ssh/id&body=y",
			"mailto:a@b.example?subject=x&body=y"},
		{"mailto:a@b.example?att%61ch=/etc/passwd", "mailto:a@b.example"},
		{"mailto:a@b.example?ATTACH=/etc/passwd&CC=c@d.example",
			"mailto:a@b.example?CC=c@d.example"},
		{"mailto:?bcc=e@evil.example&to=a@b.example", "mailto:?to=a@b.example"},
		{"mailto:a@b.example?subject=x?attach=/etc/passwd",
			"mailto:a@b.example?subject=x%3Fattach=/etc/passwd"},
		{"mailto:a@b.example?subject=x;attach=/etc/passwd",
			"mailto:a@b.example?subject=x%3Battach=/etc/passwd"},
		{"mailto:a@b.example;attach=/x", "mailto:a@b.example%3Battach=/x"},
		{"mailto:a@b.example?subject=x&amp;attach=/etc/passwd",
			"mailto:a@b.example?subject=x"},
		{"mailto:a@b.example?subject%00attach=x&body=%0d%0aBcc:%20e@evil.example#&attach=y",
			"mailto:a@b.example?body=%0d%0aBcc:%20e@evil.example"},
		/* CVE-2026-30227: a line end in what becomes a field of a header. */
		{"mailto:a@b.example?subject=x\ny&body=z", "mailto:a@b.example?body=z"},
		{"mailto:a@b.example?subject=x%0d%0aBcc:%20e@evil.example", "mailto:a@b.example"},
		{"mailto:a@b.example?in-reply-to=%3Cx%3E%0Aattach:/x&cc=d%0D@e.example&to=f%00",
			"mailto:a@b.example"},
		{"mailto:%22a%0ABcc:e@evil.example%22@b.example?body=z", "mailto:?body=z"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *url = link_url(cases[i].target, NULL);
		g_assert_cmpstr(url, ==, cases[i].url);
	}
}

/* CVE-2014-7844: an address that is a command, or an option. What the mail program is given is one word that begins with
 * "mailto:", and no shell finds anything in it. */
static void
test_address_is_no_command(void)
{
	static const char *const targets[] = {"mailto:|touch x@b.example", "mailto:`id`@b.example",
		"mailto:$(id)@b.example", "mailto:-oProxyCommand=x", "mailto:a@b.example;id",
		"mailto:a@b.example\nid", "mailto:\"|id\"@b.example", "mailto:a@b.example?to=|id",
		"mailto:/bin/sh", "MAILTO:a'id'@b.example?cc=%7Cid>x"};
	for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
		g_autofree char *url = link_url(targets[i], NULL);
		g_assert_nonnull(url);
		g_assert_true(g_str_has_prefix(url, "mailto:"));
		g_assert_null(strpbrk(url, " \t\r\n\"'`$()|<>{}\\^"));
	}
}

static void
test_refused(void)
{
	static const char *const targets[] = {"", "file:///etc/passwd", "javascript:alert(1)",
		"tel:+123", "example.org", "-o/tmp/x", "/x", "https://", "https:///",
		"https://:80/", "https://\xff\xfe/", "smb://evil.example/x",
		" https://example.org/"};
	g_autofree char *huge = g_strnfill(9000, 'a');
	g_autofree char *long_one = g_strconcat("https://example.org/", huge, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s", targets[i]);
		g_assert_null(link_url(targets[i], &error));
		g_assert_nonnull(error);
	}
	g_assert_null(link_url(long_one, NULL));
}

/* Whatever a message holds, no byte of it means anything to a terminal or ends a shell's word. */
static void
test_any_bytes(void)
{
	for (guint round = 0; round < 3000; round++) {
		char bytes[40] = "https://a.example/";
		for (gsize at = round % 2 ? 18 : 9; at < sizeof bytes - 1; at++)
			bytes[at] = (char)g_test_rand_int_range(1, 256);
		g_autofree char *url = link_url(bytes, NULL);
		for (const char *c = url ? url : ""; *c; c++) {
			g_assert_true(g_ascii_isgraph(*c));
			g_assert_null(strchr("\"'`$()|<>{}\\^", *c));
		}
		g_assert_true(!url || g_str_has_prefix(url, "https://"));
	}
}

static void
test_hosts(void)
{
	static const struct {
		const char *url, *host;
		gboolean odd;
	} cases[] = {
		{"https://Example.org:8080/x", "example.org", FALSE},
		{"https://bank.example@evil.example/", "evil.example", TRUE},
		{"https://a:b@c@evil.example?x", "evil.example", TRUE},
		{"https://xn--bnk-qla.example/", "xn--bnk-qla.example", TRUE},
		{"https://example.org/@x", "example.org", FALSE},
		{"mailto:ada@example.org?cc=x@evil.example", "example.org", FALSE},
		{"http://[2001:db8::1]:80/", "[2001:db8::1]:80", FALSE},
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *host = link_host(cases[i].url);
		g_assert_cmpstr(host, ==, cases[i].host);
		g_assert_cmpint(link_is_odd(cases[i].url), ==, cases[i].odd);
	}
}

static void
test_copy(void)
{
	g_autofree char *bytes = link_copy_bytes("https://example.org/");
	g_assert_cmpstr(bytes, ==, "\033]52;c;aHR0cHM6Ly9leGFtcGxlLm9yZy8=\a");
}

static void
test_words(void)
{
	static const struct {
		const char *command, *words; /* joined by "|" */
	} cases[] = {
		{"firefox", "firefox|a; b"}, {"firefox --new-tab", "firefox|--new-tab|a; b"},
		{"w3m '-o x=%s'", "w3m|-o x=a; b"}, {"open %s --and %s", "open|a; b|--and|a; b"},
		{"sh -c 'echo \"$1\"' x", "sh|-c|echo \"$1\"|x|a; b"},
		{"%s", "%s|a; b"}, /* what runs is never the word */
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) words = run_words(cases[i].command, "a; b", NULL);
		g_autofree char *joined = g_strjoinv("|", words);
		g_assert_cmpstr(joined, ==, cases[i].words);
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(run_words("firefox 'x", "a", &error));
	g_assert_nonnull(error);
	g_assert_null(run_words("", "a", NULL));
	g_auto(GStrv) alone = run_words("lpr -P x", NULL, NULL);
	g_assert_cmpuint(g_strv_length(alone), ==, 3);
}

static void
test_programs(void)
{
	static const char *const w3m[] = {"/usr/bin/w3m", NULL}, *const fox[] = {"firefox", NULL};
	g_assert_true(run_is_one_of(w3m, "lynx w3m"));
	g_assert_false(run_is_one_of(fox, "lynx w3m"));
	g_assert_false(run_is_one_of(fox, ""));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/links/url", test_url);
	g_test_add_func("/links/mailto", test_mailto);
	g_test_add_func("/links/address-is-no-command/CVE-2014-7844", test_address_is_no_command);
	g_test_add_func("/links/refused", test_refused);
	g_test_add_func("/links/any-bytes", test_any_bytes);
	g_test_add_func("/links/hosts", test_hosts);
	g_test_add_func("/links/copy", test_copy);
	g_test_add_func("/links/words", test_words);
	g_test_add_func("/links/programs", test_programs);
	return g_test_run();
}
