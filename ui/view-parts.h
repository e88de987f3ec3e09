/*
 * The parts of the message that is read, as a tree to walk.
 */
#pragma once

#include "app.h"

View *view_parts_new(App *app);
/* Lists the parts of what the reader has open, with the cursor on the first attachment. */
void view_parts_show(View *view);
/* The marked parts, else the one under the cursor; appends guint, in the order of the list. */
void view_parts_chosen(const View *view, GArray *out_parts);
