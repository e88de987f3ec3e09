/* What of which message is shown, for both likings: trees in short form, and the steps expected. */
#include "mime/choose.h"

#include <string.h>

/*
 * "mixed(plain pdf!)": a word is a multipart when "(" follows, else a leaf of `leaves`; "message("
 * is a message/rfc822 with what it holds. Behind a leaf: "!" it is an attachment, "=NAME" it has that
 * name, "#N" octets, "$" a Content-ID, "<start>".
 */
static const struct {
	const char *word, *type, *subtype;
} leaves[] = {
	{"plain", "text", "plain"},
	{"html", "text", "html"},
	{"amp", "text", "x-amp-html"},
	{"markdown", "text", "markdown"},
	{"patch", "text", "x-patch"},
	{"ics", "text", "calendar"},
	{"vcf", "text", "vcard"},
	{"pdf", "application", "pdf"},
	{"png", "image", "png"},
	{"sig", "application", "pgp-signature"},
	{"pgp", "application", "pgp-encrypted"},
	{"bin", "application", "octet-stream"},
	{"smime", "application", "pkcs7-mime"},
	{"tnef", "application", "ms-tnef"},
	{"status", "message", "delivery-status"},
	{"headers", "text", "rfc822-headers"},
	{"external", "message", "external-body"},
	{"partial", "message", "partial"},
	{"basic", "message", "rfc822"},
};

static const char *const shows[] = {
	[MIME_SHOW_TEXT] = "text",
	[MIME_SHOW_HTML] = "html",
	[MIME_SHOW_CALENDAR] = "calendar",
	[MIME_SHOW_VCARD] = "vcard",
	[MIME_SHOW_PATCH] = "patch",
	[MIME_SHOW_REPORT] = "report",
	[MIME_SHOW_HEADERS] = "headers",
	[MIME_SHOW_TNEF] = "tnef",
	[MIME_SHOW_MESSAGE] = "message",
	[MIME_SHOW_SIGNED] = "signed",
	[MIME_SHOW_ENCRYPTED] = "encrypted",
	[MIME_SHOW_EXTERNAL] = "external",
	[MIME_SHOW_PARTIAL] = "partial",
	[MIME_SHOW_IMAGE] = "image",
	[MIME_SHOW_ATTACHMENT] = "file",
	[MIME_SHOW_LEFT_OUT] = "left-out",
};

static char *
take_while(const char **at, const char *chars)
{
	gsize len = strspn(*at, chars);
	char *word = g_strndup(*at, len);

	*at += len;
	return word;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz."
#define DIGITS  "0123456789"

static void
read_marks(MimePart *part, const char **at)
{
	part->octets = 100;
	for (;; (*at)++) {
		const char *mark = *at;

		if (*mark == '!') {
			part->disposition = g_strdup("attachment");
		} else if (*mark == '$') {
			part->id = g_strdup("<start>");
		} else if (*mark == '=') {
			(*at)++;
			g_free(part->name);
			part->name = take_while(at, LETTERS);
			(*at)--;
		} else if (*mark == '#') {
			g_autofree char *digits = NULL;

			(*at)++;
			digits = take_while(at, DIGITS);
			part->octets = g_ascii_strtoull(digits, NULL, 10);
			(*at)--;
		} else {
			return;
		}
	}
}

static MimePart *
new_leaf(MimePart *parent, const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(leaves); i++)
		if (!strcmp(leaves[i].word, word))
			return mime_part_new(parent, leaves[i].type, leaves[i].subtype);
	g_error("no leaf is called \"%s\"", word);
}

static MimePart *
read_tree(MimePart *parent, const char **at)
{
	g_autofree char *word = take_while(at, LETTERS);
	gboolean message = !strcmp(word, "message");
	MimePart *part;

	if (**at != '(') {
		part = new_leaf(parent, word);
		read_marks(part, at);
	} else {
		part = mime_part_new(
			parent, message ? "message" : "multipart", message ? "rfc822" : word);
		for ((*at)++; **at != ')'; *at += **at == ' ')
			read_tree(part, at);
		(*at)++;
		read_marks(part, at);
	}
	return part;
}

