/* The user's command for new mail: what it is told, how often, and that it does not run for ever. */
#include "await.h"
#include "base/log.h"
#include "core/hook.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
	char *dir, *file; /* what the commands write */
} Scene;

static void
set_up(Scene *scene, gconstpointer data)
{
	scene->dir = g_dir_make_tmp("postern-hook-XXXXXX", NULL);
	scene->file = g_build_filename(scene->dir, "said", NULL);
}

static void
tear_down(Scene *scene, gconstpointer data)
{
	g_unlink(scene->file);
	g_rmdir(scene->dir);
	g_free(scene->file);
	g_free(scene->dir);
	log_close();
}

static gboolean
is_logged(gconstpointer part)
{
	LogLine line;

	for (guint i = 0; log_get(i, &line); i++)
		if (strstr(line.text, part))
			return TRUE;
	return FALSE;
}

static Hook *
new_hook(const Scene *scene, const char *format, guint patience_ms)
{
	const char *argv[] = {"sh", "-c", format, "sh", scene->file, NULL};

	return hook_new(g_strdupv((char **)argv), patience_ms);
}

static void
run(Hook *hook, const char *subject)
{
	const HookFact facts[] = {{"SUBJECT", subject}};

	hook_run(hook, facts, G_N_ELEMENTS(facts));
}

static gboolean
has_said_second(gconstpointer file)
{
	g_autofree char *said = NULL;

	return g_file_get_contents(file, &said, NULL, NULL) &&
	       g_str_has_suffix(said, "1:second\neof\n");
}

/* What the mail says comes as it is, in the environment alone; and not more than one runs in a second. */
static void
test_told(Scene *scene, gconstpointer data)
{
	g_autoptr(Hook) hook = new_hook(scene,
		"echo \"$#:$SUBJECT\" >>\"$1\"; read a || echo eof >>\"$1\"", HOOK_PATIENCE_MS);
	gint64 begun = g_get_monotonic_time();
	g_autofree char *said = NULL;

	run(hook, "$(touch x); `id` \"'");
	run(hook, "second");
	await(has_said_second, scene->file);
	g_assert_true(g_file_get_contents(scene->file, &said, NULL, NULL));
	g_assert_cmpstr(said, ==, "1:$(touch x); `id` \"'\neof\n1:second\neof\n");
	g_assert_cmpint(g_get_monotonic_time() - begun, >=, G_USEC_PER_SEC * 9 / 10);
}

/* One that does not end is killed, and the next has its turn. */
static void
test_killed(Scene *scene, gconstpointer data)
{
	g_autoptr(Hook) hook = new_hook(scene, "echo $$ >\"$1\"; exec sleep 1000", 300);
	GPid first, second;

	run(hook, "one");
	run(hook, "two");
	first = await_pid(scene->file);
	await(is_logged, "was killed: it ran for 0.3 seconds");
	await_end(first);
	g_assert_cmpint(g_unlink(scene->file), ==, 0);
	second = await_pid(scene->file);
	g_assert_cmpint(second, !=, first);
	await_end(second);
}

/* It goes with the program. */
static void
test_freed(Scene *scene, gconstpointer data)
{
	Hook *hook = new_hook(scene, "echo $$ >\"$1\"; exec sleep 1000", HOOK_PATIENCE_MS);
	GPid pid;

	run(hook, "one");
	pid = await_pid(scene->file);
	hook_free(hook);
	await_end(pid);
}

/* With more waiting than it takes, and where there is no such command. */
static void
test_freed_full(Scene *scene, gconstpointer data)
{
	static const char *const missing[] = {"/nonexistent/command", NULL};
	Hook *hook = new_hook(scene, "exec sleep 1000", HOOK_PATIENCE_MS);

	for (guint i = 0; i < 40; i++)
		run(hook, "x");
	hook_free(hook);
	hook = hook_new(g_strdupv((char **)missing), HOOK_PATIENCE_MS);
	run(hook, "x");
	run(hook, "x");
	hook_free(hook);
	while (g_main_context_iteration(NULL, FALSE))
		;
}

/* So does what it has started, also where that wants to stay. */
static void
test_children(Scene *scene, gconstpointer data)
{
	Hook *hook = new_hook(scene, "(trap '' TERM HUP; exec sleep 1000) & echo $! >\"$1\"; wait",
		HOOK_PATIENCE_MS);
	GPid pid;

	run(hook, "one");
	pid = await_pid(scene->file);
	hook_free(hook);
	await_end(pid);
}

/* It has a session of its own, and no terminal to paint on. */
static void
test_no_terminal(Scene *scene, gconstpointer data)
{
	g_autoptr(Hook) hook = new_hook(scene,
		"cut -d' ' -f6 /proc/$$/stat >\"$1.n\"; mv \"$1.n\" \"$1\"", HOOK_PATIENCE_MS);

	run(hook, "one");
	g_assert_cmpint(await_pid(scene->file), !=, getsid(0));
}

#define ADD(name, function) g_test_add("/hook/" name, Scene, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("told", test_told);
	ADD("killed", test_killed);
	ADD("freed", test_freed);
	ADD("freed-full", test_freed_full);
	ADD("children", test_children);
	ADD("no-terminal", test_no_terminal);
	return g_test_run();
}
