/* Any text as a calendar, in one of three time zones, which the first byte chooses. */
#include "document-check.h"
#include "mime/calendar.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const char *const zones[] = {"UTC", "America/New_York", "Asia/Kolkata"};
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(GTimeZone) zone = NULL;
	g_autofree char *text = NULL;
	gboolean shown;

	if (size < 1)
		return 0;
	zone = g_time_zone_new_identifier(zones[data[0] % G_N_ELEMENTS(zones)]);
	text = g_utf8_make_valid((const char *)data + 1, (gssize)size - 1);
	shown = mime_calendar_render(text, strlen(text), zone, document);
	g_assert_cmpint(shown, ==, mime_document_count(document) > 0);
	document_check_sound(document);
	return 0;
}
