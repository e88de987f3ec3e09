#include "view-picture.h"

#include "date.h"
#include "mosaic.h"

#include <gio/gio.h>

enum { MARGIN = 1, HEAD_ROWS = 1 };

typedef struct Fit Fit;

typedef struct {
	App *app;
	char *name;
	gsize size;         /* of the file */
	Decoding *decoding; /* NULL: done */
	Picture picture;    /* without pixels: none */
	char *error;        /* why there is none; NULL: there is, or not yet */
	Fit *fit;           /* on its way; one at a time */
	gboolean stale;     /* the one on its way is not wanted any more */
	Pixels *pixels;     /* the picture in ROWS x COLS, where the terminal draws it */
	Mosaic *mosaic;     /* else */
	guint rows, cols;
} PictureView;

/* Pixels and mosaics are made by another thread, which has nothing but this. */
struct Fit {
	PictureView *view; /* of the main thread; NULL: it is closed */
	Picture picture;
	guint rows, cols;
	PaintMeans means;
	PixelsMeans pixels_means;
	Pixels *pixels; /* what came of it */
	Mosaic *mosaic;
};

static void
fit_free(gpointer data)
{
	Fit *fit = data;
	picture_clear(&fit->picture);
	pixels_unref(fit->pixels);
	mosaic_free(fit->mosaic);
	g_free(fit);
}

static void
make_fit(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
	Fit *fit = data;
	fit->pixels = pixels_new(&fit->picture, fit->cols, fit->rows, &fit->pixels_means);
	if (!fit->pixels)
		fit->mosaic = mosaic_new(&fit->picture, fit->cols, fit->rows, &fit->means);
	g_task_return_boolean(task, TRUE);
}

static void fit_again(PictureView *self);

static void
on_fitted(GObject *source, GAsyncResult *result, gpointer user)
{
	Fit *fit = g_task_get_task_data(G_TASK(result));
	PictureView *self = fit->view;
	if (!self)
		return;
	self->fit = NULL;
	if (self->stale) {
		fit_again(self);
		return;
	}
	self->pixels = g_steal_pointer(&fit->pixels);
	self->mosaic = g_steal_pointer(&fit->mosaic);
	app_mark(self->app, VIEW_PICTURE);
}

static void
forget_fit(PictureView *self)
{
	g_clear_pointer(&self->pixels, pixels_unref);
	g_clear_pointer(&self->mosaic, mosaic_free);
}

static void
leave_fit(PictureView *self)
{
	if (self->fit)
		self->fit->view = NULL;
	self->fit = NULL;
	forget_fit(self);
}

static void
fit_again(PictureView *self)
{
	forget_fit(self);
	app_mark(self->app, VIEW_PICTURE);
	self->stale = self->fit != NULL;
	if (self->fit || !self->picture.rgba || self->rows <= HEAD_ROWS)
		return;
	self->fit = g_new(Fit, 1);
	*self->fit = (Fit){.view = self,
		.picture = self->picture,
		.rows = self->rows - HEAD_ROWS,
		.cols = self->cols,
		.means = app_means(self->app),
		.pixels_means = app_pixels(self->app)};
	g_bytes_ref(self->picture.rgba);
	g_autoptr(GTask) task = g_task_new(NULL, NULL, on_fitted, NULL);
	g_task_set_task_data(task, self->fit, fit_free);
	g_task_run_in_thread(task, make_fit);
}

static void
on_decoded(const Picture *picture, const char *error, gpointer user)
{
	PictureView *self = user;
	g_clear_pointer(&self->decoding, decoding_free);
	if (picture) {
		self->picture = *picture;
		g_bytes_ref(self->picture.rgba);
	}
	self->error = g_strdup(error);
	fit_again(self);
}

void
view_picture_close(View *view)
{
	PictureView *self = view->self;
	g_clear_pointer(&self->decoding, decoding_free);
	leave_fit(self);
	g_clear_pointer(&self->error, g_free);
	g_clear_pointer(&self->name, g_free);
	picture_clear(&self->picture);
}

void
view_picture_show(View *view, const char *name, GBytes *bytes)
{
	PictureView *self = view->self;
	g_autoptr(GError) error = NULL;
	view_picture_close(view);
	self->name = g_strdup(name);
	self->size = g_bytes_get_size(bytes);
	(void)app_pixels(self->app); /* asks the terminal, which may answer meanwhile */
	self->decoding = decoding_new(bytes, on_decoded, self, &error);
	if (!self->decoding)
		self->error = g_strdup(error->message);
	app_mark(self->app, VIEW_PICTURE);
}

