#include "imap/command-private.h"

#include "base/err.h"
#include "imap/utf7.h"

#include <string.h>

#define KNOWN_MAX 500 /* octets of the UIDs that SELECT names */

static const VerbInfo verbs[VERB_LAST] = {
	[VERB_CAPABILITY] = {"CAPABILITY", 0, IMAP_REPEAT_NEVER, "asking what it can"},
	[VERB_STARTTLS] = {"STARTTLS", 0, IMAP_REPEAT_NEVER, "agreeing on encryption"},
	[VERB_AUTHENTICATE] = {"AUTHENTICATE", HIDDEN, IMAP_REPEAT_NEVER, "logging in"},
	[VERB_LOGIN] = {"LOGIN", HIDDEN, IMAP_REPEAT_NEVER, "logging in"},
	[VERB_ID] = {"ID", GOES_AHEAD, IMAP_REPEAT_NEVER, "telling names"},
	[VERB_ENABLE] = {"ENABLE", GOES_AHEAD, IMAP_REPEAT_NEVER, "switching on what it can"},
	[VERB_COMPRESS] = {"COMPRESS", 0, IMAP_REPEAT_NEVER, "agreeing on compression"},
	[VERB_IDLE] = {"IDLE", 0, IMAP_REPEAT_NEVER, "waiting for news"},
	[VERB_NOOP] = {"NOOP", 0, IMAP_REPEAT_SAFE, "asking for news"},
	[VERB_LOGOUT] = {"LOGOUT", 0, IMAP_REPEAT_NEVER, "logging out"},
	[VERB_LIST] = {"LIST", GOES_AHEAD, IMAP_REPEAT_SAFE, "listing the folders"},
	[VERB_STATUS] = {"STATUS", GOES_AHEAD, IMAP_REPEAT_SAFE, "counting %s"},
	[VERB_NOTIFY] = {"NOTIFY", GOES_AHEAD, IMAP_REPEAT_NEVER, "asking for news of the folders"},
	[VERB_CREATE] = {"CREATE", 0, IMAP_REPEAT_CHECK, "creating %s"},
	[VERB_DELETE] = {"DELETE", 0, IMAP_REPEAT_CHECK, "removing %s"},
	[VERB_RENAME] = {"RENAME", 0, IMAP_REPEAT_CHECK, "renaming %s"},
	[VERB_SUBSCRIBE] = {"SUBSCRIBE", 0, IMAP_REPEAT_SAFE, "subscribing to %s"},
	[VERB_UNSUBSCRIBE] = {"UNSUBSCRIBE", 0, IMAP_REPEAT_SAFE, "unsubscribing from %s"},
	[VERB_SELECT] = {"SELECT", OPENS_MAILBOX | GOES_AHEAD, IMAP_REPEAT_NEVER, "opening %s"},
	[VERB_EXAMINE] = {"EXAMINE", OPENS_MAILBOX | GOES_AHEAD, IMAP_REPEAT_NEVER, "opening %s"},
	[VERB_UNSELECT] = {"UNSELECT", NEEDS_MAILBOX, IMAP_REPEAT_NEVER, "closing the folder"},
	[VERB_FETCH] = {"FETCH", NEEDS_MAILBOX | ONLY_READS | GOES_AHEAD, IMAP_REPEAT_SAFE,
		"listing messages"},
	[VERB_UID_FETCH] = {"UID FETCH", NEEDS_MAILBOX | ONLY_READS | GOES_AHEAD, IMAP_REPEAT_SAFE,
		"listing messages"},
	[VERB_FETCH_BODY] = {"UID FETCH", NEEDS_MAILBOX | ONLY_READS | GOES_AHEAD, IMAP_REPEAT_SAFE,
		"reading a message"},
	[VERB_STORE] = {"UID STORE", NEEDS_MAILBOX, IMAP_REPEAT_SAFE, "changing flags"},
	[VERB_MOVE] = {"UID MOVE", NEEDS_MAILBOX, IMAP_REPEAT_CHECK, "moving messages to %s"},
	[VERB_COPY] = {"UID COPY", NEEDS_MAILBOX, IMAP_REPEAT_CHECK, "copying messages to %s"},
	[VERB_EXPUNGE] = {"UID EXPUNGE", NEEDS_MAILBOX, IMAP_REPEAT_SAFE, "removing messages"},
	[VERB_SEARCH] = {"UID SEARCH", NEEDS_MAILBOX | ONLY_READS, IMAP_REPEAT_SAFE, "searching"},
	[VERB_APPEND] = {"APPEND", 0, IMAP_REPEAT_CHECK, "saving a message in %s"},
};

