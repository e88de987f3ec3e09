#include "store/instance.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "instance-"
#define SUFFIX ".lock"
/* A number is taken by chance, or its new file removed as one left behind: both are rare. */
#define TRIES 10

struct Instance {
	char *dir;
	gint64 id;
	int fd;
};

static char *
file_of(const char *dir, gint64 id)
{
	g_autofree char *name = g_strdup_printf(PREFIX "%" G_GINT64_FORMAT SUFFIX, id);

	return g_build_filename(dir, name, NULL);
}

/* The number in NAME, 0 when it is another kind of file. */
static gint64
id_in(const char *name)
{
	const char *number = name + strlen(PREFIX);
	char *end;
	gint64 id;

	if (!g_str_has_prefix(name, PREFIX) || !g_ascii_isdigit(*number))
		return 0;
	id = g_ascii_strtoll(number, &end, 10);
	return strcmp(end, SUFFIX) == 0 ? id : 0;
}

/* The lock is one of flock(): it belongs to the open file, not to the process, so that nothing else
 * that this program opens and closes can lose it. */
static gboolean
try_lock(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result < 0 && errno == EINTR);
	return result == 0;
}

/* Never the same twice: seeded by the kernel each time, also behind a fork. */
static gint64
new_id(void)
{
	GRand *random = g_rand_new();
	gint64 id = ((gint64)g_rand_int(random) << 30 ^ g_rand_int(random)) + 1;

	g_rand_free(random);
	return id;
}

/* Whether FD is locked and still has its name: before it was locked, another may have taken it for a
 * file left behind. */
static gboolean
holds(int fd)
{
	struct stat info;

	return try_lock(fd) && fstat(fd, &info) == 0 && info.st_nlink > 0;
}

/* FALSE: another number may do. */
static gboolean
take_id(Instance *instance, gint64 id)
{
	g_autofree char *file = file_of(instance->dir, id);
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0 && holds(fd)) {
		instance->id = id;
		instance->fd = fd;
		return TRUE;
	}
	if (fd >= 0)
		close(fd);
	return FALSE;
}

Instance *
instance_new(const char *dir, GError **error)
{
	g_autoptr(Instance) instance = g_new0(Instance, 1);

	instance->dir = g_canonicalize_filename(dir, NULL);
	instance->fd = -1;
	for (guint i = 0; i < TRIES; i++) {
		if (take_id(instance, new_id())) {
			(void)instance_is_alone(instance); /* looks at all, and so cleans up */
			return g_steal_pointer(&instance);
		}
	}
	err_set(error, ERR_DISK,
		"No file can be made and locked in the directory %s: %s. Let yourself write there, "
		"or "
		"name another place in the environment (XDG_STATE_HOME).",
		dir, g_strerror(errno));
	return NULL;
}

void
instance_free(Instance *instance)
{
	if (!instance)
		return;
	if (instance->fd >= 0) {
		g_autofree char *file = file_of(instance->dir, instance->id);

		if (unlink(file) < 0 && errno != ENOENT)
			log_line(LOG_WARN, "store", "%s can't be removed: %s", file,
				g_strerror(errno));
		close(instance->fd);
	}
	g_free(instance->dir);
	g_free(instance);
}

gint64
instance_id(const Instance *instance)
{
	return instance->id;
}

gboolean
instance_is_other(const Instance *instance, gint64 id)
{
	g_autofree char *file = file_of(instance->dir, id);
	gboolean dead;
	int fd;

	if (id == instance->id)
		return FALSE;
	fd = open(file, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno != ENOENT; /* what can't be asked may live */
	dead = try_lock(fd);
	if (dead)
		(void)unlink(file); /* if not, the next one tries again */
	close(fd);
	return !dead;
}

gboolean
instance_is_alone(const Instance *instance)
{
	g_autoptr(GDir) dir = g_dir_open(instance->dir, 0, NULL);
	gboolean alone = dir != NULL;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		gint64 id = id_in(name);

		if (id && instance_is_other(instance, id))
			alone = FALSE;
	}
	return alone;
}
