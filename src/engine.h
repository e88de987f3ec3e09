/*
 * The engine as the interface sees it: accounts, folders, lists of messages, one message to read,
 * changes, and events that say what of these is different now. The store is what is true; an event
 * carries no data but names what to look at again.
 *
 * Nothing here blocks, waits or calls back from inside a call: requests return at once, their
 * effects on the screen's data are visible at once, what the server says comes as events later. All
 * of it belongs to the thread of the GLib default main context.
 *
 * Strings are UTF-8 and NOT filtered for a terminal: they go through text_clean() when painted.
 * Pointers are borrowed until the next turn of the main loop unless said otherwise. Errors are
 * sentences for the user (base/err.h has the codes).
 */
#pragma once

#include "base/err.h"
#include "base/flags.h"
#include "base/text.h"
#include "base/uidset.h"

#include <glib.h>

typedef struct Engine Engine;
typedef guint32 EngineAccountId; /* never 0 */
typedef guint32
	EngineFolderId; /* never 0; the same until the folder is removed, also after a restart */

/* ---- life ---- */

typedef struct {
	const char *config_file; /* NULL: $XDG_CONFIG_HOME/postern/config */
	gboolean offline;        /* connect to nothing until engine_set_online() */
} EngineSetup;

/* Reads the config and opens the databases; connects to nothing yet. NULL with ERR_CONFIG (naming
 * file, line and key), ERR_DISK or ERR_CORRUPT. */