const VerbInfo *
verb_info(Verb verb)
{
	return &verbs[verb];
}

ImapCommand *
imap_command_new(Verb verb, const char *mailbox, const char *text)
{
	ImapCommand *command = g_new0(ImapCommand, 1);

	command->verb = verb;
	command->mailbox = g_strdup(mailbox);
	command->text = g_strdup(text);
	return command;
}

void
imap_command_free(ImapCommand *command)
{
	if (!command)
		return;
	g_free(command->mailbox);
	g_free(command->text);
	g_free(command->extra);
	uidset_free(command->uids);
	flagset_clear(&command->flags);
	g_clear_pointer(&command->bytes, g_bytes_unref);
	g_free(command);
}

ImapRepeat
imap_command_repeat(const ImapCommand *command)
{
	return verbs[command->verb].repeat;
}

/* ---- builders ---- */

ImapCommand *
imap_command_noop(void)
{
	return imap_command_new(VERB_NOOP, NULL, NULL);
}

ImapCommand *
imap_command_logout(void)
{
	return imap_command_new(VERB_LOGOUT, NULL, NULL);
}

ImapCommand *
imap_command_list(const char *pattern, gboolean with_counts)
{
	ImapCommand *command = imap_command_new(VERB_LIST, pattern, NULL);

	command->with_counts = with_counts;
	return command;
}

ImapCommand *
imap_command_status(const char *mailbox)
{
	return imap_command_new(VERB_STATUS, mailbox, NULL);
}

ImapCommand *
imap_command_notify(ImapWant want, gboolean with_counts)
{
	ImapCommand *command = imap_command_new(VERB_NOTIFY, NULL, NULL);

	command->want = want;
	command->with_counts = with_counts;
	return command;
}

ImapCommand *
imap_command_create(const char *mailbox)
{
	return imap_command_new(VERB_CREATE, mailbox, NULL);
}

ImapCommand *
imap_command_delete(const char *mailbox)
{
	return imap_command_new(VERB_DELETE, mailbox, NULL);
}

ImapCommand *
imap_command_rename(const char *mailbox, const char *to)
{
	return imap_command_new(VERB_RENAME, mailbox, to);
}

ImapCommand *
imap_command_subscribe(const char *mailbox, gboolean subscribe)
{
	return imap_command_new(subscribe ? VERB_SUBSCRIBE : VERB_UNSUBSCRIBE, mailbox, NULL);
}

ImapCommand *
imap_command_select(const char *mailbox, gboolean read_only)
{
	return imap_command_new(read_only ? VERB_EXAMINE : VERB_SELECT, mailbox, NULL);
}

/* Long sets of UIDs are widened: the server may then name some that were never known. */
static char *
known_text(const UidSet *known)
{
	g_autofree char *text = uidset_to_string(known);

	if (strlen(text) <= KNOWN_MAX)
		return *text ? g_steal_pointer(&text) : NULL;
	return g_strdup_printf("%u:%u", uidset_min(known), uidset_max(known));
}

ImapCommand *
imap_command_select_known(const char *mailbox, gboolean read_only, guint32 uidvalidity,
	guint64 modseq, const UidSet *known)
{
	ImapCommand *command = imap_command_select(mailbox, read_only);

	command->uidvalidity = uidvalidity;
	command->since = uidvalidity ? modseq : 0;
	command->extra = known ? known_text(known) : NULL;
	return command;
}

ImapCommand *
imap_command_unselect(void)
{
	return imap_command_new(VERB_UNSELECT, NULL, NULL);
}

ImapCommand *
imap_command_fetch_positions(guint32 first, guint32 last, ImapWant want)
{
	ImapCommand *command = imap_command_new(VERB_FETCH, NULL, NULL);

	command->first = MIN(first, last);
	command->last = MAX(first, last);
	command->want = want;
	return command;
}

static ImapCommand *
new_on_uids(Verb verb, UidSet *take_uids, const char *mailbox)
{
	ImapCommand *command = imap_command_new(verb, mailbox, NULL);

	command->uids = take_uids;
	return command;
}

ImapCommand *
imap_command_fetch_uids(UidSet *take_uids, ImapWant want, guint64 changed_since)
{
	ImapCommand *command = new_on_uids(VERB_UID_FETCH, take_uids, NULL);

	command->want = want;
	command->since = changed_since;
	return command;
}

