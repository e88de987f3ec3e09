/*
 * The folder pane: every account's tree with its unread counts.
 */
#pragma once

#include "app.h"

View *view_folders_new(App *app);
/* FOLDER is the one that is open: shown so, and under the cursor. */
void view_folders_set_open(View *view, EngineFolderId folder);
