/*
 * Reads rows out of a damaged database file and its WAL without SQLite, which gives up at the first page that
 * does not fit: each page is looked at for itself, so that what is in a whole page is found whatever has
 * become of the others (https://www.sqlite.org/fileformat2.html). Pages have CARVE_PAGE octets.
 *
 * Nothing that is read is believed here: a page may be an older one, and a row made of noise. Who asks has to
 * know a whole row when he sees it.
 */
#pragma once

#include <glib.h>

#define CARVE_PAGE        4096
#define CARVE_COLUMNS_MAX 32

typedef enum { CARVE_NULL, CARVE_NUMBER, CARVE_TEXT, CARVE_BLOB } CarveType;

typedef struct {
	CarveType type;
	gint64 number;
	const void *data; /* of TEXT and BLOB, borrowed until the row has been taken */
	gsize len;
} CarveValue;

/* TRUE: the row is what was looked for, whole. */
typedef gboolean (*CarveTake)(gint64 id, const CarveValue *values, guint n, gpointer user);

typedef struct {
	guint broken;  /* rows that could not be read, or that were not taken */
	gboolean more; /* there are pages, or there were, of which nobody knows what was in them */
} CarveLost;

/* Shows each row behind the first SKIP pages to TAKE. FALSE when FILE can't be opened. */
gboolean carve_rows(const char *file, guint skip, CarveTake take, gpointer user,
	CarveLost *out_lost, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the WAL of FILE has damage that SQLite does not tell of: it takes what lies before the damage and
 * leaves out all that was committed since. For a file that nobody has open. */
gboolean carve_wal_is_damaged(const char *file);
