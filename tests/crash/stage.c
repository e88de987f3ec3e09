#include "stage.h"

#include "base/flags.h"

#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

struct Actor {
	Stage *stage;
	GSubprocess *process;
	GDataInputStream *output;
};

/* ---- the stage ---- */

char *
stage_path(const Stage *stage, const char *name)
{
	return g_build_filename(stage->home, name, NULL);
}

static void
write_config(Stage *stage, const char *more)
{
	g_auto(GStrv) user = g_strsplit(server_fact(stage->server, "user"), "@", 2);
	g_autofree char *file = stage_path(stage, "config");
	g_autofree char *text =
		g_strdup_printf("[account work]\nimap = imap+insecure://%s%%40%s@127.0.0.1:%u\n"
				"password = %s\nmechanisms = plain\n%s",
			user[0], user[1], proxy_port(stage->proxy),
			server_fact(stage->server, "password"), more ? more : "");

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_assert_cmpint(g_chmod(file, 0600), ==, 0);
}

static void
make_folders(Stage *stage)
{
	for (guint i = 0; i < MODEL_FOLDERS; i++) {
		g_autofree char *command = g_strdup_printf("CREATE \"%s\"", model_folders[i]);

		g_free(other_try(stage->other, command));
	}
}

Stage *
stage_new(const char *const *args, const char *more)
{
	Stage *stage = g_new0(Stage, 1);
	g_autoptr(GError) error = NULL;

	stage->server = server_new(args);
	stage->other = other_new(stage->server);
	stage->proxy = proxy_new(server_port(stage->server, "imap_port"), &error);
	g_assert_no_error(error);
	stage->home = g_dir_make_tmp("postern-crash-XXXXXX", &error);
	g_assert_no_error(error);
	stage->played = g_string_new(NULL);
	write_config(stage, more);
	make_folders(stage);
	return stage;
}

void
stage_free(Stage *stage)
{
	proxy_free(stage->proxy);
	other_free(stage->other);
	server_free(stage->server);
	world_remove_tree(stage->home);
	g_free(stage->home);
	g_string_free(stage->played, TRUE);
	g_free(stage);
}

static void
deliver(Stage *stage, const ModelItem *item)
{
	g_autofree char *subject = g_strdup_printf("m%02u", item->name);

	other_deliver(stage->other, model_folders[item->folder], subject, 2);
}

void
stage_reset(Stage *stage, const Model *model)
{
	g_autofree char *state = stage_path(stage, "state");
	g_autofree char *cache = stage_path(stage, "cache");

	for (guint i = 0; i < MODEL_FOLDERS; i++)
		other_empty(stage->other, model_folders[i]);
	for (guint i = 0; i < model->n_items; i++)
		deliver(stage, &model->items[i]);
	world_remove_tree(state);
	world_remove_tree(cache);
	g_string_truncate(stage->played, 0);
	proxy_set_faults(stage->proxy, &(ProxyFaults){0});
}

char *
stage_compare(Stage *stage, const Model *model)
{
	for (guint i = 0; i < MODEL_FOLDERS; i++) {
		g_autofree char *list = other_list(stage->other, model_folders[i]);
		g_autofree char *has = model_text_of_list(list);
		g_autofree char *must = model_folder_text(model, i);

		if (strcmp(has, must) != 0)
			return g_strdup_printf("%s on the server:\n  %s\nand not\n  %s",
				model_folders[i], has, must);
	}
	return NULL;
}

/* ---- actors ---- */

static void
limit_files(gpointer octets)
{
	struct rlimit limit = {GPOINTER_TO_SIZE(octets), GPOINTER_TO_SIZE(octets)};

	/* A write beyond it then fails with EFBIG instead of ending the program. */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
}

static Actor *
launch(Stage *stage, GSubprocessLauncher *launcher, guint fault)
{
	static const char *const homes[][2] = {{"XDG_STATE_HOME", "state"},
		{"XDG_CACHE_HOME", "cache"}, {"XDG_CONFIG_HOME", "xdg-config"}};
	const char *build = g_getenv("abs_top_builddir");
	g_autofree char *program =
		g_build_filename(build ? build : ".", "tests", "crash", "actor", NULL);
	g_autofree char *config = stage_path(stage, "config");
	g_autofree char *count = g_strdup_printf("%u", fault);
	g_autoptr(GError) error = NULL;
	Actor *actor = g_new0(Actor, 1);

	for (guint i = 0; i < G_N_ELEMENTS(homes); i++) {
		g_autofree char *path = stage_path(stage, homes[i][1]);

		g_subprocess_launcher_setenv(launcher, homes[i][0], path, TRUE);
	}
	g_subprocess_launcher_setenv(launcher, "POSTERN_FAULT", count, TRUE);
	actor->stage = stage;
	actor->process = g_subprocess_launcher_spawn(launcher, &error, program, config, NULL);
	g_assert_no_error(error);
	actor->output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(actor->process));
	return actor;
}

#define PIPES (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE)

Actor *
actor_start(Stage *stage, guint fault)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(PIPES);

	return launch(stage, launcher, fault);
}

Actor *
actor_start_limited(Stage *stage, guint64 octets)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(PIPES);

	g_subprocess_launcher_set_child_setup(
		launcher, limit_files, GSIZE_TO_POINTER((gsize)octets), NULL);
	return launch(stage, launcher, 0);
}

typedef struct {
	gboolean over;
	char *line;
} Hearing;

static void
on_line(GObject *source, GAsyncResult *result, gpointer user)
{
	Hearing *hearing = user;

	hearing->line = g_data_input_stream_read_line_finish(
		G_DATA_INPUT_STREAM(source), result, NULL, NULL);
	hearing->over = TRUE;
}

/* The proxy works meanwhile. An actor waits for nothing for ever, so neither do we. */
char *
actor_hear(Actor *actor)
{
	Hearing hearing = {0};

	g_data_input_stream_read_line_async(
		actor->output, G_PRIORITY_DEFAULT, NULL, on_line, &hearing);
	while (!hearing.over)
		g_main_context_iteration(NULL, TRUE);
	if (hearing.line)
		return hearing.line;
	g_subprocess_wait(actor->process, NULL, NULL);
	if (!g_subprocess_get_if_signaled(actor->process) ||
		g_subprocess_get_term_sig(actor->process) != SIGKILL)
		g_error("the actor gave up. The session was:\n%s", actor->stage->played->str);
	return NULL;
}

char *
actor_ask(Actor *actor, const char *line)
{
	g_autofree char *whole = g_strconcat(line, "\n", NULL);

	g_string_append_printf(actor->stage->played, "%s\n", line);
	/* One that was killed does not read; the answer tells. */
	g_output_stream_write_all(g_subprocess_get_stdin_pipe(actor->process), whole, strlen(whole),
		NULL, NULL, NULL);
	return actor_hear(actor);
}

void
actor_kill(Actor *actor)
{
	g_subprocess_force_exit(actor->process);
	actor_end(actor);
}

static void
on_ended(GObject *source, GAsyncResult *result, gpointer user)
{
	g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
	*(gboolean *)user = TRUE;
}

void
actor_end(Actor *actor)
{
	gboolean over = FALSE;

	g_output_stream_close(g_subprocess_get_stdin_pipe(actor->process), NULL, NULL);
	g_subprocess_wait_async(actor->process, NULL, on_ended, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
	g_object_unref(actor->output);
	g_object_unref(actor->process);
	g_free(actor);
}
