/*
 * What happened: the last lines of the log.
 */
#pragma once

#include "app.h"

View *view_log_new(App *app);
void view_log_show(View *view); /* reads the log as it is now */
