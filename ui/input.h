/*
 * Turns the bytes that a terminal sends into keys, pastes, mouse presses and answers to what it was asked. Never
 * reads and never waits: a lone Escape is told from the start of a sequence by input_expire(), which its owner calls
 * 25 ms after the last byte while input_is_waiting().
 */
#pragma once

#include "key.h"

#include <glib.h>

typedef struct Input Input;

typedef enum { INPUT_KEY, INPUT_PASTE, INPUT_MOUSE, INPUT_ANSWER } InputKind;
typedef enum { INPUT_PRESS, INPUT_WHEEL_UP, INPUT_WHEEL_DOWN } InputMouse;

typedef struct {
	InputKind kind;
	Key key;
	/* PASTE: as sent. ANSWER: its sequence without the introducer, "?62;4c", "6;20;10t", "Gi=31;OK". Borrowed
	 * until the next call. */
	const char *text;
	InputMouse mouse;
	guint row, col;
} InputEvent;

enum { INPUT_ESCAPE_US = 25000 };

Input *input_new(void);
void input_free(Input *input);

/* The terminal sends SEQUENCE for KEY, says its description. Common ones are known anyway. */
void input_learn(Input *input, const char *sequence, Key key);

void input_feed(Input *input, const char *bytes, gsize len);
gboolean input_next(Input *input, InputEvent *out_event);
/* TRUE while what is here may be the start of something longer. */
gboolean input_is_waiting(const Input *input);
/* Nothing more came: what is here is all. */
void input_expire(Input *input);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Input, input_free)
