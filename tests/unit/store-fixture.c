#include "store-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>

void
assert_done(gboolean done, GError *error)
{
	g_assert_no_error(error);
	g_assert_true(done);
}

static void
open_store(Fixture *fixture)
{
	GError *error = NULL;

	fixture->store = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(fixture->store);
}

void
fixture_set_up(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;

	fixture->root = g_dir_make_tmp("postern-store-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->state_dir = g_build_filename(fixture->root, "state", "postern", NULL);
	fixture->cache_dir = g_build_filename(fixture->root, "cache", "postern", NULL);
	open_store(fixture);
}

void
fixture_remove_tree(const char *path)
{
	g_autoptr(GDir) dir =
		g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		fixture_remove_tree(child);
	}
	g_assert_true(g_remove(path) == 0 || errno == ENOENT);
}

void
fixture_tear_down(Fixture *fixture, gconstpointer data)
{
	store_free(fixture->store);
	fixture_remove_tree(fixture->root);
	g_free(fixture->root);
	g_free(fixture->state_dir);
	g_free(fixture->cache_dir);
}

void
fixture_reopen(Fixture *fixture)
{
	store_free(fixture->store);
	open_store(fixture);
}

void
fixture_commit(Fixture *fixture)
{
	GError *error = NULL;
	gboolean done = store_commit(fixture->store, &error);

	assert_done(done, error);
	g_assert_false(store_has_changes(fixture->store));
}

char *
fixture_path(const Fixture *fixture, const char *name)
{
	return g_build_filename(fixture->root, name, NULL);
}
