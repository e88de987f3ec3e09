#include "capture.h"

#include "base/child.h"
#include "base/err.h"

#include <signal.h>

enum { PIECE = 16384 };

struct Capture {
	GSubprocess *process;
	GCancellable *cancel;
	GByteArray *output;
	gsize output_max;
	CaptureDone done;
	gpointer user;
};

/* Whether all of it was taken does not matter: a program need not read to the end. */
static void
on_written(GObject *stream, GAsyncResult *result, gpointer user)
{
	g_autoptr(GBytes) input = user;
	(void)g_output_stream_write_all_finish(G_OUTPUT_STREAM(stream), result, NULL, NULL);
	g_output_stream_close_async(G_OUTPUT_STREAM(stream), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static void
write_input(Capture *capture, GBytes *input)
{
	g_output_stream_write_all_async(g_subprocess_get_stdin_pipe(capture->process),
		g_bytes_get_data(input, NULL), g_bytes_get_size(input), G_PRIORITY_DEFAULT,
		capture->cancel, on_written, g_bytes_ref(input));
}

static void read_more(Capture *capture);

static void
finish(Capture *capture, gboolean cut)
{
	g_autoptr(GBytes) output = g_bytes_new(capture->output->data, capture->output->len);
	capture->done(output, cut, capture->user);
}

/* Whoever sends what it says elsewhere has work to do after its last word here. */
static void
on_ended(GObject *process, GAsyncResult *result, gpointer user)
{
	if (g_subprocess_wait_finish(G_SUBPROCESS(process), result, NULL))
		finish(user, FALSE); /* else it is freed */
}

static void
on_read(GObject *stream, GAsyncResult *result, gpointer user)
{
	Capture *capture = user;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) piece =
		g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, &error);
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* it is freed */
	gsize len = piece ? g_bytes_get_size(piece) : 0;
	if (len > 0)
		g_byte_array_append(capture->output, g_bytes_get_data(piece, NULL), (guint)len);
	if (len == 0)
		g_subprocess_wait_async(capture->process, capture->cancel, on_ended, capture);
	else if (capture->output->len > capture->output_max)
		finish(capture, TRUE);
	else
		read_more(capture);
}

static void
read_more(Capture *capture)
{
	g_input_stream_read_bytes_async(g_subprocess_get_stdout_pipe(capture->process), PIECE,
		G_PRIORITY_DEFAULT, capture->cancel, on_read, capture);
}

Capture *
capture_new(const char *const *argv, GBytes *input, gsize output_max, CaptureDone done,
	gpointer user, GError **error)
{
	g_autoptr(GError) inner = NULL;
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE |
		(input ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE));
	g_subprocess_launcher_set_child_setup(launcher, child_lead, NULL, NULL);
	GSubprocess *process = g_subprocess_launcher_spawnv(launcher, argv, &inner);
	if (!process) {
		err_set(error, ERR_INPUT, "%s", inner->message);
		return NULL;
	}
	Capture *capture = g_new0(Capture, 1);
	*capture = (Capture){.process = process,
		.cancel = g_cancellable_new(),
		.output = g_byte_array_new(),
		.output_max = output_max,
		.done = done,
		.user = user};
	if (input)
		write_input(capture, input);
	read_more(capture);
	return capture;
}

void
capture_free(Capture *capture)
{
	if (!capture)
		return;
	g_cancellable_cancel(capture->cancel);
	child_signal(capture->process, SIGKILL);
	g_object_unref(capture->process);
	g_object_unref(capture->cancel);
	g_byte_array_unref(capture->output);
	g_free(capture);
}
