/*
 * A program whose standard input and output are the line, for `tunnel = COMMAND`. It runs in a
 * session of its own: it can't ask on our terminal, and its keys' signals are not for it.
 */
#pragma once

#include <glib.h>

typedef struct Tunnel Tunnel;

/* ERROR is NULL when the program ended with status 0, and else says how it ended and the last that
 * it said on its standard error. */
typedef void (*TunnelEnded)(const GError *error, gpointer user);

/* Runs ARGV without a shell; NULL with ERROR when it can't be started. */
Tunnel *tunnel_new(char **argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Asks the program and its children to end, and makes them a few seconds later; never waits. */
void tunnel_free(Tunnel *tunnel);

/* Our end of the line: a non-blocking socket that the tunnel owns. */
int tunnel_fd(const Tunnel *tunnel);

/* The line has ended: calls ENDED once, from the main loop, when the program has ended too and its
 * last words are read, or after a second. Not after tunnel_free(). */
void tunnel_end(Tunnel *tunnel, TunnelEnded ended, gpointer user);
