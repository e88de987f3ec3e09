/*
 * Themes: what each named style looks like. Knows colours but no terminal: paint.c turns these into
 * what the terminal has.
 *
 * A theme is a GKeyFile:
 *
 *   [theme]
 *   title = Dusk
 *   colors = 256                   # what it needs of the terminal: 256, 16 or 0
 *   solid = #d0d0d0 #1c1c1c        # text and background of its own, for "theme = dusk solid"
 *
 *   [colors]
 *   accent = #5fafd7               # names for the colours below
 *
 *   [styles]
 *   list.unread = default default bold
 *
 * A style is FOREGROUND [BACKGROUND [ATTRIBUTE ...]]; a colour is "default", "-" (left as what is
 * below), "#rrggbb", a number 0 to 255, a name of the sixteen ("blue", "bright-blue") or a name of
 * [colors]; an attribute is bold, dim, italic, underline or reverse. A style that is not given looks
 * like its parent: "list.cursor.away" like "list.cursor", that like "list", that like "normal".
 */
#pragma once

#include <glib.h>

typedef enum {
	STYLE_NORMAL, /* "normal": everything that has no style of its own */
	STYLE_QUIET,  /* secondary text */
	STYLE_ACCENT, /* the one accent */
	STYLE_BORDER, /* lines between panes */

	STYLE_TITLE, /* the top line; its background is that of the line */
	STYLE_TITLE_FOLDER,
	STYLE_TITLE_COUNT,
	STYLE_TITLE_LIVE,
	STYLE_TITLE_WAITING, /* connecting, waiting, offline */
	STYLE_TITLE_STOPPED,

	STYLE_FOLDER,
	STYLE_FOLDER_ACCOUNT,
	STYLE_FOLDER_UNREAD, /* the name of a folder with unread messages */
	STYLE_FOLDER_COUNT,
	STYLE_FOLDER_QUIET,       /* can't be opened: only holds others */
	STYLE_FOLDER_OPEN,        /* the open folder; a band */
	STYLE_FOLDER_CURSOR,      /* a band */
	STYLE_FOLDER_CURSOR_AWAY, /* a band, while another pane has the keys */
	STYLE_FOLDER_LIVE,        /* the signs of the account's state */
	STYLE_FOLDER_WAITING,
	STYLE_FOLDER_STOPPED,

	STYLE_LIST, /* a message that was read */
	STYLE_LIST_FROM,
	STYLE_LIST_DATE,
	STYLE_LIST_SIZE,
	STYLE_LIST_GLYPH, /* attachment and other signs */
	STYLE_LIST_UNREAD,
	STYLE_LIST_UNREAD_FROM,
	STYLE_LIST_UNREAD_DATE,
	STYLE_LIST_UNREAD_GLYPH,
	STYLE_LIST_FLAG_GLYPH, /* the star */
	STYLE_LIST_MARK_GLYPH, /* the sign of a marked row */
	STYLE_LIST_MARK,       /* a band: marked rows */
	STYLE_LIST_MATCH,      /* subject of a hit of the search */
	STYLE_LIST_DELETED,
	STYLE_LIST_WAITING, /* a placeholder, or a change not confirmed yet */
	STYLE_LIST_CURSOR,  /* a band */
	STYLE_LIST_CURSOR_AWAY,

	STYLE_READER,
	STYLE_READER_FIELD, /* "From" */
	STYLE_READER_VALUE,
	STYLE_READER_SUBJECT,
	STYLE_READER_QUOTE1,
	STYLE_READER_QUOTE2,
	STYLE_READER_QUOTE3,
	STYLE_READER_SIGNATURE,
	STYLE_READER_HEADING,
	STYLE_READER_BOLD,
	STYLE_READER_ITALIC,
	STYLE_READER_UNDERLINE,
	STYLE_READER_CODE,
	STYLE_READER_LINK,    /* with its number */
	STYLE_READER_DELETED, /* struck out by the sender */
	STYLE_READER_ADDED,   /* a line of a patch */
	STYLE_READER_REMOVED,
	STYLE_READER_HUNK,
	STYLE_READER_WARNING, /* a link that leads elsewhere than it says */
	STYLE_READER_NOTE,    /* said by Postern */
	STYLE_READER_PART,    /* a line for an attachment */
	STYLE_READER_GOOD,    /* what is said of signatures and encryption */
	STYLE_READER_UNSURE,
	STYLE_READER_BAD,
	STYLE_READER_MATCH,

	STYLE_STATUS, /* the status line */
	STYLE_STATUS_INFO,
	STYLE_STATUS_WARNING,
	STYLE_STATUS_ERROR,
	STYLE_STATUS_PENDING,
	STYLE_HINT, /* the line of hints at the foot */
	STYLE_HINT_KEY,

	STYLE_PROMPT, /* the label */
	STYLE_PROMPT_TEXT,
	STYLE_PROMPT_CHOICE,
	STYLE_PROMPT_CURSOR, /* a band: the choice under the cursor */

	STYLE_HELP,
	STYLE_HELP_HEADING,
	STYLE_HELP_KEY,
	STYLE_HELP_NAME,

	STYLE_LOG,
	STYLE_LOG_WIRE,
	STYLE_LOG_WARNING,
	STYLE_LOG_ERROR,

	STYLE_COUNT,
	STYLE_NONE = STYLE_COUNT, /* no band */
} Style;

typedef enum {
	THEME_COLOR_NONE,    /* what is below */
	THEME_COLOR_DEFAULT, /* the terminal's own */
	THEME_COLOR_INDEX,   /* VALUE of the 256 */
	THEME_COLOR_RGB,     /* VALUE is 0xrrggbb */
} ThemeColorKind;

typedef struct {
	ThemeColorKind kind;
	guint32 value;
} ThemeColor;

typedef enum {
	THEME_BOLD = 1 << 0,
	THEME_DIM = 1 << 1,
	THEME_ITALIC = 1 << 2,
	THEME_UNDERLINE = 1 << 3,
	THEME_REVERSE = 1 << 4,
} ThemeAttribute;

typedef struct {
	ThemeColor fg, bg;
	guint attributes; /* ThemeAttribute */
} ThemeStyle;

typedef struct Theme Theme;

/* NAME is a theme of the user's ($XDG_CONFIG_HOME/postern/themes) or of ours, or a path with a '/';
 * "NAME solid" paints its own background. NULL with ERR_CONFIG naming file, line and key. */
Theme *theme_load(const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FILE is named in errors. */
Theme *theme_parse(
	const char *text, gsize len, const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void theme_free(Theme *theme);

const ThemeStyle *theme_style(const Theme *theme, Style style);
const char *theme_title(const Theme *theme);
guint theme_colors_needed(const Theme *theme); /* 256, 16 or 0 */
void theme_use_solid(Theme *theme);

const char *theme_style_name(Style style);
/* Names of the themes that can be loaded; free with g_ptr_array_unref(). */
GPtrArray *theme_names(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Theme, theme_free)
