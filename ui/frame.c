/* See frame.h. */
#include "frame.h"

enum { FRAME_US = 16000 };

struct Frame {
	Term *term;
	FramePaint paint;
	gpointer user;
	gboolean dirty;
	gint64 last;
	guint source; /* the next paint, 0: none is due */
};

Frame *
frame_new(Term *term, FramePaint paint, gpointer user)
{
	Frame *frame = g_new0(Frame, 1);
	*frame = (Frame){.term = term, .paint = paint, .user = user, .last = -FRAME_US};
	return frame;
}

void
frame_free(Frame *frame)
{
	if (frame == NULL)
		return;
	if (frame->source != 0)
		g_source_remove(frame->source);
	g_free(frame);
}

void
frame_now(Frame *frame)
{
	if (!frame->dirty)
		return;
	frame->dirty = FALSE;
	frame->paint(frame->user);
	term_flush(frame->term);
	frame->last = g_get_monotonic_time();
}

static gboolean
on_due(gpointer user)
{
	Frame *frame = user;
	frame->source = 0;
	frame_now(frame);
	return G_SOURCE_REMOVE;
}

/* Of the same priority as the network, so that no flood from there can hold it up. */
static void
schedule(Frame *frame)
{
	if (!frame->dirty || frame->source != 0 || term_is_busy(frame->term))
		return;
	gint64 wait = frame->last + FRAME_US - g_get_monotonic_time();
	if (wait <= 0)
		frame->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_due, frame, NULL);
	else
		frame->source = g_timeout_add_full(
			G_PRIORITY_DEFAULT, (guint)(wait / 1000) + 1, on_due, frame, NULL);
}

void
frame_request(Frame *frame)
{
	frame->dirty = TRUE;
	schedule(frame);
}

void
frame_drained(Frame *frame)
{
	schedule(frame);
}

gboolean
frame_is_clean(const Frame *frame)
{
	return !frame->dirty;
}
