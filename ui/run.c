#include "run.h"

#include "base/child.h"
#include "base/err.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct Runner {
	Term *term;
	GCancellable *cancel; /* of hearing from programs */
	guint jobs;
};

typedef struct {
	Runner *runner;
	GCancellable *cancel;
	char *name;
	gboolean terminal, is_job;
	RunDone done;
	gpointer user;
} Started;

Runner *
runner_new(Term *term)
{
	Runner *runner = g_new0(Runner, 1);
	runner->term = term;
	runner->cancel = g_cancellable_new();
	return runner;
}

void
runner_free(Runner *runner)
{
	if (!runner)
		return;
	g_cancellable_cancel(runner->cancel);
	g_object_unref(runner->cancel);
	g_free(runner);
}

gboolean
runner_is_idle(const Runner *runner)
{
	return runner->jobs == 0;
}

/* ---- in the child, before the program begins ---- */

/* A group of its own in the foreground, so that Ctrl-C is for the program alone. It can't be stopped by
 * Ctrl-Z: nobody would be there to bring it back. */
static void
take_terminal(gpointer user)
{
	signal(SIGTTOU, SIG_IGN);
	setpgid(0, 0);
	tcsetpgrp(GPOINTER_TO_INT(user), getpid());
	signal(SIGTTOU, SIG_DFL);
	signal(SIGTSTP, SIG_IGN);
}

/* ---- the end of a program ---- */

static void
started_free(Started *started)
{
	g_object_unref(started->cancel);
	g_free(started->name);
	g_free(started);
}

/* A sentence, or NULL: it ended well. */
static char *
how_it_ended(const Started *started, GSubprocess *process)
{
	if (g_subprocess_get_if_signaled(process))
		return g_strdup_printf("%s was ended by signal %d", started->name,
			g_subprocess_get_term_sig(process));
	if (g_subprocess_get_if_exited(process) && g_subprocess_get_exit_status(process) != 0)
		return g_strdup_printf("%s ended with status %d", started->name,
			g_subprocess_get_exit_status(process));
	return NULL;
}

static void
on_ended(GObject *source, GAsyncResult *result, gpointer user)
{
	Started *started = user;
	GSubprocess *process = G_SUBPROCESS(source);
	/* Only a broken pipe can fail: a program need not read all that it is given. */
	(void)g_subprocess_communicate_finish(process, result, NULL, NULL, NULL);
	if (!g_cancellable_is_cancelled(started->cancel)) {
		g_autofree char *sentence = how_it_ended(started, process);
		if (started->is_job)
			started->runner->jobs--;
		if (started->terminal)
			term_take_back(started->runner->term);
		started->done(sentence, started->user);
	}
	started_free(started);
}

/* ---- the start ---- */

static GSubprocess *
spawn(const Run *run, gboolean terminal, GError **error)
{
	GSubprocessFlags flags = run->input ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0;
	if (!terminal)
		flags |= G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE;
	else if (!run->input)
		flags |= G_SUBPROCESS_FLAGS_STDIN_INHERIT;
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(flags);
	g_autoptr(GError) inner = NULL;
	g_subprocess_launcher_set_child_setup(launcher, terminal ? take_terminal : child_lead,
		GINT_TO_POINTER(STDOUT_FILENO), NULL);
	GSubprocess *process = g_subprocess_launcher_spawnv(launcher, run->argv, &inner);
	if (g_error_matches(inner, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
		err_set(error, ERR_INPUT, "There is no program \"%s\" here", run->argv[0]);
	else if (!process)
		err_set(error, ERR_INPUT, "%s", inner->message);
	return process;
}

gboolean
runner_start(Runner *runner, const Run *run, GError **error)
{
	gboolean terminal = run->terminal && term_lend(runner->term);
	g_autoptr(GSubprocess) process = spawn(run, terminal, error);
	if (!process) {
		if (terminal)
			term_take_back(runner->term);
		return FALSE;
	}
	Started *started = g_new0(Started, 1);
	*started = (Started){.runner = runner,
		.cancel = g_object_ref(runner->cancel),
		.name = g_path_get_basename(run->argv[0]),
		.terminal = terminal,
		.is_job = run->is_job,
		.done = run->done,
		.user = run->user};
	runner->jobs += run->is_job ? 1 : 0;
	g_subprocess_communicate_async(process, run->input, runner->cancel, on_ended, started);
	return TRUE;
}

/* ---- words ---- */

char **
run_words(const char *command, const char *word, GError **error)
{
	g_autoptr(GError) inner = NULL;
	g_auto(GStrv) words = NULL;
	g_autoptr(GStrvBuilder) out = g_strv_builder_new();
	gboolean placed = word == NULL;
	if (!g_shell_parse_argv(command, NULL, &words, &inner)) {
		err_set(error, ERR_INPUT, "“%s” is no command: %s", command, inner->message);
		return NULL;
	}
	for (guint i = 0; words[i]; i++) {
		g_auto(GStrv) pieces = g_strsplit(words[i], "%s", -1);
		gboolean here = word != NULL && i > 0 && pieces[0] && pieces[1];
		g_autofree char *filled = here ? g_strjoinv(word, pieces) : g_strdup(words[i]);
		placed = placed || here;
		g_strv_builder_add(out, filled);
	}
	if (!placed)
		g_strv_builder_add(out, word);
	return g_strv_builder_end(out);
}

gboolean
run_is_one_of(const char *const *argv, const char *programs)
{
	g_autofree char *name = g_path_get_basename(argv[0]);
	g_auto(GStrv) names = g_strsplit(programs, " ", -1);
	return *name != '\0' && g_strv_contains((const char *const *)names, name);
}
