/*
 * The terminal itself: modes, size, bytes in and bytes out. Together with paint.c the only room that
 * knows curses, of which it uses the drawing half.
 *
 * No write can block, not even with the terminal stopped by Ctrl-S: curses writes to a file in
 * memory, and what it wrote goes to the terminal as the terminal takes it. frame.c does not paint
 * while something is left.
 */
#pragma once

#include "graphics.h"
#include "input.h"

#include <glib.h>

typedef struct Term Term;

typedef struct {
	gboolean no_tty;  /* nothing is read nor written; for scripts */
	guint rows, cols; /* no_tty: the size */
	void (*input)(const InputEvent *event, gpointer user);
	void (*resized)(gpointer user);
	void (*learned)(gpointer user);                  /* the terminal has answered term_ask() */
	void (*drained)(gpointer user);                  /* everything is written */
	void (*gone)(const char *reason, gpointer user); /* the terminal hung up */
	gpointer user;
} TermSetup;

/* Takes the terminal over. NULL with ERR_CONFIG when it can't be used, untouched then. */
Term *term_new(const TermSetup *setup, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives it back as it was. Waits at most 0.2 s for a slow terminal. */
void term_free(Term *term);

guint term_rows(const Term *term);
guint term_cols(const Term *term);
void term_set_size(Term *term, guint rows, guint cols); /* no_tty */
guint term_colors(const Term *term);                    /* 0, 8, 16, 88, 256 or 1 << 24 */

/* Sends what was painted since the last time. */
void term_flush(Term *term);
gboolean term_is_busy(const Term *term); /* the terminal has not taken the last frame yet */
/* Sends BYTES that put nothing on the screen, such as a bell; a terminal that takes nothing for long
 * does without. */
void term_send(Term *term, const char *bytes);
/* The next flush sends everything: another program may have written to the screen. */
void term_repaint(Term *term);
/* Stops the process as Ctrl-Z does; returns when it goes on. */
void term_suspend(Term *term);

/* Gives the terminal to another program for a while: nothing is read from it nor written to it. FALSE
 * when there is none, or it is lent already. */
gboolean term_lend(Term *term);
gboolean term_is_lent(const Term *term);
/* That program is done. */
void term_take_back(Term *term);

/* Asks the terminal whether it draws pictures itself; the second time does nothing. It may never answer. */
void term_ask(Term *term);
/* What it said so far, and how large a cell is now. */
Graphics term_graphics(const Term *term);
/* From the next flush on PIXELS are shown, their first cell at ROW, COL, where the frame has blanks; NULL: none. They are
 * sent behind the frame, and the terminal is busy until it has taken them. */
void term_show_pixels(Term *term, Pixels *pixels, guint row, guint col);
/* Lets the next flush go before the pixels that are still on their way. */
void term_hold_pixels(Term *term);

guint64 term_bytes_sent(const Term *term);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Term, term_free)
