#include "core/hook.h"

#include "base/child.h"
#include "base/log.h"

#include <signal.h>

#define MAX_WAITING 16
#define PAUSE_MS    1000 /* between two starts */

struct Hook {
	char **argv;
	guint patience_ms;
	GQueue waiting; /* GStrv: environments */
	GSubprocess *process;
	GCancellable *cancel; /* of waiting for PROCESS */
	guint pause, patience;
};

static void start_next(Hook *hook);

Hook *
hook_new(char **take_argv, guint patience_ms)
{
	Hook *hook = g_new0(Hook, 1);

	hook->argv = take_argv;
	hook->patience_ms = patience_ms;
	g_queue_init(&hook->waiting);
	return hook;
}

/* The process is gone, or is to be. */
static void
drop_process(Hook *hook)
{
	if (hook->patience)
		g_source_remove(hook->patience);
	hook->patience = 0;
	g_clear_object(&hook->cancel);
	g_clear_object(&hook->process);
}

void
hook_free(Hook *hook)
{
	if (!hook)
		return;
	if (hook->process) {
		g_cancellable_cancel(hook->cancel);
		child_signal(hook->process, SIGKILL);
	}
	drop_process(hook);
	if (hook->pause)
		g_source_remove(hook->pause);
	g_queue_clear_full(&hook->waiting, (GDestroyNotify)g_strfreev);
	g_strfreev(hook->argv);
	g_free(hook);
}

static gboolean
on_pause(gpointer user)
{
	Hook *hook = user;

	hook->pause = 0;
	start_next(hook);
	return G_SOURCE_REMOVE;
}

static gboolean
on_patience(gpointer user)
{
	Hook *hook = user;

	hook->patience = 0;
	log_line(LOG_WARN, "hook", "%s was killed: it ran for %.3g seconds", hook->argv[0],
		hook->patience_ms / 1000.0);
	child_signal(hook->process, SIGKILL);
	return G_SOURCE_REMOVE;
}

static void
on_ended(GObject *source, GAsyncResult *result, gpointer user)
{
	g_autoptr(GError) error = NULL;
	Hook *hook = user;

	/* Cancelled: the hook is gone. */
	if (!g_subprocess_wait_check_finish(G_SUBPROCESS(source), result, &error) &&
		g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	if (error)
		log_line(LOG_WARN, "hook", "%s: %s", hook->argv[0], error->message);
	drop_process(hook);
	start_next(hook);
}

static void
start_next(Hook *hook)
{
	g_autoptr(GSubprocessLauncher) launcher = NULL;
	g_auto(GStrv) environment = NULL;
	g_autoptr(GError) error = NULL;

	if (hook->process || hook->pause || g_queue_is_empty(&hook->waiting))
		return;
	environment = g_queue_pop_head(&hook->waiting);
	launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
	g_subprocess_launcher_set_environ(launcher, environment);
	g_subprocess_launcher_set_child_setup(launcher, child_lead, NULL, NULL);
	hook->pause = g_timeout_add(PAUSE_MS, on_pause, hook);
	hook->process =
		g_subprocess_launcher_spawnv(launcher, (const char *const *)hook->argv, &error);
	if (!hook->process) {
		log_line(LOG_ERROR, "hook", "%s", error->message);
		return;
	}
	hook->cancel = g_cancellable_new();
	hook->patience = g_timeout_add(hook->patience_ms, on_patience, hook);
	g_subprocess_wait_check_async(hook->process, hook->cancel, on_ended, hook);
}

void
hook_run(Hook *hook, const HookFact *facts, guint n)
{
	char **environment;

	if (g_queue_get_length(&hook->waiting) >= MAX_WAITING) {
		log_line(LOG_WARN, "hook", "%s is left out: %d wait already", hook->argv[0],
			MAX_WAITING);
		return;
	}
	environment = g_get_environ();
	for (guint i = 0; i < n; i++)
		environment = g_environ_setenv(environment, facts[i].name, facts[i].value, TRUE);
	g_queue_push_tail(&hook->waiting, environment);
	start_next(hook);
}
