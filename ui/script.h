/*
 * Runs the interface by a script, one directive per line:
 *
 *   key KEY              one key: key Ctrl-d
 *   keys KEY KEY ...     several
 *   type TEXT            its characters as keys
 *   :ACTION ARGUMENT     as on the ":" line
 *   wait-idle [SECONDS]  until nothing is on the way and everything is painted (10)
 *   wait-for TEXT        until TEXT is on the screen, at most 10 s
 *   wait-gone TEXT       until it is not
 *   save-screen FILE     the screen as text
 *   size COLSxROWS       of the screen
 *   clock SECONDS|TIME   holds the clock still, at seconds since 1970 or an ISO 8601 time in UTC
 *   echo TEXT            to standard output
 *   quit
 *
 * Blank lines and lines that begin with '#' are nothing. The end of the script ends the program. A
 * directive that fails ends it with status 1, naming file and line.
 */
#pragma once

#include "app.h"

#include <glib.h>

typedef struct Script Script;

Script *script_load(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first "size" before anything else is done; FALSE when there is none. */
gboolean script_size(const Script *script, guint *out_cols, guint *out_rows);
/* Runs it in the main loop. */
void script_start(Script *script, App *app);
/* Why it failed; NULL: it did not. */
const char *script_error(const Script *script);
void script_free(Script *script);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Script, script_free)
