/*
 * Patches, line by line: unified diffs as git, diff -u, Subversion and Mercurial write them, alone
 * or in the middle of a text.
 */
#pragma once

#include <glib.h>

typedef enum {
	PATCH_NONE, /* no line of a patch */
	PATCH_CONTEXT,
	PATCH_ADDED,
	PATCH_REMOVED,
	PATCH_HUNK, /* "@@ -1,7 +1,9 @@" */
	PATCH_FILE, /* "diff --git ...", "--- a/file", "index 1234..5678" */
} PatchLine;

/* Zeroed at the start. */
typedef struct {
	guint old_left, new_left; /* lines of the open hunk that are still to come */
	guint quote;              /* and the quoting that it stands in */
} PatchState;

/* TEXT: a line without its quoting, which is QUOTE deep. */
PatchLine patch_line(PatchState *state, const char *text, guint quote);
/* How a line is meant, as TextEmphasis; 0: as any text. */
guint patch_emphasis(PatchLine line);
