#include "store/spool.h"

#include "base/err.h"
#include "base/log.h"
#include "store/disk.h"
#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct SpoolFile {
	char *dir, *name, *path;
	int fd;
	guint64 size;
	gboolean synced, dir_synced;
};

static char *
dir_of(const Store *store)
{
	g_autofree char *state = g_path_get_dirname(store->state->file);

	return g_build_filename(state, "spool", NULL);
}

/* Names are "INSTANCE-NUMBER": digits and one sign, nothing that leads elsewhere. */
static gboolean
is_name(const char *name)
{
	gsize digits = strspn(name, "0123456789");

	return digits && name[digits] == '-' && name[digits + 1] &&
	       strspn(name + digits + 1, "0123456789") == strlen(name + digits + 1);
}

static char *
path_of(const Store *store, const char *name)
{
	g_autofree char *dir = dir_of(store);

	return g_build_filename(dir, name, NULL);
}

/* ---- writing ---- */

static gboolean
trouble(const SpoolFile *file, GError **error)
{
	return err_set(error, ERR_DISK, "%s can't be written: %s.", file->path, g_strerror(errno));
}

SpoolFile *
spool_file_new(Store *store, GError **error)
{
	g_autoptr(SpoolFile) file = g_new0(SpoolFile, 1);

	file->fd = -1;
	file->dir = dir_of(store);
	file->name = g_strdup_printf(
		"%" G_GINT64_FORMAT "-%u", instance_id(store->instance), ++store->last_spool);
	file->path = g_build_filename(file->dir, file->name, NULL);
	if (!disk_prepare_dir(file->dir, error))
		return NULL;
	file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file->fd < 0) {
		(void)trouble(file, error);
		return NULL;
	}
	return g_steal_pointer(&file);
}

void
spool_file_free(SpoolFile *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	g_free(file->dir);
	g_free(file->name);
	g_free(file->path);
	g_free(file);
}

const char *
spool_file_name(const SpoolFile *file)
{
	return file->name;
}

guint64
spool_file_size(const SpoolFile *file)
{
	return file->size;
}

gboolean
spool_file_write(SpoolFile *file, const char *data, gsize len, GError **error)
{
	file->synced = FALSE;
	while (len) {
		gssize n = write(file->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trouble(file, error);
		data += n;
		len -= (gsize)n;
		file->size += (guint64)n;
	}
	return TRUE;
}

/* The name is in a directory, which is on the disk no sooner than the file. */
static gboolean
sync_dir(const SpoolFile *file)
{
	int fd = open(file->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return FALSE;
	result = fsync(fd);
	close(fd);
	return result == 0;
}

gboolean
spool_file_sync(SpoolFile *file, gboolean *out_done, GError **error)
{
	if (!file->synced) {
		if (fdatasync(file->fd) < 0)
			return trouble(file, error);
		file->synced = TRUE;
	} else if (!file->dir_synced) {
		if (!sync_dir(file))
			return trouble(file, error);
		file->dir_synced = TRUE;
	}
	*out_done = file->synced && file->dir_synced;
	return TRUE;
}

/* ---- reading ---- */

static GBytes *
map_file(int fd, gsize size)
{
	g_autoptr(GMappedFile) mapped = NULL;

	if (!size)
		return g_bytes_new_static("", 0);
	mapped = g_mapped_file_new_from_fd(fd, FALSE, NULL);
	return mapped && g_mapped_file_get_length(mapped) == size ? g_mapped_file_get_bytes(mapped)
								  : NULL;
}

GBytes *
store_spool_map(Store *store, const char *name, guint64 size, GError **error)
{
	g_autofree char *path = path_of(store, name);
	GBytes *bytes = NULL;
	struct stat info;
	int fd = is_name(name) ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;

	if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
		(guint64)info.st_size == size)
		bytes = map_file(fd, (gsize)size);
	if (fd >= 0)
		close(fd);
	if (!bytes)
		err_set(error, ERR_DISK, "%s is not as it was written.", path);
	return bytes;
}

void
store_spool_remove(Store *store, const char *name)
{
	g_autofree char *path = path_of(store, name);

	if (is_name(name) && unlink(path) < 0 && errno != ENOENT)
		log_line(LOG_WARN, "store", "%s can't be removed: %s", path, g_strerror(errno));
}

/* ---- what nobody wants ---- */

/* NULL when it can't be told. */
static GHashTable *
wanted_names(Store *store)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(Query) query = query_begin(store->state, "SELECT spool FROM parcel");

	while (query_next(&query))
		g_hash_table_add(names, query_get_string(&query));
	return query.code == SQLITE_DONE ? g_steal_pointer(&names) : NULL;
}

void
store_spool_clean(Store *store)
{
	g_autoptr(GHashTable) wanted = wanted_names(store);
	g_autofree char *path = dir_of(store);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (wanted && dir && (name = g_dir_read_name(dir))) {
		gint64 maker = g_ascii_strtoll(name, NULL, 10);

		if (is_name(name) && !g_hash_table_contains(wanted, name) &&
			!instance_is_other(store->instance, maker))
			store_spool_remove(store, name);
	}
}
