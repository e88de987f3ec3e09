/* The lines that calendars (RFC 5545 3.1) and cards (RFC 6350 3.2, vCard 2.1) are made of:
 * "NAME;PARAM=value:text", folded. */
#pragma once

#include <glib.h>

enum { CONTENT_LINE_PARAMS = 32 };

typedef struct {
	char *name;  /* without a group, in upper case */
	char *value; /* as written, unfolded */
	/* "TYPE=HOME", in order; vCard 2.1's bare "HOME" has the name "TYPE". Values are cut at no comma
	 * and come without quotes. */
	char *param_names[CONTENT_LINE_PARAMS], *param_values[CONTENT_LINE_PARAMS];
	guint n_params;
} ContentLine;

/* Reads the line at *AT, which moves behind it; FALSE at the end. Lines without a colon and blank
 * ones are left out, of a line more than 64 KB too. TEXT: UTF-8. Free with content_line_clear(). */
gboolean content_line_next(const char **at, const char *end, ContentLine *out_line);
void content_line_clear(ContentLine *line);

/* The first parameter of that name, or NULL. */
const char *content_line_param(const ContentLine *line, const char *name);
/* The value as text: escapes, quoted-printable and charset undone. The caller's. */
char *content_line_text(const ContentLine *line);
/* The fields of a value such as N or ADR, each as text; at most MAX. */
GStrv content_line_fields(const ContentLine *line, guint max);
