/* Signed and encrypted mail against the real GnuPG, with throw-away keys and mail that
 * tests/lib/cryptkit.py makes. */
#include "mime/header.h"
#include "mime/secure-words.h"
#include "mime/secure.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

/* Of all tests of this program. */
typedef struct {
	char *folder;     /* where cryptkit.py put its things */
	char *gpgsm;      /* our way to run it */
	const char *word; /* the answer to all questions; NULL: none is given */
	guint asked;
	CryptStop *stop;
} Kit;

static char *
on_ask(const char *whom, gboolean again, gpointer user)
{
	Kit *kit = user;

	kit->asked++;
	g_assert_nonnull(strstr(whom, "Locked Example"));
	return again ? NULL : g_strdup(kit->word);
}

static GBytes *
load_mail(const Kit *kit, const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/mail/%s.eml", kit->folder, name);
	char *octets = NULL;
	gsize len = 0;

	g_assert_true(g_file_get_contents(path, &octets, &len, NULL));
	return g_bytes_new_take(octets, len);
}

static SecureMessage *
open_bytes(Kit *kit, GBytes *bytes)
{
	SecureSetup setup = {.ask = on_ask, .ask_user = kit, .gpgsm = kit->gpgsm};
	SecureMessage *message;

	kit->asked = 0;
	kit->stop = crypt_stop_new();
	message = secure_open(bytes, &setup, kit->stop);
	crypt_stop_unref(kit->stop);
	return message;
}

static SecureMessage *
open_mail(Kit *kit, const char *name)
{
	g_autoptr(GBytes) bytes = load_mail(kit, name);

	return open_bytes(kit, bytes);
}

/* Who starts dirmngr or a program that asks leaves a trace: cryptkit.py saw to that. */
static gboolean
was_spied(const Kit *kit)
{
	g_autofree char *path = g_strdup_printf("%s/gnupg/spied", kit->folder);

	return g_unlink(path) == 0;
}

/* "-:text" for each piece: its layer, "-" for none, and the start of its body; "!" without one. */
static char *
dump_pieces(const SecureMessage *message)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < message->pieces->len; i++) {
		const SecurePiece *piece = &g_array_index(message->pieces, SecurePiece, i);
		gsize len = 0;
		const char *octets = piece->entity ? g_bytes_get_data(piece->entity, &len) : NULL;
		const char *body = octets ? g_strstr_len(octets, (gssize)len, "\r\n\r\n") : NULL;
		g_autofree char *text =
			body ? g_strndup(body + 4, MIN(12, (gsize)(octets + len - body) - 4))
			     : g_strdup("!");

		g_string_append_printf(out, "%s%d:%s", i ? "|" : "", piece->layer,
			g_strstrip(g_strdelimit(text, "\r\n", ' ')));
	}
	return g_string_free(out, FALSE);
}

typedef struct {
	const char *mail;
	SecureLevel level;
	const char *summary;
	const char *pieces;
} Case;

