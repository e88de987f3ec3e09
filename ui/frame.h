/*
 * When to paint: repaint is a flag, and one function paints, once per turn of the main loop, at most
 * every 16 ms but for short bursts (keys counted apart), and not while the terminal still has the last frame to take.
 * A picture in pixels belongs to its frame, but what a key has done does not wait for it.
 */
#pragma once

#include "term.h"

#include <glib.h>

typedef struct Frame Frame;

typedef void (*FramePaint)(gpointer user);

Frame *frame_new(Term *term, FramePaint paint, gpointer user);
void frame_free(Frame *frame);

/* Something is different: paint soon. */
void frame_request(Frame *frame);
/* A key did it: paint before anything else, whatever was painted just now. */
void frame_hurry(Frame *frame);
/* The terminal took everything; see TermSetup. */
void frame_drained(Frame *frame);
/* Paints this instant, if anything is different; for scripts and the first paint. */
void frame_now(Frame *frame);
gboolean frame_is_clean(const Frame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Frame, frame_free)
