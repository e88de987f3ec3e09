/*
 * The message list of one folder: cursor, marks, search. The cursor stays on its message whatever
 * comes and goes around it; marks belong to messages, not to lines.
 */
#pragma once

#include "app.h"

View *view_index_new(App *app);
/* Closes the folder shown before; its cursor is remembered. */
void view_index_open(View *view, EngineFolderId folder);
EngineFolderId view_index_folder(View *view); /* 0: none */
gboolean view_index_is_current(View *view);
/* See engine_list_seen_at(). */
gint64 view_index_seen_at(View *view);
/* The message under the cursor; 0: none, or one that is not here yet. */
guint32 view_index_uid(View *view);
/* Moves the cursor and gives the message under it; FALSE at the ends and on placeholders. For the
 * reader's "next message". */
gboolean view_index_step(View *view, gint delta, guint32 *out_uid);
/* What the list shows of message UID; FALSE when it has no row of it. */
gboolean view_index_row(View *view, guint32 uid, EngineRow *out_row);
