/*
 * Sample mail of the engine without a server: two accounts, a tree of folders, messages that are
 * plain, wide, right-to-left, emoji and hostile. Always the same, dated before FAKE_NOW.
 */
#pragma once

#include "engine.h"

#define FAKE_NOW G_GINT64_CONSTANT(1715506860) /* Sunday, 12 May 2024, 09:41 UTC */

typedef struct {
	guint32 uid, flags;
	gboolean pending, attachment;
	char *from, *subject;
	gint64 date;
	guint64 size;
} FakeMessage;

typedef struct {
	const char *account, *path;
	EngineRole role;
	gboolean selectable, has_children;
	guint messages;
} FakeFolder;

const FakeFolder *fake_folder_at(guint i); /* NULL past the end; a parent before its children */
/* Message I of N of FOLDER, I counting from the newest. The caller's, fake_message_free(). */
FakeMessage *fake_message_new(const FakeFolder *folder, guint i, guint n);
void fake_message_free(gpointer message);

/* Line I of the text of every message; FALSE past the end. */
gboolean fake_line_at(guint i, EngineLine *out_line);
