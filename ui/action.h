/*
 * The table of everything a user can do. Key bindings, the ":" line with its completion, the hints
 * at the foot and the help page are made from it.
 */
#pragma once

#include <glib.h>

typedef enum {
	VIEW_FOLDERS,
	VIEW_INDEX,
	VIEW_READER,
	VIEW_HELP,
	VIEW_LOG,
	VIEW_SOURCE,
	VIEW_PARTS,
	VIEW_PICTURE,
	VIEW_COUNT,
} ViewKind;

/* Over everything else: help, the log and the like. Left, they give the keys back. */
gboolean view_is_page(ViewKind view);

/* Masks of views, 1 << ViewKind. */
#define IN_FOLDERS (1u << VIEW_FOLDERS)
#define IN_INDEX   (1u << VIEW_INDEX)
#define IN_READER  (1u << VIEW_READER)
#define IN_HELP    (1u << VIEW_HELP)
#define IN_LOG     (1u << VIEW_LOG)
#define IN_SOURCE  (1u << VIEW_SOURCE)
#define IN_PARTS   (1u << VIEW_PARTS)
#define IN_PICTURE (1u << VIEW_PICTURE)
#define IN_PAGERS  (IN_READER | IN_HELP | IN_LOG | IN_SOURCE)
#define IN_MAIL    (IN_INDEX | IN_READER)
#define IN_ALL     ((1u << VIEW_COUNT) - 1)

typedef enum {
	ACTION_NONE,
	/* moving about; carried out by the view with the focus */
	ACTION_NEXT,
	ACTION_PREVIOUS,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_PAGE_DOWN,
	ACTION_PAGE_UP,
	ACTION_HALF_DOWN,
	ACTION_HALF_UP,
	ACTION_SCROLL_DOWN, /* by a line, the cursor stays */
	ACTION_SCROLL_UP,
	ACTION_NEXT_MESSAGE, /* in the reader: the next one of the list */
	ACTION_PREVIOUS_MESSAGE,
	ACTION_NEXT_UNREAD,
	ACTION_EXPAND, /* a folder's children, in or out */
	ACTION_COLLAPSE,
	/* opening and closing */
	ACTION_READ, /* opens what is under the cursor: a message, a folder, a part */
	ACTION_OPEN, /* PLACE */
	ACTION_CLOSE,
	ACTION_FOCUS_NEXT,
	ACTION_FOCUS_PREVIOUS,
	ACTION_FOCUS_FOLDERS,
	ACTION_FOCUS_INDEX,
	/* in the reader */
	ACTION_HEADERS, /* all or the usual ones */
	ACTION_SECURITY,
	ACTION_HTML,      /* or plain text */
	ACTION_FOLD,      /* long quotes, or unfold them */
	ACTION_LINK,      /* NUMBER */
	ACTION_COPY_LINK, /* NUMBER */
	ACTION_SOURCE,
	ACTION_PRINT,
	/* on parts of a message: those that are marked, else the one under the cursor; see parting.c */
	ACTION_PARTS,     /* the list of them */
	ACTION_SAVE_PART, /* FILE */
	ACTION_SAVE_ALL,  /* FILE, a directory */
	ACTION_OPEN_PART,
	ACTION_PIPE_PART, /* TEXT, a command */
	ACTION_PICTURE,
	ACTION_STOP,
	/* on messages: those that are marked, else the one under the cursor; see filing.c */
	ACTION_MARK,
	ACTION_MARK_ALL,
	ACTION_UNMARK_ALL,
	ACTION_MARK_READ,
	ACTION_MARK_UNREAD,
	ACTION_FLAG,
	ACTION_UNFLAG,
	ACTION_TOGGLE_FLAG,
	ACTION_TAG,   /* TEXT */
	ACTION_UNTAG, /* TEXT */
	ACTION_MOVE,  /* FOLDER */
	ACTION_COPY,  /* FOLDER */
	ACTION_ARCHIVE,
	ACTION_DELETE,
	ACTION_UNDO,
	/* searching */
	ACTION_SEARCH,      /* TEXT; in pagers through their text, else by the server */
	ACTION_SEARCH_TEXT, /* TEXT; in the messages too */
	ACTION_SEARCH_NEXT,
	ACTION_SEARCH_PREVIOUS,
	/* the program */
	ACTION_COMMAND, /* the ":" line */
	ACTION_HELP,
	ACTION_LOG,
	ACTION_RECONNECT,
	ACTION_OFFLINE,
	ACTION_ONLINE,
	ACTION_THEME, /* NAME */
	ACTION_REDRAW,
	ACTION_SUSPEND,
	ACTION_SAVE_SCREEN, /* FILE */
	ACTION_WAIT_IDLE,
	ACTION_ESCAPE, /* leaves what is half done: search, marks */
	ACTION_QUIT,
	ACTION_COUNT,
} ActionId;

typedef enum {
	ACTION_ARG_NONE,
	ACTION_ARG_PLACE, /* a folder of any account, "work/Lists/kernel" */
	ACTION_ARG_FOLDER, /* where messages can go: "Lists/kernel", or "home/Archive" in another account */
	ACTION_ARG_TEXT,
	ACTION_ARG_FILE,
	ACTION_ARG_THEME,
	ACTION_ARG_LINK, /* of the message that is read, by its number */
} ActionArg;

typedef struct {
	ActionId id;
	const char *name; /* "mark-read" */
	ActionArg arg;    /* asked for in a prompt when it is missing */
	gboolean optional;
	guint views; /* where it makes sense */
	const char
		*keys; /* default keys, sequences separated by ", "; see keymap.h for exceptions */
	const char *hint; /* a word or two for the foot of the screen, or NULL: never there */
	const char *help; /* one sentence without a full stop */
} Action;

/* In the order of the help page; NULL past the end. */
const Action *action_at(guint i);
const Action *action_get(ActionId id); /* never NULL for a valid id */
const Action *action_find(const char *name);
/* "[keys index]": the name of a view; FALSE when there is none of that name. */
const char *action_view_name(ViewKind view);
gboolean action_find_view(const char *name, ViewKind *out_view);
