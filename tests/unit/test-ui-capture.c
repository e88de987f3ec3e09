/* Programs whose output is awaited: what they say, and that nothing of them stays. */
#include "await.h"
#include "capture.h"

#include "base/err.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX 4096

typedef struct {
	gboolean over, cut;
	GBytes *output;
} Answer;

static void
on_done(GBytes *output, gboolean cut, gpointer user)
{
	Answer *answer = user;

	g_assert_false(answer->over);
	*answer = (Answer){TRUE, cut, g_bytes_ref(output)};
}

static gboolean
is_over(gconstpointer data)
{
	return ((const Answer *)data)->over;
}

static Capture *
start(const char *script, const char *word, GBytes *input, Answer *answer)
{
	const char *const argv[] = {"sh", "-c", script, "sh", word, NULL};
	g_autoptr(GError) error = NULL;
	Capture *capture = capture_new(argv, input, OUTPUT_MAX, on_done, answer, &error);

	g_assert_no_error(error);
	return capture;
}

/* What SCRIPT says; the caller's. */
static char *
said(const char *script, const char *word, GBytes *input)
{
	Answer answer = {0};
	Capture *capture = start(script, word, input, &answer);
	gsize len = 0;
	const char *text;
	char *copy;

	await(is_over, &answer);
	capture_free(capture);
	text = g_bytes_get_data(answer.output, &len);
	copy = g_strndup(text ? text : "", len);
	g_bytes_unref(answer.output);
	return copy;
}

static void
test_output(void)
{
	g_autoptr(GBytes) input = g_bytes_new_static("hello", 5);
	g_autofree char *echoed = said("cat; echo ' there' >&2", NULL, input);
	g_autofree char *nothing = said("cat", NULL, NULL);

	g_assert_cmpstr(echoed, ==, "hello there\n");
	g_assert_cmpstr(nothing, ==, "");
}

/* It begins with what a program may expect: no descriptor of ours, no terminal, signals as they are at first. */
static void
test_world(void)
{
	int ours = open("/dev/null", O_RDONLY); /* without FD_CLOEXEC */
	g_autofree char *descriptors = said("ls /proc/self/fd | wc -l", NULL, NULL);
	g_autofree char *terminal = said("(: </dev/tty) 2>/dev/null && echo has one", NULL, NULL);
	g_autofree char *ignored =
		said("sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status", NULL, NULL);
	g_autofree char *leader =
		said("test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo leads", NULL, NULL);

	g_assert_cmpint(ours, >=, 3);
	close(ours);
	g_assert_cmpstr(g_strstrip(descriptors), ==, "4"); /* 0, 1, 2 and the one of ls */
	g_assert_cmpstr(terminal, ==, "");
	g_assert_cmpuint(g_ascii_strtoull(ignored, NULL, 16) >> (SIGPIPE - 1) & 1, ==, 0);
	g_assert_cmpstr(leader, ==, "leads\n");
}

/* Whoever sends what it says elsewhere is not done before it has ended. */
static void
test_said_elsewhere(void)
{
	g_autofree char *path = g_strdup_printf("%s/postern-capture-%d", g_get_tmp_dir(), getpid());
	gsize len = 8 * 1024 * 1024;
	g_autoptr(GBytes) input = g_bytes_new_take(g_malloc0(len), len);
	g_autofree char *nothing = said("exec >\"$1\" 2>&1; sleep 0.1; cat", path, input);
	GStatBuf file;

	g_assert_cmpstr(nothing, ==, "");
	g_assert_cmpint(g_stat(path, &file), ==, 0);
	g_assert_cmpint(file.st_size, ==, len);
	g_unlink(path);
}

/* ---- the end ---- */

/* What a child of the program holds open for as long as it lives. */
typedef struct {
	char *path;
	int end;
} Thread;

static Thread
thread_new(void)
{
	Thread thread = {g_strdup_printf("%s/postern-thread-%d", g_get_tmp_dir(), getpid()), -1};

	g_unlink(thread.path);
	g_assert_cmpint(mkfifo(thread.path, 0600), ==, 0);
	thread.end = open(thread.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	g_assert_cmpint(thread.end, >=, 0);
	return thread;
}

static void
thread_clear(Thread *thread)
{
	close(thread->end);
	g_unlink(thread->path);
	g_free(thread->path);
}

static gboolean
is_held(gconstpointer data)
{
	struct pollfd end = {((const Thread *)data)->end, POLLIN, 0};

	return poll(&end, 1, 5) == 1 && end.revents & POLLIN;
}

static gboolean
is_let_go(gconstpointer data)
{
	struct pollfd end = {((const Thread *)data)->end, POLLIN, 0};
	char octets[64];

	while (poll(&end, 1, 5) == 1 && end.revents & POLLIN)
		if (read(end.fd, octets, sizeof octets) < 0)
			break;
	return (end.revents & POLLHUP) != 0;
}

/* A child that does not want to end either: not even by the end of what it writes to. */
#define STUBBORN "(trap '' TERM HUP PIPE; echo here >\"$1\"; exec sleep 1000) >\"$1\" 2>&1 & "

static void
check_gone(const char *script, gboolean wait_for_output)
{
	Thread thread = thread_new();
	Answer answer = {0};
	Capture *capture = start(script, thread.path, NULL, &answer);

	await(is_held, &thread);
	if (wait_for_output)
		await(is_over, &answer);
	capture_free(capture);
	await(is_let_go, &thread);
	g_assert_cmpint(answer.cut, ==, wait_for_output);
	g_clear_pointer(&answer.output, g_bytes_unref);
	thread_clear(&thread);
}

/* Who has enough of a program has enough of its children. */
static void
test_left(void)
{
	check_gone(STUBBORN "wait", FALSE);
	check_gone("trap '' TERM; " STUBBORN "wait; wait", FALSE);
}

static void
test_endless(void)
{
	check_gone(STUBBORN "yes", TRUE);
}

static gboolean
is_none_dead(gconstpointer unused)
{
	siginfo_t child = {0};

	return waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) < 0 || child.si_pid == 0;
}

/* Whoever has ended is buried. */
static void
test_no_zombies(void)
{
	for (guint i = 0; i < 10; i++) {
		Answer answer = {0};

		capture_free(start("exec sleep 1000", NULL, NULL, &answer));
		g_free(said("true", NULL, NULL));
	}
	await(is_none_dead, NULL);
}

static void
test_missing(void)
{
	const char *const argv[] = {"/nowhere/program", NULL};
	g_autoptr(GError) error = NULL;

	g_assert_null(capture_new(argv, NULL, OUTPUT_MAX, on_done, NULL, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_INPUT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	signal(SIGPIPE, SIG_IGN); /* as the program does */
	g_test_add_func("/ui-capture/output", test_output);
	g_test_add_func("/ui-capture/world", test_world);
	g_test_add_func("/ui-capture/said-elsewhere", test_said_elsewhere);
	g_test_add_func("/ui-capture/left", test_left);
	g_test_add_func("/ui-capture/endless", test_endless);
	g_test_add_func("/ui-capture/no-zombies", test_no_zombies);
	g_test_add_func("/ui-capture/missing", test_missing);
	return g_test_run();
}
