/* For tests of what comes by itself: from another process, a thread, a timer. */
#pragma once

#include <glib.h>

typedef gboolean (*AwaitCheck)(gconstpointer data);

/* Runs the main loop until CHECK says so, which is asked after each turn and every few milliseconds. A minute
 * without that fails the test. */
void await(AwaitCheck check, gconstpointer data);
/* The number that a process writes, with a line feed, into FILE. */
GPid await_pid(const char *file);
/* Until there is no such process any more. */
void await_end(GPid pid);
