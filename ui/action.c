/* The table of actions; see action.h. */
#include "action.h"

#include <string.h>

/* Flat table, in the order of the help page. */
static const Action actions[] = {
	{ACTION_NEXT, "next", ACTION_ARG_NONE, FALSE, IN_ALL, "j, Down", NULL, "Go one line down"},
	{ACTION_PREVIOUS, "previous", ACTION_ARG_NONE, FALSE, IN_ALL, "k, Up", NULL,
		"Go one line up"},
	{ACTION_PAGE_DOWN, "page-down", ACTION_ARG_NONE, FALSE, IN_ALL, "PgDn, Ctrl-f", NULL,
		"Go a page down"},
	{ACTION_PAGE_UP, "page-up", ACTION_ARG_NONE, FALSE, IN_ALL, "PgUp, Ctrl-b", NULL,
		"Go a page up"},
	{ACTION_HALF_DOWN, "half-page-down", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-d", NULL,
		"Go half a page down"},
	{ACTION_HALF_UP, "half-page-up", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-u", NULL,
		"Go half a page up"},
	{ACTION_SCROLL_DOWN, "scroll-down", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-e", NULL,
		"Scroll down by a line"},
	{ACTION_SCROLL_UP, "scroll-up", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-y", NULL,
		"Scroll up by a line"},
	{ACTION_FIRST, "first", ACTION_ARG_NONE, FALSE, IN_ALL, "g, Home", NULL,
		"Go to the beginning"},
	{ACTION_LAST, "last", ACTION_ARG_NONE, FALSE, IN_ALL, "G, End", NULL, "Go to the end"},
	{ACTION_NEXT_MESSAGE, "next-message", ACTION_ARG_NONE, FALSE, IN_MAIL, "J, Ctrl-n", "next",
		"Read the next message of the list"},
	{ACTION_PREVIOUS_MESSAGE, "previous-message", ACTION_ARG_NONE, FALSE, IN_MAIL, "K, Ctrl-p",
		NULL, "Read the previous message of the list"},
	{ACTION_NEXT_UNREAD, "next-unread", ACTION_ARG_NONE, FALSE, IN_MAIL, "]", "next unread",
		"Go to the next unread message"},

	{ACTION_READ, "read", ACTION_ARG_NONE, FALSE, IN_FOLDERS | IN_INDEX | IN_PARTS,
		"Enter, l, Right", "read",
		"Open what is under the cursor: a message, a folder, a part"},
	{ACTION_OPEN, "open", ACTION_ARG_PLACE, FALSE, IN_ALL, "o", "open", "Open a folder"},
	{ACTION_CLOSE, "close", ACTION_ARG_NONE, FALSE,
		IN_FOLDERS | IN_PAGERS | IN_PARTS | IN_PICTURE, "q", "back", "Leave this view"},
	{ACTION_EXPAND, "expand", ACTION_ARG_NONE, FALSE, IN_FOLDERS, "+", NULL,
		"Show the folders in this one"},
	{ACTION_COLLAPSE, "collapse", ACTION_ARG_NONE, FALSE, IN_FOLDERS, "-, Left, h", NULL,
		"Hide the folders in this one"},
	{ACTION_FOCUS_NEXT, "focus-next", ACTION_ARG_NONE, FALSE, IN_FOLDERS | IN_INDEX | IN_READER,
		"Tab", "other pane", "Give the keys to the next pane"},
	{ACTION_FOCUS_PREVIOUS, "focus-previous", ACTION_ARG_NONE, FALSE,
		IN_FOLDERS | IN_INDEX | IN_READER, "Shift-Tab", NULL,
		"Give the keys to the pane before"},
	{ACTION_FOCUS_FOLDERS, "focus-folders", ACTION_ARG_NONE, FALSE, IN_INDEX | IN_READER, "",
		"folders", "Give the keys to the folders"},
	{ACTION_FOCUS_INDEX, "focus-index", ACTION_ARG_NONE, FALSE, IN_FOLDERS | IN_READER, "",
		NULL, "Give the keys to the list"},
	{ACTION_HEADERS, "headers", ACTION_ARG_NONE, FALSE, IN_READER, "h", "headers",
		"Show all header fields, or the usual ones"},
	{ACTION_SECURITY, "security", ACTION_ARG_NONE, FALSE, IN_READER, "S", NULL,
		"Say more of the signatures and the encryption, or less; check them, if they are "
		"not"},
	{ACTION_HTML, "html", ACTION_ARG_NONE, FALSE, IN_READER, "H", "HTML",
		"Show the HTML instead of the plain text, or back; remembered for the sender"},
	{ACTION_FOLD, "fold-quotes", ACTION_ARG_NONE, FALSE, IN_READER, "z", "fold quotes",
		"Show each long quote as one line, or in full"},
	{ACTION_LINK, "link", ACTION_ARG_LINK, FALSE, IN_READER, "l", "link",
		"Open a link by its number, once you have seen where it leads"},
	{ACTION_COPY_LINK, "copy-link", ACTION_ARG_LINK, FALSE, IN_READER, "y", NULL,
		"Copy where a link leads to the clipboard of the terminal, over SSH too"},

	{ACTION_SOURCE, "source", ACTION_ARG_NONE, FALSE, IN_READER, "\\", NULL,
		"Show the message as the server has it, header and all"},
	{ACTION_PRINT, "print", ACTION_ARG_NONE, FALSE, IN_READER, "p", NULL,
		"Give the text to the print-command"},

	{ACTION_PARTS, "parts", ACTION_ARG_NONE, FALSE, IN_READER, "v", "parts",
		"List the parts of the message, attachments among them"},
	{ACTION_SAVE_PART, "save-part", ACTION_ARG_FILE, FALSE, IN_READER | IN_PARTS, "s", "save",
		"Save an attachment or the marked parts"},
	{ACTION_SAVE_ALL, "save-all", ACTION_ARG_FILE, FALSE, IN_READER | IN_PARTS, "", NULL,
		"Save all attachments into a directory"},
	{ACTION_OPEN_PART, "open-part", ACTION_ARG_NONE, FALSE, IN_READER | IN_PARTS, "O", "open",
		"Open an attachment with the program for it; a message in a message is shown here"},
	{ACTION_PIPE_PART, "pipe-part", ACTION_ARG_TEXT, FALSE, IN_READER | IN_PARTS, "|", "pipe",
		"Give an attachment to a command of yours, on its standard input"},
	{ACTION_PICTURE, "picture", ACTION_ARG_NONE, FALSE, IN_READER | IN_PARTS, "i", "picture",
		"Show the first picture of the message, or this part, in the terminal"},
	{ACTION_STOP, "stop", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-g", NULL,
		"Stop fetching what is to be saved, opened, piped or shown"},

	{ACTION_MARK, "mark", ACTION_ARG_NONE, FALSE, IN_INDEX | IN_PARTS, "x", "mark",
		"Mark this message or part, or take its mark away"},
	{ACTION_MARK_ALL, "mark-all", ACTION_ARG_NONE, FALSE, IN_INDEX | IN_PARTS, "X", "mark all",
		"Mark every hit of the search, else every message; of parts, the attachments"},
	{ACTION_UNMARK_ALL, "unmark-all", ACTION_ARG_NONE, FALSE, IN_INDEX | IN_PARTS, "", "unmark",
		"Take all marks away"},
	{ACTION_MARK_READ, "mark-read", ACTION_ARG_NONE, FALSE, IN_MAIL, "R", NULL, "Mark as read"},
	{ACTION_MARK_UNREAD, "mark-unread", ACTION_ARG_NONE, FALSE, IN_MAIL, "U", NULL,
		"Mark as unread"},
	{ACTION_TOGGLE_FLAG, "toggle-flag", ACTION_ARG_NONE, FALSE, IN_MAIL, "f, !", "flag",
		"Flag, or take the flag away"},
	{ACTION_FLAG, "flag", ACTION_ARG_NONE, FALSE, IN_MAIL, "", NULL, "Flag as important"},
	{ACTION_UNFLAG, "unflag", ACTION_ARG_NONE, FALSE, IN_MAIL, "", NULL, "Take the flag away"},
	{ACTION_TAG, "tag", ACTION_ARG_TEXT, FALSE, IN_MAIL, "", NULL,
		"Give it a tag, a word that the server keeps"},
	{ACTION_UNTAG, "untag", ACTION_ARG_TEXT, FALSE, IN_MAIL, "", NULL, "Take a tag away"},
	{ACTION_DELETE, "delete", ACTION_ARG_NONE, FALSE, IN_MAIL, "d, Delete", "delete",
		"Move to the trash; in the trash, delete for good"},
	{ACTION_ARCHIVE, "archive", ACTION_ARG_NONE, FALSE, IN_MAIL, "a", "archive",
		"Move to the archive"},
	{ACTION_MOVE, "move", ACTION_ARG_FOLDER, FALSE, IN_MAIL, "m", "move", "Move to a folder"},
	{ACTION_COPY, "copy", ACTION_ARG_FOLDER, FALSE, IN_MAIL, "c", "copy", "Copy to a folder"},
	{ACTION_UNDO, "undo", ACTION_ARG_NONE, FALSE, IN_ALL, "u", "undo",
		"Take the last change back"},

	{ACTION_SEARCH, "search", ACTION_ARG_TEXT, FALSE, IN_ALL, "/", "search",
		"Search subjects, addresses and the messages that are here; in a text, the text"},
	{ACTION_SEARCH_TEXT, "search-text", ACTION_ARG_TEXT, FALSE, IN_INDEX, "", NULL,
		"Search whole messages, those on the server too"},
	{ACTION_SEARCH_NEXT, "search-next", ACTION_ARG_NONE, FALSE, IN_ALL, "n", "next hit",
		"Go to the next hit; without a search, to the next unread message"},
	{ACTION_SEARCH_PREVIOUS, "search-previous", ACTION_ARG_NONE, FALSE, IN_ALL, "N", NULL,
		"Go to the hit before"},

	{ACTION_COMMAND, "command", ACTION_ARG_NONE, FALSE, IN_ALL, ":", "command",
		"Type the name of an action"},
	{ACTION_HELP, "help", ACTION_ARG_NONE, FALSE, IN_ALL, "?, F1", "help", "Show this page"},
	{ACTION_LOG, "log", ACTION_ARG_NONE, FALSE, IN_ALL, "L", "log", "Show what happened"},
	{ACTION_RECONNECT, "reconnect", ACTION_ARG_NONE, FALSE, IN_ALL, "", NULL,
		"Connect to the server now"},
	{ACTION_OFFLINE, "offline", ACTION_ARG_NONE, FALSE, IN_ALL, "", NULL,
		"Close all connections; changes wait until you are online"},
	{ACTION_ONLINE, "online", ACTION_ARG_NONE, FALSE, IN_ALL, "", NULL, "Connect again"},
	{ACTION_THEME, "theme", ACTION_ARG_THEME, FALSE, IN_ALL, "", NULL,
		"Use another theme until the end"},
	{ACTION_REDRAW, "redraw", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-l", NULL,
		"Paint the screen anew"},
	{ACTION_SAVE_SCREEN, "save-screen", ACTION_ARG_FILE, FALSE, IN_ALL, "", NULL,
		"Write what the screen shows to a file"},
	{ACTION_WAIT_IDLE, "wait-idle", ACTION_ARG_TEXT, TRUE, 0, "", NULL,
		"In a script: wait until nothing is on the way, at most so many seconds"},
	{ACTION_ESCAPE, "escape", ACTION_ARG_NONE, FALSE, IN_ALL, "Esc", NULL,
		"Leave what is half done: a search, marks, a view"},
	{ACTION_SUSPEND, "suspend", ACTION_ARG_NONE, FALSE, IN_ALL, "Ctrl-z", NULL,
		"Go back to the shell for a while"},
	{ACTION_QUIT, "quit", ACTION_ARG_NONE, FALSE, IN_ALL, "Q, Ctrl-c", "quit",
		"Leave the program"},
};

