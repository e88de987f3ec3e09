/*
 * The two clocks of the program. Deadlines use the monotonic one; dates that people see use the
 * wall clock, which a test may hold still.
 */
#pragma once

#include <glib.h>

/* Microseconds since some fixed point; never goes back. */
gint64 clock_mono_us(void);

/* Seconds since 1970 in UTC. */
gint64 clock_wall(void);

/* Holds clock_wall() at SECONDS; 0 lets it run again. For tests and for --script. */
void clock_hold_wall(gint64 seconds);
