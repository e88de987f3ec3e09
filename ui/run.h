/*
 * Other programs: the browser, viewers, the printer. They get words and a standard input, never a shell
 * line with anything of a message in it. Programs with windows of their own run beside Postern and
 * are left alone; those that need the terminal get it, and give it back when they end. The mail
 * goes on in both cases.
 */
#pragma once

#include "term.h"

#include <glib.h>

typedef struct Runner Runner;

/* How a program ended: SENTENCE says what was wrong, NULL: nothing. */
typedef void (*RunDone)(const char *sentence, gpointer user);

typedef struct {
	const char *const *argv;
	GBytes *input;     /* for its standard input, NULL: none */
	gboolean terminal; /* it needs the terminal */
	gboolean is_job;   /* it is done when it ends: runner_is_idle() waits for it */
	RunDone done;      /* called once */
	gpointer user;
} Run;

Runner *runner_new(Term *term); /* borrowed */
/* Programs that run go on, and nobody hears of their end. */
void runner_free(Runner *runner);
/* FALSE with ERR_INPUT when there is no such program; DONE is not called then. */
gboolean runner_start(Runner *runner, const Run *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean runner_is_idle(const Runner *runner);

/* COMMAND as the words of a program's call, with WORD for "%s" or behind them all; NULL: no word. No
 * shell looks at it. NULL with ERR_INPUT. */
char **run_words(const char *command, const char *word, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* TRUE when the program of ARGV is one of PROGRAMS, names separated by blanks. */
gboolean run_is_one_of(const char *const *argv, const char *programs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Runner, runner_free)
