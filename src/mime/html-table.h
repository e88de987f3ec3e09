/*
 * The innermost open table, whose lines wait until it ends: then it is shown as a table when each cell
 * is one short line, and else as its cells one after the other. Tables that hold tables are layout.
 */
#pragma once

#include "mime/html-line.h"

typedef struct HtmlTable HtmlTable;

HtmlTable *html_table_new(void);
void html_table_free(HtmlTable *table);

void html_table_begin_row(HtmlTable *table);
/* A cell over SPAN columns, from 1. */
void html_table_begin_cell(HtmlTable *table, guint span, gboolean right);
/* FALSE when it holds as much as a table may: it is layout, and nothing can be added. */
gboolean html_table_add(HtmlTable *table, HtmlLine *take_line);

/* The lines to show, in order; free with g_ptr_array_unref(). The table is empty then. */
GPtrArray *html_table_take(HtmlTable *table);
/* The same for a table that turned out to be layout. */
GPtrArray *html_table_take_flat(HtmlTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlTable, html_table_free)
