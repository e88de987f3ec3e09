/* Reads themes; see theme.h. */
#include "theme.h"

#include "theme-builtin.h"

#include "base/err.h"

#include <string.h>

enum { FILE_MAX = 64 * 1024 };

struct Theme {
	char *title;
	guint colors_needed;
	ThemeColor solid_fg, solid_bg;
	ThemeStyle styles[STYLE_COUNT];
};

static const char *const style_names[STYLE_COUNT] = {
	[STYLE_NORMAL] = "normal",
	[STYLE_QUIET] = "quiet",
	[STYLE_ACCENT] = "accent",
	[STYLE_BORDER] = "border",
	[STYLE_TITLE] = "title",
	[STYLE_TITLE_FOLDER] = "title.folder",
	[STYLE_TITLE_COUNT] = "title.count",
	[STYLE_TITLE_LIVE] = "title.live",
	[STYLE_TITLE_WAITING] = "title.waiting",
	[STYLE_TITLE_STOPPED] = "title.stopped",
	[STYLE_FOLDER] = "folder",
	[STYLE_FOLDER_ACCOUNT] = "folder.account",
	[STYLE_FOLDER_UNREAD] = "folder.unread",
	[STYLE_FOLDER_COUNT] = "folder.count",
	[STYLE_FOLDER_QUIET] = "folder.quiet",
	[STYLE_FOLDER_OPEN] = "folder.open",
	[STYLE_FOLDER_CURSOR] = "folder.cursor",
	[STYLE_FOLDER_CURSOR_AWAY] = "folder.cursor.away",
	[STYLE_FOLDER_LIVE] = "folder.live",
	[STYLE_FOLDER_WAITING] = "folder.waiting",
	[STYLE_FOLDER_STOPPED] = "folder.stopped",
	[STYLE_LIST] = "list",
	[STYLE_LIST_FROM] = "list.from",
	[STYLE_LIST_DATE] = "list.date",
	[STYLE_LIST_SIZE] = "list.size",
	[STYLE_LIST_GLYPH] = "list.glyph",
	[STYLE_LIST_UNREAD] = "list.unread",
	[STYLE_LIST_UNREAD_FROM] = "list.unread.from",
	[STYLE_LIST_UNREAD_DATE] = "list.unread.date",
	[STYLE_LIST_UNREAD_GLYPH] = "list.unread.glyph",
	[STYLE_LIST_FLAG_GLYPH] = "list.flag.glyph",
	[STYLE_LIST_MARK_GLYPH] = "list.mark.glyph",
	[STYLE_LIST_MARK] = "list.mark",
	[STYLE_LIST_MATCH] = "list.match",
	[STYLE_LIST_DELETED] = "list.deleted",
	[STYLE_LIST_WAITING] = "list.waiting",
	[STYLE_LIST_CURSOR] = "list.cursor",
	[STYLE_LIST_CURSOR_AWAY] = "list.cursor.away",
	[STYLE_READER] = "reader",
	[STYLE_READER_FIELD] = "reader.field",
	[STYLE_READER_VALUE] = "reader.value",
	[STYLE_READER_SUBJECT] = "reader.subject",
	[STYLE_READER_QUOTE1] = "reader.quote1",
	[STYLE_READER_QUOTE2] = "reader.quote2",
	[STYLE_READER_QUOTE3] = "reader.quote3",
	[STYLE_READER_SIGNATURE] = "reader.signature",
	[STYLE_READER_HEADING] = "reader.heading",
	[STYLE_READER_BOLD] = "reader.bold",
	[STYLE_READER_ITALIC] = "reader.italic",
	[STYLE_READER_UNDERLINE] = "reader.underline",
	[STYLE_READER_CODE] = "reader.code",
	[STYLE_READER_LINK] = "reader.link",
	[STYLE_READER_DELETED] = "reader.deleted",
	[STYLE_READER_ADDED] = "reader.added",
	[STYLE_READER_REMOVED] = "reader.removed",
	[STYLE_READER_HUNK] = "reader.hunk",
	[STYLE_READER_WARNING] = "reader.warning",
	[STYLE_READER_NOTE] = "reader.note",
	[STYLE_READER_PART] = "reader.part",
	[STYLE_READER_GOOD] = "reader.good",
	[STYLE_READER_UNSURE] = "reader.unsure",
	[STYLE_READER_BAD] = "reader.bad",
	[STYLE_READER_MATCH] = "reader.match",
	[STYLE_STATUS] = "status",
	[STYLE_STATUS_INFO] = "status.info",
	[STYLE_STATUS_WARNING] = "status.warning",
	[STYLE_STATUS_ERROR] = "status.error",
	[STYLE_STATUS_PENDING] = "status.pending",
	[STYLE_HINT] = "hint",
	[STYLE_HINT_KEY] = "hint.key",
	[STYLE_PROMPT] = "prompt",
	[STYLE_PROMPT_TEXT] = "prompt.text",
	[STYLE_PROMPT_CHOICE] = "prompt.choice",
	[STYLE_PROMPT_CURSOR] = "prompt.cursor",
	[STYLE_HELP] = "help",
	[STYLE_HELP_HEADING] = "help.heading",
	[STYLE_HELP_KEY] = "help.key",
	[STYLE_HELP_NAME] = "help.name",
	[STYLE_LOG] = "log",
	[STYLE_LOG_WIRE] = "log.wire",
	[STYLE_LOG_WARNING] = "log.warning",
	[STYLE_LOG_ERROR] = "log.error",
};

