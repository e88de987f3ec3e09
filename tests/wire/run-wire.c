/*
 * Plays the scripts of this directory against a session: a server of lines, a clock of its own.
 * Each script runs three times, which must all give the same:
 *
 *   now    every line of the server comes by itself, and the client writes after each
 *   later  the server waits until it is needed and then says everything in one piece
 *   bytes  every byte comes by itself
 *
 * A script is one directive a line:
 *
 *   transport tls|starttls|plain|tunnel      before the first other one, as are:
 *   user TEXT, password TEXT, token TEXT, mechanisms TEXT, client NAME, idle-linger SECONDS,
 *   compress, expected CAPABILITIES
 *   S: LINE           the server says LINE; $1 stands for a tag that the client used
 *   S- TEXT           the beginning of a line; the next S: goes on with it
 *   C: LINE           the client's next line; $1 takes its tag
 *   submit COMMAND    what can be submitted: see the table of commands below; %0A stands for a byte
 *   cancel N, want-idle on|off, secured, eof, tick SECONDS
 *   deflated REST     the owner compresses now; REST was fed behind the OK
 *   expect EVENT      the next event, as describe() writes it; * and ? as in file names
 *   maybe EVENT       the same, if it comes
 *   silent            no event, nothing to send
 *   deadline SECONDS  when the session wants to be called again; or never
 *   state NAME, qresync on|off, decodes on|off, backoff SECONDS
 *
 * At the end nothing may be left: no event, no line.
 */
#include "base/err.h"
#include "imap/session.h"

#include <string.h>

typedef enum { NOW, LATER, BYTES } Way;

typedef struct {
	Way way;
	const char *file;
	guint line;
	ImapSessionConfig config;
	GPtrArray *strings; /* owns what config points to */
	ImapSession *session;
	GString *heard;    /* of the server, not fed yet (LATER) */
	GString *said;     /* by the client, not expected yet */
	GPtrArray *events; /* as text, not expected yet */
	GString *body;     /* the event of a body that comes in pieces; NULL */
	GHashTable *tags;
	gint64 now;
} Play;

