/* text/enriched and text/richtext as HTML. */
#include "mime/enriched.h"

#include <time.h>

static void
check(gboolean richtext, const char *text, const char *expected)
{
	g_autofree char *html = mime_enriched_to_html(text, richtext);

	g_assert_cmpstr(html, ==, expected);
}

static void
test_enriched(void)
{
	check(FALSE, "<bold>Now</bold> is <Italic>the</Italic> time",
		"<b>Now</b> is <i>the</i> time");
	check(FALSE, "one\r\nparagraph\r\n\r\nand\n\n\nmore", "one\nparagraph<br>and<br><br>more");
	check(FALSE, "<nofill>a\n\n  b</nofill>\n", "<pre>a\n\n  b</pre>\n");
	check(FALSE, "<color><param>red</param>red</color>", "red");
	check(FALSE, "<excerpt>said</excerpt><x-unknown>kept</x-unknown>",
		"<blockquote>said</blockquote>kept");
}

static void
test_richtext(void)
{
	check(TRUE, "a<nl>b<paragraph>c</paragraph>", "a<br>b<p>c</p>");
	check(TRUE, "a\n\nb", "a\n\nb");
	check(TRUE, "1 <lt> 2<comment>not this <bold></comment>", "1 &lt; 2");
}

/* What is no command is text, and none of it is a tag. */
static void
test_safe(void)
{
	check(FALSE, "<<script>a & b", "&lt;script>a &amp; b");
	check(FALSE, "1 < 2", "1 &lt; 2");
	check(FALSE, "<a href=x>", "&lt;a href=x>");
	check(FALSE, "<script>x</script><img>", "x");
	check(FALSE, "<", "&lt;");
	check(FALSE, "<param>never closed", "never closed");
}

/* A sender may have as many commands as a part may have octets: none of them costs what is behind it. */
static void
test_many_commands(void)
{
	static const char *const commands[] = {"<nl>", "<bold>", "</bold>", "<param>", "<comment>",
		"<nofill>", "<<", "<x", "<unknown>"};
	clock_t before = clock();

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *html = NULL;

		while (text->len < 256 * 1024)
			g_string_append(text, commands[i]);
		html = mime_enriched_to_html(text->str, i % 2);
	}
	g_assert_cmpint(clock() - before, <, 5 * CLOCKS_PER_SEC);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/enriched/enriched", test_enriched);
	g_test_add_func("/enriched/richtext", test_richtext);
	g_test_add_func("/enriched/safe", test_safe);
	g_test_add_func("/enriched/many-commands", test_many_commands);
	return g_test_run();
}
