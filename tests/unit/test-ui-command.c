/* The ":" line: parsing and completion. */
#include "command.h"

#include "base/err.h"

#include <glib.h>
#include <string.h>

static void
assert_parses(const char *line, ActionId action, const char *arg)
{
	g_auto(Command) command = {NULL, NULL};
	g_autoptr(GError) error = NULL;
	g_assert_true(command_parse(line, &command, &error));
	g_assert_cmpint(command.action->id, ==, action);
	g_assert_cmpstr(command.arg, ==, arg);
}

static void
test_parse(void)
{
	assert_parses("delete", ACTION_DELETE, NULL);
	assert_parses(":delete", ACTION_DELETE, NULL);
	assert_parses("  : Delete  ", ACTION_DELETE, NULL);
	assert_parses("move Lists/kernel", ACTION_MOVE, "Lists/kernel");
	assert_parses("move   Projects/Brücke über die Elbe \t", ACTION_MOVE,
		"Projects/Brücke über die Elbe");
	assert_parses("move", ACTION_MOVE, NULL);
	assert_parses("arc", ACTION_ARCHIVE, NULL);
	assert_parses("next", ACTION_NEXT, NULL); /* though next-message begins so too */
	assert_parses("wait-idle 5", ACTION_WAIT_IDLE, "5");
}

static void
test_parse_errors(void)
{
	static const struct {
		const char *line, *part;
	} bad[] = {
		{"", "no action"},
		{" : ", "no action"},
		{"frobnicate", "\"frobnicate\""},
		{"mark-", "type more"},
		{"delete me", "takes no argument"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		Command command = {NULL, NULL};
		g_autoptr(GError) error = NULL;
		g_assert_false(command_parse(bad[i].line, &command, &error));
		g_assert_true(err_is(error, ERR_INPUT));
		g_assert_nonnull(strstr(error->message, bad[i].part));
		g_assert_null(command.action);
	}
}

static void
give_values(ActionArg kind, GPtrArray *out, gpointer user)
{
	static const char *const folders[] = {"INBOX", "Archive", "Lists/kernel", "Lists/wayland",
		"Projects/Brücke", "Work Archive", "Backlists"};
	if (kind != ACTION_ARG_FOLDER)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
		g_ptr_array_add(out, g_strdup(folders[i]));
}

static void
assert_completes(const char *line, const char *expected)
{
	g_autoptr(GPtrArray) found = command_complete(line, give_values, NULL);
	g_ptr_array_add(found, NULL);
	g_autofree char *all = g_strjoinv("|", (char **)found->pdata);
	g_assert_cmpstr(all, ==, expected);
}

static void
test_complete(void)
{
	assert_completes("arc", "archive");
	assert_completes("mark-", "mark-all|mark-read|mark-unread");
	assert_completes("mo", "move ");
	assert_completes("zzz", "");
	assert_completes("move arch", "move Archive|move Work Archive");
	assert_completes("move lists", "move Lists/kernel|move Lists/wayland|move Backlists");
	assert_completes("move kern", "move Lists/kernel");
	assert_completes("move BRÜ", "move Projects/Brücke");
	assert_completes("move nowhere", "");
	assert_completes("delete x", "");
	assert_completes("search x", "");
}

static void
test_complete_all_names(void)
{
	g_autoptr(GPtrArray) found = command_complete("", give_values, NULL);
	guint offered = 0;
	const Action *action;
	for (guint i = 0; (action = action_at(i)) != NULL; i++)
		offered += action->views != 0;
	g_assert_cmpuint(found->len, ==, offered);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/command/parse", test_parse);
	g_test_add_func("/command/parse-errors", test_parse_errors);
	g_test_add_func("/command/complete", test_complete);
	g_test_add_func("/command/complete-all-names", test_complete_all_names);
	return g_test_run();
}
