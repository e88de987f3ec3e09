/* The user's command does not run for ever (what it is told: test-arrival). */
#include "base/log.h"
#include "core/hook.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SECONDS 20

typedef struct {
	char *dir, *file; /* what the commands write */
	guint tick;
	char *wanted;
} Scene;

static gboolean
on_tick(gpointer user)
{
	return G_SOURCE_CONTINUE;
}

static void
set_up(Scene *scene, gconstpointer data)
{
	scene->dir = g_dir_make_tmp("postern-hook-XXXXXX", NULL);
	scene->file = g_build_filename(scene->dir, "said", NULL);
	scene->tick = g_timeout_add(5, on_tick, NULL);
}

static void
tear_down(Scene *scene, gconstpointer data)
{
	g_source_remove(scene->tick);
	g_unlink(scene->file);
	g_rmdir(scene->dir);
	g_free(scene->file);
	g_free(scene->dir);
	log_close();
}

static gboolean
on_deadline(gpointer user)
{
	g_error("nothing came in time");
	return G_SOURCE_REMOVE;
}

static void
wait_for(gboolean (*check)(gconstpointer data), gconstpointer data)
{
	guint deadline = g_timeout_add_seconds(SECONDS, on_deadline, NULL);

	while (!check(data))
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(deadline);
}

static gboolean
has_line(gconstpointer file)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(file, &text, NULL, NULL) && g_str_has_suffix(text, "\n");
}

static gboolean
is_gone(gconstpointer pid)
{
	return kill(*(const GPid *)pid, 0) < 0 && errno == ESRCH;
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

static GPid
read_pid(const Scene *scene)
{
	g_autofree char *text = NULL;

	wait_for(has_line, scene->file);
	g_assert_true(g_file_get_contents(scene->file, &text, NULL, NULL));
	return (GPid)g_ascii_strtoll(text, NULL, 10);
}

/* One that does not end is killed, and the next has its turn. */
static void
test_killed(Scene *scene, gconstpointer data)
{
	g_autoptr(Hook) hook = new_hook(scene, "echo $$ >\"$1\"; exec sleep 1000", 300);
	GPid first, second;

	run(hook, "one");
	run(hook, "two");
	first = read_pid(scene);
	wait_for(is_logged, "was killed: it ran for 0.3 seconds");
	wait_for(is_gone, &first);
	g_assert_cmpint(g_unlink(scene->file), ==, 0);
	second = read_pid(scene);
	g_assert_cmpint(second, !=, first);
	wait_for(is_gone, &second);
}

/* It goes with the program. */
static void
test_freed(Scene *scene, gconstpointer data)
{
	Hook *hook = new_hook(scene, "echo $$ >\"$1\"; exec sleep 1000", HOOK_PATIENCE_MS);
	GPid pid;

	run(hook, "one");
	pid = read_pid(scene);
	hook_free(hook);
	wait_for(is_gone, &pid);
}

#define ADD(name, function) g_test_add("/hook/" name, Scene, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("killed", test_killed);
	ADD("freed", test_freed);
	return g_test_run();
}
