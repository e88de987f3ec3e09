/* See command.h. */
#include "command.h"

#include "base/err.h"
#include "base/text.h"

#include <string.h>

enum { CHOICES_MAX = 200 };

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* The only action whose name begins with NAME; a whole name goes before longer ones. */
static const Action *
find_action(const char *name, GError **error)
{
	const Action *found = action_find(name), *action;
	if (found != NULL)
		return found;
	gsize len = strlen(name);
	guint n = 0;
	const char *other = NULL;
	for (guint i = 0; (action = action_at(i)) != NULL; i++) {
		if (g_ascii_strncasecmp(action->name, name, len) != 0)
			continue;
		other = n++ > 0 ? found->name : NULL;
		found = action;
	}
	if (n == 1)
		return found;
	if (n == 0)
		err_set(error, ERR_INPUT, "There is no action \"%s\"; ? shows them all", name);
	else
		err_set(error, ERR_INPUT, "\"%s\" may be %s or %s: type more of it", name, other,
			found->name);
	return NULL;
}

gboolean
command_parse(const char *line, Command *out_command, GError **error)
{
	line = skip_blanks(line);
	if (*line == ':')
		line = skip_blanks(line + 1);
	gsize len = strcspn(line, " \t");
	if (len == 0)
		return err_set(error, ERR_INPUT, "There is no action");
	g_autofree char *name = g_strndup(line, len);
	const Action *action = find_action(name, error);
	if (action == NULL)
		return FALSE;
	g_autofree char *arg = g_strstrip(g_strdup(line + len));
	if (*arg != '\0' && action->arg == ACTION_ARG_NONE)
		return err_set(error, ERR_INPUT, "%s takes no argument", action->name);
	out_command->action = action;
	out_command->arg = *arg != '\0' ? g_steal_pointer(&arg) : NULL;
	return TRUE;
}

void
command_clear(Command *command)
{
	g_clear_pointer(&command->arg, g_free);
	command->action = NULL;
}

/* 0: begins with; 1: a part after '/' or a blank begins with; 2: holds; -1: not. Of folded text. */
static int
match_rank(const char *value, const char *wanted)
{
	gsize len = strlen(wanted);
	if (strncmp(value, wanted, len) == 0)
		return 0;
	const char *at = strstr(value, wanted);
	if (at == NULL)
		return -1;
	for (; at != NULL; at = strstr(at + 1, wanted)) {
		if (strchr("/. -", at[-1]) != NULL)
			return 1;
	}
	return 2;
}

GPtrArray *
command_complete_value(const char *text, ActionArg kind, CommandValues values, gpointer user)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	if (values != NULL)
		values(kind, all, user);
	g_autofree char *wanted = text_fold(text);
	for (int rank = 0; rank <= 2; rank++) {
		for (guint i = 0; i < all->len && out->len < CHOICES_MAX; i++) {
			g_autofree char *folded = text_fold(all->pdata[i]);
			if (match_rank(folded, wanted) == rank)
				g_ptr_array_add(out, g_strdup(all->pdata[i]));
		}
	}
	return out;
}

static GPtrArray *
complete_names(const char *start)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	const Action *action;
	gsize len = strlen(start);
	for (guint i = 0; (action = action_at(i)) != NULL; i++) {
		if (action->views == 0 || g_ascii_strncasecmp(action->name, start, len) != 0)
			continue;
		/* A blank where an argument follows: the next Tab completes that. */
		g_ptr_array_add(out,
			g_strconcat(action->name, action->arg != ACTION_ARG_NONE ? " " : "", NULL));
	}
	return out;
}

GPtrArray *
command_complete(const char *line, CommandValues values, gpointer user)
{
	line = skip_blanks(line);
	gsize len = strcspn(line, " \t");
	if (line[len] == '\0')
		return complete_names(line);
	g_autofree char *name = g_strndup(line, len);
	const Action *action = find_action(name, NULL);
	if (action == NULL || action->arg == ACTION_ARG_NONE)
		return g_ptr_array_new_with_free_func(g_free);
	GPtrArray *out = command_complete_value(skip_blanks(line + len), action->arg, values, user);
	for (guint i = 0; i < out->len; i++) {
		g_autofree char *value = out->pdata[i];
		out->pdata[i] = g_strconcat(action->name, " ", value, NULL);
	}
	return out;
}
