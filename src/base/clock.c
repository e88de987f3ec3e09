#include "base/clock.h"

static gint64 held_wall;

gint64
clock_mono_us(void)
{
	return g_get_monotonic_time();
}

gint64
clock_wall(void)
{
	return held_wall ? held_wall : g_get_real_time() / G_USEC_PER_SEC;
}

void
clock_hold_wall(gint64 seconds)
{
	held_wall = seconds;
}
