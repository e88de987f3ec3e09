#include "base/log.h"

#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define RING_LINES 2000
#define LINE_BYTES 1000 /* a longer line is cut */
#define FILE_MIB   64
#define FILE_BYTES ((gint64)FILE_MIB * 1024 * 1024)

typedef struct {
	gint64 wall;
	LogLevel level;
	char *where;
	char *text;
} Entry;

static struct {
	Entry ring[RING_LINES];
	guint64 written; /* lines ever logged */
	FILE *file;
	gint64 file_bytes;
} log_state;

static const char *const level_names[] = {
	[LOG_WIRE] = "wire",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

gboolean
log_open_file(const char *file, GError **error)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "a");
	struct stat info = {0};

	if (!stream) {
		err_set(error, ERR_DISK, "The log file %s can't be opened: %s.", file,
			g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return FALSE;
	}
	if (fstat(fd, &info) == 0 && info.st_size >= FILE_BYTES) {
		fclose(stream);
		return err_set(error, ERR_DISK,
			"The log file %s has %d MiB already: remove it, or name another.", file,
			FILE_MIB);
	}
	if (log_state.file)
		fclose(log_state.file);
	log_state.file = stream;
	log_state.file_bytes = info.st_size;
	setvbuf(log_state.file, NULL, _IOLBF, 0);
	return TRUE;
}

static void
entry_clear(Entry *entry)
{
	g_clear_pointer(&entry->where, g_free);
	g_clear_pointer(&entry->text, g_free);
}

/* Escaped, because people look at the file in a terminal; every line of it is one of ours. */
static void
write_entry(const Entry *entry)
{
	g_autofree char *text = g_strescape(entry->text, "\"");

	int n = fprintf(log_state.file, "%.3f %s %s: %s\n",
		(double)clock_mono_us() / G_USEC_PER_SEC, level_names[entry->level], entry->where,
		text);

	log_state.file_bytes += MAX(n, 0);
	if (log_state.file_bytes < FILE_BYTES)
		return;
	fprintf(log_state.file, "The log ends here: it has reached %d MiB.\n", FILE_MIB);
	fclose(log_state.file);
	log_state.file = NULL;
}

void
log_line(LogLevel level, const char *where, const char *format, ...)
{
	Entry *entry = &log_state.ring[log_state.written++ % RING_LINES];
	char text[LINE_BYTES];
	va_list args;

	va_start(args, format);
	g_vsnprintf(text, sizeof text, format, args);
	va_end(args);
	entry_clear(entry);
	entry->wall = clock_wall();
	entry->level = level;
	entry->where = g_strdup(where);
	entry->text = g_strdup(text);
	if (log_state.file)
		write_entry(entry);
}

guint
log_count(void)
{
	return (guint)MIN(log_state.written, RING_LINES);
}

const LogLine *
log_get(guint i, LogLine *out_line)
{
	guint64 oldest = log_state.written - log_count();
	const Entry *entry;

	if (i >= log_count())
		return NULL;
	entry = &log_state.ring[(oldest + i) % RING_LINES];
	*out_line = (LogLine){entry->wall, entry->level, entry->where, entry->text};
	return out_line;
}

void
log_close(void)
{
	for (guint i = 0; i < RING_LINES; i++)
		entry_clear(&log_state.ring[i]);
	log_state.written = 0;
	if (log_state.file)
		fclose(log_state.file);
	log_state.file = NULL;
}
