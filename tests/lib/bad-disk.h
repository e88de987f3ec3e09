/*
 * A disk that fails: SQLite's access to files whose name has a part in it gives EIO from the moment on when
 * that is said, as by a drive that dies or a file system that its kernel has shut.
 */
#pragma once

#include <glib.h>

/* Before the first database is opened. */
void bad_disk_install(void);
/* PART of the names, "cache.db" or its like, borrowed; NULL: all is well again. READS: those fail too. */
void bad_disk_fail(const char *part, gboolean reads);
