/*
 * A command of the user's that is run when something happens: without a shell, with what happened in
 * its environment and nothing of it in its arguments, which every user of the machine can read. One
 * at a time and one a second; a few wait, and beyond that they are left out with a word in the log.
 * It reads nothing, what it writes is thrown away, and after a minute it is killed.
 */
#pragma once

#include <glib.h>

typedef struct Hook Hook;

typedef struct {
	const char *name, *value;
} HookFact;

#define HOOK_PATIENCE_MS 60000

/* ARGV: the command; PATIENCE_MS: how long it may run. */
Hook *hook_new(char **take_argv, guint patience_ms);
/* Kills what is running. */
void hook_free(Hook *hook);
/* FACTS are copied. */
void hook_run(Hook *hook, const HookFact *facts, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hook, hook_free)
