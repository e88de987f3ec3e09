/*
 * A view is a table of functions with its private state. Rules:
 *
 *   event()  may only mark: note what is different and call view_mark();
 *   draw()   may only paint: no request to the engine but reading, no change of state;
 *   act()    carries out an action; it may ask the engine and the app for things;
 *   nobody   waits.
 */
#pragma once

#include "action.h"
#include "command.h"
#include "engine.h"
#include "paint.h"

#include <glib.h>

typedef enum {
	VIEW_DONE,   /* carried out, or there was nothing to do */
	VIEW_FAILED, /* ERROR says why */
	VIEW_PASS,   /* not mine: the app takes it */
} ViewAnswer;

typedef enum { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } MouseKind;

typedef struct {
	MouseKind kind;
	guint row, col; /* within the view */
} Mouse;

typedef struct {
	ViewKind kind;
	void (*free)(gpointer self);
	void (*draw)(gpointer self, Paint *paint, gboolean focused);
	/* Its rectangle is another one; called before the first draw too. */
	void (*resize)(gpointer self, guint rows, guint cols);
	void (*event)(gpointer self, const EngineEvent *event);
	ViewAnswer (*act)(gpointer self, const Command *command, GError **error);
	void (*mouse)(gpointer self, const Mouse *mouse);

	/* The messages that an action is for: marked ones, else the one under the cursor. Appends
	 * guint32 to OUT_UIDS. FALSE: none, or with an error not all are known yet. NULL in views without
	 * messages. */
	gboolean (*targets)(
		gpointer self, EngineFolderId *out_folder, GArray *out_uids, GError **error);
	/* The engine took ACTION for the targets (marks are done with; the reader may go on). */
	void (*acted)(gpointer self, ActionId action);

	/* What to offer at the foot just now; ends with ACTION_NONE, borrowed until the next call. */
	const ActionId *(*hints)(gpointer self);
	/* A word about the place for the status line: "62%", "3 marked"; "" for none. Or NULL. */
	void (*where)(gpointer self, char *out, gsize size);
} ViewOps;

typedef struct {
	const ViewOps *ops;
	gpointer self;
	gboolean dirty;
} View;

View *view_new(const ViewOps *ops, gpointer take_self);
void view_free(View *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(View, view_free)
