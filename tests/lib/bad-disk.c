#include "bad-disk.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

typedef struct {
	sqlite3_file base;
	const char *name;
	sqlite3_file *real; /* lies behind this one */
} File;

static const char *failing;
static gboolean failing_reads;
static gboolean has_failed; /* the last that was done */
static sqlite3_vfs vfs;
static sqlite3_io_methods methods;

static sqlite3_vfs *
real_vfs(void)
{
	return vfs.pAppData;
}

static sqlite3_file *
real(sqlite3_file *file)
{
	return ((File *)file)->real;
}

static gboolean
fails(sqlite3_file *file)
{
	const char *name = ((File *)file)->name;

	has_failed = failing && name && strstr(name, failing);
	return has_failed;
}

static int
bad_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int
bad_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	if (failing_reads && fails(file))
		return SQLITE_IOERR_READ;
	return real(file)->pMethods->xRead(real(file), data, len, at);
}

static int
bad_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	return fails(file) ? SQLITE_IOERR_WRITE
			   : real(file)->pMethods->xWrite(real(file), data, len, at);
}

static int
bad_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return fails(file) ? SQLITE_IOERR_TRUNCATE
			   : real(file)->pMethods->xTruncate(real(file), size);
}

static int
bad_sync(sqlite3_file *file, int flags)
{
	return fails(file) ? SQLITE_IOERR_FSYNC : real(file)->pMethods->xSync(real(file), flags);
}

static int
bad_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int
bad_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int
bad_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int
bad_check_lock(sqlite3_file *file, int *result)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int
bad_control(sqlite3_file *file, int op, void *argument)
{
	return real(file)->pMethods->xFileControl(real(file), op, argument);
}

static int
bad_sector(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int
bad_characteristics(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int
bad_map(sqlite3_file *file, int page, int size, int extend, void volatile **data)
{
	return real(file)->pMethods->xShmMap(real(file), page, size, extend, data);
}

static int
bad_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void
bad_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int
bad_unmap(sqlite3_file *file, int remove)
{
	return real(file)->pMethods->xShmUnmap(real(file), remove);
}

static sqlite3_io_methods methods = {2, bad_close, bad_read, bad_write, bad_truncate, bad_sync,
	bad_size, bad_lock, bad_unlock, bad_check_lock, bad_control, bad_sector,
	bad_characteristics, bad_map, bad_shm_lock, bad_barrier, bad_unmap, NULL, NULL};

static int
bad_open(sqlite3_vfs *self, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
	File *file = (File *)base;
	int code;

	file->name = name;
	file->real = (sqlite3_file *)(file + 1);
	code = real_vfs()->xOpen(real_vfs(), name, file->real, flags, out_flags);
	base->pMethods = file->real->pMethods ? &methods : NULL;
	return code;
}

static int
bad_last_error(sqlite3_vfs *self, int len, char *text)
{
	if (has_failed)
		return EIO;
	return real_vfs()->xGetLastError(real_vfs(), len, text);
}

void
bad_disk_install(void)
{
	sqlite3_vfs *found = sqlite3_vfs_find(NULL);

	g_assert_nonnull(found);
	vfs = *found;
	vfs.pNext = NULL;
	vfs.zName = "bad-disk";
	vfs.pAppData = found;
	vfs.szOsFile = (int)sizeof(File) + found->szOsFile;
	vfs.xOpen = bad_open;
	vfs.xGetLastError = bad_last_error;
	g_assert_cmpint(sqlite3_vfs_register(&vfs, TRUE), ==, SQLITE_OK);
}

void
bad_disk_fail(const char *part, gboolean reads)
{
	failing = part;
	failing_reads = reads;
	has_failed = FALSE;
}
