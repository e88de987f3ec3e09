/* See frame.h. */
#include "frame.h"

enum {
	FRAME_US = 16000, /* between frames as long as something goes on */
	SOON_US = 2000,   /* between frames after a quiet time, for SPARE of them */
	SPARE = 3,
};

/* When a frame may be painted: in the long run one each FRAME_US, but what comes in a short burst,
 * as a connection being made and its first rows, does not wait for that. */
typedef struct {
	gint64 last; /* when one was painted */
	gint64 owed; /* when the frames painted so far would be over at FRAME_US each */
} Pace;

struct Frame {
	Term *term;
	FramePaint paint;
	gpointer user;
	gboolean dirty;
	gboolean hurry; /* a key waits for it */
	Pace all, hurried;
	guint source; /* the next paint, 0: none is due */
};

Frame *
frame_new(Term *term, FramePaint paint, gpointer user)
{
	Frame *frame = g_new0(Frame, 1);
	*frame = (Frame){.term = term, .paint = paint, .user = user};
	return frame;
}

static gint64
pace_next(const Pace *pace)
{
	return MAX(pace->last + SOON_US, pace->owed - (SPARE - 1) * FRAME_US);
}

static void
pace_step(Pace *pace, gint64 now)
{
	pace->last = now;
	pace->owed = MAX(pace->owed, now) + FRAME_US;
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
	gint64 now = g_get_monotonic_time();
	pace_step(&frame->all, now);
	if (frame->hurry)
		pace_step(&frame->hurried, now);
	frame->hurry = FALSE;
}

static gboolean
on_due(gpointer user)
{
	Frame *frame = user;
	frame->source = 0;
	frame_now(frame);
	return G_SOURCE_REMOVE;
}

/* Of the same priority as the network, so that no flood from there can hold it up; what a key has
 * done goes first, and does not wait for frames that a flood caused. */
static void
schedule(Frame *frame)
{
	if (!frame->dirty || frame->source != 0 || term_is_busy(frame->term))
		return;
	gint64 wait =
		pace_next(frame->hurry ? &frame->hurried : &frame->all) - g_get_monotonic_time();
	int priority = frame->hurry ? G_PRIORITY_HIGH : G_PRIORITY_DEFAULT;
	if (wait <= 0)
		frame->source = g_idle_add_full(priority, on_due, frame, NULL);
	else
		frame->source =
			g_timeout_add_full(priority, (guint)(wait / 1000) + 1, on_due, frame, NULL);
}

void
frame_request(Frame *frame)
{
	frame->dirty = TRUE;
	schedule(frame);
}

void
frame_hurry(Frame *frame)
{
	if (!frame->hurry)
		g_clear_handle_id(&frame->source, g_source_remove);
	term_hold_pixels(frame->term);
	frame->hurry = TRUE;
	frame_request(frame);
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