static const Case cases[] = {
	{"good", SECURE_GOOD, "signed by Grace Hopper, good", "0:The build is"},
	{"changed", SECURE_BAD,
		"BAD signature of Grace Hopper <grace@example.org>: this is not what was signed",
		"0:The build is"},
	{"uncertified", SECURE_UNSURE, "signed by Linus Example, key not certified",
		"0:The build is"},
	{"other-sender", SECURE_UNSURE,
		"signed by Grace Hopper <grace@example.org>, not the sender's address",
		"0:The build is"},
	{"two-senders", SECURE_UNSURE,
		"signed by Grace Hopper <grace@example.org>; the message names no single sender",
		"0:The build is"},
	{"expired-key", SECURE_UNSURE,
		"signed by Late Example <late@example.org>; the key has expired", "0:The build is"},
	{"revoked-key", SECURE_BAD,
		"signed by Lost Example <lost@example.org>; the key was revoked", "0:The build is"},
	{"unknown-key", SECURE_UNSURE, "signed by a key that you don't have: *", "0:The build is"},
	{"expired-signature", SECURE_UNSURE,
		"signed by Grace Hopper <grace@example.org>; the signature has expired",
		"0:The build is"},
	{"two-signatures", SECURE_GOOD, "signed by Grace Hopper, good", "0:The build is"},
	{"empty-signature", SECURE_UNSURE, "signed, but the signature can't be checked",
		"0:The build is"},
	{"whole-as-detached", SECURE_UNSURE, "signed, but the signature can't be checked",
		"0:The build is"},
	{"three-parts", SECURE_NONE, "", "-1:The build is|-1:Slipped in.|-1:-----BEGIN P"},
	/* CVE-2021-29957: what is protected in part says so. */
	{"footer", SECURE_UNSURE, "part of it: signed by Grace Hopper, good",
		"0:The build is|-1:You get this"},
	{"file-signed", SECURE_UNSURE, "part of it: signed by Grace Hopper, good",
		"-1:See the patc|0:--- a  +++ b"},
	{"inline-signed", SECURE_UNSURE, "part of it: signed by Grace Hopper, good",
		"-1:Before.|0:This is what|-1:Behind."},
	{"inline-slipped", SECURE_BAD, "part of it: *", "-1:Before.|0:*|-1:Behind."},
	{"inline-empty", SECURE_GOOD, "signed by Grace Hopper, good", "0:"},
	{"inline-changed", SECURE_BAD, "part of it: BAD signature of Grace Hopper *",
		"-1:Before.|0:This is not|-1:Behind."},
	{"inline-sealed", SECURE_UNSURE, "part of it: encrypted, not signed",
		"-1:Before.|0:Inline secre|-1:Behind."},
	{"sealed", SECURE_GOOD, "encrypted; signed by Grace Hopper, good", "0:The keys are"},
	{"sealed-unsigned", SECURE_UNSURE, "encrypted, not signed", "0:The keys are"},
	{"sealed-signed-inside", SECURE_GOOD, "encrypted; signed by Grace Hopper, good",
		"1:The keys are"},
	{"sealed-for-others", SECURE_UNSURE, "encrypted, not decrypted", "0:!"},
	{"bomb", SECURE_UNSURE, "encrypted, not decrypted", "0:!"},
	{"bombs", SECURE_UNSURE, "part of it: encrypted, not signed", "0:First|1:!"},
	{"no-checksum", SECURE_GOOD, "encrypted; signed by Grace Hopper, good", "0:The keys are"},
	{"no-checksum-signed", SECURE_GOOD, "signed by Grace Hopper, good", "0:The build is"},
	{"inline-opaque", SECURE_UNSURE, "part of it: signed by Grace Hopper, good",
		"-1:Before.|0:This is what|-1:Behind."},
	{"opaque", SECURE_GOOD, "signed by Grace Hopper, good", "0:The build is"},
	{"opaque-changed", SECURE_BAD, "BAD signature of Grace Hopper *", "0:The build is"},
	{"opaque-plain", SECURE_UNSURE, "not signed", "0:The build is"},
	/* SigSpoof, CVE-2018-12020: */
	{"spoofed-status", SECURE_UNSURE, "encrypted, not signed", "0:The keys are"},
	/* EFAIL, CVE-2017-17688: */
	{"sealed-changed", SECURE_BAD, "encrypted, but changed or damaged", "0:!"},
	{"no-integrity", SECURE_BAD, "encrypted, but changed or damaged", "0:!"},
	{"efail", SECURE_UNSURE, "part of it: encrypted; signed by Grace Hopper, good",
		"-1:<p>Dear Alic|0:The keys are|-1:\">"},
	{"smime-good", SECURE_GOOD, "signed by Grace Hopper, good", "0:The build is"},
	{"smime-changed", SECURE_BAD, "BAD signature of Grace Hopper *", "0:The build is"},
	{"smime-other-sender", SECURE_UNSURE,
		"signed by Grace Hopper <grace@example.org>, not the sender's address",
		"0:The build is"},
	{"smime-untrusted", SECURE_UNSURE, "signed by Ada Lovelace, certificate not trusted",
		"0:The build is"},
	{"smime-opaque", SECURE_GOOD, "signed by Grace Hopper, good", "0:The build is"},
	{"smime-sealed", SECURE_GOOD, "encrypted; signed by Grace Hopper, good", "1:The build is"},
	{"smime-sealed-changed", SECURE_BAD, "encrypted, but changed or damaged", "0:!"},
};

