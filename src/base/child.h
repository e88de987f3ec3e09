/*
 * Programs that we start, whoever starts them: each leads a session of its own, so that it can neither read
 * from our terminal nor paint on it, and what it has started itself can be ended with it.
 */
#pragma once

#include <gio/gio.h>

/* For g_subprocess_launcher_set_child_setup(): in the child, before the program begins. */
void child_lead(gpointer unused);

/* Sends SIGNAL to PROCESS, which leads, and to all that it has started and that has not gone its own way.
 * Nothing happens once PROCESS has ended: what it leaves behind was meant to stay. */
void child_signal(GSubprocess *process, int signal);
