/*
 * What makes the terminal ring or show a notification: control sequences with text of mail in them,
 * which must not be able to end the sequence and begin another.
 */
#pragma once

#include <glib.h>

typedef enum {
	NOTIFY_NONE,
	NOTIFY_OSC9,   /* iTerm2, WezTerm, Ghostty: the text alone */
	NOTIFY_OSC777, /* foot, urxvt, VTE: title and text */
	NOTIFY_OSC99,  /* kitty: title and text */
} NotifyKind;

/* By the word of the option "notify". */
NotifyKind notify_kind(const char *word);
/* The bytes for TEXT, which may be any; "" when there is nothing to send. The caller's. */
char *notify_bytes(NotifyKind kind, gboolean bell, const char *title, const char *text);
