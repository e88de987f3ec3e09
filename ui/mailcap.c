#include "mailcap.h"

#include <string.h>

enum { FILE_MAX = 1024 * 1024, TYPE_MAX = 127 };

static const char *const usual[] = {
	"/etc/mailcap", "/usr/share/etc/mailcap", "/usr/local/etc/mailcap"};

char *
mailcap_read(void)
{
	const char *list = g_getenv("MAILCAPS");
	g_autofree char *own = g_build_filename(g_get_home_dir(), ".mailcap", NULL);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	GString *all = g_string_new(NULL);
	g_strv_builder_add(builder, own);
	for (guint i = 0; i < G_N_ELEMENTS(usual); i++)
		g_strv_builder_add(builder, usual[i]);
	g_auto(GStrv) files = list ? g_strsplit(list, ":", -1) : g_strv_builder_end(builder);
	for (guint i = 0; files[i]; i++) {
		g_autofree char *text = NULL;
		gsize len;
		if (g_file_get_contents(files[i], &text, &len, NULL) && len <= FILE_MAX)
			g_string_append_printf(all, "%s\n", text);
	}
	return g_string_free(all, FALSE);
}

/* ---- what may be in a command ---- */

static gboolean
is_all(const char *text, const char *others)
{
	for (; *text; text++) {
		if (!g_ascii_isalnum(*text) && !strchr(others, *text))
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_safe_type(const char *type)
{
	const char *slash = strchr(type, '/');
	return slash && slash != type && slash[1] && !strchr(slash + 1, '/') && *type != '-' &&
	       strlen(type) <= TYPE_MAX && is_all(type, "/+-._");
}

static gboolean
is_safe_path(const char *path)
{
	return *path == '/' && is_all(path, "/+-._");
}

/* ---- entries ---- */

/* The fields of an entry, which are parted by ";" where no backslash is before it. */
static GPtrArray *
split_fields(const char *line)
{
	GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
	GString *field = g_string_new(NULL);
	for (;; line++) {
		if (*line == '\0' || *line == ';') {
			g_ptr_array_add(fields, g_strstrip(g_strdup(field->str)));
			g_string_truncate(field, 0);
			if (*line == '\0')
				break;
			continue;
		}
		if (*line == '\\' && line[1])
			line++;
		g_string_append_c(field, *line);
	}
	g_string_free(field, TRUE);
	return fields;
}

/* "image/png" by "image/png", "image/ *" (without the blank) and "image". */
static gboolean
type_matches(const char *wanted, const char *type)
{
	gsize len = strcspn(type, "/");
	if (g_ascii_strcasecmp(wanted, type) == 0)
		return TRUE;
	if (g_ascii_strncasecmp(wanted, type, len) != 0)
		return FALSE;
	return wanted[len] == '\0' || strcmp(wanted + len, "/*") == 0;
}

/* The value of field NAME: "" for one without, NULL when it is not there. */
static const char *
field_value(const GPtrArray *fields, const char *name)
{
	gsize len = strlen(name);
	for (guint i = 2; i < fields->len; i++) {
		const char *field = fields->pdata[i];
		if (g_ascii_strncasecmp(field, name, len) != 0)
			continue;
		const char *rest = field + len + strspn(field + len, " \t");
		if (*rest == '\0')
			return "";
		if (*rest == '=')
			return rest + 1 + strspn(rest + 1, " \t");
	}
	return NULL;
}

/* Tests are commands of a shell that would have to be waited for: of them only those are known that ask
 * for windows, which nearly all do. */
static gboolean
test_holds(const char *test, gboolean display)
{
	static const char *const windows[] = {"test -n \"$DISPLAY\"", "[ -n \"$DISPLAY\" ]",
		"test \"$DISPLAY\"", "test -n \"$DISPLAY\" -o -n \"$WAYLAND_DISPLAY\"",
		"test \"$DISPLAY\" != \"\"", "test -n $DISPLAY"};
	if (!test)
		return TRUE;
	if (strcmp(test, "test -z \"$DISPLAY\"") == 0)
		return !display;
	for (guint i = 0; i < G_N_ELEMENTS(windows); i++) {
		if (strcmp(test, windows[i]) == 0)
			return display;
	}
	return FALSE;
}

/* WORD with the path and the type in their places; NULL: it asks for something else. */
static char *
fill_in(const char *word, const char *type, const char *path, gboolean *placed)
{
	g_autoptr(GString) out = g_string_new(NULL);
	for (; *word; word++) {
		if (*word != '%') {
			g_string_append_c(out, *word);
			continue;
		}
		word++;
		*placed = *placed || *word == 's';
		if (*word == 's')
			g_string_append(out, path);
		else if (*word == 't')
			g_string_append(out, type);
		else if (*word == '%')
			g_string_append_c(out, '%');
		else
			return NULL;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* The words of COMMAND; a shell gets it only where it is written for one. NULL: it can't be used. */
static char **
command_words(const char *command, const char *type, const char *path)
{
	gboolean placed = FALSE, shell = strpbrk(command, "|&;<>()$`*?[#~") != NULL;
	const char *const line[] = {"/bin/sh", "-c", command, NULL};
	g_auto(GStrv) words = NULL;
	if (shell)
		words = g_strdupv((char **)line);
	else if (!g_shell_parse_argv(command, NULL, &words, NULL))
		return NULL;
	for (guint i = 0; words[i]; i++) {
		char *filled = fill_in(words[i], type, path, &placed);
		if (!filled)
			return NULL;
		g_free(words[i]);
		words[i] = filled;
	}
	/* Without a place for the name it would read its standard input. */
	return placed ? g_steal_pointer(&words) : NULL;
}

static gboolean
try_entry(const char *line, const char *type, const char *path, gboolean display,
	MailcapProgram *out_program)
{
	g_autoptr(GPtrArray) fields = split_fields(line);
	if (fields->len < 2 || !type_matches(fields->pdata[0], type) ||
		!test_holds(field_value(fields, "test"), display))
		return FALSE;
	char **argv = command_words(fields->pdata[1], type, path);
	if (!argv)
		return FALSE;
	*out_program = (MailcapProgram){.argv = argv,
		.terminal = field_value(fields, "needsterminal") != NULL,
		.output = field_value(fields, "copiousoutput") != NULL};
	return TRUE;
}

/* The line at *TEXT with those that it goes on in, and *TEXT behind them. */
static char *
next_line(const char **text)
{
	GString *line = g_string_new(NULL);
	gboolean goes_on;
	do {
		gsize len = strcspn(*text, "\n");
		goes_on = len > 0 && (*text)[len - 1] == '\\';
		g_string_append_len(line, *text, (gssize)(goes_on ? len - 1 : len));
		*text += len + ((*text)[len] == '\n' ? 1 : 0);
	} while (goes_on && **text);
	return g_strstrip(g_string_free(line, FALSE));
}

gboolean
mailcap_find(const char *text, const char *type, const char *path, gboolean display,
	MailcapProgram *out_program)
{
	if (!is_safe_type(type) || !is_safe_path(path))
		return FALSE;
	while (*text) {
		g_autofree char *line = next_line(&text);
		if (*line && *line != '#' && try_entry(line, type, path, display, out_program))
			return TRUE;
	}
	return FALSE;
}

void
mailcap_clear(MailcapProgram *program)
{
	g_clear_pointer(&program->argv, g_strfreev);
}
