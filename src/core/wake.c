#include "core/wake.h"

#include "base/log.h"

#include <time.h>

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

typedef struct {
	gint64 limit;     /* microseconds */
	gint64 began;     /* when the last wait ended; 0: not yet */
	gint64 processor; /* microseconds used until then */
} TurnClock;

/* A poll function has no user data. */
static TurnClock *
turn_clock(void)
{
	static TurnClock clock;

	return &clock;
}

static gint64
processor_time(void)
{
	struct timespec used = {0};

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static gint
timed_poll(GPollFD *fds, guint n, gint timeout)
{
	TurnClock *clock = turn_clock();
	gint64 took = g_get_monotonic_time() - clock->began;
	gint ready;

	/* The rest of the time the machine did something else. */
	if (clock->began && took > clock->limit)
		log_line(LOG_WARN, "loop", "busy for %d ms, %d of them at work", (int)(took / 1000),
			(int)((processor_time() - clock->processor) / 1000));
	ready = g_poll(fds, n, timeout);
	clock->began = g_get_monotonic_time();
	clock->processor = processor_time();
	return ready;
}

void
wake_watch_turns(guint limit_ms)
{
	turn_clock()->limit = (gint64)limit_ms * 1000;
	g_main_context_set_poll_func(NULL, timed_poll);
}
