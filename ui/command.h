/*
 * A line of the ":" prompt, of a key binding or of a script: the name of an action and its
 * argument. Names may be shortened where that is unambiguous ("arc" is archive).
 */
#pragma once

#include "action.h"

#include <glib.h>

typedef struct {
	const Action *action;
	char *arg; /* NULL when none was given; else not empty, without blanks around it */
} Command;

/* FALSE with ERR_INPUT: no such action, ambiguous, or an argument where none is taken. A leading
 * ':' is skipped. */
gboolean command_parse(
	const char *line, Command *out_command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void command_clear(Command *command);

/* Gives the possible values of arguments: appends strings (the array owns them). */
typedef void (*CommandValues)(ActionArg kind, GPtrArray *out_values, gpointer user);

/* What LINE may become: whole lines, best first, at most 200. Names by prefix, then values by
 * prefix, then by substring, without regard to case. Free with g_ptr_array_unref(). */
GPtrArray *command_complete(const char *line, CommandValues values, gpointer user);
/* The same for a bare value, for prompts that ask for one. */
GPtrArray *command_complete_value(
	const char *text, ActionArg kind, CommandValues values, gpointer user);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Command, command_clear)
