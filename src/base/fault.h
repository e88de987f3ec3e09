/*
 * Named points at which a test kills the program: before and after everything that must survive.
 *
 * POSTERN_FAULT=N in the environment ends the process without any clean-up (SIGKILL) at the Nth
 * point that it passes; POSTERN_FAULT_LOG=FILE appends the name of each point passed, which is how
 * a test learns how many there are. Unset, a point costs one comparison.
 */
#pragma once

void fault_point(const char *name);
/* The same from here on as POSTERN_FAULT=N from the start; 0: never. How many points were passed since it
 * was said last. */
unsigned fault_arm(unsigned n);
