/* Which program a mailcap file names, and that no part of a mail gets into its call. */
#include "mailcap.h"

#include <string.h>

#define PATH "/run/user/1000/postern/part-1.png"

/* "prog|word|word", with "T" and "O" before for needsterminal and copiousoutput; "-": nothing. */
static char *
find(const char *text, const char *type, const char *path, gboolean display)
{
	g_auto(MailcapProgram) program = {0};
	if (!mailcap_find(text, type, path, display, &program))
		return g_strdup("-");
	g_autofree char *words = g_strjoinv("|", program.argv);
	return g_strdup_printf(
		"%s%s%s", program.terminal ? "T " : "", program.output ? "O " : "", words);
}

static void
test_entries(void)
{
	static const struct {
		const char *text, *type;
		gboolean display;
		const char *expect;
	} cases[] = {
		{"image/png; see %s", "image/png", FALSE, "see|" PATH},
		{"IMAGE/PNG ;  see '%s' ", "image/png", FALSE, "see|" PATH},
		{"# image/png; no %s\nimage/*; see -a %s -b; x=y", "image/png", FALSE,
			"see|-a|" PATH "|-b"},
		{"image; see %s", "image/png", FALSE, "see|" PATH},
		{"image/p; see %s\nimag; see %s\nimage/pngx; see %s", "image/png", FALSE, "-"},
		{"image/png; see %s; needsterminal", "image/png", FALSE, "T see|" PATH},
		{"text/*; cat %s; copiousoutput", "text/csv", FALSE, "O cat|" PATH},
		{"image/png; see %s; test=test -n \"$DISPLAY\"\nimage/png; text %s", "image/png",
			FALSE, "text|" PATH},
		{"image/png; see %s; test=test -n \"$DISPLAY\"\nimage/png; text %s", "image/png",
			TRUE, "see|" PATH},
		{"image/png; see %s; test=rm -rf /", "image/png", TRUE, "-"},
		{"image/png; see %s; TEST = false", "image/png", TRUE, "-"},
		{"image/png; \\\n see %s; \\\n needsterminal", "image/png", FALSE, "T see|" PATH},
		{"image/png; see --type=%t %s", "image/png", FALSE, "see|--type=image/png|" PATH},
		{"image/png; see 100%% %s", "image/png", FALSE, "see|100%|" PATH},
		{"image/png; a %s | b", "image/png", FALSE, "/bin/sh|-c|a " PATH " | b"},
		{"image/png; a %s \\; b", "image/png", FALSE, "/bin/sh|-c|a " PATH " ; b"},
		/* Those that need what only the mail has are passed over. */
		{"text/plain; see --charset %{charset} %s\ntext/plain; other %s", "text/plain",
			FALSE, "other|" PATH},
		{"text/plain; see %n %F %s", "text/plain", FALSE, "-"},
		{"text/plain; reads-its-input", "text/plain", FALSE, "-"},
		{"text/plain; see 'x %s", "text/plain", FALSE, "-"},
		{"text/plain; see %", "text/plain", FALSE, "-"},
		{"text/plain", "text/plain", FALSE, "-"},
		{"", "text/plain", FALSE, "-"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = find(cases[i].text, cases[i].type, PATH, cases[i].display);
		g_test_message("%s", cases[i].text);
		g_assert_cmpstr(got, ==, cases[i].expect);
	}
}

/* A type or name that is not as plain as ours is never looked up (CVE-2013-4478, CVE-2013-4479, CERT CA-97.14). */
static void
test_hostile(void)
{
	static const char *const types[] = {"image/png;touch x", "image/$(id)", "image/p ng",
		"image/`id`", "image/", "/png", "image", "image/a/b", "image/\n", "-x/png",
		"image/p%s", "image/'"};
	static const char *const paths[] = {
		"x.png", "/tmp/a b", "/tmp/$(id)", "/tmp/a;b", "/tmp/a'b", "", "/tmp/a\nb", "-o"};
	const char *text = "*/*; see %t %s\nimage/*; see %t %s\nimage; see %t %s";
	for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
		g_autofree char *got = find(text, types[i], PATH, TRUE);
		g_assert_cmpstr(got, ==, "-");
	}
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *got = find(text, "image/png", paths[i], TRUE);
		g_assert_cmpstr(got, ==, "-");
	}
}

/* Any file at all is read to its end. */
static void
test_any_file(void)
{
	static const char letters[] = "image/png;%s \\\n'\"=#*test";
	for (guint round = 0; round < 3000; round++) {
		char text[64] = "";
		for (gsize i = 0; i < sizeof text - 1; i++)
			text[i] = letters[g_test_rand_int_range(0, sizeof letters - 1)];
		g_free(find(text, "image/png", PATH, TRUE));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mailcap/entries", test_entries);
	g_test_add_func("/mailcap/hostile/CVE-2013-4478", test_hostile);
	g_test_add_func("/mailcap/any-file", test_any_file);
	return g_test_run();
}