/* Sections are given from the top down, after the children were read. */
static void
number(MimePart *part)
{
	for (guint i = 0; i < part->children->len; i++) {
		MimePart *one = g_ptr_array_index(part->children, i);

		g_free(one->section);
		one->section = *part->section ? g_strdup_printf("%s.%u", part->section, i + 1)
					      : g_strdup_printf("%u", i + 1);
		number(one);
	}
}

static char *
chosen(const char *tree, gboolean prefer_html)
{
	const char *at = tree;
	g_autoptr(MimePart) root = read_tree(NULL, &at);
	g_autoptr(MimePlan) plan = NULL;
	GString *text = g_string_new(NULL);

	g_assert_cmpstr(at, ==, "");
	number(root);
	plan = mime_choose(root, prefer_html);
	for (guint i = 0; i < plan->steps->len; i++) {
		const MimeStep *step = &g_array_index(plan->steps, MimeStep, i);

		g_string_append_printf(text, "%s%s", i ? ", " : "", shows[step->how]);
		if (*step->part->section)
			g_string_append_printf(text, " %s", step->part->section);
		if (step->named)
			g_string_append_c(text, '*');
		if (step->covers)
			g_string_append_printf(text, " over %u", step->covers);
	}
	return g_string_free(text, FALSE);
}

typedef struct {
	const char *tree, *text, *html; /* HTML NULL: the same as TEXT */
} Case;

static const Case cases[] = {
	{"plain", "text", NULL},
	{"html", "html", NULL},
	{"markdown", "text", NULL},
	{"pdf", "file", NULL},
	{"png", "image", NULL},
	{"plain!", "file", NULL},
	{"mixed()", "", NULL},
	{"alternative()", "", NULL},
	{"alternative(plain html)", "text 1", "html 2"},
	{"alternative(html plain)", "text 2", "html 1"},
	{"alternative(plain amp html)", "text 1", "html 3"},
	/* An empty text is no alternative. */
	{"alternative(plain#2 html)", "html 2", NULL},
	{"alternative(plain html#0)", "text 1", NULL},
	{"alternative(pdf png)", "image 2", NULL},
	{"alternative(plain html ics)", "calendar 3, text 1", "calendar 3, html 2"},
	{"mixed(alternative(plain html ics) ics!)", "calendar 1.3, text 1.1, file 2",
		"calendar 1.3, html 1.2, file 2"},
	{"mixed(alternative(plain html) pdf!)", "text 1.1, file 2", "html 1.2, file 2"},
	{"mixed(plain! plain)", "file 1, text 2", NULL},
	/* What a list adds to a message is no other form of it. */
	{"mixed(html plain)", "html 1, text 2", NULL},
	{"mixed(plain plain=notes.txt plain)", "text 1, text 2*, text 3", NULL},
	{"mixed(plain plain=fix.patch patch!)", "text 1, patch 2*, patch 3", NULL},
	{"mixed(plain vcf!)", "text 1, vcard 2", NULL},
	{"mixed(plain tnef!)", "text 1, tnef 2", NULL},
	{"mixed(plain bin=winmail.dat!)", "text 1, tnef 2*", NULL},
	{"mixed(plain tnef#300000!)", "text 1, file 2, left-out 2", NULL},
	{"related(html png$)", "html 1, file 2", NULL},
	{"alternative(plain related(html png$))", "text 1", "html 2.1, file 2.2"},
	{"mixed(alternative(plain related(html png)) pdf!)", "text 1.1, file 2",
		"html 1.2.1, file 1.2.2, file 2"},
	/* Apple's: the files are inside of one of the alternatives. */
	{"alternative(plain mixed(html pdf html))", "text 1", "html 2.1, file 2.2, html 2.3"},
	{"signed(plain sig)", "signed over 1, text 1", NULL},
	{"mixed(signed(mixed(plain pdf!) sig) plain)",
		"signed 1 over 2, text 1.1.1, file 1.1.2, text 2", NULL},
	{"signed()", "signed", NULL},
	{"encrypted(pgp bin)", "encrypted", NULL},
	{"smime", "encrypted", NULL},
	{"report(plain status message(plain))", "report 2, text 1, file 3", NULL},
	{"report(plain status headers)", "report 2, text 1, headers 3", NULL},
	{"digest(message(plain) message(alternative(plain html)))",
		"message 1, text 1.1, message 2, text 2.1.1",
		"message 1, text 1.1, message 2, html 2.1.2"},
	{"mixed(plain message(plain)!)", "text 1, file 2", NULL},
	{"mixed(plain basic)", "text 1, file 2", NULL},
	{"parallel(plain png)", "text 1, image 2", NULL},
	{"x.unheard.of(plain png)", "text 1, image 2", NULL},
	{"mixed(plain external partial)", "text 1, external 2, partial 3", NULL},
	/* The first text has any size, the others are shown when they are small. */
	{"plain#50000000", "text", NULL},
	{"mixed(plain#50000000 plain#1000 plain#300000)", "text 1, text 2, file 3, left-out 3",
		NULL},
	{"mixed(plain#9 plain#260000 plain#260000 plain#260000 plain#260000 plain#260000 plain#9)",
		"text 1, text 2, text 3, text 4, text 5, file 6, text 7, left-out 6", NULL},
	/* Not without end inside of one another. */
	{"message(message(message(message(message(message(plain))))))",
		"message, message 1, message 1.1, message 1.1.1, message 1.1.1.1, file 1.1.1.1.1",
		NULL},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = chosen(cases[i].tree, FALSE);
		g_autofree char *html = chosen(cases[i].tree, TRUE);

		g_test_message("%s", cases[i].tree);
		g_assert_cmpstr(text, ==, cases[i].text);
		g_assert_cmpstr(html, ==, cases[i].html ? cases[i].html : cases[i].text);
	}
}