Engine *engine_new(const EngineSetup *setup, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Starts connecting every account, unless it was set up offline. Call after the first paint: it may cost milliseconds. */
void engine_start(Engine *engine);
/* Says LOGOUT where it can without waiting, commits and frees everything. Readings, sources, exports and
 * searches must be freed before, lists go with it. */
void engine_free(Engine *engine);

/* TRUE when nothing is on the way: no connection being made, no request unanswered, no change
 * unsent. An account that waits for its next try is idle when it has no change to send. */
gboolean engine_is_idle(const Engine *engine);

/* ---- events ---- */

typedef enum {
	ENGINE_ACCOUNT_CHANGED, /* state or pending changes of ACCOUNT */
	ENGINE_FOLDERS_CHANGED, /* the tree of ACCOUNT: folders came, went or moved */
	ENGINE_FOLDER_CHANGED,  /* counts of FOLDER */
	ENGINE_LIST_RESET,   /* LIST is another one now: count and every position; when RENUMBERED,
				 * what its UIDs meant is gone */
	ENGINE_LIST_SPLICED, /* at POSITION, REMOVED rows went and then ADDED rows came */
	ENGINE_LIST_ROWS,    /* rows POSITION to POSITION + ADDED - 1 show something else */
	ENGINE_LIST_FOUND,   /* UID of LIST, asked for by engine_list_find(), is at POSITION */
	ENGINE_READING_CHANGED, /* more of READING is here */
	ENGINE_SOURCE_CHANGED,  /* more of SOURCE is here */
	ENGINE_SEARCH_CHANGED,  /* SEARCH has its answer */
	ENGINE_NOTICE,          /* TEXT is to be shown to the user */
	/* READING needs the passphrase of the key that TEXT describes; COUNT is not 0 when the last answer
	 * was wrong. engine_reading_passphrase() answers. */
	ENGINE_ASK_PASSPHRASE,
	ENGINE_EXPORT_CHANGED, /* EXPORT has come farther */
	ENGINE_NEW_MAIL,       /* COUNT messages came, to FOLDER and perhaps others; TEXT says it */
} EngineEventKind;

typedef enum { ENGINE_NOTICE_INFO, ENGINE_NOTICE_WARNING, ENGINE_NOTICE_ERROR } EngineNoticeLevel;

typedef struct EngineList EngineList;
typedef struct EngineReading EngineReading;
typedef struct EngineSource EngineSource;
typedef struct EngineSearch EngineSearch;
typedef struct EngineExport EngineExport;

typedef struct {
	EngineEventKind kind;
	EngineAccountId account;
	EngineFolderId folder;
	const EngineList *list;
	guint position, removed, added;
	gboolean renumbered;
	guint32 uid;
	const EngineReading *reading;
	const EngineSource *source;
	const EngineSearch *search;
	const EngineExport *export;
	EngineNoticeLevel level;
	char *text;        /* NOTICE, NEW_MAIL, ASK_PASSPHRASE */
	guint count;       /* NEW_MAIL */
	gboolean undoable; /* NOTICE: engine_undo() takes back what TEXT says */
} EngineEvent;

typedef void (*EngineListener)(const EngineEvent *event, gpointer user);
guint engine_listen(Engine *engine, EngineListener listener, gpointer user);
void engine_leave(Engine *engine, guint id);

/* ---- accounts ---- */

typedef enum {
	ENGINE_OFFLINE,    /* by the user's wish */
	ENGINE_CONNECTING, /* resolving, connecting, TLS, login */
	ENGINE_LIVE,       /* logged in; what the server has is on the screen */
	ENGINE_WAITING,    /* the line is cut; the next try is at RETRY_AT */
	ENGINE_STOPPED,    /* something the user must mend: STATE_TEXT says what */
} EngineAccountState;

typedef struct {
	EngineAccountId id;
	const char *name;    /* of the config's section */
	const char *address; /* "Alice Example <alice@example.org>", may be "" */
	EngineAccountState state;
	const char *state_text; /* a sentence for the states that need one, else "" */
	gint64 retry_at;        /* seconds since 1970, WAITING only */
	gboolean listed;        /* the server has listed all its folders since the start */
	guint pending;          /* changes that the server has not confirmed */
	guint64 progress_done, progress_total; /* of a long job in octets; total 0: none */
	const char *keeping;   /* the folder whose messages are being kept, NULL: none */
	guint32 kept, to_keep; /* of its messages */
} EngineAccount;

guint engine_account_count(const Engine *engine);
gboolean engine_account_at(const Engine *engine, guint i, EngineAccount *out_account);
gboolean engine_account_get(const Engine *engine, EngineAccountId id, EngineAccount *out_account);
/* Tries to connect now instead of at RETRY_AT, and once more from STOPPED. */
void engine_account_reconnect(Engine *engine, EngineAccountId id);
/* Offline: all connections of all accounts are closed and stay so; what the store has can be read,
 * changes are taken and wait. */
void engine_set_online(Engine *engine, gboolean online);
gboolean engine_is_online(const Engine *engine);

/* ---- folders ---- */

typedef enum {
	ENGINE_ROLE_NONE,
	ENGINE_ROLE_INBOX,
	ENGINE_ROLE_DRAFTS,
	ENGINE_ROLE_SENT,
	ENGINE_ROLE_ARCHIVE,
	ENGINE_ROLE_JUNK,
	ENGINE_ROLE_TRASH,
	ENGINE_ROLE_ALL,
	ENGINE_ROLE_FLAGGED,
} EngineRole;

typedef struct {
	EngineFolderId id;
	EngineAccountId account;
	const char *name; /* the last part: "kernel" */
	const char *path; /* the whole: "Lists/kernel", "/" between levels */
	guint depth;      /* 0: at the top */
	EngineRole role;
	gboolean selectable; /* FALSE: only holds other folders */
	gboolean has_children;
	gboolean subscribed;
	gboolean counts_known;
	guint32 unread, total; /* with pending changes */
	gboolean counts_old;   /* not confirmed since the last connection was made */
	gint64 counts_at;      /* seconds since 1970 when they were confirmed, 0: not known */
} EngineFolder;

/* In the order in which people look for them: INBOX, the special ones, then the tree by name; a
 * folder directly before what it holds. */
guint engine_folder_count(const Engine *engine, EngineAccountId account);
gboolean engine_folder_at(
	const Engine *engine, EngineAccountId account, guint i, EngineFolder *out_folder);
gboolean engine_folder_get(const Engine *engine, EngineFolderId id, EngineFolder *out_folder);
/* By "work/Lists/kernel", "work", or, within ACCOUNT, "Lists/kernel"; letter case does not matter
 * where that is unambiguous. 0 with ERR_INPUT. */
EngineFolderId engine_folder_find(const Engine *engine, EngineAccountId account, const char *path,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- lists: the messages of a folder, newest arrival first ---- */

/* Opens FOLDER on its account's connection and shows what the store has of it. Until
 * engine_list_close(). */
EngineList *engine_list_open(Engine *engine, EngineFolderId folder);
void engine_list_close(EngineList *list);
EngineFolderId engine_list_folder(const EngineList *list);
guint engine_list_count(const EngineList *list);
/* FALSE until the server has confirmed what is shown: then it is from the last visit. */
gboolean engine_list_is_current(const EngineList *list);
/* When what is shown was last what the server had, in seconds since 1970; 0: not known. */
gint64 engine_list_seen_at(const EngineList *list);

typedef struct {
	guint32 uid;      /* 0: a placeholder, the row is on its way */
	guint32 flags;    /* FlagBit, as they will be once pending changes are confirmed */
	gboolean pending; /* a change of this row is not confirmed yet */
	gboolean attachment;
	const char *from; /* a name, else an address; of Sent and Drafts: to whom */
	const char *subject;
	const char *keywords; /* flags without a bit, separated by blanks */
	gint64 date;  /* seconds since 1970, as the sender says; the arrival when he says none */
	guint64 size; /* octets */
} EngineRow;

/* FALSE past the end; else *OUT_ROW is filled, as a placeholder when the row is not here. */
gboolean engine_list_row(const EngineList *list, guint position, EngineRow *out_row);
/* These rows are in view: they and some around them are fetched. Cheap; call it when it changes. */
void engine_list_set_view(EngineList *list, guint first, guint count);
/* Where UID is. FALSE when that is not known (the server is asked: LIST_FOUND) or UID 0. */
gboolean engine_list_find(EngineList *list, guint32 uid, guint *out_position);
/* The messages whose UIDs are known here, also where rows are not. The caller's. */
UidSet *engine_list_uids(const EngineList *list);
/* The row of UID if it is here, wherever it stands; asks nobody. */
gboolean engine_list_row_of(const EngineList *list, guint32 uid, EngineRow *out_row);
/* FALSE when UID is not among the messages of the list for sure; asks nobody. */
gboolean engine_list_may_have(const EngineList *list, guint32 uid);
/* Called before the first unread row after POSITION is needed; known rows only. FALSE: none. */
gboolean engine_list_next_unread(const EngineList *list, guint position, guint *out_position);

/* ---- reading ---- */

typedef enum {
	ENGINE_READING_LOADING,
	ENGINE_READING_READY,
	ENGINE_READING_FAILED
} EngineReadingState;

typedef struct {
	const char *name;  /* "Subject" */
	const char *value; /* decoded */
	gboolean covered;  /* by the signature or the encryption (RFC 9788) */
	gint64 date;       /* of a Date field: seconds since 1970, 0: VALUE is no date */
} EngineField;

typedef enum {
	ENGINE_SECURITY_NONE,
	ENGINE_SECURITY_PENDING, /* being checked */
	ENGINE_SECURITY_GOOD,    /* all of it is signed by the sender with a trusted key */
	ENGINE_SECURITY_UNSURE,
	ENGINE_SECURITY_BAD, /* changed, damaged, revoked, distrusted */
} EngineSecurityLevel;

typedef struct {
	EngineSecurityLevel level;
	const char *summary; /* "encrypted; signed by Grace Hopper, good" */
} EngineSecurity;

typedef enum {
	ENGINE_LINE_TEXT,  /* a paragraph, wrapped at any width */
	ENGINE_LINE_FIXED, /* kept as it is */
	ENGINE_LINE_SIGNATURE,
	ENGINE_LINE_NOTE, /* said by Postern, not by the message */
	ENGINE_LINE_HEADING,
} EngineLineKind;

typedef struct {
	EngineLineKind kind;
	guint quote; /* depth of quoting; the marks are not in TEXT */
	const char *text;
	const char
		*lead; /* "  2. ": before the first row, the others are indented by it; or NULL */
	const TextSpan *spans; /* emphasis in TEXT, in order; a link's number is part of TEXT */
	guint n_spans;
} EngineLine;

typedef struct {
	const char *type; /* "image/png" */
	const char *name; /* file name or description, "" when none */
	guint64 size;     /* octets as sent; of a file that lies in a part its own */
	gboolean attachment;
	gboolean shown;      /* its text is in the lines */
	gboolean listed;     /* not shown and worth a line below the text */
	guint depth;         /* in the tree of parts, 0: the whole */
	const char *section; /* "1.2", for people who know IMAP */
	gboolean is_multipart;
	gboolean is_message; /* has a header and parts of its own */
} EnginePart;

/* Starts loading a message. Reading it marks it read once its text is here, unless PEEK. */
EngineReading *engine_read(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek);
void engine_reading_free(EngineReading *reading); /* stops the loading */
EngineReadingState engine_reading_state(const EngineReading *reading);
/* 0: the server has numbered the messages of the folder anew since. */
guint32 engine_reading_uid(const EngineReading *reading);
const char *engine_reading_error(const EngineReading *reading); /* FAILED */
/* Octets here and wanted, for the progress; wanted 0: not known. */
void engine_reading_progress(const EngineReading *reading, guint64 *out_done, guint64 *out_total);
/* The fields that people read (FULL FALSE: From, To, Cc, Date, Subject), or all in order. */
guint engine_reading_field_count(const EngineReading *reading, gboolean full);
gboolean engine_reading_field(
	const EngineReading *reading, gboolean full, guint i, EngineField *out_field);
/* TRUE when HTML comes before plain text where the message has both. */
gboolean engine_reading_likes_html(const EngineReading *reading);
/* Shows the message the other way: its lines are others at once, and the choice is remembered for its
 * sender. FALSE, and nothing has changed, when it would show the same. */
gboolean engine_reading_prefer(EngineReading *reading, gboolean html);
guint engine_reading_line_count(const EngineReading *reading);
gboolean engine_reading_line(const EngineReading *reading, guint i, EngineLine *out_line);
/* The tree of parts from the top down, each before what it holds; behind it files that lie in a text or in
 * winmail.dat, as they are met while the lines come. */
guint engine_reading_part_count(const EngineReading *reading);
gboolean engine_reading_part(const EngineReading *reading, guint i, EnginePart *out_part);

typedef struct {
	const char *target; /* as the message has it: any bytes, of any scheme */
	const char *
		said; /* the host that a text of the link names, when it leads elsewhere, else NULL */
} EngineLink;
/* The links of the text by their numbers, from 1; those of plain text are counted as they come. */
guint engine_reading_link_count(const EngineReading *reading);
gboolean engine_reading_link(const EngineReading *reading, guint number, EngineLink *out_link);

/* Opens the message that PART is as one of its own, with header, text and parts; it lives on when READING is
 * freed. NULL when PART is no message. */
EngineReading *engine_read_part(EngineReading *reading, guint part);
/* FALSE while nothing of it is known to be signed or encrypted. It follows the text: once it is known
 * the lines may be others (ENGINE_READING_CHANGED). */
gboolean engine_reading_security(const EngineReading *reading, EngineSecurity *out_security);
/* Lines that say more: keys, dates, what is covered. NULL past the end. */
const char *engine_reading_security_detail(const EngineReading *reading, guint i);
/* Checks what was not checked, because it is large or for want of a passphrase. */
void engine_reading_check(EngineReading *reading);
/* The answer to ENGINE_ASK_PASSPHRASE; copied. NULL: the user won't say. */
void engine_reading_passphrase(EngineReading *reading, const char *secret);

/* ---- a message as the server has it ---- */

/* Starts fetching it, and marks nothing. */
EngineSource *engine_source(Engine *engine, EngineFolderId folder, guint32 uid);
void engine_source_free(EngineSource *source); /* stops the fetching */
EngineReadingState engine_source_state(const EngineSource *source);
const char *engine_source_error(const EngineSource *source); /* FAILED */
/* Octets here and wanted; wanted 0: not known. */
void engine_source_progress(const EngineSource *source, guint64 *out_done, guint64 *out_total);
/* What is here: any octets, not ended by a NUL, of at most 8 MB. *OUT_WHOLE: they are all there are. */
const char *engine_source_bytes(const EngineSource *source, gsize *out_len, gboolean *out_whole);

/* ---- exports: parts of messages taken out of the mail ---- */

typedef enum {
	ENGINE_EXPORT_SAVE,   /* to a file of the user's */
	ENGINE_EXPORT_OPEN,   /* to a file of ours in a directory of ours, for another program */
	ENGINE_EXPORT_MEMORY, /* to be piped; at most 64 MiB */
} EngineExportKind;

typedef struct {
	EngineExportKind kind;
	const char *path; /* SAVE: the file, or a directory, where it gets its own name */
	gboolean
		overwrite; /* SAVE to a file: one of that name gives way, but only once all is here */
	gboolean raw;      /* as sent, with its transfer encoding */
} EngineExportWish;

typedef enum {
	ENGINE_EXPORT_RUNNING,
	ENGINE_EXPORT_DONE,
	ENGINE_EXPORT_FAILED, /* nothing is left of it */
} EngineExportState;

#define ENGINE_WHOLE_MESSAGE G_MAXUINT /* for PART: the message as it was sent */

/* Starts to fetch PART of what READING reads (which may be freed meanwhile) and to write it. In a directory
 * a name that is taken gets a number; a file is never overwritten unless that was asked for. Of several
 * exports one goes on at a time. NULL with ERR_INPUT or ERR_DISK. */
EngineExport *engine_export(EngineReading *reading, guint part, const EngineExportWish *wish,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stops it: nothing is left of what was not DONE. */
void engine_export_free(EngineExport *export);
EngineExportState engine_export_state(const EngineExport *export);
/* RUNNING, but there is no connection: it goes on where it was. Whether its folder is open does not matter. */
gboolean engine_export_is_waiting(const EngineExport *export);
/* Octets as sent, here and in all (0: not known). */
void engine_export_progress(const EngineExport *export, guint64 *out_done, guint64 *out_total);
const char *engine_export_path(const EngineExport *export);  /* DONE, not MEMORY: the file */
const char *engine_export_error(const EngineExport *export); /* FAILED */
GBytes *engine_export_bytes(const EngineExport *export);     /* DONE, MEMORY; borrowed */
/* "image/png" and the name as the mail has it, for words. */
const char *engine_export_type(const EngineExport *export);
const char *engine_export_name(const EngineExport *export);
/* What a file with PART could be called: never empty, no path, nothing that a shell or a terminal
 * would take amiss. The caller's. */
char *engine_export_suggest(const EngineReading *reading, guint part);

/* ---- changes: shown at once, sent, then confirmed or rolled back with a notice ---- */

typedef struct {
	EngineFolderId folder;
	const guint32 *uids;
	guint n;
} EngineMessages;

/* FALSE with ERR_INPUT, ERR_GONE or ERR_DISK when the change can't be taken: nothing is changed. */
gboolean engine_change_flags(Engine *engine, const EngineMessages *messages, guint32 flags,
	gboolean add, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* KEYWORD as on the wire, "todo" or "$Label1" (flag-keyword of RFC 3501 section 9, at most 100 octets). */
gboolean engine_change_keyword(Engine *engine, const EngineMessages *messages, const char *keyword,
	gboolean add, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean engine_move(Engine *engine, const EngineMessages *messages, EngineFolderId to,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean engine_copy(Engine *engine, const EngineMessages *messages, EngineFolderId to,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* To the folder of that role; in Trash itself, engine_delete() deletes for good. */
gboolean engine_archive(
	Engine *engine, const EngineMessages *messages, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean engine_delete(
	Engine *engine, const EngineMessages *messages, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the last change back; a notice says which. FALSE with ERR_INPUT when there is none. */
gboolean engine_undo(Engine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- search ---- */

typedef enum {
	ENGINE_SEARCH_ALL,    /* every message: by the server alone */
	ENGINE_SEARCH_FIELDS, /* TEXT in subject or addresses; what is here also in its words */
	ENGINE_SEARCH_TEXT,   /* TEXT anywhere in the message */
} EngineSearchScope;

/* What is here gives its hits at once or within some turns, the server adds those that it finds. Here a
 * message is a hit, too, when its text has all words of TEXT (store/search.h says how). */
EngineSearch *engine_search(
	Engine *engine, EngineFolderId folder, EngineSearchScope scope, const char *text);
void engine_search_free(EngineSearch *search);
gboolean engine_search_is_done(const EngineSearch *search);
const char *engine_search_error(const EngineSearch *search); /* NULL: none */
/* TRUE when the hits are only of what is here: the folder is not open on a connection. That is no error. */
gboolean engine_search_is_here_only(const EngineSearch *search);
guint64 engine_search_count(const EngineSearch *search);
/* Borrowed until the search goes on. */
const UidSet *engine_search_hits(const EngineSearch *search);
gboolean engine_search_has(const EngineSearch *search, guint32 uid);
/* The hit before (newer: FALSE means older) UID, going round at the ends; 0: no hits. */
guint32 engine_search_next(const EngineSearch *search, guint32 uid, gboolean newer);

/* ---- options: one table, of which the man page and the config checks are made too ---- */

typedef enum {
	ENGINE_OPTION_BOOL,
	ENGINE_OPTION_INT,
	ENGINE_OPTION_STRING,
	ENGINE_OPTION_CHOICE,
} EngineOptionType;

typedef struct {
	const char *group; /* "postern" or "account" */
	const char *name;  /* as in the config file */
	EngineOptionType type;
	gint64 min, max;     /* INT */
	const char *choices; /* CHOICE: separated by blanks */
	const char *fallback;
	const char *help;
} EngineOption;

const EngineOption *engine_option_at(guint i); /* NULL past the end; static */
/* Values of the [postern] group; NAME must be in the table. */
const char *engine_option_string(const Engine *engine, const char *name);
gint64 engine_option_int(const Engine *engine, const char *name);
gboolean engine_option_bool(const Engine *engine, const char *name);

/* The lines of [keys]: KEY = COMMAND; GROUP is "keys" or "keys index" and so on. */
typedef struct {
	const char *view; /* "" for all views */
	const char *key;
	const char *command;
	guint line; /* of the config file, for complaints */
} EngineKey;
gboolean engine_key_at(const Engine *engine, guint i, EngineKey *out_key);
const char *engine_config_file(const Engine *engine);

/* ---- the doctor ---- */

/* Checks ACCOUNT (NULL: all): config, DNS, connect, TLS, login, capabilities. REPORT is called for
 * each finding (INFO: it is well, ERROR: it is not), DONE at the end; both from the main loop. */
typedef void (*EngineDoctorReport)(EngineNoticeLevel level, const char *line, gpointer user);
typedef void (*EngineDoctorDone)(gboolean all_good, gpointer user);
gboolean engine_doctor(Engine *engine, const char *account, EngineDoctorReport report,
	EngineDoctorDone done, gpointer user, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last lines of the log, oldest first, for the log view. FALSE past the end. */
typedef struct {
	gint64 wall;
	guint level; /* 0 wire, 1 info, 2 warning, 3 error */
	const char *where, *text;
} EngineLogLine;
guint engine_log_count(void);
gboolean engine_log_at(guint i, EngineLogLine *out_line);
gboolean engine_log_to_file(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The wall clock of the engine, which a script may hold still (seconds since 1970). */
gint64 engine_now(void);
void engine_hold_now(gint64 seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Engine, engine_free)