static const char *const sixteen[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan",
	"white", "bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue",
	"bright-magenta", "bright-cyan", "bright-white"};

static const struct {
	const char *name;
	ThemeAttribute bit;
} attributes[] = {
	{"bold", THEME_BOLD},
	{"dim", THEME_DIM},
	{"italic", THEME_ITALIC},
	{"underline", THEME_UNDERLINE},
	{"reverse", THEME_REVERSE},
};

/* What is being read, for complaints. */
typedef struct {
	GKeyFile *file;
	const char *name, *text;
} Reading;

/* GKeyFile forgets the lines: finds that of KEY in [GROUP] again; 0 when there is none. */
static guint
line_of(const char *text, const char *group, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *header = g_strdup_printf("[%s]", group);
	gboolean inside = FALSE;
	guint found = 0;
	for (guint i = 0; lines[i] != NULL; i++) {
		char *line = g_strstrip(lines[i]);
		if (*line == '[')
			inside = g_str_has_prefix(line, header);
		gsize len = strcspn(line, "=");
		while (len > 0 && g_ascii_isspace(line[len - 1]))
			len--;
		/* Of a key given twice GKeyFile takes the last. */
		if (inside && len == strlen(key) && strncmp(line, key, len) == 0)
			found = i + 1;
	}
	return found;
}

static gboolean G_GNUC_PRINTF(5, 6) complain(const Reading *in, const char *group, const char *key,
	GError **error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	return err_set(error, ERR_CONFIG, "%s:%u: [%s] %s: %s", in->name,
		line_of(in->text, group, key), group, key, what);
}

/* FALSE when WORD is no colour. DEPTH ends names that stand for themselves. */
static gboolean
read_color(const Reading *in, const char *word, guint depth, ThemeColor *out_color)
{
	guint64 value;
	if (strcmp(word, "-") == 0) {
		*out_color = (ThemeColor){THEME_COLOR_NONE, 0};
		return TRUE;
	}
	if (strcmp(word, "default") == 0) {
		*out_color = (ThemeColor){THEME_COLOR_DEFAULT, 0};
		return TRUE;
	}
	if (*word == '#') {
		if (strlen(word) != 7 ||
			!g_ascii_string_to_unsigned(word + 1, 16, 0, 0xffffff, &value, NULL))
			return FALSE;
		*out_color = (ThemeColor){THEME_COLOR_RGB, (guint32)value};
		return TRUE;
	}
	if (g_ascii_string_to_unsigned(word, 10, 0, 255, &value, NULL)) {
		*out_color = (ThemeColor){THEME_COLOR_INDEX, (guint32)value};
		return TRUE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(sixteen); i++) {
		if (strcmp(word, sixteen[i]) == 0) {
			*out_color = (ThemeColor){THEME_COLOR_INDEX, i};
			return TRUE;
		}
	}
	g_autofree char *named = g_key_file_get_string(in->file, "colors", word, NULL);
	return named != NULL && depth > 0 &&
	       read_color(in, g_strstrip(named), depth - 1, out_color);
}

static guint
read_attribute(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
		if (strcmp(word, attributes[i].name) == 0)
			return attributes[i].bit;
	}
	return 0;
}

