/*
 * A program whose output is to be read here instead of being let loose on the terminal: an input, and no
 * more than so much of what it says to it.
 */
#pragma once

#include <gio/gio.h>

typedef struct Capture Capture;

/* OUTPUT: what it wrote to standard output and error until it ended; CUT: there was more. Called once, unless
 * it is freed before. */
typedef void (*CaptureDone)(GBytes *output, gboolean cut, gpointer user);

/* INPUT may be NULL. OUTPUT_MAX: octets, above which it is CUT. NULL with ERR_INPUT when there is no such program. */
Capture *capture_new(const char *const *argv, GBytes *input, gsize output_max, CaptureDone done,
	gpointer user, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From DONE too. A program that runs still is killed with all that it has started. */
void capture_free(Capture *capture);
