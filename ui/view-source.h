/*
 * A message as the server has it, header and body, byte by byte but for what the screen can't show.
 */
#pragma once

#include "app.h"

View *view_source_new(App *app);
void view_source_show(View *view, EngineFolderId folder, guint32 uid);
/* Stops what is on the way and forgets it. */
void view_source_close(View *view);
