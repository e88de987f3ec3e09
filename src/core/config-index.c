#include "core/config-index.h"

#include "base/err.h"

#include <string.h>

struct ConfigIndex {
	GHashTable *lines; /* "group\nkey" or "group" -> line number */
};

static char *
make_name(const char *group, const char *key)
{
	return key ? g_strconcat(group, "\n", key, NULL) : g_strdup(group);
}

static gboolean
record(ConfigIndex *index, const char *group, const char *key, guint line, GError **error)
{
	g_autofree char *name = make_name(group, key);
	guint before = config_index_line(index, group, key);

	if (before && key)
		return err_set(error, ERR_CONFIG, "line %u: \"%s\" was already set in line %u",
			line, key, before);
	if (before)
		return err_set(error, ERR_CONFIG,
			"line %u: the section [%s] was already begun in line %u", line, group,
			before);
	g_hash_table_insert(index->lines, g_steal_pointer(&name), GUINT_TO_POINTER(line));
	return TRUE;
}

/* GROUP is the one that LINE stands in, replaced when LINE begins another. */
static gboolean
take_line(ConfigIndex *index, char **group, char *text, guint line, GError **error)
{
	char *end;

	g_strstrip(text);
	if (!*text || *text == '#')
		return TRUE;
	if (*text == '[') {
		end = strchr(text, ']');
		if (!end || end[1])
			return err_set(error, ERR_CONFIG,
				"line %u: \"%s\" begins like a section, which is [NAME] alone on "
				"its line",
				line, text);
		*end = '\0';
		if (!text[1] || strchr(text + 1, '['))
			return err_set(error, ERR_CONFIG,
				"line %u: a section needs a name without \"[\"", line);
		g_free(*group);
		*group = g_strdup(text + 1);
		return record(index, *group, NULL, line, error);
	}
	/* A key may be "=" itself in no way, so the first one ends it. */
	end = strchr(text, '=');
	if (!end || end == text)
		return err_set(error, ERR_CONFIG,
			"line %u: \"%s\" is neither KEY = VALUE nor [SECTION]", line, text);
	if (!*group)
		return err_set(error, ERR_CONFIG,
			"line %u: \"%s\" stands before the first section, such as [postern]", line,
			text);
	*end = '\0';
	/* GKeyFile takes them for the name of a language. */
	if (strpbrk(text, "[]"))
		return err_set(error, ERR_CONFIG,
			"line %u: the name \"%s\" can't hold \"[\" or \"]\"", line,
			g_strchomp(text));
	return record(index, *group, g_strchomp(text), line, error);
}

ConfigIndex *
config_index_new(const char *text, gsize len, GError **error)
{
	g_autoptr(ConfigIndex) index = g_new0(ConfigIndex, 1);
	g_autofree char *group = NULL;
	const char *end = text + len;
	guint number = 0;

	index->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	while (text < end) {
		const char *stop = memchr(text, '\n', (gsize)(end - text));
		g_autofree char *line = NULL;

		stop = stop ? stop : end;
		line = g_strndup(text, (gsize)(stop - text));
		if (!take_line(index, &group, line, ++number, error))
			return NULL;
		text = stop + 1;
	}
	return g_steal_pointer(&index);
}

void
config_index_free(ConfigIndex *index)
{
	if (!index)
		return;
	g_hash_table_unref(index->lines);
	g_free(index);
}

guint
config_index_line(const ConfigIndex *index, const char *group, const char *key)
{
	g_autofree char *name = make_name(group, key);

	return GPOINTER_TO_UINT(g_hash_table_lookup(index->lines, name));
}
