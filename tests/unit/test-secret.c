/* Commands that give passwords: what is taken of their output, and that none can fill the memory or stay. */
#include "await.h"
#include "base/err.h"
#include "core/secret.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	gboolean over;
	char *value;
	GError *error;
} Answer;

static void
on_ready(const LinkSecret *secret, const GError *error, gpointer user)
{
	Answer *answer = user;

	answer->over = TRUE;
	answer->value = secret ? g_strdup(secret->password) : NULL;
	answer->error = error ? g_error_copy(error) : NULL;
}

static gboolean
is_over(gconstpointer data)
{
	return ((const Answer *)data)->over;
}

static Answer
ask(const char *script)
{
	char *command[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	AccountConfig config = {.name = (char *)"work", .password_command = command};
	g_autoptr(Secret) secret = secret_new(&config);
	Answer answer = {0};

	secret_get(secret, on_ready, &answer);
	await(is_over, &answer);
	return answer;
}

static void
assert_gives(const char *script, const char *password)
{
	Answer answer = ask(script);

	g_assert_no_error(answer.error);
	g_assert_cmpstr(answer.value, ==, password);
	g_free(answer.value);
}

static void
assert_fails(const char *script, const char *part)
{
	Answer answer = ask(script);

	g_assert_null(answer.value);
	g_assert_error(answer.error, ERR_DOMAIN, ERR_NO_SECRET);
	if (!strstr(answer.error->message, part))
		g_error("\"%s\" does not say \"%s\"", answer.error->message, part);
	g_error_free(answer.error);
}

static void
test_first_line(void)
{
	assert_gives("printf pass", "pass");
	assert_gives("printf 'p\303\244ss word\r\nlogin: alice\n'", "p\303\244ss word");
	assert_gives("printf pass; echo much >&2", "pass");
	assert_gives("head -c 4096 /dev/zero | tr '\\0' x | sed 's/^..../pas\\n/'", "pas");
}

static void
test_failures(void)
{
	assert_fails("true", "printed nothing");
	assert_fails("printf '\nsecond'", "printed nothing");
	assert_fails("printf '\377'", "not UTF-8");
	assert_fails("echo pass; echo locked >&2; exit 1", "failed: locked.");
	assert_fails("kill -9 $$", "of account work failed.");
}

/* Also where the end would never come. */
static void
test_too_much(void)
{
	assert_fails("yes", "printed more than 4096 octets and was stopped");
	assert_fails("printf pass; head -c 4096 /dev/zero", "printed more than 4096 octets");
}

static void
test_complaints_without_end(void)
{
	assert_fails("yes complaint | head -c 3000000 >&2; echo the last >&2; exit 1",
		"failed: the last.");
}

/* A terminal is nothing that it could ask on. */
static void
test_no_terminal(void)
{
	assert_gives("(: </dev/tty) 2>/dev/null || echo none", "none");
	assert_gives("test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo leads", "leads");
}

/* It does not outlive who asked, and nor does what it has started. */
static void
test_freed_meanwhile(void)
{
	g_autofree char *dir = g_dir_make_tmp("postern-secret-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "pid", NULL);
	g_autofree char *script =
		g_strdup_printf("(trap '' TERM HUP; exec sleep 1000) & echo $! >%s; wait", file);
	char *command[] = {(char *)"sh", (char *)"-c", script, NULL};
	AccountConfig config = {.name = (char *)"work", .password_command = command};
	Secret *secret = secret_new(&config);
	Answer answer = {0};
	GPid pid;

	secret_get(secret, on_ready, &answer);
	pid = await_pid(file);
	secret_free(secret);
	await_end(pid);
	g_assert_false(answer.over);
	g_unlink(file);
	g_rmdir(dir);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret/first-line", test_first_line);
	g_test_add_func("/secret/failures", test_failures);
	g_test_add_func("/secret/too-much", test_too_much);
	g_test_add_func("/secret/complaints-without-end", test_complaints_without_end);
	g_test_add_func("/secret/no-terminal", test_no_terminal);
	g_test_add_func("/secret/freed-meanwhile", test_freed_meanwhile);
	return g_test_run();
}
