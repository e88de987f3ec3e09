/*
 * A picture of a message, as a page of its own: drawn by the terminal where it can, else as large as the screen has room
 * for, in cells.
 */
#pragma once

#include "app.h"

View *view_picture_new(App *app);
/* BYTES: of a type that can be decoded, as they were sent; NAME of the part, for words. Decoded in a process of its own meanwhile. */
void view_picture_show(View *view, const char *name, GBytes *bytes);
/* Forgets it, and stops what is on the way. */
void view_picture_close(View *view);
/* The colours are others now, or what the terminal can draw. */
void view_picture_restyle(View *view);
gboolean view_picture_is_idle(const View *view); /* nothing is on the way */
