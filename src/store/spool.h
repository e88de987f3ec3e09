/*
 * Files that hold one message each while it is on its way to a server (STATE_DIR/spool, 0700, files
 * 0600). A file that the journal names (store/parcels.h) stays; the others go when the program that
 * made them has ended: the next store_open() removes them.
 */
#pragma once

#include "store/store.h"

typedef struct SpoolFile SpoolFile;

/* A new one, empty. NULL with ERR_DISK. */
SpoolFile *spool_file_new(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Closes it; the file stays. */
void spool_file_free(SpoolFile *file);
const char *spool_file_name(const SpoolFile *file);
guint64 spool_file_size(const SpoolFile *file);
gboolean spool_file_write(
	SpoolFile *file, const char *data, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A step towards having all that was written, and the name, on the disk; *OUT_DONE: they are. A busy disk may
 * take its time for each: one in a turn. For a large message call it now and then, so that none takes long. */
gboolean spool_file_sync(
	SpoolFile *file, gboolean *out_done, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole of a file of SIZE octets, mapped and not read. NULL with ERR_DISK, also when its size is
 * another. */
GBytes *store_spool_map(
	Store *store, const char *name, guint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_spool_remove(Store *store, const char *name);
/* Removes what nobody wants any more. For store_open(). */
void store_spool_clean(Store *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpoolFile, spool_file_free)
