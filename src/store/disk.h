/* The files of a database on the disk: who may read them, and how a bad one is set aside. */
#pragma once

#include <glib.h>

/* Makes DIR (0700, with its parents) or takes from others the right to read it. Refuses one that
 * belongs to another user or into which others may write. */
gboolean disk_prepare_dir(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes FILE (0600, empty), or sets the mode of it and its companions (-wal, -shm). Refuses a
 * symbolic link and whatever is no plain file. */
gboolean disk_prepare_file(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Renames FILE and its companions to FILE.bad-N and *OUT_NAME (the caller's) says to what. Nine are
 * kept; the ninth gives way. No connection to FILE may be open in this process. */
gboolean disk_set_aside(
	const char *file, char **out_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same to FILE.damaged-DATE, or FILE.damaged-DATE-N, and all are kept. FILE may be missing, or any of its
 * companions. */
gboolean disk_set_aside_dated(
	const char *file, char **out_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean disk_exists(const char *file);
/* Whether FILE has no companions: all that it holds is in it. */
gboolean disk_is_alone(const char *file);
/* In one step, also where TO is. */
gboolean disk_rename(const char *from, const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* With its companions. */
gboolean disk_remove(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
