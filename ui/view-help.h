/*
 * The help page, made from the action table and the keymap as they are now.
 */
#pragma once

#include "app.h"

View *view_help_new(App *app);
/* Makes the page, with what applies to VIEW first. */
void view_help_show(View *view, ViewKind about);