/* FOREGROUND [BACKGROUND [ATTRIBUTE ...]] */
static gboolean
read_style(const Reading *in, const char *group, const char *key, ThemeStyle *out, GError **error)
{
	g_autofree char *value = g_key_file_get_string(in->file, group, key, NULL);
	if (value == NULL)
		return complain(in, group, key, error, "can't be read");
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	ThemeStyle style = {0};
	guint n = 0;
	for (char **word = words; *word != NULL; word++) {
		if (**word == '\0')
			continue;
		ThemeColor *color = n == 0 ? &style.fg : &style.bg;
		guint bit = n >= 2 ? read_attribute(*word) : 0;
		if (n < 2 && !read_color(in, *word, 4, color))
			return complain(in, group, key, error, "\"%s\" is not a colour", *word);
		if (n >= 2 && bit == 0)
			return complain(in, group, key, error,
				"\"%s\" is not bold, dim, italic, underline or reverse", *word);
		style.attributes |= bit;
		n++;
	}
	if (n == 0)
		return complain(in, group, key, error, "there is no colour");
	*out = style;
	return TRUE;
}

static gint
find_style(const char *name)
{
	for (gint i = 0; i < STYLE_COUNT; i++) {
		if (strcmp(style_names[i], name) == 0)
			return i;
	}
	return -1;
}

/* A style that is not given looks like its parent. */
static void
inherit(Theme *theme, const gboolean *given)
{
	/* Parents come before their children in the enum or are given their own look below. */
	for (gint i = 1; i < STYLE_COUNT; i++) {
		if (given[i])
			continue;
		g_autofree char *name = g_strdup(style_names[i]);
		gint parent = -1;
		for (char *dot; parent < 0 && (dot = strrchr(name, '.')) != NULL;) {
			*dot = '\0';
			parent = find_style(name);
		}
		theme->styles[i] = theme->styles[parent > 0 && parent < i ? parent : STYLE_NORMAL];
	}
}

static gboolean
read_styles(Theme *theme, const Reading *in, GError **error)
{
	gboolean given[STYLE_COUNT] = {FALSE};
	g_auto(GStrv) keys = g_key_file_get_keys(in->file, "styles", NULL, NULL);
	for (char **key = keys; key != NULL && *key != NULL; key++) {
		gint style = find_style(*key);
		if (style < 0)
			return complain(in, "styles", *key, error, "there is no such style");
		if (!read_style(in, "styles", *key, &theme->styles[style], error))
			return FALSE;
		given[style] = TRUE;
	}
	if (!given[STYLE_NORMAL])
		theme->styles[STYLE_NORMAL] =
			(ThemeStyle){{THEME_COLOR_DEFAULT, 0}, {THEME_COLOR_DEFAULT, 0}, 0};
	inherit(theme, given);
	return TRUE;
}