static void
test_related_start(void)
{
	const char *at = "related(png html$)";
	g_autoptr(MimePart) root = read_tree(NULL, &at);
	g_autoptr(MimePlan) plan = NULL;

	mime_part_add_param(root, "Start", "<start>");
	plan = mime_choose(root, FALSE);
	g_assert_cmpint(g_array_index(plan->steps, MimeStep, 0).how, ==, MIME_SHOW_HTML);
}

/* ---- the tree ---- */

static void
test_walk(void)
{
	const char *at = "mixed(alternative(plain html) pdf message(plain))";
	g_autoptr(MimePart) root = read_tree(NULL, &at);
	g_autoptr(GString) order = g_string_new(NULL);
	guint i = 0;

	number(root);
	for (const MimePart *part = root; part; part = mime_part_next(part), i++) {
		g_assert_cmpuint(part->index, ==, i);
		g_assert_true(mime_part_at(root, i) == part);
		g_string_append_printf(order, "%s/%u ", part->section, part->depth);
	}
	g_assert_cmpstr(order->str, ==, "/0 1/1 1.1/2 1.2/2 2/1 3/1 3.1/2 ");
	g_assert_cmpuint(mime_part_count(root), ==, i);
	g_assert_null(mime_part_at(root, i));
}

static void
test_too_wide(void)
{
	g_autoptr(MimePart) root = mime_part_new(NULL, "multipart", "mixed");
	g_autoptr(MimePlan) plan = NULL;
	const MimeStep *last;

	while (mime_part_new(root, "TEXT", "Plain"))
		;
	g_assert_cmpuint(mime_part_count(root), ==, MIME_PARTS_MAX);
	g_assert_true(root->cut);
	plan = mime_choose(root, FALSE);
	g_assert_cmpint(g_array_index(plan->steps, MimeStep, 0).how, ==, MIME_SHOW_TEXT);
	last = &g_array_index(plan->steps, MimeStep, plan->steps->len - 1);
	g_assert_cmpint(last->how, ==, MIME_SHOW_LEFT_OUT);
	for (guint i = MIME_PLAN_PARTS; i + 1 < plan->steps->len; i++)
		g_assert_cmpint(
			g_array_index(plan->steps, MimeStep, i).how, ==, MIME_SHOW_ATTACHMENT);
}

static void
test_too_deep(void)
{
	g_autoptr(MimePart) root = mime_part_new(NULL, "multipart", "mixed");
	MimePart *part = root, *below;

	while ((below = mime_part_new(part, "multipart", "mixed")))
		part = below;
	g_assert_cmpuint(part->depth, ==, MIME_DEPTH_MAX - 1);
	g_assert_true(part->cut);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/choose/cases", test_cases);
	g_test_add_func("/choose/related-start", test_related_start);
	g_test_add_func("/choose/walk", test_walk);
	g_test_add_func("/choose/too-wide", test_too_wide);
	g_test_add_func("/choose/too-deep", test_too_deep);
	return g_test_run();
}
