#include "base/flags.h"

#include <string.h>

enum {
	NAME_MAX_LEN = 100,
	KEYWORDS_MAX = 100,
};

/* In the order of flagset_to_string(). */
static const struct {
	const char *name;
	FlagBit bit;
} names[] = {
	{"\\Seen", FLAG_SEEN},
	{"\\Answered", FLAG_ANSWERED},
	{"\\Flagged", FLAG_FLAGGED},
	{"\\Deleted", FLAG_DELETED},
	{"\\Draft", FLAG_DRAFT},
	{"\\Recent", FLAG_RECENT},
	{"$Forwarded", FLAG_FORWARDED},
	{"$Junk", FLAG_JUNK},
	{"$NotJunk", FLAG_NOT_JUNK},
	{"$MDNSent", FLAG_MDN_SENT},
	{"$Phishing", FLAG_PHISHING},
	{"$Important", FLAG_IMPORTANT},
};

void
flagset_clear(FlagSet *set)
{
	g_clear_pointer(&set->keywords, g_strfreev);
	set->bits = 0;
}

FlagSet
flagset_copy(const FlagSet *set)
{
	return (FlagSet){set->bits, g_strdupv(set->keywords)};
}

static guint
count_keywords(const FlagSet *set)
{
	return set->keywords ? g_strv_length(set->keywords) : 0;
}

gboolean
flagset_equal(const FlagSet *a, const FlagSet *b)
{
	guint n = count_keywords(a);

	if (a->bits != b->bits || n != count_keywords(b))
		return FALSE;
	for (guint i = 0; i < n; i++)
		if (strcmp(a->keywords[i], b->keywords[i]) != 0)
			return FALSE;
	return TRUE;
}

gboolean
flagset_is_empty(const FlagSet *set)
{
	return set->bits == 0 && !set->keywords;
}

static guint32
bit_of(const char *name, gsize len)
{
	if (len < 2 || (name[0] != '\\' && name[0] != '$'))
		return 0;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (((names[i].name[1] ^ name[1]) & ~0x20) == 0 && strlen(names[i].name) == len &&
			g_ascii_strncasecmp(name, names[i].name, len) == 0)
			return names[i].bit;
	return 0;
}

/* An atom of RFC 3501, with the "\" of a flag extension in front or without; 8-bit bytes too, since
 * servers store what other clients sent. "\*" is no flag. */
static gboolean
is_name(const char *name, gsize len)
{
	if (len == 0 || len > NAME_MAX_LEN || (len == 1 && name[0] == '\\'))
		return FALSE;
	for (gsize i = name[0] == '\\' ? 1 : 0; i < len; i++)
		if ((guint8)name[i] <= ' ' || name[i] == 0x7f || strchr("(){%*\"\\]", name[i]))
			return FALSE;
	return TRUE;
}

/* Where KEYWORD stands or belongs. */
static guint
find_keyword(const FlagSet *set, const char *keyword, gboolean *out_found)
{
	guint i = 0;
	int order = 1;

	while (set->keywords && set->keywords[i] && (order = strcmp(set->keywords[i], keyword)) < 0)
		i++;
	*out_found = set->keywords && set->keywords[i] && order == 0;
	return i;
}

static void
add_keyword(FlagSet *set, const char *keyword)
{
	guint n = count_keywords(set), at;
	gboolean found;

	at = find_keyword(set, keyword, &found);
	if (found || n == KEYWORDS_MAX)
		return;
	set->keywords = g_renew(char *, set->keywords, n + 2);
	memmove(&set->keywords[at + 1], &set->keywords[at], (n - at) * sizeof(char *));
	set->keywords[at] = g_strdup(keyword);
	set->keywords[n + 1] = NULL;
}

static void
remove_keyword(FlagSet *set, const char *keyword)
{
	guint n = count_keywords(set), at;
	gboolean found;

	at = find_keyword(set, keyword, &found);
	if (!found)
		return;
	g_free(set->keywords[at]);
	memmove(&set->keywords[at], &set->keywords[at + 1], (n - at) * sizeof(char *));
	if (n == 1)
		g_clear_pointer(&set->keywords, g_free);
}

void
flagset_add_name(FlagSet *set, const char *name, gsize len)
{
	guint32 bit = bit_of(name, len);
	char keyword[NAME_MAX_LEN + 1];

	if (bit) {
		set->bits |= bit;
	} else if (is_name(name, len)) {
		memcpy(keyword, name, len);
		keyword[len] = '\0';
		add_keyword(set, keyword);
	}
}

void
flagset_add_set(FlagSet *set, const FlagSet *other)
{
	set->bits |= other->bits;
	for (char **keyword = other->keywords; keyword && *keyword; keyword++)
		add_keyword(set, *keyword);
}

void
flagset_remove_set(FlagSet *set, const FlagSet *other)
{
	if (set == other) {
		flagset_clear(set);
		return;
	}
	set->bits &= ~other->bits;
	for (char **keyword = other->keywords; keyword && *keyword; keyword++)
		remove_keyword(set, *keyword);
}

char *
flagset_to_string(const FlagSet *set)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (set->bits & names[i].bit & ~(guint32)FLAG_RECENT)
			g_string_append_printf(text, "%s%s", text->len ? " " : "", names[i].name);
	for (char **keyword = set->keywords; keyword && *keyword; keyword++)
		g_string_append_printf(text, "%s%s", text->len ? " " : "", *keyword);
	return g_string_free(text, FALSE);
}

FlagSet
flagset_parse(const char *text)
{
	FlagSet set = {0};

	while (*text) {
		gsize len = strcspn(text, " ");

		flagset_add_name(&set, text, len);
		text += len;
		text += strspn(text, " ");
	}
	return set;
}
