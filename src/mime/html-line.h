/* A line of the page while it is being made. */
#pragma once

#include "mime/body.h"

typedef struct {
	MimeLineKind kind;
	guint quote;
	gboolean gap; /* an empty line before it */
	char *lead;   /* or NULL */
	GString *text;
	GArray *spans; /* TextSpan */
	/* Its place in a table: */
	guint row, column, columns;
	gboolean right;
} HtmlLine;

HtmlLine *html_line_new(void);
void html_line_free(HtmlLine *line);
void html_line_append(HtmlLine *line, const char *text, gsize len, guint emphasis);
/* The text and spans of OTHER behind those of LINE. */
void html_line_append_line(HtmlLine *line, const HtmlLine *other);
/* Drops what nobody can see from the end: blanks of all kinds, characters without width. */
void html_line_trim(HtmlLine *line);

/* TRUE when there is nothing to see in TEXT. */
gboolean html_text_is_blank(const char *text, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlLine, html_line_free)
