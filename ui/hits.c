#include "hits.h"

#include "base/text.h"
#include "wrap.h"

enum { HITS_MAX = 1000000 };

struct Hits {
	char *needle;
	GArray *found; /* Hit */
	guint known;
};

Hits *
hits_new(const char *needle)
{
	g_autofree char *clean = text_clean(needle, -1, TEXT_LINE);
	if (*clean == '\0')
		return NULL;
	Hits *hits = g_new0(Hits, 1);
	hits->needle = text_fold(clean);
	hits->found = g_array_new(FALSE, FALSE, sizeof(Hit));
	return hits;
}

void
hits_free(Hits *hits)
{
	if (!hits)
		return;
	g_array_unref(hits->found);
	g_free(hits->needle);
	g_free(hits);
}

const char *
hits_needle(const Hits *hits)
{
	return hits->needle;
}

void
hits_forget(Hits *hits)
{
	g_array_set_size(hits->found, 0);
	hits->known = 0;
}

guint
hits_known(const Hits *hits)
{
	return hits->known;
}

void
hits_look(Hits *hits, const char *text, gsize len)
{
	guint32 paragraph = hits->known++;
	if (!text_contains(text, hits->needle))
		return;
	g_autofree char *prepared = wrap_prepare(text, len);
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	wrap_matches(prepared, hits->needle, spans);
	for (guint i = 0; i < spans->len && hits->found->len < HITS_MAX; i++) {
		Hit hit = {paragraph, (guint32)g_array_index(spans, WrapSpan, i).start};
		g_array_append_val(hits->found, hit);
	}
}

guint
hits_count(const Hits *hits)
{
	return hits->found->len;
}

Hit
hits_at(const Hits *hits, guint i)
{
	return g_array_index(hits->found, Hit, i);
}

static gboolean
is_before(Hit a, Hit b)
{
	return a.paragraph != b.paragraph ? a.paragraph < b.paragraph : a.start < b.start;
}

guint
hits_from(const Hits *hits, Hit from)
{
	guint low = 0, high = hits->found->len;
	while (low < high) {
		guint middle = low + (high - low) / 2;
		if (is_before(hits_at(hits, middle), from))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
