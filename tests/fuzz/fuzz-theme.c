/* A theme of any bytes: it is read or complained about by name, and every style has a look. */
#include "theme.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Theme) theme = theme_parse((const char *)data, size, "fuzz.theme", &error);
	if ((theme == NULL) != (error != NULL))
		abort();
	if (error != NULL && !g_str_has_prefix(error->message, "fuzz.theme"))
		abort();
	if (theme == NULL)
		return 0;
	theme_use_solid(theme);
	for (guint i = 0; i < STYLE_COUNT; i++) {
		const ThemeStyle *style = theme_style(theme, (Style)i);
		if (style->fg.kind > THEME_COLOR_RGB || style->bg.value > 0xffffff)
			abort();
	}
	return theme_title(theme) != NULL && theme_colors_needed(theme) <= 256 ? 0 : 1;
}
