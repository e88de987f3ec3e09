/*
 * What happened, for bug reports: a ring of the last lines in memory, shown by the log view, and a
 * file of everything when the user asked for one with --log FILE (mode 0600), of 64 MiB at most: what
 * a server makes us write must not fill the disk.
 *
 * Lines may hold bytes from outside: they are filtered where they are shown, and escaped as in C in
 * the file. Secrets never come here: whoever logs a command of the wire leaves out the arguments of
 * AUTHENTICATE and LOGIN.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOG_WIRE,  /* one line of the protocol */
	LOG_INFO,  /* a step that a reader of the log wants to see */
	LOG_WARN,  /* something was odd and was lived with */
	LOG_ERROR, /* something failed and the user was told */
} LogLevel;

typedef struct {
	gint64 wall; /* seconds since 1970 */
	LogLevel level;
	const char *where; /* who says it, such as "imap work/1" */
	const char *text;
} LogLine;

/* Sends everything to FILE from now on; FALSE with ERROR when it can't be opened or is full already. */
gboolean log_open_file(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void log_line(LogLevel level, const char *where, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The ring, oldest first; NULL when I is past the end. Borrowed until the next log_line(). */
guint log_count(void);
const LogLine *log_get(guint i, LogLine *out_line);

/* Frees the ring and closes the file. */
void log_close(void);
