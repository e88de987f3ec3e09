/*
 * What the main loop itself can tell: that the machine was asleep, and that somebody worked for too
 * long.
 */
#pragma once

#include <glib.h>

/* Called soon after the machine woke up: connections that were open are most likely dead. */
typedef void (*WakeCall)(gpointer user);

typedef struct Wake Wake;

Wake *wake_new(WakeCall call, gpointer user);
void wake_free(Wake *wake);

/* From now on every turn of the default main context that keeps the keys waiting for longer than
 * LIMIT_MS is written to the log. */
void wake_watch_turns(guint limit_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wake, wake_free)
