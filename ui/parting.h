/* The actions on parts of the message that is read: which ones are meant, what to ask, and off they go. */
#pragma once

#include "command.h"
#include "prompt.h"

#include <glib.h>

typedef struct App App;

/* TRUE for the actions that take parts out. */
gboolean parting_is_for(ActionId action);
/* Carries one out on the chosen parts of the list; from the reader on the only attachment (or the
 * first picture), else the list is opened to choose from. */
gboolean parting_act(App *app, const Command *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What to ask for it: LABEL of SIZE bytes, and in *OUT_TEXT (the caller's, or NULL) what the answer may be.
 * FALSE with *ERROR unset when the list was opened instead. */
gboolean parting_question(App *app, const Action *action, char *label, gsize size, char **out_text,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
