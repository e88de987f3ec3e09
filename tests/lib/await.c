#include "await.h"

#include <string.h>

#define PATIENCE_SECONDS 60
#define TICK_MS          5

static gboolean
on_deadline(gpointer user)
{
	g_error("nothing came in time");
	return G_SOURCE_REMOVE;
}

static gboolean
on_tick(gpointer user)
{
	return G_SOURCE_CONTINUE;
}

void
await(AwaitCheck check, gconstpointer data)
{
	guint deadline = g_timeout_add_seconds(PATIENCE_SECONDS, on_deadline, NULL);
	guint tick = g_timeout_add(TICK_MS, on_tick, NULL);

	while (!check(data))
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	g_source_remove(deadline);
}

static gboolean
has_line(gconstpointer file)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(file, &text, NULL, NULL) && g_str_has_suffix(text, "\n");
}

GPid
await_pid(const char *file)
{
	g_autofree char *text = NULL;

	await(has_line, file);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	return (GPid)g_ascii_strtoll(text, NULL, 10);
}

static gboolean
is_gone(gconstpointer pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", *(const GPid *)pid);
	g_autofree char *text = NULL;

	/* Who has lost its parent may wait for another one to be buried. */
	return !g_file_get_contents(path, &text, NULL, NULL) || strstr(text, ") Z ");
}

void
await_end(GPid pid)
{
	await(is_gone, &pid);
}
