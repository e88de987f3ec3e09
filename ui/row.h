/*
 * One line of the message list: which columns there are at a width, and how a row is painted.
 */
#pragma once

#include "engine.h"
#include "paint.h"

#include <glib.h>

typedef struct {
	guint signs, from, subject, attachment, size, date;         /* cells; 0: no such column */
	guint from_at, subject_at, attachment_at, size_at, date_at; /* first cells */
} RowColumns;

/* Columns give way to the subject when it is narrow. */
void row_columns(guint cols, RowColumns *out_columns);

typedef struct {
	gboolean cursor;  /* under the cursor */
	gboolean focused; /* and the list has the keys */
	gboolean marked;
	gboolean match; /* a hit of the search */
} RowLook;

/* Its tags with blanks between them, without those of programs ("$Label1", "NonJunk"), which say nothing to
 * people. "" when there are none. The caller's. */
char *row_tags(const EngineRow *row);
/* ROW as it is at NOW (seconds since 1970), placeholders too. */
void row_draw(Paint *paint, guint line, const RowColumns *columns, const EngineRow *row,
	const RowLook *look, gint64 now);
