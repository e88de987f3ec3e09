/*
 * What is to be sent to the terminal: what curses and others say, in order, and behind it one picture, in pieces. All else
 * goes before a picture that is on its way: that one ends where it is, and begins again afterwards. Knows no
 * descriptor.
 */
#pragma once

#include "pixels.h"

typedef struct Outbox Outbox;

Outbox *outbox_new(void);
void outbox_free(Outbox *outbox);

void outbox_add(Outbox *outbox, const char *bytes, gsize len);
/* Draws PIXELS when all that was added is sent; NULL: none any more. BEFORE puts the cursor there, and AFTER back to
 * where curses has it. What is on the screen already is not sent again. */
void outbox_show(Outbox *outbox, Pixels *pixels, const char *before, const char *after);
/* No picture until the next outbox_show(): something else is about to be added. */
void outbox_hold(Outbox *outbox);
/* Forgets all of it. */
void outbox_clear(Outbox *outbox);

/* What can be sent now; NULL: nothing. Borrowed until the next call. */
const char *outbox_next(Outbox *outbox, gsize *out_len);
void outbox_sent(Outbox *outbox, gsize n);
/* Nothing is to be sent, neither now nor later. */
gboolean outbox_is_empty(const Outbox *outbox);
/* Bytes, without the picture's. */
gsize outbox_waiting(const Outbox *outbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outbox, outbox_free)
