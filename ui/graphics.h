/*
 * Whether the terminal can draw pictures itself, as it says when it is asked: neither asks nor waits, term.c sends the
 * question and hands in the answers. TERM says nothing about it: half of all terminals call themselves xterm-256color.
 */
#pragma once

#include "pixels.h"

typedef struct {
	gboolean answered; /* all that it is going to say */
	gboolean sixel, kitty;
	guint cell_width, cell_height; /* in pixels; 0: not known */
} Graphics;

/* To be sent once: kitty's question, then one that every terminal answers (primary device attributes): what did not
 * come before that does not come any more. */
extern const char *const graphics_question;
/* To be sent where the kernel does not know how large a cell is. */
extern const char *const graphics_question_size;

/* ANSWER as of INPUT_ANSWER, from anybody. TRUE when it is the last one, or a size that came after that. */
gboolean graphics_hear(Graphics *graphics, const char *answer);

/* TRUE where another program draws the screen, such as tmux: what it says it can do itself, and not what the terminal
 * can, and a picture that it does not know stays when it moves what is around it. */
gboolean graphics_is_inside(void);
/* MODE is the option picture-mode. No picture without the size of a cell: it would cover what is beside it. */
PixelsMeans graphics_means(const Graphics *graphics, const char *mode, gboolean inside);
