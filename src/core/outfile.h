/*
 * A file that is there whole or not at all: what is written goes to a temporary file beside it, with
 * a name of ours (0600, never through a symbolic link), which is flushed to the disk and then takes the
 * final name. The flushing is done by a thread, as it may take seconds.
 */
#pragma once

#include <glib.h>

typedef struct OutFile OutFile;

/* OUTFILE is freed behind this call. PATH: what the file is called now. ERROR: it is not there. */
typedef void (*OutFileDone)(const char *path, const GError *error, gpointer user);

/* PATH: the file. With OVERWRITE a file of that name gives way at the end; else it stays, and the new
 * one is called "name-1.txt" where UNIQUE, and refused where not (ERR_INPUT, here or at the end). */
OutFile *out_file_new(const char *path, gboolean overwrite, gboolean unique,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE with ERR_DISK: nothing more can be written. */
gboolean out_file_write(
	OutFile *file, const char *bytes, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was written is void: it begins anew. FALSE with ERR_DISK. */
gboolean out_file_rewind(OutFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends it; DONE is called from the main loop. Takes FILE, which
 * is of use for out_file_forget() alone from here on. */
void out_file_finish(OutFile *take_file, OutFileDone done, gpointer user);
/* After out_file_finish(), before DONE: DONE is not called, and no new file stays. */
void out_file_forget(OutFile *file);
/* Nothing of it stays. Not after out_file_finish(). */
void out_file_free(OutFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutFile, out_file_free)
