/* Two databases in a directory of their own, opened for each test and gone after it. */
#pragma once

#include "store/store.h"

typedef struct {
	char *root;
	char *state_dir, *cache_dir; /* do not exist until the store makes them */
	Store *store;
} Fixture;

void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);

/* Closes and opens; what was not committed before is committed by the closing. */
void fixture_reopen(Fixture *fixture);
void fixture_commit(Fixture *fixture);
/* A path below the root, the caller's. */
char *fixture_path(const Fixture *fixture, const char *name);

/* Removes PATH and what is below it; what is not there is no failure. */
void fixture_remove_tree(const char *path);

/* Asserts that DONE, and that nothing was said otherwise. */
void assert_done(gboolean done, GError *error);
