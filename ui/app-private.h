/*
 * What the files of the app share: app.c (life and services), app-act.c (carrying out actions),
 * app-draw.c (the screen). Nobody else includes it.
 */
#pragma once

#include "app.h"
#include "follow.h"
#include "frame.h"
#include "layout.h"
#include "run.h"
#include "status.h"
#include "takeout.h"
#include "term.h"

struct App {
	Engine *engine;
	GMainLoop *loop;
	int exit_status;
	guint listener;

	Term *term;
	Frame *frame;
	Theme *theme;
	PaintScreen *screen;
	Keymap *keymap;
	Prompt *prompt;
	Status *status;
	Runner *runner;
	Follow *follow;
	Takeout *takeout;
	View *views[VIEW_COUNT];

	ViewKind focus;
	ViewKind under[VIEW_COUNT]; /* where the keys go when a page is left */
	gboolean reader_open;
	Layout layout;
	guint prompt_rows; /* that the prompt covered when it was last painted */

	char *wanted_place; /* to be opened as soon as it is known; NULL: nothing */
	ActionId asked;     /* what the prompt asks an argument for */
	guint tick_source;  /* once a second while something on the screen counts */
	gint64 rung_at;     /* when the terminal last rang, 0: never */
	gint64 click_at;    /* for double clicks: when, and where */
	guint click_row, click_col;
};

/* ---- app.c ---- */

/* The account that is shown; FALSE when there is none. */
gboolean app_current_account(App *app, EngineAccount *out_account);
/* Opens PLACE once its folder is known; FALSE when there is none, or nobody who could tell now. */
gboolean app_want_place(App *app, const char *place);
void app_relayout(App *app);
gboolean app_use_theme(App *app, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- app-act.c ---- */

gboolean app_act(App *app, const Command *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void app_mouse(App *app, const InputEvent *event);

/* ---- app-draw.c ---- */

void app_paint(gpointer app);

/* ---- filing.c ---- */

/* TRUE for the actions that change messages. */
gboolean filing_is_for(ActionId action);
/* Carries ACTION out on the targets of the view with the focus. */
gboolean filing_act(App *app, const Command *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "3 messages", "this message"; 0 targets: FALSE with ERR_INPUT. */
gboolean filing_targets_words(
	App *app, char *out, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
