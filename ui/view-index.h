/*
 * The message list of one folder: cursor, marks, search.
 */
#pragma once

#include "app.h"

View *view_index_new(App *app);
/* Closes the folder shown before. */
void view_index_open(View *view, EngineFolderId folder);
EngineFolderId view_index_folder(View *view); /* 0: none */
gboolean view_index_is_current(View *view);
/* Moves the cursor and gives the message under it; FALSE at the ends and on placeholders. For the
 * reader's "next message". */
gboolean view_index_step(View *view, gint delta, guint32 *out_uid);