static void
test_case(gconstpointer data)
{
	const gconstpointer *pair = data;
	Kit *kit = (Kit *)pair[0];
	const Case *expected = pair[1];
	g_autoptr(SecureMessage) message = open_mail(kit, expected->mail);
	g_autoptr(SecureVerdict) verdict = secure_judge(message);
	g_autofree char *pieces = dump_pieces(message);

	for (guint i = 0; i < message->layers->len; i++) {
		const char *why = g_array_index(message->layers, SecureLayer, i).result->error;

		g_test_message("layer %u: %s", i, why ? why : "opened");
	}
	if (!g_pattern_match_simple(expected->summary, verdict->summary))
		g_assert_cmpstr(verdict->summary, ==, expected->summary);
	g_assert_cmpint(verdict->level, ==, expected->level);
	if (!g_pattern_match_simple(expected->pieces, pieces))
		g_assert_cmpstr(pieces, ==, expected->pieces);
	g_assert_cmpuint(kit->asked, ==, 0);
	g_assert_false(was_spied(kit));
}

static gboolean
tells(const SecureVerdict *verdict, const char *pattern)
{
	for (guint i = 0; i < verdict->details->len; i++)
		if (g_pattern_match_simple(pattern, g_ptr_array_index(verdict->details, i)))
			return TRUE;
	return FALSE;
}

/* Who has no integrity protection is refused by us even where GnuPG was told to let it pass, and
 * whatever GnuPG gave is gone. */
static void
test_no_integrity(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	g_autoptr(SecureMessage) message = open_mail(kit, "no-integrity");
	const SecureLayer *layer = &g_array_index(message->layers, SecureLayer, 0);

	g_assert_cmpstr(layer->result->cipher, ==, "AES256.PGPCFB");
	g_assert_null(layer->result->plain);
	g_assert_true(layer->result->damaged);
	g_assert_nonnull(strstr(layer->result->error, "no integrity protection"));
}

/* CVE-2024-49393: what no signature covers is never shown as if one did. */
static void
test_coverage(gconstpointer data)
{
	static const char *const marked[] = {"protected-v1", "protected-clear", "sealed"};
	Kit *kit = (Kit *)data;
	g_autoptr(SecureMessage) bare = open_mail(kit, "good");
	g_autoptr(SecureVerdict) verdict = secure_judge(bare);

	g_assert_cmpuint(bare->fields->len, ==, 0);
	g_assert_true(tells(verdict, "The header fields *are not covered."));
	for (guint i = 0; i < G_N_ELEMENTS(marked); i++) {
		g_autoptr(SecureMessage) message = open_mail(kit, marked[i]);
		g_autoptr(SecureVerdict) said = secure_judge(message);
		const SecureField *field = &g_array_index(message->fields, SecureField, 0);

		g_assert_cmpuint(message->fields->len, ==, 2);
		g_assert_cmpstr(field[0].name, ==, "From");
		g_assert_cmpstr(field[0].value, ==, "Grace Hopper <grace@example.org>");
		g_assert_cmpstr(field[1].name, ==, "Subject");
		g_assert_cmpstr(
			field[1].value, ==, i == 2 ? "The secret subject" : "The true subject");
		g_assert_true(tells(said, "Covered besides the text: From, Subject. *"));
	}
}

/* CVE-2024-49394, CVE-2024-49395: what is not shown as covered is not told as covered either, and who gets a copy in secret
 * least of all. */