ImapCommand *
imap_command_fetch_body(guint32 uid, const char *section, guint64 offset, guint64 length)
{
	ImapCommand *command = imap_command_new(VERB_FETCH_BODY, NULL, section);

	command->uids = uidset_new_range(uid, uid);
	command->offset = offset;
	command->length = length;
	return command;
}

ImapCommand *
imap_command_fetch_binary(guint32 uid, const char *section, guint64 offset, guint64 length)
{
	ImapCommand *command = imap_command_fetch_body(uid, section, offset, length);

	command->binary = TRUE;
	return command;
}

ImapCommand *
imap_command_fetch_bodies(UidSet *take_uids, const char *section)
{
	ImapCommand *command = new_on_uids(VERB_FETCH_BODY, take_uids, NULL);

	command->text = g_strdup(section);
	return command;
}

ImapCommand *
imap_command_store(
	UidSet *take_uids, ImapStoreMode mode, const FlagSet *flags, guint64 unchanged_since)
{
	ImapCommand *command = new_on_uids(VERB_STORE, take_uids, NULL);

	command->mode = mode;
	command->flags = flagset_copy(flags);
	command->since = unchanged_since;
	return command;
}

ImapCommand *
imap_command_move(UidSet *take_uids, const char *mailbox)
{
	return new_on_uids(VERB_MOVE, take_uids, mailbox);
}

ImapCommand *
imap_command_copy(UidSet *take_uids, const char *mailbox)
{
	return new_on_uids(VERB_COPY, take_uids, mailbox);
}

ImapCommand *
imap_command_uid_expunge(UidSet *take_uids)
{
	return new_on_uids(VERB_EXPUNGE, take_uids, NULL);
}

ImapCommand *
imap_command_search(ImapSearchKind kind, const char *text)
{
	ImapCommand *command = imap_command_new(VERB_SEARCH, NULL, text);

	command->search = kind;
	return command;
}

ImapCommand *
imap_command_search_since(gint64 date)
{
	ImapCommand *command = imap_command_search(IMAP_SEARCH_SINCE, NULL);

	command->date = date;
	return command;
}

ImapCommand *
imap_command_search_uids(UidSet *take_uids)
{
	return new_on_uids(VERB_SEARCH, take_uids, NULL);
}

ImapCommand *
imap_command_append(const char *mailbox, const FlagSet *flags, gint64 date, GBytes *take_bytes)
{
	ImapCommand *command = imap_command_new(VERB_APPEND, mailbox, NULL);

	command->flags = flagset_copy(flags);
	command->date = date;
	command->bytes = take_bytes;
	return command;
}

/* ---- what the session asks ---- */

static gboolean
is_section(const char *text)
{
	return strspn(text,
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_ ()") ==
	       strlen(text);
}

static gboolean
has_nul(GBytes *bytes)
{
	gsize len;
	const char *data = g_bytes_get_data(bytes, &len);

	return len && memchr(data, '\0', len);
}

/* Some of these could be sent as literals; none of them means anything there, and a server that
 * mishandles one line end in a name would take the rest of it as a command (CVE-2026-42257,
 * CVE-2025-15366). */
gboolean
imap_command_check(const ImapCommand *command, GError **error)
{
	const char *strings[] = {command->mailbox, command->text, command->extra};

	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		if (strings[i] && strpbrk(strings[i], "\r\n"))
			return err_set(error, ERR_INPUT,
				"A name or a text for the server holds a line end");
	if (command->verb == VERB_FETCH_BODY && !is_section(command->text))
		return err_set(
			error, ERR_INPUT, "\"%s\" names no part of a message", command->text);
	if (command->bytes && has_nul(command->bytes))
		return err_set(error, ERR_INPUT,
			"The message holds a NUL byte, which can't be stored on the server");
	if (command->verb == VERB_FETCH && !command->first)
		return err_set(error, ERR_INPUT, "Messages are counted from 1");
	return TRUE;
}

gboolean
imap_command_is_empty(const ImapCommand *command)
{
	if (command->uids && uidset_is_empty(command->uids))
		return TRUE;
	return command->verb == VERB_STORE && flagset_is_empty(&command->flags);
}

char *
imap_command_describe(const ImapCommand *command)
{
	const char *doing = verbs[command->verb].doing;
	const char *gap = strstr(doing, "%s");
	g_autofree char *name = NULL;

	if (!gap || !command->mailbox)
		return g_strdup(doing);
	name = imap_utf7_decode(command->mailbox, -1);
	return g_strdup_printf("%.*s%s%s", (int)(gap - doing), doing, name, gap + 2);
}
