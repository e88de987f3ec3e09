/* See notify.h. */
#include "notify.h"

#include "base/text.h"

#include <string.h>

#define OSC "\033]"
#define ST  "\033\\"

enum { MAX_CELLS = 200 };

NotifyKind
notify_kind(const char *word)
{
	static const char *const words[] = {
		[NOTIFY_NONE] = "none",
		[NOTIFY_OSC9] = "osc9",
		[NOTIFY_OSC777] = "osc777",
		[NOTIFY_OSC99] = "osc99",
	};
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(words[i], word) == 0)
			return (NotifyKind)i;
	}
	return NOTIFY_NONE;
}

/* Without control characters, which text_clean() takes out, and without what separates parts: OSC 9
 * with "4;" is a progress bar in some terminals. */
static char *
harmless(const char *text)
{
	g_autofree char *clean = text_clean(text, -1, TEXT_LINE);
	return text_ellipsize(g_strdelimit(clean, ";", ','), MAX_CELLS);
}

char *
notify_bytes(NotifyKind kind, gboolean bell, const char *title, const char *text)
{
	g_autofree char *head = harmless(title), *body = harmless(text);
	const char *ring = bell ? "\a" : "";
	switch (kind) {
	case NOTIFY_OSC9: return g_strconcat(OSC "9;", body, ST, ring, NULL);
	case NOTIFY_OSC777: return g_strconcat(OSC "777;notify;", head, ";", body, ST, ring, NULL);
	case NOTIFY_OSC99:
		return g_strconcat(OSC "99;i=postern:d=0:p=title;", head, ST,
			OSC "99;i=postern:d=1:p=body;", body, ST, ring, NULL);
	case NOTIFY_NONE: break;
	}
	return g_strdup(ring);
}
