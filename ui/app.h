/*
 * The program: owns the engine's client side, the terminal, the views and who has the focus. Views
 * ask it for everything that reaches beyond their own pane. Nothing here blocks.
 */
#pragma once

#include "keymap.h"
#include "prompt.h"
#include "view.h"

#include <glib.h>

typedef struct App App;

/* ---- for views ---- */

Engine *app_engine(const App *app);
Keymap *app_keymap(const App *app);
View *app_view(const App *app, ViewKind kind);

/* The view shows something else now; painted with the next frame. */
void app_mark(App *app, ViewKind kind);
void app_mark_all(App *app);

/* A sentence in the status line. */
void app_notice(App *app, EngineNoticeLevel level, const char *format, ...) G_GNUC_PRINTF(3, 4);

void app_ask(App *app, const PromptSetup *setup);
/* TRUE while the prompt is open. */
gboolean app_is_asking(const App *app);

ViewKind app_focus(const App *app);
void app_set_focus(App *app, ViewKind kind);

/* Shows FOLDER in the index and gives it the focus. */
void app_open_folder(App *app, EngineFolderId folder);
/* Shows a message in the reader and gives it the focus. */
void app_read(App *app, EngineFolderId folder, guint32 uid);
/* The reader, help or log go; the focus returns to where it was. */
void app_close(App *app, ViewKind kind);
/* TRUE while the reader is on the screen or under help. */
gboolean app_reader_is_open(const App *app);

/* What a picture can be painted with: of the colours, as many as the theme uses. */
PaintMeans app_means(const App *app);

/* How the terminal draws pictures itself. The first call asks it, and before it has answered it draws none: then
 * view_picture_restyle() is called. */
PixelsMeans app_pixels(const App *app);

/* Carries out a line as typed after ":". Failures are shown in the status line. */
void app_run_line(App *app, const char *line);

/* Values of arguments, for completion: folders, themes. */
void app_values(ActionArg kind, GPtrArray *out_values, gpointer app);

/* ---- for main and script ---- */

typedef struct {
	Engine *engine;    /* borrowed, outlives the app */
	GMainLoop *loop;   /* left by app_quit() */
	const char *place; /* "work/INBOX", "work" or NULL: where to begin */
	gboolean no_tty;   /* the screen is only kept in memory, for scripts */
	guint rows, cols;  /* of that screen */
} AppSetup;

/* Prepares the terminal and paints for the first time; NULL with ERR_CONFIG or ERR_INPUT and the
 * terminal as it was. */
App *app_new(const AppSetup *setup, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Restores the terminal. */
void app_free(App *app);
void app_quit(App *app, int status);
int app_exit_status(const App *app);

/* Carries out one line; FALSE with the reason instead of showing it. */
gboolean app_act_line(App *app, const char *line, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void app_key(App *app, Key key);
void app_paste(App *app, const char *text);
void app_resize(App *app, guint rows, guint cols); /* no_tty only */
gboolean app_terminal_is_lent(const App *app);     /* to another program, until that ends */
/* TRUE when the engine is idle and what is on the screen is what there is to show. */
gboolean app_is_idle(const App *app);
/* The screen as lines of text; NULL while nothing was painted. The caller's. */
char *app_screen_text(const App *app);
gboolean app_save_screen(App *app, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(App, app_free)