static void
test_other_fields(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	g_autoptr(SecureMessage) message = open_mail(kit, "protected-others");
	g_autoptr(SecureVerdict) verdict = secure_judge(message);

	g_assert_cmpuint(message->fields->len, ==, 1);
	g_assert_cmpstr(g_array_index(message->fields, SecureField, 0).name, ==, "Subject");
	g_assert_true(
		tells(verdict, "Covered besides the text: Subject. No other header field is."));
}

/* Fields of a payload whose signature is bad, or that covers only a part, count for nothing. */
static void
test_false_fields(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	g_autoptr(SecureMessage) changed = open_mail(kit, "protected-changed");
	g_autoptr(SecureMessage) part = open_mail(kit, "protected-part");

	g_assert_cmpuint(changed->fields->len, ==, 0);
	g_assert_cmpuint(part->fields->len, ==, 0);
}

/* RFC 9788 section 4.4: who signs as one and writes from another address is told, and neither hidden nor
 * believed. */
static void
test_another_sender_inside(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	g_autoptr(SecureMessage) message = open_mail(kit, "protected-other-sender");
	g_autoptr(SecureVerdict) verdict = secure_judge(message);

	g_assert_cmpint(verdict->level, ==, SECURE_UNSURE);
	g_assert_cmpstr(
		verdict->summary, ==, "signed by Grace Hopper, good; inside it has another sender");
	g_assert_true(tells(verdict, "Inside, the sender is said to be ada@example.org."));
	for (guint i = 0; i < message->fields->len; i++)
		g_assert_cmpstr(g_array_index(message->fields, SecureField, i).name, !=, "From");
}

/* ---- who the sender is ---- */

/* MAIL with another From field. */
static GBytes *
mail_from(const Kit *kit, const char *mail, const char *from, gsize len)
{
	g_autoptr(GBytes) whole = load_mail(kit, mail);
	const char *octets = g_bytes_get_data(whole, NULL);
	const char *rest = strstr(octets, "\r\n");
	GString *text = g_string_new("From: ");

	g_assert_true(g_str_has_prefix(octets, "From: "));
	g_string_append_len(text, from, (gssize)len);
	g_string_append_len(text, rest, (gssize)(g_bytes_get_size(whole) - (gsize)(rest - octets)));
	return g_string_free_to_bytes(text);
}

/* Whoever writes the From field can't let another's address pass for his, nor hide his own behind it. */
static void
test_senders(gconstpointer data)
{
#define FROM(text, level)                    \
	{                                    \
		text, sizeof text - 1, level \
	}
	static const struct {
		const char *from;
		gsize len;
		SecureLevel level;
	} senders[] = {
		FROM("Grace Hopper <grace@example.org>", SECURE_GOOD),
		FROM("grace@EXAMPLE.org", SECURE_GOOD),
		FROM("\"mallory@example.net, me\" <grace@example.org> (at home)", SECURE_GOOD),
		FROM("\"grace@example.org\" <mallory@example.net>", SECURE_UNSURE),
		FROM("grace@example.org <mallory@example.net>", SECURE_UNSURE),
		FROM("(grace@example.org) mallory@example.net", SECURE_UNSURE),
		FROM("=?utf-8?q?grace=40example=2Eorg?= <mallory@example.net>", SECURE_UNSURE),
		FROM("<grace@example.org> mallory@example.net", SECURE_UNSURE),
		FROM("<grace@example.org> \"mallory@example.net\"", SECURE_UNSURE),
		FROM("<grace@example.org><mallory@example.net>", SECURE_UNSURE),
		FROM("grace@example.org, mallory@example.net", SECURE_UNSURE),
		FROM("Friends: grace@example.org;", SECURE_UNSURE),
		FROM("Friends: grace@example.org, mallory@example.net;", SECURE_UNSURE),
		FROM("<grace@example.org", SECURE_UNSURE),
		FROM("\"Grace <grace@example.org>", SECURE_UNSURE),
		FROM("grace@example.org\0, mallory@example.net", SECURE_UNSURE),
		FROM("grace@example.org\0mallory <mallory@example.net>", SECURE_UNSURE),
		FROM("grace@example.org\r\nFrom: mallory@example.net", SECURE_UNSURE),
		FROM("mallory@example.net\r\nfrom : grace@example.org", SECURE_UNSURE),
		FROM("grace@example.org\r\n , mallory@example.net", SECURE_UNSURE),
		FROM("grace@example.org\rFrom: mallory@example.net", SECURE_UNSURE),
		FROM("", SECURE_UNSURE),
	};
	Kit *kit = (Kit *)data;

	for (guint i = 0; i < G_N_ELEMENTS(senders); i++) {
		g_autoptr(GBytes) bytes = mail_from(kit, "good", senders[i].from, senders[i].len);
		g_autoptr(SecureMessage) message = open_bytes(kit, bytes);
		g_autoptr(SecureVerdict) verdict = secure_judge(message);

		g_test_message("%s", senders[i].from);
		g_assert_cmpint(verdict->level, ==, senders[i].level);
		g_assert_nonnull(strstr(verdict->summary, "signed by Grace Hopper"));
	}
#undef FROM
}

