#include "net/tunnel.h"

#include "base/child.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a program may take to end once the line has, before the end is reported without it. */
#define LAST_WORDS_MS 1000
/* From SIGTERM to SIGKILL. */
#define PATIENCE_S 3
/* What is kept of the last line of standard error. */
#define WORDS_MAX_BYTES 200

struct Tunnel {
	char *name;
	int fd;
	GSubprocess *process;
	GCancellable *cancel;
	GString *words;    /* the line of standard error that is being read */
	char *last_words;  /* the last whole one that was not empty */
	gboolean said_all; /* end of standard error */
	gboolean exited;
	TunnelEnded ended; /* NULL: nobody asked, or it was answered */
	gpointer user;
	guint timer;
	char buf[512];
};

/* Calls under way in GIO end after the tunnel may be gone; tunnel_free() cancels them, and GTask
 * then reports them as cancelled whatever they had done: such a one must not look at the tunnel. */

static void
words_end_line(Tunnel *tunnel)
{
	if (tunnel->words->len == 0)
		return;
	g_free(tunnel->last_words);
	tunnel->last_words = g_utf8_make_valid(tunnel->words->str, tunnel->words->len);
	g_string_truncate(tunnel->words, 0);
}

static void
words_add(Tunnel *tunnel, const char *data, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		if (data[i] == '\n' || data[i] == '\r')
			words_end_line(tunnel);
		else if (tunnel->words->len < WORDS_MAX_BYTES)
			g_string_append_c(tunnel->words, data[i]);
	}
}

static void
explain_end(const Tunnel *tunnel, GError **error)
{
	const char *words = tunnel->last_words ? tunnel->last_words : "it said nothing about why";

	if (!tunnel->exited)
		err_set(error, ERR_CLOSED, "The tunnel program %s closed the line: %s",
			tunnel->name, words);
	else if (g_subprocess_get_if_signaled(tunnel->process))
		err_set(error, ERR_CLOSED, "The tunnel program %s was ended by signal %d: %s",
			tunnel->name, g_subprocess_get_term_sig(tunnel->process), words);
	else if (g_subprocess_get_exit_status(tunnel->process) != 0)
		err_set(error, ERR_CLOSED, "The tunnel program %s ended with status %d: %s",
			tunnel->name, g_subprocess_get_exit_status(tunnel->process), words);
}

static void
answer(Tunnel *tunnel)
{
	TunnelEnded ended = g_steal_pointer(&tunnel->ended);
	g_autoptr(GError) error = NULL;

	g_clear_handle_id(&tunnel->timer, g_source_remove);
	words_end_line(tunnel);
	explain_end(tunnel, &error);
	ended(error, tunnel->user);
}

static void
answer_if_over(Tunnel *tunnel)
{
	if (tunnel->ended && tunnel->exited && tunnel->said_all)
		answer(tunnel);
}

static gboolean
answer_late(gpointer data)
{
	Tunnel *tunnel = data;

	tunnel->timer = 0;
	answer(tunnel);
	return G_SOURCE_REMOVE;
}

static void listen_on(Tunnel *tunnel);

static void
words_came(GObject *source, GAsyncResult *result, gpointer data)
{
	Tunnel *tunnel = data;
	g_autoptr(GError) error = NULL;
	gssize len = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &error);

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* the tunnel is gone */
	if (len > 0) {
		words_add(tunnel, tunnel->buf, len);
		listen_on(tunnel);
		return;
	}
	tunnel->said_all = TRUE;
	answer_if_over(tunnel);
}

static void
listen_on(Tunnel *tunnel)
{
	g_input_stream_read_async(g_subprocess_get_stderr_pipe(tunnel->process), tunnel->buf,
		sizeof(tunnel->buf), G_PRIORITY_DEFAULT, tunnel->cancel, words_came, tunnel);
}

static void
program_exited(GObject *source, GAsyncResult *result, gpointer data)
{
	Tunnel *tunnel = data;
	g_autoptr(GError) error = NULL;

	if (!g_subprocess_wait_finish(G_SUBPROCESS(source), result, &error))
		return; /* cancelled: the tunnel is gone */
	tunnel->exited = TRUE;
	answer_if_over(tunnel);
}

static gboolean
start(Tunnel *tunnel, char **argv, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher =
		g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
	g_autoptr(GError) cause = NULL;
	int ends[2];
	int theirs;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_set(error, ERR_CONNECT, "No line to the tunnel program can be made: %s.",
			g_strerror(errno));
	tunnel->fd = ends[0];
	theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
	g_subprocess_launcher_take_stdin_fd(launcher, ends[1]);
	if (theirs < 0 || fcntl(tunnel->fd, F_SETFL, O_NONBLOCK) < 0)
		return err_set(error, ERR_CONNECT, "No line to the tunnel program can be made: %s.",
			g_strerror(errno));
	g_subprocess_launcher_take_stdout_fd(launcher, theirs);
	g_subprocess_launcher_set_child_setup(launcher, child_lead, NULL, NULL);
	tunnel->process = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv, &cause);
	if (tunnel->process)
		return TRUE;
	return err_set(error, ERR_CONFIG, "The tunnel program %s can't be started: %s.",
		tunnel->name, cause->message);
}

Tunnel *
tunnel_new(char **argv, GError **error)
{
	Tunnel *tunnel;

	if (!argv || !argv[0]) {
		err_set(error, ERR_CONFIG, "The account's tunnel line names no program.");
		return NULL;
	}
	tunnel = g_new0(Tunnel, 1);
	tunnel->fd = -1;
	tunnel->name = g_strdup(argv[0]);
	tunnel->words = g_string_new(NULL);
	tunnel->cancel = g_cancellable_new();
	if (!start(tunnel, argv, error)) {
		tunnel_free(tunnel);
		return NULL;
	}
	listen_on(tunnel);
	g_subprocess_wait_async(tunnel->process, tunnel->cancel, program_exited, tunnel);
	return tunnel;
}

int
tunnel_fd(const Tunnel *tunnel)
{
	return tunnel->fd;
}

static gboolean
out_of_patience(gpointer data)
{
	child_signal(data, SIGKILL);
	return G_SOURCE_REMOVE;
}

void
tunnel_free(Tunnel *tunnel)
{
	if (!tunnel)
		return;
	g_cancellable_cancel(tunnel->cancel);
	g_clear_handle_id(&tunnel->timer, g_source_remove);
	if (tunnel->fd >= 0)
		close(tunnel->fd);
	if (tunnel->process && !tunnel->exited) {
		child_signal(tunnel->process, SIGTERM);
		g_timeout_add_seconds_full(G_PRIORITY_DEFAULT, PATIENCE_S, out_of_patience,
			g_object_ref(tunnel->process), g_object_unref);
	}
	g_clear_object(&tunnel->process);
	g_object_unref(tunnel->cancel);
	g_string_free(tunnel->words, TRUE);
	g_free(tunnel->last_words);
	g_free(tunnel->name);
	g_free(tunnel);
}

void
tunnel_end(Tunnel *tunnel, TunnelEnded ended, gpointer user)
{
	gboolean over;

	tunnel->ended = ended;
	tunnel->user = user;
	over = tunnel->exited && tunnel->said_all;
	tunnel->timer = g_timeout_add(over ? 0 : LAST_WORDS_MS, answer_late, tunnel);
	/* The program may wait for the end of its input before it ends. */
	shutdown(tunnel->fd, SHUT_RDWR);
}
