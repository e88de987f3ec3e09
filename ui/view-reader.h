/*
 * One message to read.
 */
#pragma once

#include "app.h"

View *view_reader_new(App *app);
void view_reader_open(View *view, EngineFolderId folder, guint32 uid);
void view_reader_close(View *view);
guint32 view_reader_uid(View *view); /* 0: none */
/* Shows the message that PART of the open one is; leaving it goes back. FALSE when PART is none. */
gboolean view_reader_enter(View *view, guint part);
/* What is open, NULL: nothing; borrowed until another message is. */
EngineReading *view_reader_reading(const View *view);
/* The message as plain text, the caller's; NULL while not all of it is here. */
char *view_reader_plain(const View *view);
/* Its first picture that can be shown; FALSE when there is none. */
gboolean view_reader_picture(const View *view, guint *out_part);
/* A link of the message by its number, from 1; FALSE when there is none. */
gboolean view_reader_link(const View *view, guint number, EngineLink *out_link);
