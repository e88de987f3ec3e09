#include "store/disk.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAD_KEPT 9

/* In the order in which they are renamed: a new database beside the WAL of the old one would take
 * the pages of that WAL for its own, so the database goes last. */
static const char *const companions[] = {"-wal", "-shm", ""};

gboolean
disk_prepare_dir(const char *dir, GError **error)
{
	struct stat info;

	if (g_mkdir_with_parents(dir, 0700) < 0)
		return err_set(error, ERR_DISK, "The directory %s can't be made: %s.", dir,
			g_strerror(errno));
	if (stat(dir, &info) < 0)
		return err_set(error, ERR_DISK, "The directory %s can't be read: %s.", dir,
			g_strerror(errno));
	if (info.st_uid != geteuid())
		return err_set(error, ERR_DISK,
			"The directory %s belongs to another user; Postern keeps mail only in its "
			"own.",
			dir);
	if (info.st_mode & 022)
		return err_set(error, ERR_DISK,
			"Others may write into the directory %s; make it yours alone (chmod 700).",
			dir);
	if ((info.st_mode & 0777) != 0700 && chmod(dir, 0700) < 0)
		return err_set(error, ERR_DISK, "The mode of %s can't be set: %s.", dir,
			g_strerror(errno));
	return TRUE;
}

/* What is not there is no harm. By name, never through a descriptor: closing one would drop the locks
 * that SQLite holds on the same file in this process (POSIX, fcntl). */
static gboolean
check_file(const char *file, GError **error)
{
	struct stat info;

	if (lstat(file, &info) < 0)
		return errno == ENOENT || err_set(error, ERR_DISK, "The file %s can't be read: %s.",
						  file, g_strerror(errno));
	if (!S_ISREG(info.st_mode))
		return err_set(error, ERR_DISK,
			"%s is not a plain file; Postern doesn't follow it. Move it away.", file);
	if (info.st_uid == geteuid() && (info.st_mode & 0777) != 0600 && chmod(file, 0600) < 0)
		return err_set(error, ERR_DISK, "The mode of %s can't be set: %s.", file,
			g_strerror(errno));
	return TRUE;
}

static gboolean
make_file(const char *file, GError **error)
{
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int mode_set;

	if (fd < 0 && errno == EEXIST)
		return check_file(file, error);
	if (fd < 0)
		return err_set(
			error, ERR_DISK, "The file %s can't be made: %s.", file, g_strerror(errno));
	mode_set = fchmod(fd, 0600); /* whatever the umask says */
	if (close(fd) < 0 || mode_set < 0)
		return err_set(
			error, ERR_DISK, "The file %s can't be made: %s.", file, g_strerror(errno));
	return TRUE;
}

gboolean
disk_prepare_file(const char *file, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(companions); i++) {
		g_autofree char *name = g_strconcat(file, companions[i], NULL);

		if (!check_file(name, error))
			return FALSE;
	}
	return make_file(file, error);
}

static gboolean
exists(const char *file)
{
	struct stat info;

	return lstat(file, &info) == 0;
}

gboolean
disk_set_aside(const char *file, char **out_name, GError **error)
{
	g_autofree char *bad = NULL;

	for (guint n = 1; n <= BAD_KEPT; n++) {
		g_free(bad);
		bad = g_strdup_printf("%s.bad-%u", file, n);
		if (!exists(bad))
			break;
	}
	for (guint i = 0; i < G_N_ELEMENTS(companions); i++) {
		g_autofree char *from = g_strconcat(file, companions[i], NULL);
		g_autofree char *to = g_strconcat(bad, companions[i], NULL);

		if (rename(from, to) < 0 && errno != ENOENT)
			return err_set(error, ERR_DISK, "The file %s can't be set aside: %s.", from,
				g_strerror(errno));
	}
	*out_name = g_steal_pointer(&bad);
	return TRUE;
}
