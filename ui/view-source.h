/*
 * A message as the server has it, header and body, byte by byte but for what the screen can't show; and what other
 * programs say, which is shown in the same way.
 */
#pragma once

#include "app.h"

View *view_source_new(App *app);
void view_source_show(View *view, EngineFolderId folder, guint32 uid);
/* Shows what another program said instead. */
void view_source_show_output(View *view, GBytes *output, gboolean cut);
/* Stops what is on the way and forgets it. */
void view_source_close(View *view);
