/*
 * What the actions that move about do to a list and to a text, the same in every view.
 */
#pragma once

#include "action.h"
#include "list.h"
#include "pager.h"
#include "view.h"

/* FALSE when ACTION does not move. */
gboolean moves_list(List *list, ActionId action);
gboolean moves_pager(Pager *pager, ActionId action);
/* The wheel; FALSE for other mouse events. */
gboolean moves_list_mouse(List *list, MouseKind kind);
gboolean moves_pager_mouse(Pager *pager, MouseKind kind);
