/* See view.h. */
#include "view.h"

View *
view_new(const ViewOps *ops, gpointer take_self)
{
	View *view = g_new0(View, 1);
	*view = (View){.ops = ops, .self = take_self, .dirty = TRUE};
	return view;
}

void
view_free(View *view)
{
	if (view == NULL)
		return;
	if (view->ops->free != NULL)
		view->ops->free(view->self);
	g_free(view);
}
