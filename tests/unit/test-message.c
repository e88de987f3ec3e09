/* Messages taken apart here: the tree, and of each part the very octets. */
#include "mime/fields.h"
#include "mime/message.h"

#include <string.h>
#include <time.h>

#define HEAD(type) "Subject: s\r\nContent-Type: " type "\r\n\r\n"

typedef struct {
	const char *name, *message;
	const char *tree; /* "section type{octets}" of each part, those of a multipart left out */
} Case;

static const Case cases[] = {
	{"plain", HEAD("text/plain") "one\r\ntwo\r\n", "1 text/plain{one|two|}"},
	{"no-type", "Subject: s\n\nHello\n", "1 text/plain{Hello|}"},
	{"no-body", "Subject: s\r\n", "1 text/plain{}"},
	{"empty", "", "1 text/plain{}"},
	{"no-header", "Hello,\r\n\r\nthis is all.", "1 text/plain{Hello,||this is all.}"},
	{"begins-empty", "\r\nHello", "1 text/plain{Hello}"},
	{"begins-folded", " what\r\n\r\nHello", "1 text/plain{ what||Hello}"},
	{"no-empty-line", "Subject: s\r\nHello there\r\nmore", "1 text/plain{Hello there|more}"},
	{"mbox", "From ada@example.org Mon Mar  2 09:00:00 2026\nSubject: s\n\nx",
		"1 text/plain{x}"},
	{"type-without-slash", HEAD("text") "x", "1 text/plain{x}"},
	{"type-with-blanks", HEAD("text / html ; charset = \"utf-8\"") "x", "1 text/html{x}"},
	{"mixed",
		HEAD("multipart/mixed; boundary=b") "preamble\r\n--b\r\n\r\none\r\n--b\r\nContent-"
						    "Type: "
						    "image/"
						    "png\r\n\r\ntwo\r\n\r\n--b--\r\nepilogue\r\n",
		" multipart/mixed, 1 text/plain{one}, 2 image/png{two|}"},
	{"line-feeds",
		"Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
		" multipart/mixed, 1 text/plain{one}, 2 text/plain{two}"},
	{"never-closed", HEAD("multipart/mixed; boundary=b") "--b\r\n\r\none\r\n--b\r\n\r\ntwo",
		" multipart/mixed, 1 text/plain{one}, 2 text/plain{two}"},
	{"boundary-with-blanks",
		HEAD("multipart/mixed; boundary=b") "--b  \r\n\r\none\r\n--b-- \t\r\n",
		" multipart/mixed, 1 text/plain{one}"},
	{"boundary-that-goes-on",
		HEAD("multipart/mixed; boundary=b") "--b\r\n\r\none\r\n--bb\r\n--b--",
		" multipart/mixed, 1 text/plain{one|--bb}"},
	{"without-boundary", HEAD("multipart/mixed") "--b\r\n\r\none\r\n--b--",
		"1 text/plain{--b||one|--b--}"},
	{"boundary-not-there", HEAD("multipart/mixed; boundary=x") "--b\r\n\r\none\r\n--b--",
		"1 text/plain{--b||one|--b--}"},
	{"part-without-header", HEAD("multipart/mixed; boundary=b") "--b\r\nHello you\r\n--b--",
		" multipart/mixed, 1 text/plain{Hello you}"},
	{"part-of-nothing", HEAD("multipart/mixed; boundary=b") "--b\r\n--b\r\n\r\n--b--",
		" multipart/mixed, 1 text/plain{}, 2 text/plain{}"},
	{"nested",
		HEAD("multipart/mixed; boundary=a") "--a\r\nContent-Type: multipart/alternative; "
						    "boundary=b\r\n\r\n--b\r\n\r\none\r\n--"
						    "b\r\nContent-Type: text/html\r\n\r\ntwo\r\n"
						    "--b--\r\n--a\r\n\r\nthree\r\n--a--\r\n",
		" multipart/mixed, 1 multipart/alternative, 1.1 text/plain{one}, 1.2 "
		"text/html{two}, 2 text/plain{three}"},
	{"inner-never-closed",
		HEAD("multipart/mixed; boundary=a") "--a\r\nContent-Type: multipart/alternative; "
						    "boundary=b\r\n\r\n--b\r\n\r\none\r\n--"
						    "a\r\n\r\nthree\r\n--a--\r\n",
		" multipart/mixed, 1 multipart/alternative, 1.1 text/plain{one}, 2 "
		"text/plain{three}"},
	{"gmail-equal-boundaries",
		HEAD("multipart/mixed; boundary=b") "--b\r\nContent-Type: multipart/alternative; "
						    "boundary=b\r\n\r\n--b\r\n\r\none\r\n--"
						    "b\r\nContent-Type: text/html\r\n\r\ntwo\r\n"
						    "--b--\r\n--b\r\nContent-Type: "
						    "image/png\r\n\r\nthree\r\n--b--\r\n",
		" multipart/mixed, 1 multipart/alternative, 1.1 text/plain{one}, 1.2 "
		"text/html{two}, 2 image/png{three}"},
	{"prefix-of-the-other",
		HEAD("multipart/mixed; boundary=a") "--a\r\nContent-Type: multipart/mixed; "
						    "boundary=aa\r\n\r\n--aa\r\n\r\none\r\n--aa--"
						    "\r\n--a--\r\n",
		" multipart/mixed, 1 multipart/mixed, 1.1 text/plain{one}"},
	{"message",
		HEAD("multipart/mixed; boundary=b") "--b\r\nContent-Type: "
						    "message/rfc822\r\n\r\nSubject: "
						    "inner\r\n\r\nHello\r\n--b--\r\n",
		" multipart/mixed, 1 message/rfc822{Subject: inner||Hello}, 1.1 text/plain{Hello}"},
	{"message-of-parts",
		HEAD("message/rfc822") "Content-Type: multipart/mixed; "
				       "boundary=b\r\n\r\n--b\r\n\r\n"
				       "one\r\n--b--\r\n",
		"1 message/rfc822{Content-Type: multipart/mixed; boundary=b||--b||one|--b--|}, "
		"1.TEXT multipart/mixed, 1.1 text/plain{one}"},
	{"message-in-base64",
		HEAD("message/rfc822\r\nContent-Transfer-Encoding: base64") "U3ViamVjdDo=",
		"1 message/rfc822{U3ViamVjdDo=}"},
	{"digest",
		HEAD("multipart/digest; boundary=b") "--b\r\n\r\nSubject: "
						     "x\r\n\r\none\r\n--b--\r\n",
		" multipart/digest, 1 message/rfc822{Subject: x||one}, 1.1 text/plain{one}"},
};

