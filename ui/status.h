/*
 * The title at the top, the status line and the hints at the foot: what the program has to say
 * while the views show mail. State is said by glyph and by word.
 */
#pragma once

#include "engine.h"
#include "keymap.h"
#include "paint.h"

#include <glib.h>

typedef struct Status Status;

Status *status_new(void);
void status_free(Status *status);

/* Shows TEXT until the next key (info and warnings: or for 5 seconds, see status_expires()). */
void status_notice(Status *status, EngineNoticeLevel level, const char *text);
/* A key was pressed: what was shown has been seen. TRUE when something was. */
gboolean status_seen(Status *status);
/* Monotonic microseconds at which the notice goes by itself; 0: it does not. */
gint64 status_expires(const Status *status);
const char *status_text(const Status *status); /* "" when there is none */

/* What is on the screen besides the notice. */
typedef struct {
	const EngineAccount *account;
	const EngineFolder *folder; /* NULL: none open */
	guint pending;              /* changes on the way, of all accounts */
	gboolean current;           /* the list is what the server has */
	gint64 seen_at;             /* when it last was, 0: not known */
	const char *where;          /* of the view: "62%", "3 marked" */
	const char *keys;           /* of a sequence begun */
} StatusFacts;

void status_draw_title(const Status *status, Paint *paint, const StatusFacts *facts);
void status_draw_line(const Status *status, Paint *paint, const StatusFacts *facts);
/* HINTS end with ACTION_NONE. */
void status_draw_hints(Paint *paint, const ActionId *hints, const Keymap *keymap, ViewKind view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Status, status_free)
