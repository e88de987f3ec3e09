/* See graphics.h. Sequences: XTerm's control sequences, "Send Device Attributes" and "Window manipulation"; kitty's
 * graphics protocol, "Querying support". */
#include "graphics.h"

#include <string.h>

enum { CELL_MAX = 200, SIXEL = 4 };

const char *const graphics_question = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\\033[c";
const char *const graphics_question_size = "\033[16t";

/* "?62;4;22c": the level, then what it can do besides. */
static gboolean
has_attribute(const char *answer, guint wanted)
{
	for (const char *at = answer; (at = strchr(at, ';')) != NULL; at++) {
		if (g_ascii_strtoull(at + 1, NULL, 10) == wanted)
			return TRUE;
	}
	return FALSE;
}

/* "6;HEIGHT;WIDTHt" */
static gboolean
hear_size(Graphics *graphics, const char *answer)
{
	char *end;
	guint64 height = g_ascii_strtoull(answer + 2, &end, 10);
	guint64 width = *end == ';' ? g_ascii_strtoull(end + 1, &end, 10) : 0;
	if (strcmp(end, "t") != 0 || width == 0 || height == 0 || width > CELL_MAX ||
		height > CELL_MAX)
		return FALSE;
	graphics->cell_width = (guint)width;
	graphics->cell_height = (guint)height;
	return graphics->answered;
}

gboolean
graphics_hear(Graphics *graphics, const char *answer)
{
	if (g_str_has_prefix(answer, "6;"))
		return hear_size(graphics, answer);
	if (strcmp(answer, "Gi=31;OK") == 0)
		graphics->kitty = TRUE;
	if (*answer != '?' || !g_str_has_suffix(answer, "c") || graphics->answered)
		return FALSE;
	graphics->sixel = has_attribute(answer, SIXEL);
	graphics->answered = TRUE;
	return TRUE;
}

gboolean
graphics_is_inside(void)
{
	const char *type = g_getenv("TERM");
	return g_getenv("TMUX") || g_getenv("STY") ||
	       (type && (g_str_has_prefix(type, "tmux") || g_str_has_prefix(type, "screen")));
}

PixelsMeans
graphics_means(const Graphics *graphics, const char *mode, gboolean inside)
{
	PixelsMeans means = {PIXELS_NONE, graphics->cell_width, graphics->cell_height};
	if (means.cell_width == 0 || means.cell_height == 0)
		return means;
	if (strcmp(mode, "sixel") == 0)
		means.kind = PIXELS_SIXEL;
	else if (strcmp(mode, "kitty") == 0)
		means.kind = PIXELS_KITTY;
	else if (strcmp(mode, "auto") == 0 && !inside && graphics->answered)
		means.kind = graphics->kitty   ? PIXELS_KITTY
			     : graphics->sixel ? PIXELS_SIXEL
					       : PIXELS_NONE;
	return means;
}