static gboolean
check_colors(const Reading *in, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(in->file, "colors", NULL, NULL);
	for (char **key = keys; key != NULL && *key != NULL; key++) {
		ThemeStyle unused;
		if (!read_style(in, "colors", *key, &unused, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_head(Theme *theme, const Reading *in, GError **error)
{
	theme->title = g_strdup(in->name);
	theme->colors_needed = 256;
	g_auto(GStrv) keys = g_key_file_get_keys(in->file, "theme", NULL, NULL);
	for (char **key = keys; key != NULL && *key != NULL; key++) {
		g_autofree char *value = g_key_file_get_string(in->file, "theme", *key, NULL);
		guint64 number = 0;
		if (value == NULL)
			return complain(in, "theme", *key, error, "can't be read");
		if (strcmp(*key, "title") == 0) {
			g_free(theme->title);
			theme->title = g_steal_pointer(&value);
		} else if (strcmp(*key, "colors") == 0) {
			if (!g_ascii_string_to_unsigned(value, 10, 0, 256, &number, NULL))
				return complain(in, "theme", *key, error, "must be 256, 16 or 0");
			theme->colors_needed = (guint)number;
		} else if (strcmp(*key, "solid") == 0) {
			ThemeStyle solid;
			if (!read_style(in, "theme", *key, &solid, error))
				return FALSE;
			theme->solid_fg = solid.fg;
			theme->solid_bg = solid.bg;
		} else {
			return complain(in, "theme", *key, error, "there is no such key");
		}
	}
	return TRUE;
}

static gboolean
check_groups(const Reading *in, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(in->file, NULL);
	for (char **group = groups; *group != NULL; group++) {
		if (strcmp(*group, "theme") != 0 && strcmp(*group, "colors") != 0 &&
			strcmp(*group, "styles") != 0)
			return err_set(error, ERR_CONFIG,
				"%s: there is no group [%s] in a theme, only [theme], [colors] and "
				"[styles]",
				in->name, *group);
	}
	return TRUE;
}

Theme *
theme_parse(const char *text, gsize len, const char *file, GError **error)
{
	g_autoptr(GKeyFile) keys = g_key_file_new();
	g_autoptr(GError) inner = NULL;
	if (len > FILE_MAX) {
		err_set(error, ERR_CONFIG, "%s: a theme has at most %d bytes", file, FILE_MAX);
		return NULL;
	}
	g_autofree char *copy = g_strndup(text, len);
	if (!g_key_file_load_from_data(keys, copy, strlen(copy), G_KEY_FILE_NONE, &inner)) {
		err_set(error, ERR_CONFIG, "%s: %s", file, inner->message);
		return NULL;
	}
	Reading in = {keys, file, copy};
	g_autoptr(Theme) theme = g_new0(Theme, 1);
	if (!check_groups(&in, error) || !read_head(theme, &in, error) ||
		!check_colors(&in, error) || !read_styles(theme, &in, error))
		return NULL;
	return g_steal_pointer(&theme);
}

void
theme_free(Theme *theme)
{
	if (theme == NULL)
		return;
	g_free(theme->title);
	g_free(theme);
}

static char *
user_dir(void)
{
	return g_build_filename(g_get_user_config_dir(), "postern", "themes", NULL);
}

static Theme *
load_file(const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) inner = NULL;
	gsize len;
	if (!g_file_get_contents(file, &text, &len, &inner)) {
		err_set(error, ERR_CONFIG, "The theme can't be read: %s", inner->message);
		return NULL;
	}
	return theme_parse(text, len, file, error);
}

static Theme *
load_named(const char *name, GError **error)
{
	if (strchr(name, '/') != NULL)
		return load_file(name, error);
	g_autofree char *dir = user_dir();
	g_autofree char *base = g_strconcat(name, ".theme", NULL);
	g_autofree char *file = g_build_filename(dir, base, NULL);
	if (g_file_test(file, G_FILE_TEST_EXISTS))
		return load_file(file, error);
	const ThemeBuiltin *builtin;
	for (guint i = 0; (builtin = theme_builtin_at(i)) != NULL; i++) {
		if (strcmp(builtin->name, name) == 0)
			return theme_parse(builtin->text, strlen(builtin->text), base, error);
	}
	g_autoptr(GPtrArray) names = theme_names();
	g_ptr_array_add(names, NULL);
	g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
	err_set(error, ERR_CONFIG, "There is no theme \"%s\"; there are %s", name, all);
	return NULL;
}

Theme *
theme_load(const char *name, GError **error)
{
	g_autofree char *bare = g_strstrip(g_strdup(name));
	gboolean solid = g_str_has_suffix(bare, " solid");
	if (solid)
		bare[strlen(bare) - strlen(" solid")] = '\0';
	Theme *theme = load_named(g_strstrip(bare), error);
	if (theme != NULL && solid)
		theme_use_solid(theme);
	return theme;
}

const ThemeStyle *
theme_style(const Theme *theme, Style style)
{
	return &theme->styles[style < STYLE_COUNT ? style : STYLE_NORMAL];
}

const char *
theme_title(const Theme *theme)
{
	return theme->title;
}

guint
theme_colors_needed(const Theme *theme)
{
	return theme->colors_needed;
}

/* "default" becomes the theme's own text and background. */
void
theme_use_solid(Theme *theme)
{
	for (guint i = 0; i < STYLE_COUNT; i++) {
		ThemeStyle *style = &theme->styles[i];
		if (style->fg.kind == THEME_COLOR_DEFAULT)
			style->fg = theme->solid_fg;
		if (style->bg.kind == THEME_COLOR_DEFAULT)
			style->bg = theme->solid_bg;
	}
}

const char *
theme_style_name(Style style)
{
	return style < STYLE_COUNT ? style_names[style] : "";
}

GPtrArray *
theme_names(void)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	const ThemeBuiltin *builtin;
	for (guint i = 0; (builtin = theme_builtin_at(i)) != NULL; i++)
		g_ptr_array_add(names, g_strdup(builtin->name));
	g_autofree char *path = user_dir();
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *entry;
	while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL && names->len < 100) {
		if (g_str_has_suffix(entry, ".theme"))
			g_ptr_array_add(names, g_strndup(entry, strlen(entry) - strlen(".theme")));
	}
	return names;
}
