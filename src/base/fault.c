#include "base/fault.h"

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct {
	gboolean ready;
	gint64 countdown; /* points left to pass; 0: never stop */
	guint passed;     /* since the countdown was set */
	int log_fd;
} fault = {.log_fd = -1};

static void
fault_prepare(void)
{
	const char *count = g_getenv("POSTERN_FAULT");
	const char *file = g_getenv("POSTERN_FAULT_LOG");

	fault.ready = TRUE;
	if (count)
		fault.countdown = g_ascii_strtoll(count, NULL, 10);
	if (file)
		fault.log_fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void
fault_point(const char *name)
{
	if (!fault.ready)
		fault_prepare();
	if (fault.log_fd >= 0) {
		g_autofree char *line = g_strconcat(name, "\n", NULL);

		if (write(fault.log_fd, line, strlen(line)) < 0)
			fault.log_fd = -1;
	}
	fault.passed++;
	if (fault.countdown > 0 && --fault.countdown == 0)
		kill(getpid(), SIGKILL);
}

unsigned
fault_arm(unsigned n)
{
	unsigned passed = fault.passed;

	if (!fault.ready)
		fault_prepare();
	fault.countdown = n;
	fault.passed = 0;
	return passed;
}