/* A group of a million empty members, and a sender in as many comments. */
static void
test_semicolons(gconstpointer data)
{
	static const char *const runs[] = {";", "(", "\"", "<", ",", "a@b;", "=?a?q?"};
	Kit *kit = (Kit *)data;
	clock_t before = clock();

	for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autoptr(GString) from = g_string_new("a:");

		while (from->len < 1000000)
			g_string_append(from, runs[i]);
		g_autoptr(GBytes) bytes = mail_from(kit, "three-parts", from->str, from->len);
		g_autoptr(SecureMessage) message = open_bytes(kit, bytes);

		g_assert_null(message->sender);
	}
	g_assert_cmpint(clock() - before, <, 5 * CLOCKS_PER_SEC);
}

static char *
compare(const SecureMessage *message, const char *header, SecureLevel *out_level)
{
	g_autoptr(SecureVerdict) verdict = secure_judge(message);
	g_autoptr(GPtrArray) shown = mime_header_fields(header, strlen(header));

	secure_compare(verdict, message, shown);
	*out_level = verdict->level;
	if (verdict->level != SECURE_GOOD)
		g_assert_true(tells(verdict, "The server gave another *"));
	return g_strdup(verdict->summary);
}

/* The header that a server gives need not be that of the octets that were checked. */
static void
test_two_answers(gconstpointer data)
{
	static const struct {
		const char *what, *with, *others;
	} differences[] = {
		{"From: Grace", "From: Grace", NULL},
		{"From: ", "from :  ", NULL},
		{"Message-ID", "X-Other", NULL},
		{"From: Grace", "From: Mallory", "From"},
		{"From: ", "From: mallory@example.net\r\nFrom: ", "From"},
		{"From: ", "X-From: ", "From"},
		{"To: Alice", "Cc: Alice", "To, Cc"},
		{"09:12", "10:12", "Date"},
		{"The build", "Your bank", "Subject"},
	};
	Kit *kit = (Kit *)data;
	g_autoptr(GBytes) bytes = load_mail(kit, "good");
	g_autoptr(SecureMessage) message = open_bytes(kit, bytes);
	const char *octets = g_bytes_get_data(bytes, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(differences); i++) {
		g_autofree char *header =
			g_strndup(octets, (gsize)(strstr(octets, "Content-Type") - octets));
		g_auto(GStrv) halves = g_strsplit(header, differences[i].what, 2);
		g_autofree char *other = g_strjoinv(differences[i].with, halves);
		SecureLevel level;
		g_autofree char *summary = compare(message, other, &level);
		g_autofree char *expected = g_strconcat("signed by Grace Hopper, good",
			differences[i].others ? "; the server gave another " : "",
			differences[i].others ? differences[i].others : "",
			differences[i].others ? " before" : "", NULL);

		g_assert_cmpstr(summary, ==, expected);
		g_assert_cmpint(level, ==, differences[i].others ? SECURE_UNSURE : SECURE_GOOD);
	}
}