static const char *const view_names[VIEW_COUNT] = {
	[VIEW_FOLDERS] = "folders",
	[VIEW_INDEX] = "index",
	[VIEW_READER] = "reader",
	[VIEW_HELP] = "help",
	[VIEW_LOG] = "log",
	[VIEW_SOURCE] = "source",
	[VIEW_PARTS] = "parts",
	[VIEW_PICTURE] = "picture",
};

const Action *
action_at(guint i)
{
	return i < G_N_ELEMENTS(actions) ? &actions[i] : NULL;
}

const Action *
action_get(ActionId id)
{
	for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
		if (actions[i].id == id)
			return &actions[i];
	}
	return NULL;
}

const Action *
action_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
		if (g_ascii_strcasecmp(actions[i].name, name) == 0)
			return &actions[i];
	}
	return NULL;
}

gboolean
view_is_page(ViewKind view)
{
	return view == VIEW_HELP || view == VIEW_LOG || view == VIEW_SOURCE || view == VIEW_PARTS ||
	       view == VIEW_PICTURE;
}

const char *
action_view_name(ViewKind view)
{
	return view < VIEW_COUNT ? view_names[view] : "";
}

gboolean
action_find_view(const char *name, ViewKind *out_view)
{
	for (guint i = 0; i < VIEW_COUNT; i++) {
		if (strcmp(view_names[i], name) == 0) {
			*out_view = (ViewKind)i;
			return TRUE;
		}
	}
	return FALSE;
}
