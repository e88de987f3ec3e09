#include "core/options.h"

#include "base/err.h"
#include "mime/assumed.h"

#include <string.h>

#define PROGRAM "postern"
#define ACCOUNT "account"

/* The man page postern-config(5) is checked against this table by tests/unit/test-config.c. */
static const EngineOption options[] = {
	{PROGRAM, "theme", ENGINE_OPTION_STRING, 0, 0, NULL, "dusk",
		"Name of a theme, or the path of a theme file."},
	{PROGRAM, "mouse", ENGINE_OPTION_BOOL, 0, 0, NULL, "true",
		"Use the mouse; false leaves it to the terminal."},
	{PROGRAM, "folder-width", ENGINE_OPTION_INT, 12, 60, NULL, "26",
		"Width of the folder pane in columns."},
	{PROGRAM, "mark-read", ENGINE_OPTION_CHOICE, 0, 0, "open never", "open",
		"When a message counts as read: once its text is shown, or never by itself."},
	{PROGRAM, "prefer-html", ENGINE_OPTION_BOOL, 0, 0, NULL, "false",
		"Of a message that comes both as plain text and as HTML, show the HTML."},
	{PROGRAM, "fold-quotes", ENGINE_OPTION_BOOL, 0, 0, NULL, "false",
		"Show each long quote of a message as one line at first."},
	{PROGRAM, "assumed-charsets", ENGINE_OPTION_STRING, 0, 0, NULL, "windows-1252",
		"What text is taken for that does not say its charset and is not UTF-8: charsets, "
		"separated by commas, of which the first is taken that has a character for "
		"every octet, such as euc-jp, windows-1251."},
	{PROGRAM, "browser-command", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"The command that opens a link, run without a shell; %s is the link, else it is "
		"the last word. Never put %s inside of a command for a shell (sh -c): a link may "
		"hold what "
		"a shell would run. Empty: xdg-open where there are windows, else links are copied "
		"to "
		"the clipboard of the terminal."},
	{PROGRAM, "print-command", ENGINE_OPTION_STRING, 0, 0, NULL, "lpr",
		"The command that prints: it gets the text of the message on its standard input, "
		"and "
		"is run without a shell."},
	{PROGRAM, "open-command", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"The command that opens attachments, run without a shell; %s is the file, which "
		"has "
		"a name of ours. Empty: what the mailcap files say, else xdg-open where there are "
		"windows."},
	{PROGRAM, "picture-mode", ENGINE_OPTION_CHOICE, 0, 0, "auto cells sixel kitty", "auto",
		"How pictures are shown: in cells of two colours each, which every terminal can "
		"do, or drawn by the terminal, as sixels or by kitty's protocol. With auto it is "
		"asked which of them it knows, but not inside of tmux and screen: they say what "
		"they know themselves, and leave pictures behind when they move a window."},
	{PROGRAM, "save-directory", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Where attachments are saved unless you say otherwise. Empty: your directory for "
		"downloads, else your home."},
	{PROGRAM, "terminal-programs", ENGINE_OPTION_STRING, 0, 0, NULL,
		"elinks less links lynx more most nano vi vim w3m",
		"Names of programs that need the terminal: they get it until they end. Others run "
		"beside Postern, with windows of their own."},
	{PROGRAM, "crypto", ENGINE_OPTION_BOOL, 0, 0, NULL, "true",
		"Check signatures and decrypt, by PGP and S/MIME, with your GnuPG."},
	{PROGRAM, "passphrase-prompt", ENGINE_OPTION_CHOICE, 0, 0, "postern agent", "postern",
		"Who asks for the passphrase of a PGP key: Postern, or GnuPG's agent in its own "
		"way, which must then have a window of its own. For S/MIME it is always Postern."},
	{PROGRAM, "default-account", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Name of the account that is opened at the start; empty: the first one."},
	{PROGRAM, "bell", ENGINE_OPTION_BOOL, 0, 0, NULL, "true",
		"Ring the terminal's bell when new mail comes."},
	{PROGRAM, "notify", ENGINE_OPTION_CHOICE, 0, 0, "none osc9 osc777 osc99", "none",
		"The control sequence by which the terminal is asked to show a notification of new "
		"mail: osc9 (iTerm2, WezTerm, Ghostty), osc777 (foot, urxvt, VTE), osc99 (kitty)."},
	{PROGRAM, "new-mail-command", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"A command that is run when new mail comes, without a shell; its environment says "
		"more: POSTERN_ACCOUNT, POSTERN_FOLDER, POSTERN_COUNT and, for a single message, "
		"POSTERN_FROM and POSTERN_SUBJECT."},
	{ACCOUNT, "address", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Your name and address: Alice Example <alice@example.org>."},
	{ACCOUNT, "imap", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"The server: imaps://USER@HOST[:PORT] (TLS from the start), imap://USER@HOST "
		"(STARTTLS, "
		"required), imap+insecure://USER@HOST (no TLS; loopback only)."},
	{ACCOUNT, "tunnel", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"A command that speaks IMAP on its standard input and output, instead of a "
		"connection."},
	{ACCOUNT, "password", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"The password itself; password-command is better."},
	{ACCOUNT, "password-command", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"A command whose first line of output is the password; run without a shell."},
	{ACCOUNT, "oauth-token-command", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"A command whose first line of output is an OAuth 2 access token."},
	{ACCOUNT, "mechanisms", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"SASL mechanisms that may be used, best first; empty: the best that the server "
		"has."},
	{ACCOUNT, "compress", ENGINE_OPTION_BOOL, 0, 0, NULL, "false",
		"Compress the connection where the server can; worth its round trip on slow "
		"lines."},
	{ACCOUNT, "connections", ENGINE_OPTION_INT, 2, 10, NULL, "3",
		"How many connections to the server may be open at a time."},
	{ACCOUNT, "keep-days", ENGINE_OPTION_INT, 0, 36500, NULL, "0",
		"Keep messages of so many last days on the disk, to be read without a line: header "
		"and text, no attachments. 0: only what was read."},
	{ACCOUNT, "keep-folders", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Folders whose messages are kept on the disk, separated by commas; * and ? stand "
		"for any characters: INBOX, Lists/*. With keep-days: only the last days of them; "
		"empty: of all folders but Junk and Trash."},
	{ACCOUNT, "keep-budget", ENGINE_OPTION_INT, 1, 1000000, NULL, "500",
		"How many MB of messages, read or kept, may be on the disk; the oldest give way."},
	{ACCOUNT, "tls-ca-file", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"PEM file of the authorities to trust, instead of the system's."},
	{ACCOUNT, "tls-pin", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"The one public key to trust: sha256: and the base64 hash of its "
		"SubjectPublicKeyInfo."},
	{ACCOUNT, "tls-client-cert", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"PEM file with a client certificate."},
	{ACCOUNT, "tls-client-key", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"PEM file with its key, when that is elsewhere."},
	{ACCOUNT, "folder-archive", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Folder to archive to; empty: the one that the server says."},
	{ACCOUNT, "folder-trash", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Folder for deleted messages; empty: the one that the server says."},
	{ACCOUNT, "folder-sent", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Folder of sent messages; empty: the one that the server says."},
	{ACCOUNT, "folder-drafts", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Folder of drafts; empty: the one that the server says."},
	{ACCOUNT, "folder-junk", ENGINE_OPTION_STRING, 0, 0, NULL, "",
		"Folder of junk; empty: the one that the server says."},
};

const EngineOption *
engine_option_at(guint i)
{
	return i < G_N_ELEMENTS(options) ? &options[i] : NULL;
}

const EngineOption *
option_find(const char *group, const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(options); i++)
		if (strcmp(options[i].group, group) == 0 && strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static gboolean
is_choice(const char *choices, const char *value)
{
	g_auto(GStrv) words = g_strsplit(choices, " ", -1);

	return g_strv_contains((const char *const *)words, value);
}

gboolean
option_check(const EngineOption *option, const char *value, GError **error)
{
	gint64 number;

	switch (option->type) {
	case ENGINE_OPTION_BOOL:
		if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
			return TRUE;
		return err_set(error, ERR_CONFIG, "%s must be true or false, not \"%s\"",
			option->name, value);
	case ENGINE_OPTION_INT:
		if (g_ascii_string_to_signed(value, 10, option->min, option->max, &number, NULL))
			return TRUE;
		return err_set(error, ERR_CONFIG,
			"%s must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
			", not \"%s\"",
			option->name, option->min, option->max, value);
	case ENGINE_OPTION_CHOICE:
		if (is_choice(option->choices, value))
			return TRUE;
		return err_set(error, ERR_CONFIG, "%s must be one of: %s; not \"%s\"", option->name,
			option->choices, value);
	case ENGINE_OPTION_STRING:
		return strcmp(option->name, "assumed-charsets") != 0 ||
		       mime_assumed_check(value, error);
	}
	return TRUE;
}
