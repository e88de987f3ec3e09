#include "core/outfile.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 1000 /* names that are tried until one is free */

struct OutFile {
	char *path, *temporary;
	int fd;
	gboolean overwrite, unique;
	OutFileDone done;
	gpointer user;
};

static gboolean
set_errno(GError **error, const char *what, const char *path)
{
	return err_set(error, ERR_DISK, "%s can't be %s: %s", path, what, g_strerror(errno));
}

static gboolean
exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

static gboolean
refuse_existing(const char *path, GError **error)
{
	return err_set(error, ERR_INPUT, "There is a file %s already: choose another name", path);
}

static gboolean
open_temporary(OutFile *file, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(file->path);

	for (guint i = 0; i < TRIES; i++) {
		g_autofree char *name = g_strdup_printf(".postern-%08x.part", g_random_int());
		char *temporary = g_build_filename(dir, name, NULL);

		file->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			S_IRUSR | S_IWUSR);
		if (file->fd >= 0) {
			file->temporary = temporary;
			return TRUE;
		}
		g_free(temporary);
		if (errno != EEXIST)
			break;
	}
	return set_errno(error, "written", file->path);
}

OutFile *
out_file_new(const char *path, gboolean overwrite, gboolean unique, GError **error)
{
	g_autoptr(OutFile) file = g_new0(OutFile, 1);

	file->path = g_strdup(path);
	file->overwrite = overwrite;
	file->unique = unique;
	file->fd = -1;
	if (!overwrite && !unique && exists(path)) {
		(void)refuse_existing(path, error);
		return NULL;
	}
	return open_temporary(file, error) ? g_steal_pointer(&file) : NULL;
}

gboolean
out_file_write(OutFile *file, const char *bytes, gsize len, GError **error)
{
	while (len > 0) {
		gssize n = write(file->fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return set_errno(error, "written", file->path);
		bytes += n;
		len -= (gsize)n;
	}
	return TRUE;
}

gboolean
out_file_rewind(OutFile *file, GError **error)
{
	if (ftruncate(file->fd, 0) < 0 || lseek(file->fd, 0, SEEK_SET) < 0)
		return set_errno(error, "written", file->path);
	return TRUE;
}

static void
drop_temporary(OutFile *file)
{
	if (file->temporary)
		unlink(file->temporary);
	g_clear_pointer(&file->temporary, g_free);
}

void
out_file_free(OutFile *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	drop_temporary(file);
	g_free(file->path);
	g_free(file);
}

/* ---- the end, in a thread ---- */

/* "notes-2.tar" of "notes.tar". */
static char *
other_name(const char *path, guint number)
{
	const char *base = strrchr(path, '/');
	const char *dot = strrchr(base ? base + 1 : path, '.');
	gsize stem = dot ? (gsize)(dot - path) : strlen(path);

	return g_strdup_printf("%.*s-%u%s", (int)stem, path, number, dot ? dot : "");
}

/* Takes the name only when nobody has it. File systems without links (FAT) have it reserved by an empty
 * file first. */
static gboolean
take_name(OutFile *file, const char *path)
{
	int fd;

	if (link(file->temporary, path) == 0)
		return unlink(file->temporary) == 0;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return FALSE;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return FALSE;
	close(fd);
	return rename(file->temporary, path) == 0;
}

static gboolean
take_some_name(OutFile *file, GError **error)
{
	for (guint i = 0; i < TRIES; i++) {
		g_autofree char *path = i ? other_name(file->path, i) : g_strdup(file->path);

		if (take_name(file, path)) {
			g_free(file->path);
			file->path = g_steal_pointer(&path);
			return TRUE;
		}
		if (errno != EEXIST)
			return set_errno(error, "written", path);
		if (!file->unique)
			break;
	}
	return refuse_existing(file->path, error);
}

static gboolean
complete(OutFile *file, GError **error)
{
	int fd = file->fd;

	file->fd = -1;
	if (fsync(fd) < 0) {
		(void)set_errno(error, "written", file->path);
		close(fd);
		return FALSE;
	}
	if (close(fd) < 0)
		return set_errno(error, "written", file->path);
	if (!file->overwrite) {
		if (!take_some_name(file, error))
			return FALSE;
	} else if (rename(file->temporary, file->path) < 0) {
		return set_errno(error, "written", file->path);
	}
	g_clear_pointer(&file->temporary, g_free);
	return TRUE;
}

/* Nothing is left of it when its owner hears that it failed. */
static void
run_complete(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	GError *error = NULL;

	if (complete(data, &error)) {
		g_task_return_boolean(task, TRUE);
	} else {
		drop_temporary(data);
		g_task_return_error(task, error);
	}
}

static void
on_complete(GObject *source, GAsyncResult *result, gpointer user)
{
	OutFile *file = g_task_get_task_data(G_TASK(result));
	g_autoptr(GError) error = NULL;

	(void)g_task_propagate_boolean(G_TASK(result), &error);
	if (file->done)
		file->done(file->path, error, file->user);
	else if (!error && !file->overwrite)
		unlink(file->path);
}

void
out_file_forget(OutFile *file)
{
	file->done = NULL;
}

void
out_file_finish(OutFile *take_file, OutFileDone done, gpointer user)
{
	g_autoptr(GTask) task = g_task_new(NULL, NULL, on_complete, NULL);

	take_file->done = done;
	take_file->user = user;
	g_task_set_task_data(task, take_file, (GDestroyNotify)out_file_free);
	g_task_run_in_thread(task, run_complete);
}
