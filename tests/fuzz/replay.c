/* Runs a fuzz target over its corpus, one test for each file, so that what a fuzzer once found stays
 * found with any compiler. The target is named by the program: fuzz-NAME reads corpus/NAME. */

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
replay(gconstpointer user)
{
	g_autofree char *data = NULL;
	g_autoptr(GError) error = NULL;
	gsize len;

	g_file_get_contents(user, &data, &len, &error);
	g_assert_no_error(error);
	LLVMFuzzerTestOneInput((const guint8 *)data, len);
}

static void
add_file(const char *target, const char *folder, const char *file)
{
	g_autofree char *test = g_strdup_printf("/%s/%s", target, file);

	g_test_add_data_func_full(test, g_build_filename(folder, file, NULL), replay, g_free);
}

int
main(int argc, char **argv)
{
	g_autofree char *target = g_path_get_basename(argv[0]);
	const char *source = g_getenv("abs_top_srcdir");
	g_autofree char *folder = NULL;
	g_autoptr(GDir) dir = NULL;
	g_autoptr(GError) error = NULL;
	const char *file;

	g_test_init(&argc, &argv, NULL);
	folder = g_build_filename(
		source ? source : ".", "tests", "fuzz", "corpus", target + strlen("fuzz-"), NULL);
	dir = g_dir_open(folder, 0, &error);
	g_assert_no_error(error);
	while ((file = g_dir_read_name(dir)))
		add_file(target, folder, file);
	return g_test_run();
}
