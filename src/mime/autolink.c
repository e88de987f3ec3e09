#include "mime/autolink.h"

#include <string.h>

enum { MAX_ADDRESS = 4096 };

static const char *const schemes[] = {"https://", "http://", "mailto:"};

/* Bytes of the scheme that TEXT begins with. */
static gsize
scheme_at(const char *text)
{
	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (g_ascii_strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
			return strlen(schemes[i]);
	return 0;
}

static gboolean
may_hold(char c)
{
	return g_ascii_isgraph(c) && !strchr("<>\"`{}|\\^", c);
}

static gint
count(const char *text, gsize len, char c)
{
	gint n = 0;

	for (gsize i = 0; i < len; i++)
		n += text[i] == c;
	return n;
}

/* LEN without what ends the sentence. A bracket that was opened in the address is a part of it. */
static gsize
without_punctuation(const char *text, gsize len)
{
	gint round = count(text, len, ')') - count(text, len, '(');
	gint square = count(text, len, ']') - count(text, len, '[');

	for (; len > 0; len--) {
		char last = text[len - 1];

		if (last == ')' && round > 0)
			round--;
		else if (last == ']' && square > 0)
			square--;
		else if (!strchr(".,;:!?'*_", last))
			break;
	}
	return len;
}

gsize
autolink_next(const char *text, gsize *out_start)
{
	for (const char *at = text; (at = strpbrk(at, "hHmM")); at++) {
		gsize scheme = at > text && g_ascii_isalnum(at[-1]) ? 0 : scheme_at(at);
		gsize len = scheme;

		/* Asked first, so that no text makes it look far for nothing again and again. */
		if (scheme == 0 || !g_ascii_isalnum(at[scheme]))
			continue;
		while (len < MAX_ADDRESS && may_hold(at[len]))
			len++;
		*out_start = (gsize)(at - text);
		return without_punctuation(at, len);
	}
	return 0;
}
