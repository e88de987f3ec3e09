/* How folders are shown: which is special, what stands below what, and in which order. */
#pragma once

#include "core/tree.h"

/* Sets role, name, depth and has_children of every Folder in FOLDERS and sorts them. */
void tree_order_folders(GPtrArray *folders, const AccountConfig *config);
