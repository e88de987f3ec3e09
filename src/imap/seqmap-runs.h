/*
 * The runs of a map (imap/seqmap.h), in order. A run is a stretch of positions whose UIDs follow one another:
 * position + k holds uid + k. Keeps them and finds them; what they mean, and that they rise, is a matter of
 * who puts them in.
 *
 * They are kept in blocks with a base of their positions each, so that an expunge in a mailbox of half a million
 * runs moves one block and some thousand bases.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint32 position;
	guint32 uid;
	guint32 length; /* 1 or more */
} SeqRun;

guint32 seqrun_last(SeqRun run);  /* position */
gint64 seqrun_offset(SeqRun run); /* uid - position */

typedef struct SeqRuns SeqRuns;

/* A run, or the end: until the runs change. */
typedef struct {
	guint block, index;
} SeqPlace;

SeqRuns *seqruns_new(void);
SeqRuns *seqruns_copy(const SeqRuns *runs);
void seqruns_free(SeqRuns *runs);
void seqruns_clear(SeqRuns *runs);
/* TRUE: there are two million at least, more than anybody should keep. */
gboolean seqruns_are_too_many(const SeqRuns *runs);

SeqPlace seqruns_first(void);
SeqPlace seqruns_end(const SeqRuns *runs);
gboolean seqruns_is_end(const SeqRuns *runs, SeqPlace place);
SeqPlace seqruns_next(const SeqRuns *runs, SeqPlace place);
/* FALSE at the beginning. */
gboolean seqruns_previous(const SeqRuns *runs, SeqPlace place, SeqPlace *out_place);

typedef gboolean (*SeqReaches)(SeqRun run, guint32 value);
gboolean seqrun_reaches_position(SeqRun run, guint32 position);
gboolean seqrun_reaches_uid(SeqRun run, guint32 uid);
/* The first run that reaches VALUE, or the end. */
SeqPlace seqruns_find(const SeqRuns *runs, SeqReaches reaches, guint32 value);

/* Not at the end. */
SeqRun seqruns_get(const SeqRuns *runs, SeqPlace place);
void seqruns_set(SeqRuns *runs, SeqPlace place, SeqRun run);
/* Inserts before PLACE, which may be the end. */
void seqruns_insert(SeqRuns *runs, SeqPlace place, SeqRun run);
/* The place of the next run. */
SeqPlace seqruns_drop(SeqRuns *runs, SeqPlace place);
/* Drops the run before PLACE, which is not the first; where PLACE is now. */
SeqPlace seqruns_drop_before(SeqRuns *runs, SeqPlace place);
/* The runs from PLACE on move down by one position. */
void seqruns_move_down(SeqRuns *runs, SeqPlace place);