static void
test_passphrase(gconstpointer data)
{
	static const char *const mails[] = {"sealed-locked", "smime-locked"};
	static const char *const words[] = {"open sesame", "knock knock"};
	static const char *const texts[] = {"0:The keys are", "0:The build is"};
	Kit *kit = (Kit *)data;

	for (guint i = 0; i < G_N_ELEMENTS(mails); i++) {
		kit->word = NULL;
		g_autoptr(SecureMessage) silent = open_mail(kit, mails[i]);
		g_autofree char *nothing = dump_pieces(silent);

		g_assert_cmpuint(kit->asked, ==, 1);
		g_assert_cmpstr(nothing, ==, "0:!");
		kit->word = "wrong";
		g_autoptr(SecureMessage) wrong = open_mail(kit, mails[i]);
		g_autofree char *still_nothing = dump_pieces(wrong);

		g_assert_cmpuint(kit->asked, >, 0);
		g_assert_cmpstr(still_nothing, ==, "0:!");
		kit->word = words[i];
		g_autoptr(SecureMessage) right = open_mail(kit, mails[i]);
		g_autofree char *text = dump_pieces(right);

		g_assert_cmpstr(text, ==, texts[i]);
		kit->word = NULL;
	}
	g_assert_false(was_spied(kit));
}

/* No byte of a broken one takes the walk out of its bounds, and none is taken for whole. */
static void
test_cut(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	g_autoptr(GBytes) whole = load_mail(kit, "three-parts");

	for (gsize len = 0; len < g_bytes_get_size(whole); len++) {
		/* A copy of its own, so that a sanitizer sees every step beyond the end. */
		g_autoptr(GBytes) start = g_bytes_new(g_bytes_get_data(whole, NULL), len);
		g_autoptr(CryptStop) stop = crypt_stop_new();
		SecureSetup setup = {.gpgsm = kit->gpgsm};

		crypt_stop_now(stop);
		g_autoptr(SecureMessage) message = secure_open(start, &setup, stop);
		g_autoptr(SecureVerdict) verdict = secure_judge(message);

		g_assert_cmpint(verdict->level, !=, SECURE_GOOD);
	}
}

/* What does not fit is not left out in silence. */
static void
test_many_pieces(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	GString *text = g_string_new(
		"From: grace@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
		"--b\r\nContent-Type: application/pkcs7-mime\r\n\r\nx\r\n");
	g_autoptr(GBytes) bytes = NULL;

	for (guint i = 0; i < 300; i++)
		g_string_append(text, "--b\r\n\r\nText.\r\n");
	g_string_append(text, "--b--\r\n");
	bytes = g_string_free_to_bytes(text);
	g_autoptr(SecureMessage) message = open_bytes(kit, bytes);

	g_assert_cmpuint(message->pieces->len, ==, 200);
	/* Taken apart on this thread, and not where keys wait for it; of the first there is nothing. */
	for (guint i = 1; i < 200; i++)
		g_assert_nonnull(g_array_index(message->pieces, SecurePiece, i).tree);
	g_assert_true(message->cut);
}

static void
test_stopped(gconstpointer data)
{
	Kit *kit = (Kit *)data;
	g_autoptr(GBytes) bytes = load_mail(kit, "sealed");
	g_autoptr(CryptStop) stop = crypt_stop_new();
	SecureSetup setup = {.gpgsm = kit->gpgsm};

	crypt_stop_now(stop);
	g_autoptr(SecureMessage) message = secure_open(bytes, &setup, stop);
	g_autofree char *pieces = dump_pieces(message);

	g_assert_true(g_array_index(message->layers, SecureLayer, 0).result->cancelled);
	g_assert_cmpstr(pieces, ==, "0:!");
}

