/*
 * One message to read.
 */
#pragma once

#include "app.h"

View *view_reader_new(App *app);
void view_reader_open(View *view, EngineFolderId folder, guint32 uid);
void view_reader_close(View *view);
guint32 view_reader_uid(View *view); /* 0: none */
/* The message as plain text, the caller's; NULL while not all of it is here. */
char *view_reader_plain(const View *view);
/* A link of the message by its number, from 1; FALSE when there is none. */
gboolean view_reader_link(const View *view, guint number, EngineLink *out_link);