static void
add_content(GString *text, const char *message, const MimePart *part)
{
	g_string_append_c(text, '{');
	for (guint64 i = 0; i < part->octets; i++) {
		char c = message[part->offset + i];

		if (c != '\r')
			g_string_append_c(text, c == '\n' ? '|' : c);
	}
	g_string_append_c(text, '}');
}

static char *
describe(const char *message, const MimePart *root)
{
	GString *text = g_string_new(NULL);

	for (const MimePart *part = root; part; part = mime_part_next(part)) {
		g_string_append_printf(text, "%s%s %s/%s", part == root ? "" : ", ", part->section,
			part->type, part->subtype);
		if (!mime_part_is(part, "multipart", NULL))
			add_content(text, message, part);
	}
	return g_string_free(text, FALSE);
}

static void
test_case(gconstpointer data)
{
	const Case *one = data;
	/* Of its very length, so that a read behind it is seen by the sanitizers. */
	gsize len = strlen(one->message);
	g_autofree char *copy = g_memdup2(one->message, MAX(len, 1));
	g_autoptr(MimePart) root = mime_message_parse(copy, len);
	g_autofree char *tree = describe(copy, root);

	g_assert_cmpstr(tree, ==, one->tree);
}

static void
test_fields(void)
{
	static const char message[] =
		"Content-Type: multipart/mixed;\r\n boundary=b\r\n\r\n--b\r\n"
		"content-type: application/pdf; name=\"old\\\"name.pdf\"\r\n"
		"CONTENT-DISPOSITION: Attachment;\r\n\tfilename*=utf-8''pl%C3%A4ne.pdf\r\n"
		"Content-Transfer-Encoding: BASE64 \r\nContent-ID: <x@y>\r\n"
		"Content-Description: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nAAAA\r\n"
		"--b\r\nContent-Type: text/plain charset=utf-8\r\n"
		"Content-Disposition: inline; filename=my notes.txt\r\n\r\nx\r\n--b--\r\n";
	g_autoptr(MimePart) root = mime_message_parse(message, strlen(message));
	const MimePart *pdf = mime_part_at(root, 1), *text = mime_part_at(root, 2);

	g_assert_cmpstr(pdf->name, ==, "pläne.pdf");
	g_assert_cmpstr(pdf->disposition, ==, "attachment");
	g_assert_cmpstr(pdf->encoding, ==, "BASE64");
	g_assert_cmpstr(pdf->id, ==, "<x@y>");
	g_assert_cmpstr(pdf->description, ==, "Grüße");
	g_assert_cmpstr(mime_part_param(pdf, "name"), ==, "old\"name.pdf");
	g_assert_true(pdf->attachment);
	g_assert_cmpstr(text->name, ==, "my notes.txt");
	g_assert_cmpstr(mime_part_param(text, "charset"), ==, "utf-8");
}

