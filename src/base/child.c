#include "base/child.h"

#include <signal.h>
#include <unistd.h>

void
child_lead(gpointer unused)
{
	setsid();
}

/* The group of the program has its own number, since it leads its session. */
void
child_signal(GSubprocess *process, int signal)
{
	const char *id = g_subprocess_get_identifier(process);
	gint64 pid = id ? g_ascii_strtoll(id, NULL, 10) : 0;

	if (pid > 1)
		kill((pid_t)-pid, signal);
}