/* Each block costs a search to the end of the text: behind the last that is opened there are none. */
static void
test_many_blocks(gconstpointer data)
{
	static const char block[] =
		"-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----\r\n";
	Kit *kit = (Kit *)data;
	GString *mail = g_string_new("Subject: Many\r\n\r\n");
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(CryptStop) stop = crypt_stop_new();
	SecureSetup setup = {.gpgsm = kit->gpgsm};
	const SecurePiece *rest;

	for (guint i = 0; i < 40; i++)
		g_string_append(mail, block);
	bytes = g_string_free_to_bytes(mail);
	crypt_stop_now(stop);
	g_autoptr(SecureMessage) message = secure_open(bytes, &setup, stop);

	g_assert_cmpuint(message->layers->len, ==, 16);
	g_assert_cmpuint(message->pieces->len, ==, 17);
	rest = &g_array_index(message->pieces, SecurePiece, 16);
	g_assert_cmpint(rest->layer, ==, -1);
	g_assert_cmpuint(g_bytes_get_size(rest->entity), >, 24 * strlen(block));
}

/* ---- the kit ---- */

static gboolean
run(const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) process = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, &error);

	return process && g_subprocess_wait_check(process, NULL, &error);
}

/* NULL with the reason when there is no GnuPG on this machine. */
static const char *
make_kit(Kit *kit)
{
	const char *source = g_getenv("abs_top_srcdir") ? g_getenv("abs_top_srcdir") : ".";
	static const char *const programs[] = {"gpg", "gpgsm", "openssl", "python3"};
	g_autofree char *script = g_build_filename(source, "tests", "lib", "cryptkit.py", NULL);
	g_autofree char *home = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
		g_autofree char *path = g_find_program_in_path(programs[i]);

		if (!path)
			return programs[i];
	}
	/* The agent's socket is in there: its path must stay short. */
	kit->folder = g_dir_make_tmp("postern-crypt-XXXXXX", NULL);
	kit->gpgsm = g_build_filename(source, "src", "mime", "postern-gpgsm", NULL);
	g_assert_true(run((const char *const[]){"python3", "-B", script, kit->folder, NULL}));
	home = g_build_filename(kit->folder, "gnupg", NULL);
	g_setenv("GNUPGHOME", home, TRUE);
	return NULL;
}

static void
remove_kit(Kit *kit)
{
	g_assert_true(run((const char *const[]){"gpgconf", "--kill", "all", NULL}));
	g_assert_true(run((const char *const[]){"rm", "-rf", kit->folder, NULL}));
	g_free(kit->folder);
	g_free(kit->gpgsm);
}

int
main(int argc, char **argv)
{
	static gconstpointer pairs[G_N_ELEMENTS(cases)][2];
	Kit kit = {NULL};
	const char *missing;
	int status;

	g_test_init(&argc, &argv, NULL);
	missing = make_kit(&kit);
	if (missing) {
		g_print("1..0 # SKIP there is no %s\n", missing);
		return 0;
	}
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/secure/%s", cases[i].mail);

		pairs[i][0] = &kit;
		pairs[i][1] = &cases[i];
		g_test_add_data_func(path, pairs[i], test_case);
	}
	g_test_add_data_func("/secure/no-integrity-allowed", &kit, test_no_integrity);
	g_test_add_data_func("/secure/coverage", &kit, test_coverage);
	g_test_add_data_func("/secure/false-fields", &kit, test_false_fields);
	g_test_add_data_func("/secure/other-fields/CVE-2024-49394", &kit, test_other_fields);
	g_test_add_data_func("/secure/semicolons/CVE-2021-3181", &kit, test_semicolons);
	g_test_add_data_func("/secure/another-sender-inside", &kit, test_another_sender_inside);
	g_test_add_data_func("/secure/senders", &kit, test_senders);
	g_test_add_data_func("/secure/two-answers", &kit, test_two_answers);
	g_test_add_data_func("/secure/passphrase", &kit, test_passphrase);
	g_test_add_data_func("/secure/cut", &kit, test_cut);
	g_test_add_data_func("/secure/stopped", &kit, test_stopped);
	g_test_add_data_func("/secure/many-blocks", &kit, test_many_blocks);
	g_test_add_data_func("/secure/many-pieces", &kit, test_many_pieces);
	status = g_test_run();
	remove_kit(&kit);
	return status;
}
