/*
 * The line editor at the foot of the screen. It is fed one key at a time by the main loop and never
 * waits: mail goes on while the user types.
 *
 * Keys: arrows, Home, End, Ctrl-a/e/b/f, Alt-b/f, Backspace, Delete, Ctrl-d/w/u/k, Alt-d, Up and
 * Down (history, or the choices while they are shown), Tab and Shift-Tab (completion), Enter,
 * Escape, Ctrl-c, Ctrl-g.
 */
#pragma once

#include "key.h"
#include "paint.h"

#include <glib.h>

typedef struct Prompt Prompt;

/* What TEXT may become: strings, best first; free with g_ptr_array_unref(). */
typedef GPtrArray *(*PromptComplete)(const char *text, gpointer user);
/* TEXT is NULL when the user left; borrowed. Called once, as the last thing of a key, with the
 * prompt closed already: it may open another one. */
typedef void (*PromptDone)(const char *text, gpointer user);

typedef struct {
	const char *label;   /* ":" or "Move to " */
	const char *text;    /* to begin with, or NULL */
	const char *history; /* lines of one name are kept together: "command"; NULL: none */
	gboolean
		yes_no; /* one key answers: y gives "y", anything else leaves; COMPLETE gives the facts */
	gboolean secret; /* a star for each character, and wiped when it was answered */
	gboolean pick;   /* choices are shown at once, what was taken last first; Enter takes one */
	PromptComplete complete; /* or NULL */
	PromptDone done;
	gpointer user;
} PromptSetup;

Prompt *prompt_new(void);
void prompt_free(Prompt *prompt);

/* Opens it; one that is open is left first. Strings are copied. */
void prompt_open(Prompt *prompt, const PromptSetup *setup);
gboolean prompt_is_open(const Prompt *prompt);
void prompt_leave(Prompt *prompt);

void prompt_key(Prompt *prompt, Key key);
/* Pasted text goes in as it is, line ends as blanks. */
void prompt_paste(Prompt *prompt, const char *text);

const char *prompt_text(const Prompt *prompt);
guint prompt_cursor(const Prompt *prompt); /* in bytes */
/* The choices shown above the line, and the one under the cursor (-1: none). */
guint prompt_choice_count(const Prompt *prompt);
const char *prompt_choice(const Prompt *prompt, guint i);
gint prompt_choice_cursor(const Prompt *prompt);

/* Rows that it takes at the foot, choices included; 0 while it is closed. */
guint prompt_rows(const Prompt *prompt);
/* Paints the last row of PAINT and, in the rows above it, the choices. */
void prompt_draw(const Prompt *prompt, Paint *paint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Prompt, prompt_free)
