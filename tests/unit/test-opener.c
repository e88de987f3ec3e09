/* The thread that opens signed and encrypted messages: answers, refusals, and leaving in the middle. */
#include "await.h"
#include "core/opener.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

/* One job and what came of it. */
typedef struct {
	OpenerJob *job;
	SecureMessage *message;
	guint asked, done;
	gboolean leave;     /* drop the job when it asks */
	const char *answer; /* else say this */
} Try;

static void
on_done(SecureMessage *take_message, gpointer user)
{
	Try *attempt = user;

	attempt->message = take_message;
	attempt->job = NULL;
	attempt->done++;
}

static void
on_ask(const char *whom, gboolean again, gpointer user)
{
	Try *attempt = user;

	attempt->asked++;
	g_assert_cmpstr(whom, ==, "Locked Example <locked@example.org>");
	if (attempt->leave)
		opener_drop(g_steal_pointer(&attempt->job));
	else
		opener_answer(attempt->job, again ? NULL : attempt->answer);
}

static const OpenerCalls calls = {on_done, on_ask};

static gboolean
is_counted(gconstpointer count)
{
	return *(const guint *)count != 0;
}

/* Until COUNT is not 0 any more. */
static void
wait_for(const guint *count)
{
	await(is_counted, count);
}

static void
test_plain(gconstpointer data)
{
	g_autoptr(Opener) opener = opener_new();
	g_autoptr(GBytes) bytes = g_bytes_new_static("Subject: x\r\n\r\ntext\r\n", 20);
	Try attempt = {NULL}, dropped = {NULL};

	dropped.job = opener_open(opener, bytes, NULL, FALSE, &calls, &dropped);
	opener_drop(dropped.job);
	attempt.job = opener_open(opener, bytes, NULL, FALSE, &calls, &attempt);
	wait_for(&attempt.done);
	g_assert_cmpuint(attempt.message->layers->len, ==, 0);
	g_assert_cmpuint(attempt.message->pieces->len, ==, 1);
	/* One at a time and in order: it would have been told by now. */
	g_assert_cmpuint(dropped.done, ==, 0);
	secure_free(attempt.message);
}

static const CryptResult *
result_of(const Try *attempt)
{
	return g_array_index(attempt->message->layers, SecureLayer, 0).result;
}

static void
test_locked(gconstpointer data)
{
	g_autoptr(Opener) opener = opener_new();
	Try refused = {NULL}, left = {.leave = TRUE}, given = {.answer = "open sesame"};

	refused.job = opener_open(opener, (GBytes *)data, NULL, FALSE, &calls, &refused);
	wait_for(&refused.done);
	g_assert_cmpuint(refused.asked, ==, 1);
	g_assert_true(result_of(&refused)->locked);
	g_assert_null(result_of(&refused)->plain);

	/* The thread that waits for an answer is free for the next job. */
	left.job = opener_open(opener, (GBytes *)data, NULL, FALSE, &calls, &left);
	given.job = opener_open(opener, (GBytes *)data, NULL, FALSE, &calls, &given);
	wait_for(&given.done);
	g_assert_cmpuint(left.asked, ==, 1);
	g_assert_cmpuint(left.done, ==, 0);
	g_assert_cmpuint(given.asked, ==, 1);
	g_assert_true(result_of(&given)->decrypted);
	secure_free(refused.message);
	secure_free(given.message);
}

/* Of three the second is left at once: the others are done. */
static void
test_left_at_once(gconstpointer data)
{
	g_autoptr(Opener) opener = opener_new();
	Try first = {.answer = "open sesame"}, second = {NULL}, third = {.answer = "open sesame"};

	first.job = opener_open(opener, (GBytes *)data, NULL, FALSE, &calls, &first);
	second.job = opener_open(opener, (GBytes *)data, NULL, FALSE, &calls, &second);
	third.job = opener_open(opener, (GBytes *)data, NULL, FALSE, &calls, &third);
	opener_drop(second.job);
	wait_for(&third.done);
	g_assert_cmpuint(first.done, ==, 1);
	g_assert_cmpuint(second.done, ==, 0);
	secure_free(first.message);
	secure_free(third.message);
}

/* ---- a key ---- */

static gboolean
run(const char *command)
{
	const char *argv[] = {"sh", "-c", command, NULL};
	g_autoptr(GSubprocess) process = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, NULL);

	return process && g_subprocess_wait_check(process, NULL, NULL);
}

static GBytes *
make_message(const char *folder)
{
	static const char *const head =
		"From: a@example.org\r\nContent-Type: multipart/encrypted; boundary=b; "
		"protocol=\"application/pgp-encrypted\"\r\n\r\n--b\r\n"
		"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n"
		"Content-Type: application/octet-stream\r\n\r\n";
	g_autofree char *path = g_build_filename(folder, "sealed", NULL);
	g_autofree char *sealed = NULL;
	char *whole;

	g_assert_true(run("gpg --batch --quiet --pinentry-mode loopback --passphrase 'open sesame' "
			  "--quick-gen-key 'Locked Example <locked@example.org>' future-default "
			  "default never && cd $GNUPGHOME && "
			  "printf 'Content-Type: text/plain\\r\\n\\r\\nsecret\\r\\n' | "
			  "gpg --batch --quiet --armor --trust-model always -r Locked -o sealed "
			  "--encrypt && gpgconf --kill all"));
	g_assert_true(g_file_get_contents(path, &sealed, NULL, NULL));
	whole = g_strconcat(head, sealed, "\r\n--b--\r\n", NULL);
	return g_bytes_new_take(whole, strlen(whole));
}

int
main(int argc, char **argv)
{
	g_autofree char *gpg = g_find_program_in_path("gpg");
	g_autofree char *folder = NULL;
	g_autoptr(GBytes) message = NULL;
	int status;

	g_test_init(&argc, &argv, NULL);
	if (!gpg) {
		g_print("1..0 # SKIP there is no gpg\n");
		return 0;
	}
	/* The agent's socket is in there: its path must stay short. */
	folder = g_dir_make_tmp("postern-opener-XXXXXX", NULL);
	g_setenv("GNUPGHOME", folder, TRUE);
	message = make_message(folder);
	g_test_add_data_func("/opener/plain", NULL, test_plain);
	g_test_add_data_func("/opener/locked", message, test_locked);
	g_test_add_data_func("/opener/left-at-once", message, test_left_at_once);
	status = g_test_run();
	g_assert_true(run("gpgconf --kill all; rm -rf \"$GNUPGHOME\""));
	return status;
}
