#include "mime/assumed.h"

#include "base/err.h"
#include "mime/charset.h"

#include <string.h>

#define WESTERN     "windows-1252"
#define MAX_LOOK    (16 * 1024) /* octets that decide */
#define REPLACEMENT "\xef\xbf\xbd"

static char **assumed; /* NULL: WESTERN */

static char **
split(const char *list)
{
	char **names = g_strsplit(list, ",", -1);
	guint n = 0;

	for (guint i = 0; names[i]; i++) {
		g_strstrip(names[i]);
		if (*names[i])
			names[n++] = names[i];
		else
			g_free(names[i]);
	}
	names[n] = NULL;
	return names;
}

gboolean
mime_assumed_check(const char *list, GError **error)
{
	g_auto(GStrv) names = split(list);

	for (guint i = 0; names[i]; i++)
		if (!mime_charset_says(names[i]))
			return err_set(error, ERR_CONFIG, "there is no charset \"%s\"", names[i]);
	return TRUE;
}

void
mime_assumed_set(const char *list)
{
	char **names = split(list);

	g_strfreev(assumed);
	assumed = *names ? names : NULL;
	if (!assumed)
		g_strfreev(names);
}

static gboolean
fits(const char *name, const char *bytes, gsize len)
{
	g_autoptr(MimeDecoder) decoder = mime_decoder_new(name);
	g_autoptr(GString) text = g_string_sized_new(2 * len);

	mime_decoder_feed(decoder, bytes, len, FALSE, text);
	return !strstr(text->str, REPLACEMENT);
}

const char *
mime_assumed_for(const char *bytes, gsize len)
{
	len = MIN(len, MAX_LOOK);
	/* The last one has to do. */
	for (guint i = 0; assumed && assumed[i]; i++)
		if (!assumed[i + 1] || fits(assumed[i], bytes, len))
			return assumed[i];
	return WESTERN;
}
