/* Following a link of the message that is read, or copying where it leads: asks where a link is not what it
 * seems. */
#pragma once

#include "command.h"

#include <glib.h>

typedef struct App App;
typedef struct Follow Follow;

Follow *follow_new(App *app);
void follow_free(Follow *follow);
/* ACTION_LINK and ACTION_COPY_LINK; the argument is "3", or one of follow_values(), which has shown the
 * target already. */
gboolean follow_act(
	Follow *follow, const Command *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "3  https://example.org/": every link of the message, for completion. */
void follow_values(App *app, GPtrArray *out_values);
