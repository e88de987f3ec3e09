#include "follow.h"

#include "app-private.h"
#include "links.h"
#include "run.h"
#include "view-reader.h"

#include <string.h>

struct Follow {
	App *app;
	gboolean copy;
	char *url;  /* that is asked about */
	char *said; /* the host that its text names; NULL: none */
};

Follow *
follow_new(App *app)
{
	Follow *follow = g_new0(Follow, 1);
	follow->app = app;
	return follow;
}

void
follow_free(Follow *follow)
{
	if (!follow)
		return;
	g_free(follow->url);
	g_free(follow->said);
	g_free(follow);
}

void
follow_values(App *app, GPtrArray *out_values)
{
	EngineLink link;
	for (guint i = 1; view_reader_link(app->views[VIEW_READER], i, &link); i++)
		g_ptr_array_add(out_values, g_strdup_printf("%u  %s", i, link.target));
}

/* ---- doing it ---- */

static void
copy(App *app, const char *url)
{
	g_autofree char *bytes = link_copy_bytes(url);
	term_send(app->term, bytes);
	app_notice(app, ENGINE_NOTICE_INFO, "Copied: %s", url);
}

static void
on_browser_end(const char *sentence, gpointer user)
{
	if (sentence)
		app_notice(user, ENGINE_NOTICE_WARNING, "%s", sentence);
}

static gboolean
has_windows(void)
{
	return g_getenv("WAYLAND_DISPLAY") || g_getenv("DISPLAY");
}

static gboolean
browse(App *app, const char *url, GError **error)
{
	const char *command = engine_option_string(app->engine, "browser-command");
	g_autofree char *opener =
		*command == '\0' && has_windows() ? g_find_program_in_path("xdg-open") : NULL;
	if (*command == '\0' && !opener) {
		copy(app, url);
		app_notice(
			app, ENGINE_NOTICE_INFO, "Copied, as there is no browser-command: %s", url);
		return TRUE;
	}
	g_auto(GStrv) argv = run_words(opener ? opener : command, url, error);
	if (!argv)
		return FALSE;
	const char *const *words = (const char *const *)argv;
	const char *programs = engine_option_string(app->engine, "terminal-programs");
	Run run = {.argv = words,
		.terminal = run_is_one_of(words, programs),
		.done = on_browser_end,
		.user = app};
	if (!runner_start(app->runner, &run, error))
		return FALSE;
	app_notice(app, ENGINE_NOTICE_INFO, "Opened %s", url);
	return TRUE;
}

static gboolean
go(Follow *follow, GError **error)
{
	g_autofree char *url = g_steal_pointer(&follow->url);
	if (!follow->copy)
		return browse(follow->app, url, error);
	copy(follow->app, url);
	return TRUE;
}

/* ---- asking first ---- */

static void
on_answer(const char *text, gpointer user)
{
	Follow *follow = user;
	g_autoptr(GError) error = NULL;
	if (text && !go(follow, &error))
		app_notice(follow->app, ENGINE_NOTICE_ERROR, "%s", error->message);
	g_clear_pointer(&follow->url, g_free);
}

/* What there is to know about the link, above the question. */
static GPtrArray *
facts(const char *text, gpointer user)
{
	const Follow *follow = user;
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *host = link_host(follow->url);
	if (follow->said)
		g_ptr_array_add(out, g_strdup_printf("The text says   %s", follow->said));
	if (*host != '\0')
		g_ptr_array_add(out, g_strdup_printf("It leads to     %s", host));
	g_ptr_array_add(out, g_strdup_printf("The whole link  %s", follow->url));
	return out;
}

static void
ask(Follow *follow)
{
	PromptSetup setup = {.label = follow->copy ? "y copies this link, n leaves "
						   : "y opens this link, n leaves ",
		.yes_no = TRUE,
		.complete = facts,
		.done = on_answer,
		.user = follow};
	app_ask(follow->app, &setup);
}

gboolean
follow_act(Follow *follow, const Command *command, GError **error)
{
	EngineLink link;
	const char *arg = command->arg;
	gsize digits = strspn(arg, "0123456789");
	gboolean seen = strchr(arg, ' ') != NULL;
	guint64 number = digits > 0 && digits < 9 ? g_ascii_strtoull(arg, NULL, 10) : 0;
	if (!view_reader_link(follow->app->views[VIEW_READER], (guint)number, &link))
		return err_set(error, ERR_INPUT, "There is no link “%s” in this message", arg);
	g_autofree char *url = link_url(link.target, error);
	if (!url)
		return FALSE;
	g_free(follow->url);
	g_free(follow->said);
	follow->url = g_steal_pointer(&url);
	follow->said = g_strdup(link.said);
	follow->copy = command->action->id == ACTION_COPY_LINK;
	if (seen && !link.said && !link_is_odd(follow->url))
		return go(follow, error);
	ask(follow);
	return TRUE;
}
