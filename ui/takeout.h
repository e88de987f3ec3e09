/*
 * Parts on their way out of the mail: saved to files, opened by other programs, piped into commands, shown
 * as pictures. Says how
 * far each is, and what came of it.
 */
#pragma once

#include "engine.h"

#include <glib.h>

typedef struct App App;
typedef struct Takeout Takeout;

Takeout *takeout_new(App *app);
/* Stops what is on the way. */
void takeout_free(Takeout *takeout);

/* "~/x" as a shell has it; other paths count from the directory that Postern was started in. The caller's. */
char *takeout_path(const char *path);
/* PATH: a file, or a directory where the part gets a name that is free. */
gboolean takeout_save(Takeout *takeout, EngineReading *reading, guint part, const char *path,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean takeout_open(Takeout *takeout, EngineReading *reading, guint part,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* COMMAND is a line of the user's own for a shell. What it says is shown as a page, unless its last program needs
 * the terminal. */
gboolean takeout_pipe(Takeout *takeout, EngineReading *reading, guint part, const char *command,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Shows a picture as a page of its own. */
gboolean takeout_show(Takeout *takeout, EngineReading *reading, guint part,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE when nothing is on the way. */
gboolean takeout_stop(Takeout *takeout);
gboolean takeout_is_idle(const Takeout *takeout); /* no program is awaited */
void takeout_event(Takeout *takeout, const EngineEvent *event);
/* "Saving, 34%" while something is on the way, else "". */
void takeout_where(const Takeout *takeout, char *out, gsize size);