static void fail(const Play *play, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

static void
fail(const Play *play, const char *format, ...)
{
	static const char *const ways[] = {"now", "later", "bytes"};
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_test_message("%s:%u (%s): %s", play->file, play->line, ways[play->way], text);
	for (guint i = 0; i < play->events->len; i++)
		g_test_message("  event: %s", (char *)play->events->pdata[i]);
	g_test_message("  said: %s", play->said->str);
	g_test_message("  state: %s", imap_state_name(imap_session_state(play->session)));
	g_error("%s:%u (%s): %s", play->file, play->line, ways[play->way], text);
}

/* ---- events as text ---- */

static const char *
error_name(const GError *error)
{
	static const char *const names[] = {"CANCELLED", "CONFIG", "INPUT", "RESOLVE", "CONNECT",
		"CLOSED", "TIMEOUT", "TLS", "CERTIFICATE", "POLICY", "AUTH", "NO_SECRET",
		"PROTOCOL", "LIMIT", "NO", "BAD", "BUSY", "GONE", "DISK", "CORRUPT", "DECODE"};

	return names[error->code];
}

static void
describe_set(GString *text, const UidSet *uids)
{
	g_autofree char *set = uidset_to_string(uids);

	g_string_append_printf(text, " %s", set);
}

static void
describe_selected(GString *text, const ImapSelected *selected)
{
	g_autofree char *flags = flagset_to_string(&selected->permanent_flags);

	g_string_append_printf(text,
		" %s exists=%u uidvalidity=%u uidnext=%u modseq=%" G_GUINT64_FORMAT
		" %s flags=%s%s",
		selected->mailbox, selected->exists, selected->uidvalidity, selected->uidnext,
		selected->highestmodseq, selected->read_only ? "ro" : "rw", flags,
		selected->any_keyword ? " \\*" : "");
	if (selected->resynced)
		g_string_append(text, " resynced");
	if (!uidset_is_empty(selected->vanished)) {
		g_string_append(text, " vanished");
		describe_set(text, selected->vanished);
	}
}

static void
describe_fetch(GString *text, const ImapEvent *event)
{
	const ImapFetch *fetch = event->fetch;

	g_string_append_printf(text, " %u uid=%u", event->position, event->uid);
	if (fetch->has & IMAP_HAS_FLAGS) {
		g_autofree char *flags = flagset_to_string(&fetch->flags);

		g_string_append_printf(text, " flags=(%s)", flags);
	}
	if (fetch->has & IMAP_HAS_MODSEQ)
		g_string_append_printf(text, " modseq=%" G_GUINT64_FORMAT, fetch->modseq);
	if (fetch->has & IMAP_HAS_SIZE)
		g_string_append_printf(text, " size=%" G_GUINT64_FORMAT, fetch->size);
	if (fetch->has & IMAP_HAS_ENVELOPE)
		g_string_append_printf(text, " subject=%s", fetch->envelope->subject.data);
	if (!event->asked && fetch->has & (IMAP_HAS_ENVELOPE | IMAP_HAS_STRUCTURE))
		g_string_append(text, " unasked");
}

static void
describe_list(GString *text, const ImapList *list)
{
	static const struct {
		guint32 flag;
		const char *name;
	} names[] = {
		{IMAP_MAILBOX_NOSELECT, " noselect"},
		{IMAP_MAILBOX_NONEXISTENT, " nonexistent"},
		{IMAP_MAILBOX_SUBSCRIBED, " subscribed"},
		{IMAP_MAILBOX_HAS_CHILDREN, " children"},
		{IMAP_MAILBOX_SENT, " sent"},
		{IMAP_MAILBOX_TRASH, " trash"},
	};

	g_string_append_printf(text, " %s", list->name.data);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (list->flags & names[i].flag)
			g_string_append(text, names[i].name);
	if (list->old_name.data)
		g_string_append_printf(text, " was %s", list->old_name.data);
}

static char *
describe(const ImapEvent *event)
{
	static const char *const names[] = {"NEED_TLS", "NEED_DEFLATE", "READY", "SELECTED",
		"EXISTS", "EXPUNGED", "VANISHED", "FETCH", "BODY", "LIST", "STATUS", "NOTIFY_ENDED",
		"SEARCH", "COPIED", "ALERT", "DONE", "FAILED"};
	GString *text = g_string_new(names[event->kind]);

	if (event->cmd)
		g_string_append_printf(text, " %u", event->cmd);
	if (event->kind == IMAP_EVENT_SELECTED)
		describe_selected(text, event->selected);
	if (event->kind == IMAP_EVENT_EXISTS)
		g_string_append_printf(text, " %u", event->count);
	if (event->kind == IMAP_EVENT_EXPUNGED)
		g_string_append_printf(text, " %u uid=%u", event->position, event->uid);
	if (event->fetch)
		describe_fetch(text, event);
	if (event->list)
		describe_list(text, event->list);
	if (event->status)
		g_string_append_printf(text, " %s messages=%u unseen=%u", event->status->name.data,
			event->status->messages, event->status->unseen);
	if (event->uids)
		describe_set(text, event->uids);
	if (event->earlier)
		g_string_append(text, " earlier");
	if (event->kind == IMAP_EVENT_COPIED)
		g_string_append_printf(
			text, " %s %s", event->code->name.data, event->code->argument.data);
	if (event->kind == IMAP_EVENT_ALERT)
		g_string_append_printf(text, " %s", event->text.data);
	if (event->kind == IMAP_EVENT_DONE && !event->error)
		g_string_append(text, " ok");
	if (event->error)
		g_string_append_printf(
			text, " %s: %s", error_name(event->error), event->error->message);
	return g_string_free(text, FALSE);
}

/* The pieces of a body are one event here, or the three ways would differ. */
static void
take_body(Play *play, const ImapEvent *event)
{
	const ImapBody *body = event->body;

	if (!play->body) {
		play->body = g_string_new(NULL);
		g_string_printf(play->body, "%s %u uid=%u [%s]<%" G_GUINT64_FORMAT "> ",
			body->binary ? "BINARY" : "BODY", event->cmd, event->uid, body->section,
			body->offset);
	}
	g_string_append_len(play->body, body->data, (gssize)body->len);
	if (!body->last)
		return;
	g_ptr_array_add(play->events, g_string_free(play->body, FALSE));
	play->body = NULL;
}

/* ---- the owner's side ---- */

static void
drain(Play *play)
{
	ImapEvent event;

	while (imap_session_next(play->session, &event)) {
		if (event.body)
			take_body(play, &event);
		else
			g_ptr_array_add(play->events, describe(&event));
	}
}

static void
collect(Play *play)
{
	gsize len;
	const char *output = imap_session_output(play->session, &len);

	g_string_append_len(play->said, output, (gssize)len);
	imap_session_wrote(play->session, len);
}

static void
turn(Play *play)
{
	drain(play);
	collect(play);
	drain(play);
}

static void
feed(Play *play, const char *data, gsize len)
{
	if (play->way == LATER) {
		g_string_append_len(play->heard, data, (gssize)len);
		return;
	}
	for (gsize i = 0; i < len && play->way == BYTES; i++) {
		imap_session_feed(play->session, data + i, 1);
		turn(play);
	}
	if (play->way == NOW)
		imap_session_feed(play->session, data, len);
	turn(play);
}

/* Whatever is not a line of the server has to wait for those before it. */
static void
catch_up(Play *play)
{
	turn(play);
	if (play->heard->len)
		imap_session_feed(play->session, play->heard->str, play->heard->len);
	g_string_truncate(play->heard, 0);
	turn(play);
}

/* ---- directives ---- */

static char *
with_tags(const Play *play, const char *line)
{
	GString *text = g_string_new(NULL);

	while (*line) {
		g_autofree char *name = NULL;
		const char *tag = NULL;

		if (line[0] == '$' && g_ascii_isdigit(line[1])) {
			name = g_strndup(line, 2);
			tag = g_hash_table_lookup(play->tags, name);
		}
		g_string_append_len(text, tag ? tag : line, tag ? -1 : 1);
		line += tag ? 2 : 1;
	}
	return g_string_free(text, FALSE);
}

/* The beginning of a line. */
static void
server_begins(Play *play, const char *text)
{
	feed(play, text, strlen(text));
}

static void
server_says(Play *play, const char *line)
{
	g_autofree char *text = NULL;
	g_autofree char *whole = NULL;

	if (play->way == LATER)
		turn(play);
	text = with_tags(play, line);
	whole = g_strconcat(text, "\r\n", NULL);
	feed(play, whole, strlen(whole));
}

static void
client_says(Play *play, const char *expected)
{
	char *end = strstr(play->said->str, "\r\n");
	g_autofree char *line = NULL;
	g_autofree char *wanted = NULL;

	if (!end) {
		catch_up(play);
		end = strstr(play->said->str, "\r\n");
	}
	if (!end)
		fail(play, "the client says nothing instead of: %s", expected);
	line = g_strndup(play->said->str, (gsize)(end - play->said->str));
	g_string_erase(play->said, 0, end - play->said->str + 2);
	if (expected[0] == '$') {
		char *name = g_strndup(expected, 2);

		g_hash_table_replace(play->tags, name, g_strndup(line, strcspn(line, " ")));
	}
	wanted = with_tags(play, expected);
	if (strcmp(line, wanted))
		fail(play, "the client says: %s", line);
}

static void
expect(Play *play, const char *pattern, gboolean optional)
{
	catch_up(play);
	if (play->events->len && g_pattern_match_simple(pattern, play->events->pdata[0]))
		g_ptr_array_remove_index(play->events, 0);
	else if (!optional)
		fail(play, "expected: %s", pattern);
}

static void
expect_silence(Play *play, const char *rest)
{
	catch_up(play);
	if (play->events->len || play->said->len)
		fail(play, "expected silence");
}

static gint64
microseconds(const char *seconds)
{
	return g_ascii_strtoll(seconds, NULL, 10) * G_USEC_PER_SEC;
}

static void
check_deadline(Play *play, const char *seconds)
{
	gint64 deadline;

	catch_up(play);
	deadline = imap_session_tick(play->session, play->now);
	if (!strcmp(seconds, "never") ? deadline != G_MAXINT64
				      : deadline != play->now + microseconds(seconds))
		fail(play, "the deadline is in %.3f seconds",
			(double)(deadline - play->now) / G_USEC_PER_SEC);
}

static void
check_state(Play *play, const char *name)
{
	catch_up(play);
	if (strcmp(imap_state_name(imap_session_state(play->session)), name))
		fail(play, "expected the state %s", name);
}

/* The rest must be what it says; then it is fed, as if that were what it inflates to. */
static void
deflated(Play *play, const char *rest)
{
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *text = NULL;
	gsize len = 0;
	const char *data;

	catch_up(play);
	bytes = imap_session_deflated(play->session);
	data = bytes ? g_bytes_get_data(bytes, &len) : "";
	text = g_strndup(data, len);
	if (strcmp(text, rest))
		fail(play, "the rest is: %s", text);
	if (len)
		imap_session_feed(play->session, "* OK inflated\r\n", 15);
	turn(play);
}

static void
check_qresync(Play *play, const char *rest)
{
	catch_up(play);
	if (imap_session_qresync(play->session) != !strcmp(rest, "on"))
		fail(play, "expected QRESYNC %s", rest);
}

static void
check_decodes(Play *play, const char *rest)
{
	catch_up(play);
	if (imap_session_decodes(play->session) != !strcmp(rest, "on"))
		fail(play, "expected BINARY %s", rest);
}

static void
check_backoff(Play *play, const char *rest)
{
	catch_up(play);
	if (imap_session_backoff(play->session) != g_ascii_strtoull(rest, NULL, 10))
		fail(play, "the back-off is %u", imap_session_backoff(play->session));
}

static void
tick(Play *play, const char *seconds)
{
	catch_up(play);
	play->now += microseconds(seconds);
	imap_session_tick(play->session, play->now);
	turn(play);
}

static void
secured(Play *play, const char *rest)
{
	catch_up(play);
	imap_session_secured(play->session, NULL);
	turn(play);
}

static void
eof(Play *play, const char *rest)
{
	catch_up(play);
	imap_session_eof(play->session);
	turn(play);
}

static void
want_idle(Play *play, const char *rest)
{
	catch_up(play);
	imap_session_want_idle(play->session, !strcmp(rest, "on"));
}

static void
cancel(Play *play, const char *rest)
{
	catch_up(play);
	imap_session_cancel(play->session, (ImapCmdId)g_ascii_strtoull(rest, NULL, 10));
}

/* ---- submit ---- */

static UidSet *
set_of(const char *text)
{
	UidSet *set = uidset_parse(text, strlen(text), 10000, NULL);

	g_assert_nonnull(set);
	return set;
}

static guint64
number_of(const char *text)
{
	return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static ImapWant
want_of(const char *text)
{
	return !strcmp(text, "flags") ? IMAP_WANT_FLAGS : IMAP_WANT_ROW;
}

static ImapCommand *
on_positions(char **words)
{
	const UidRange *range;
	g_autoptr(UidSet) set = set_of(words[1]);
	guint n;

	range = uidset_ranges(set, &n);
	return imap_command_fetch_positions(range->first, range->last, want_of(words[2]));
}

static ImapCommand *
storing(char **words)
{
	g_auto(FlagSet) flags = flagset_parse(words[3]);

	return imap_command_store(set_of(words[1]),
		words[2][0] == '+' ? IMAP_STORE_ADD : IMAP_STORE_REMOVE, &flags,
		words[4] ? number_of(words[4]) : 0);
}

static ImapCommand *
searching(char **words)
{
	static const char *const kinds[] = {
		"all", "text", "subject-from", "unseen", "flagged", "message-id"};

	for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
		if (!strcmp(kinds[kind], words[1]))
			return imap_command_search((ImapSearchKind)kind, words[2]);
	g_assert_not_reached();
}

static ImapCommand *
appending(char **words)
{
	g_auto(FlagSet) flags = flagset_parse(words[2]);

	return imap_command_append(words[1], &flags, 0, g_bytes_new(words[3], strlen(words[3])));
}

static ImapCommand *
selecting_known(char **words)
{
	g_autoptr(UidSet) known = words[4] ? set_of(words[4]) : NULL;

	return imap_command_select_known(
		words[1], FALSE, (guint32)number_of(words[2]), number_of(words[3]), known);
}

/* Words are separated by blanks and unescaped as in a URI. */
static ImapCommand *
command_of(char **words)
{
	const char *name = words[0];

	if (!strcmp(name, "noop"))
		return imap_command_noop();
	if (!strcmp(name, "logout"))
		return imap_command_logout();
	if (!strcmp(name, "unselect"))
		return imap_command_unselect();
	if (!strcmp(name, "list"))
		return imap_command_list(words[1], words[2] != NULL);
	if (!strcmp(name, "notify"))
		return imap_command_notify(want_of(words[1]), words[2] != NULL);
	if (!strcmp(name, "status"))
		return imap_command_status(words[1]);
	if (!strcmp(name, "create"))
		return imap_command_create(words[1]);
	if (!strcmp(name, "rename"))
		return imap_command_rename(words[1], words[2]);
	if (!strcmp(name, "select"))
		return imap_command_select(words[1], FALSE);
	if (!strcmp(name, "select-known"))
		return selecting_known(words);
	if (!strcmp(name, "examine"))
		return imap_command_select(words[1], TRUE);
	if (!strcmp(name, "fetch"))
		return on_positions(words);
	if (!strcmp(name, "uid-fetch"))
		return imap_command_fetch_uids(
			set_of(words[1]), want_of(words[2]), words[3] ? number_of(words[3]) : 0);
	if (!strcmp(name, "body"))
		return imap_command_fetch_body((guint32)number_of(words[1]), words[2],
			words[3] ? number_of(words[3]) : 0, words[3] ? number_of(words[4]) : 0);
	if (!strcmp(name, "binary"))
		return imap_command_fetch_binary((guint32)number_of(words[1]), words[2],
			number_of(words[3]), number_of(words[4]));
	if (!strcmp(name, "store"))
		return storing(words);
	if (!strcmp(name, "move"))
		return imap_command_move(set_of(words[1]), words[2]);
	if (!strcmp(name, "copy"))
		return imap_command_copy(set_of(words[1]), words[2]);
	if (!strcmp(name, "expunge"))
		return imap_command_uid_expunge(set_of(words[1]));
	if (!strcmp(name, "search"))
		return searching(words);
	if (!strcmp(name, "search-uids"))
		return imap_command_search_uids(set_of(words[1]));
	if (!strcmp(name, "append"))
		return appending(words);
	return NULL;
}

static void
submit(Play *play, const char *rest)
{
	g_auto(GStrv) words = g_strsplit(rest, " ", -1);
	ImapCommand *command;

	catch_up(play);
	for (char **word = words; *word; word++) {
		char *plain = g_uri_unescape_string(*word, NULL);

		g_free(*word);
		*word = plain;
	}
	command = command_of(words);
	if (!command)
		fail(play, "what is %s?", words[0]);
	imap_session_submit(play->session, command);
}

/* ---- options ---- */

static const char *
keep(Play *play, const char *text)
{
	char *copy = g_strdup(text);

	g_ptr_array_add(play->strings, copy);
	return copy;
}

static gboolean
take_option(Play *play, const char *name, const char *rest)
{
	static const char *const transports[] = {"tls", "starttls", "plain", "tunnel", NULL};

	if (!strcmp(name, "password"))
		play->config.password = *rest ? keep(play, rest) : NULL;
	else if (!strcmp(name, "token"))
		play->config.token = keep(play, rest);
	else if (!strcmp(name, "mechanisms"))
		play->config.mechanisms = keep(play, rest);
	else if (!strcmp(name, "user"))
		play->config.user = keep(play, rest);
	else if (!strcmp(name, "idle-linger"))
		play->config.idle_linger = microseconds(rest);
	else if (!strcmp(name, "expected"))
		play->config.expected_caps = keep(play, rest);
	else if (!strcmp(name, "compress"))
		play->config.compress = TRUE;
	else if (!strcmp(name, "client"))
		play->config.client_name = keep(play, rest);
	else if (!strcmp(name, "transport"))
		for (guint i = 0; transports[i]; i++)
			play->config.transport = strcmp(rest, transports[i])
							 ? play->config.transport
							 : (ImapTransport)i;
	else
		return FALSE;
	return TRUE;
}

static gboolean
take_directive(Play *play, const char *name, const char *rest)
{
	static const struct {
		const char *name;
		void (*take)(Play *play, const char *rest);
	} directives[] = {
		{"S:", server_says},
		{"S-", server_begins},
		{"C:", client_says},
		{"submit", submit},
		{"cancel", cancel},
		{"want-idle", want_idle},
		{"secured", secured},
		{"deflated", deflated},
		{"eof", eof},
		{"tick", tick},
		{"silent", expect_silence},
		{"deadline", check_deadline},
		{"state", check_state},
		{"qresync", check_qresync},
		{"decodes", check_decodes},
		{"backoff", check_backoff},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(directives); i++)
		if (!strcmp(name, directives[i].name)) {
			directives[i].take(play, rest);
			return TRUE;
		}
	return FALSE;
}

static void
begin(Play *play)
{
	if (play->session)
		return;
	play->session = imap_session_new(&play->config);
	imap_session_tick(play->session, play->now);
}

static void
play_line(Play *play, const char *line)
{
	g_auto(GStrv) parts = g_strsplit(line, " ", 2);
	const char *name = parts[0], *rest = name && parts[1] ? parts[1] : "";

	if (!name || !*name || *name == '#')
		return;
	if (!play->session && take_option(play, name, rest))
		return;
	begin(play);
	if (!strcmp(name, "expect") || !strcmp(name, "maybe"))
		expect(play, rest, *name == 'm');
	else if (!take_directive(play, name, rest))
		fail(play, "what is %s?", name);
}

static void
play_script(const char *file, const char *text, Way way)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	Play play = {
		.way = way,
		.file = file,
		.config = {.transport = IMAP_OVER_TLS,
			.host = "imap.example.org",
			.user = "alice",
			.password = "secret",
			.tag_secret = 42},
		.strings = g_ptr_array_new_with_free_func(g_free),
		.heard = g_string_new(NULL),
		.said = g_string_new(NULL),
		.events = g_ptr_array_new_with_free_func(g_free),
		.tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.now = 1000 * G_USEC_PER_SEC,
	};

	for (char **line = lines; *line; line++) {
		play.line++;
		play_line(&play, *line);
	}
	expect_silence(&play, "");
	imap_session_free(play.session);
	g_ptr_array_unref(play.strings);
	g_ptr_array_unref(play.events);
	g_string_free(play.heard, TRUE);
	g_string_free(play.said, TRUE);
	g_hash_table_unref(play.tags);
}

static void
test_script(gconstpointer data)
{
	const char *file = data;
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	for (Way way = NOW; way <= BYTES; way++)
		play_script(file, text, way);
}

static void
add_script(const char *dir, const char *name)
{
	g_autofree char *stem = NULL;
	g_autofree char *path = NULL;

	if (!g_str_has_suffix(name, ".wire"))
		return;
	stem = g_strndup(name, strlen(name) - strlen(".wire"));
	path = g_strconcat("/wire/", stem, NULL);
	g_test_add_data_func_full(path, g_build_filename(dir, name, NULL), test_script, g_free);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
main(int argc, char **argv)
{
	const char *top = g_getenv("abs_top_srcdir");
	g_autofree char *dir = g_build_filename(top ? top : ".", "tests", "wire", NULL);
	g_autoptr(GDir) scripts = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	g_test_init(&argc, &argv, NULL);
	scripts = g_dir_open(dir, 0, NULL);
	g_assert_nonnull(scripts);
	for (const char *name; (name = g_dir_read_name(scripts));)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++)
		add_script(dir, names->pdata[i]);
	return g_test_run();
}
