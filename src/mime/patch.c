#include "mime/patch.h"

#include "base/text.h"

#include <string.h>

#define MAX_HUNK 100000 /* lines of one side */

/* "@@ -12,7 +12,9 @@": the lines that follow are counted, so that nothing else is taken for a patch.
 * A missing count is 1. */
static gboolean
parse_hunk(const char *text, guint *out_old, guint *out_new)
{
	guint counts[2] = {1, 1};
	const char *s = text + 2;

	if (!g_str_has_prefix(text, "@@ -"))
		return FALSE;
	for (guint i = 0; i < 2; i++) {
		char *end;

		if (s[0] != ' ' || s[1] != "-+"[i] || !g_ascii_isdigit(s[2]))
			return FALSE;
		g_ascii_strtoull(s + 2, &end, 10);
		if (end[0] == ',' && g_ascii_isdigit(end[1])) {
			guint64 count = g_ascii_strtoull(end + 1, &end, 10);

			counts[i] = (guint)MIN(count, MAX_HUNK);
		}
		s = end;
	}
	if (!g_str_has_prefix(s, " @@"))
		return FALSE;
	*out_old = counts[0];
	*out_new = counts[1];
	return TRUE;
}

/* A line of the open hunk, which it uses up. */
static PatchLine
line_of_hunk(PatchState *state, const char *text, guint quote)
{
	gboolean old_side = *text != '+', new_side = *text != '-';

	if (state->old_left + state->new_left == 0)
		return PATCH_NONE;
	if (quote != state->quote || (*text && !strchr(" +-\\", *text))) {
		state->old_left = state->new_left = 0;
		return PATCH_NONE;
	}
	if (*text == '\\') /* "\ No newline at end of file" */
		return PATCH_CONTEXT;
	state->old_left -= MIN(state->old_left, old_side ? 1u : 0u);
	state->new_left -= MIN(state->new_left, new_side ? 1u : 0u);
	return old_side && new_side ? PATCH_CONTEXT : old_side ? PATCH_REMOVED : PATCH_ADDED;
}

static gboolean
is_file_line(const char *text)
{
	static const char *const starts[] = {"diff --git ", "diff -r ", "--- a/", "+++ b/",
		"--- /dev/null", "+++ /dev/null", "Index: ", "rename from ", "rename to ",
		"new file mode 1", "deleted file mode 1"};

	for (guint i = 0; i < G_N_ELEMENTS(starts); i++)
		if (g_str_has_prefix(text, starts[i]))
			return TRUE;
	return g_str_has_prefix(text, "index ") && strstr(text, "..");
}

PatchLine
patch_line(PatchState *state, const char *text, guint quote)
{
	PatchLine line = line_of_hunk(state, text, quote);

	if (line != PATCH_NONE)
		return line;
	if (parse_hunk(text, &state->old_left, &state->new_left)) {
		state->quote = quote;
		return PATCH_HUNK;
	}
	return is_file_line(text) ? PATCH_FILE : PATCH_NONE;
}

guint
patch_emphasis(PatchLine line)
{
	switch (line) {
	case PATCH_ADDED: return TEXT_ADDED;
	case PATCH_REMOVED: return TEXT_REMOVED;
	case PATCH_HUNK: return TEXT_HUNK;
	case PATCH_FILE: return TEXT_BOLD;
	case PATCH_NONE:
	case PATCH_CONTEXT: break;
	}
	return 0;
}
