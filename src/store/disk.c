#include "store/disk.h"

#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAD_KEPT 9
#define ADVICE                                                                 \
	"Let yourself write there, or name another place in the environment (" \
	"XDG_STATE_HOME, XDG_CACHE_HOME)."

/* In the order in which they are renamed: a new database beside the WAL of the old one would take
 * the pages of that WAL for its own, so the database goes last. */
static const char *const companions[] = {"-wal", "-shm", ""};

gboolean
disk_prepare_dir(const char *dir, GError **error)
{
	struct stat info;

	if (g_mkdir_with_parents(dir, 0700) < 0)
		return err_set(error, ERR_DISK, "The directory %s can't be made: %s. " ADVICE, dir,
			g_strerror(errno));
	if (stat(dir, &info) < 0)
		return err_set(error, ERR_DISK, "The directory %s can't be read: %s. " ADVICE, dir,
			g_strerror(errno));
	if (info.st_uid != geteuid())
		return err_set(error, ERR_DISK,
			"The directory %s belongs to another user; Postern keeps mail only in its "
			"own. " ADVICE,
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
		return err_set(error, ERR_DISK, "The file %s can't be made: %s. " ADVICE, file,
			g_strerror(errno));
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

/* ---- setting aside ---- */

gboolean
disk_exists(const char *file)
{
	struct stat info;

	return lstat(file, &info) == 0;
}

static char *
companion(const char *file, guint i)
{
	return g_strconcat(file, companions[i], NULL);
}

gboolean
disk_is_alone(const char *file)
{
	for (guint i = 0; i + 1 < G_N_ELEMENTS(companions); i++) {
		g_autofree char *name = companion(file, i);

		if (disk_exists(name))
			return FALSE;
	}
	return TRUE;
}

gboolean
disk_rename(const char *from, const char *to, GError **error)
{
	return rename(from, to) == 0 || err_set(error, ERR_DISK, "%s can't be renamed to %s: %s.",
						from, to, g_strerror(errno));
}

gboolean
disk_remove(const char *file, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(companions); i++) {
		g_autofree char *name = companion(file, i);

		if (unlink(name) < 0 && errno != ENOENT)
			return err_set(error, ERR_DISK, "The file %s can't be removed: %s.", name,
				g_strerror(errno));
	}
	return TRUE;
}

static gboolean
rename_all(const char *file, const char *to_file, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(companions); i++) {
		g_autofree char *from = companion(file, i), *to = companion(to_file, i);

		if (rename(from, to) < 0 && errno != ENOENT)
			return err_set(error, ERR_DISK, "The file %s can't be set aside: %s.", from,
				g_strerror(errno));
	}
	return TRUE;
}

gboolean
disk_set_aside(const char *file, char **out_name, GError **error)
{
	g_autofree char *bad = NULL;

	for (guint n = 1; n <= BAD_KEPT; n++) {
		g_free(bad);
		bad = g_strdup_printf("%s.bad-%u", file, n);
		if (!disk_exists(bad))
			break;
	}
	if (!rename_all(file, bad, error))
		return FALSE;
	*out_name = g_steal_pointer(&bad);
	return TRUE;
}

/* As FILE.damaged-2026-05-20, so that it is found by who looks for the day. */
static char *
dated_name(const char *file, guint n)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(clock_wall());
	g_autofree char *date = g_date_time_format(now, "%Y-%m-%d");

	return n > 1 ? g_strdup_printf("%s.damaged-%s-%u", file, date, n)
		     : g_strdup_printf("%s.damaged-%s", file, date);
}

static gboolean
is_free(const char *file)
{
	return !disk_exists(file) && disk_is_alone(file);
}

gboolean
disk_set_aside_dated(const char *file, char **out_name, GError **error)
{
	g_autofree char *name = dated_name(file, 1);

	for (guint n = 2; !is_free(name); n++) {
		g_free(name);
		name = dated_name(file, n);
	}
	if (!rename_all(file, name, error))
		return FALSE;
	*out_name = g_steal_pointer(&name);
	return TRUE;
}