static void
test_envelope(void)
{
	static const char message[] = HEAD(
		"message/rfc822") "From: Ada <ada@example.org>\r\n"
				  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n an Alle\r\n\r\nHello";
	g_autoptr(MimePart) root = mime_message_parse(message, strlen(message));

	g_assert_cmpstr(root->envelope->from, ==, "Ada <ada@example.org>");
	g_assert_cmpstr(root->envelope->subject, ==, "Grüße an Alle");
	g_assert_cmpstr(root->envelope->to, ==, "");
}

/* ---- nothing takes more than its time ---- */

static gint64
time_of(const GString *message, guint *out_parts)
{
	gint64 begun = g_get_monotonic_time();
	g_autoptr(MimePart) root = mime_message_parse(message->str, message->len);

	*out_parts = mime_part_count(root);
	return g_get_monotonic_time() - begun;
}

static void
test_hostile(void)
{
	static const char *const repeated[] = {
		"--b\r\n",                                                  /* parts */
		"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", /* the same */
		"--b\r\nContent-Type: message/rfc822\r\n\r\n",
		"Content-Type: message/rfc822\r\n\r\n",
		"--",
		"-\n",
		"--\n",
		"a:\r\n",
		" \r\n",
		";",
		"Content-Type: x;a=b;\r\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(repeated); i++) {
		g_autoptr(GString) message =
			g_string_new("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
		gint64 took;
		guint parts;

		while (message->len < 4 * 1024 * 1024)
			g_string_append(message, repeated[i]);
		took = time_of(message, &parts);
		g_test_message("%s: %u parts in %" G_GINT64_FORMAT " us", repeated[i], parts, took);
		g_assert_cmpuint(parts, <=, MIME_PARTS_MAX);
		g_assert_cmpint(took, <, 10 * G_TIME_SPAN_SECOND);
	}
}

/* Each field with each value that is none, alone and within: nothing is missing of the tree. */
static void
test_crafted_fields(void)
{
	static const char *const names[] = {"Content-Type", "Content-Disposition",
		"Content-Transfer-Encoding", "Content-ID", "Content-Description",
		"Content-Location", "From", "To", "Subject", "Date", "MIME-Version", "", ":"};
	static const char *const values[] = {"", " ", ";", "=", "/", "text/", "/plain",
		"a/b;=", "a/b;c", "a/b;c=", "a/b;c=\"", "a/b;c=\"\\", "multipart/mixed",
		"multipart/mixed;boundary",
		"multipart/mixed;boundary=", "multipart/mixed;boundary=\"\"", "message/rfc822",
		"message/external-body", "message/partial;number=-1", "a/b;name*",
		"a/b;name*=", "a/b;name*=''", "a/b;name*0*='", "a/b;name*1=x;name*99999999999=y",
		"=?",
		"=?"
		"?=",
		"=?"
		"?"
		"?=",
		"=?a?b?", "=?a?b?=?=", "(", "\"", "<", ">", "@", "<@>", "a:;", ":;", "\xff", "%",
		"%s%n"};

	for (guint n = 0; n < G_N_ELEMENTS(names); n++)
		for (guint v = 0; v < G_N_ELEMENTS(values); v++) {
			g_autofree char *text =
				g_strdup_printf("%s:%s\r\n\r\n--\r\n%s:%s\r\n\r\nx\r\n", names[n],
					values[v], names[n], values[v]);
			gsize len = strlen(text);
			/* A copy of its own, so that a sanitizer sees every step beyond the end. */
			g_autofree char *octets = g_memdup2(text, len);
			g_autoptr(MimePart) root = mime_message_parse(octets, len);

			for (const MimePart *part = root; part; part = mime_part_next(part)) {
				g_autofree char *type = mime_part_type(part);

				g_assert_nonnull(strchr(type, '/'));
				g_assert_nonnull(mime_part_title(part));
				g_assert_cmpuint(part->offset + part->octets, <=, len);
			}
		}
}

/* Of thousands of parameters, each in pieces or none of them, no part takes a time that is noticed. */
static void
test_many_params(void)
{
	static const char *const endings[] = {"b*%u", "b%u*1", "b%u", "b*%u*", "b*1"};
	clock_t before = clock();

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
		MimePart *part = mime_part_new(NULL, "text", "plain");

		for (guint n = 0; n < 20000; n++) {
			g_autofree char *digits = g_strdup_printf("%u", n);
			g_auto(GStrv) halves = g_strsplit(endings[i], "%u", 2);
			g_autofree char *name = g_strjoinv(digits, halves);

			mime_part_add_param(part, name, "value");
		}
		g_assert_cmpuint(part->params->len, <=, 2 * MIME_PARAMS_MAX);
		mime_part_free(part);
	}
	g_assert_cmpint(clock() - before, <, 5 * CLOCKS_PER_SEC);
}

/* Boundaries as long as they may be, one in another, and lines that could be any of them. */
static void
test_long_boundaries(void)
{
	g_autoptr(GString) message = g_string_new(NULL);
	g_autofree char *sum = g_strnfill(990, 'b');
	MimePart *root;
	clock_t before;

	for (guint i = 0; i < 40; i++)
		g_string_append_printf(message,
			"Content-Type: multipart/mixed; boundary=\"%s%02u\"\r\n\r\n--%s%02u\r\n",
			sum, i, sum, i);
	g_string_append(message, "\r\n");
	while (message->len < 3 * 1000 * 1000)
		g_string_append(message, "--b\n");
	before = clock();
	root = mime_message_parse(message->str, message->len);
	g_assert_cmpint(clock() - before, <, 5 * CLOCKS_PER_SEC);
	mime_part_free(root);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/message/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/message/fields", test_fields);
	g_test_add_func("/message/envelope", test_envelope);
	g_test_add_func("/message/hostile", test_hostile);
	g_test_add_func("/message/many-params", test_many_params);
	g_test_add_func("/message/long-boundaries", test_long_boundaries);
	g_test_add_func("/message/crafted-fields/CVE-2023-4874", test_crafted_fields);
	return g_test_run();
}
