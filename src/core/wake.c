#include "core/wake.h"

#include "base/log.h"

#define LOOK_SECONDS 5
/* The wall clock goes on while the machine sleeps, the monotonic one does not. Smaller jumps are
 * those of somebody who sets the clock. */
#define JUMP_US (20 * G_USEC_PER_SEC)

struct Wake {
	WakeCall call;
	gpointer user;
	guint timer;
	gint64 apart; /* wall clock less monotonic clock, microseconds */
};

static gint64
clocks_apart(void)
{
	return g_get_real_time() - g_get_monotonic_time();
}

static gboolean
on_look(gpointer user)
{
	Wake *wake = user;
	gint64 apart = clocks_apart();
	gint64 jump = apart - wake->apart;

	wake->apart = apart;
	if (jump < JUMP_US)
		return G_SOURCE_CONTINUE;
	log_line(LOG_INFO, "wake", "the machine was asleep for %d s", (int)(jump / G_USEC_PER_SEC));
	wake->call(wake->user);
	return G_SOURCE_CONTINUE;
}

Wake *
wake_new(WakeCall call, gpointer user)
{
	Wake *wake = g_new0(Wake, 1);

	wake->call = call;
	wake->user = user;
	wake->apart = clocks_apart();
	wake->timer = g_timeout_add_seconds(LOOK_SECONDS, on_look, wake);
	return wake;
}

void
wake_free(Wake *wake)
{
	if (!wake)
		return;
	g_source_remove(wake->timer);
	g_free(wake);
}

/* ---- long turns ---- */

/* Where the limit and the end of the last wait are kept; a poll function has no user data. */
static gint64 *
turn_clock(void)
{
	static gint64 limit_and_start[2];

	return limit_and_start;
}

static gint
timed_poll(GPollFD *fds, guint n, gint timeout)
{
	gint64 *clock = turn_clock();
	gint64 now = g_get_monotonic_time();
	gint ready;

	if (clock[1] && now - clock[1] > clock[0])
		log_line(LOG_WARN, "loop", "busy for %d ms", (int)((now - clock[1]) / 1000));
	ready = g_poll(fds, n, timeout);
	clock[1] = g_get_monotonic_time();
	return ready;
}

void
wake_watch_turns(guint limit_ms)
{
	turn_clock()[0] = (gint64)limit_ms * 1000;
	g_main_context_set_poll_func(NULL, timed_poll);
}