void
view_picture_restyle(View *view)
{
	fit_again(view->self);
}

gboolean
view_picture_is_idle(const View *view)
{
	const PictureView *self = view->self;
	return self->decoding == NULL && self->fit == NULL;
}

static ViewAnswer
picture_act(gpointer view, const Command *command, GError **error)
{
	PictureView *self = view;
	if (command->action->id != ACTION_STOP || !self->decoding)
		return VIEW_PASS;
	g_clear_pointer(&self->decoding, decoding_free);
	self->error = g_strdup("Stopped.");
	app_mark(self->app, VIEW_PICTURE);
	return VIEW_DONE;
}

/* ---- painting ---- */

static void
draw_head(const PictureView *self, Paint *paint)
{
	char size[SIZE_WORDS_MAX];
	guint cols = paint_cols(paint), margin = MIN(MARGIN, cols);
	size_words(self->size, size, sizeof size);
	g_autofree char *facts = self->picture.rgba
					 ? g_strdup_printf("%u x %u, %s ", self->picture.of_width,
						   self->picture.of_height, size)
					 : g_strdup_printf("%s ", size);
	guint right = MIN((guint)g_utf8_strlen(facts, -1) + 1, cols / 2);
	paint_fill(paint, 0, 0, cols, STYLE_READER);
	paint_text(paint, 0, margin, cols - right - MIN(margin, cols - right), STYLE_READER_HEADING,
		self->name && *self->name ? self->name : "Picture");
	paint_right(paint, 0, cols - right, right, STYLE_QUIET, facts);
}

/* The first cell of what has so many, in the middle. */
static void
centre(const Paint *paint, guint rows, guint cols, guint *out_top, guint *out_left)
{
	*out_left = (paint_cols(paint) - MIN(cols, paint_cols(paint))) / 2;
	*out_top = HEAD_ROWS + (paint_rows(paint) - MIN(HEAD_ROWS + rows, paint_rows(paint))) / 2;
}

static void
draw_pixels(Pixels *pixels, Paint *paint)
{
	guint top, left;
	centre(paint, pixels->rows, pixels->cols, &top, &left);
	paint_pixels(paint, top, left, pixels);
}

static void
draw_mosaic(const Mosaic *mosaic, Paint *paint)
{
	guint top, left;
	centre(paint, mosaic_rows(mosaic), mosaic_cols(mosaic), &top, &left);
	for (guint row = 0; row < mosaic_rows(mosaic); row++) {
		for (guint col = 0; col < mosaic_cols(mosaic); col++)
			paint_cell(paint, top + row, left + col, mosaic_cell(mosaic, row, col));
	}
}

static void
picture_draw(gpointer view, Paint *paint, gboolean focused)
{
	const PictureView *self = view;
	guint cols = paint_cols(paint);
	paint_fill_below(paint, 0, STYLE_READER);
	draw_head(self, paint);
	if (self->pixels)
		draw_pixels(self->pixels, paint);
	else if (self->mosaic)
		draw_mosaic(self->mosaic, paint);
	else if (paint_rows(paint) > HEAD_ROWS + 1)
		paint_piece(paint, HEAD_ROWS + 1, MARGIN, cols - MIN(MARGIN, cols),
			self->error ? STYLE_STATUS_ERROR : STYLE_READER_NOTE,
			self->error ? self->error : "Decoding …");
	if (focused)
		paint_cursor(paint, 0, 0);
}

static void
picture_resize(gpointer view, guint rows, guint cols)
{
	PictureView *self = view;
	self->rows = rows;
	self->cols = cols;
	fit_again(self);
}

static const ActionId *
picture_hints(gpointer view)
{
	static const ActionId hints[] = {ACTION_CLOSE, ACTION_HELP, ACTION_NONE};
	return hints;
}

static void
picture_free(gpointer view)
{
	PictureView *self = view;
	decoding_free(self->decoding);
	leave_fit(self);
	picture_clear(&self->picture);
	g_free(self->error);
	g_free(self->name);
	g_free(self);
}

View *
view_picture_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_PICTURE,
		.free = picture_free,
		.draw = picture_draw,
		.resize = picture_resize,
		.act = picture_act,
		.hints = picture_hints,
	};
	PictureView *self = g_new0(PictureView, 1);
	self->app = app;
	return view_new(&ops, self);
}
