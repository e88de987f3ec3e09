/*
 * A world for tests of the engine: a private mail server (tools/sample-server), a proxy before it, a
 * second client that says what the server really has, and an engine with a home of its own. The
 * engine is seen through engine.h alone.
 *
 * Everything that waits waits for a condition, with a deadline; what is not reached in time ends the
 * test and tells what the engine was doing.
 */
#pragma once

#include "engine.h"
#include "proxy.h"

typedef struct {
	GSubprocess *process;
	GHashTable *facts; /* "imap_port", "ca" ... */
} Server;

/* ARGS: more of the command line, NULL-terminated, or NULL. Without mail. */
Server *server_new(const char *const *args);
void server_free(Server *server);
const char *server_fact(const Server *server, const char *name);
guint16 server_port(const Server *server, const char *name);

/* The other client: a plain connection that waits for each answer. */
typedef struct {
	GSocketConnection *connection;
	GDataInputStream *input;
	guint tag;
} Other;

Other *other_new(const Server *server);
void other_free(Other *other);
/* Sends one command and returns all lines of the answer, joined by "\n". It must be OK. */
char *other_ask(Other *other, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same when the answer may be NO. */
char *other_try(Other *other, const char *command);
/* Delivers a message with that subject; more than LINES lines of text. */
void other_deliver(Other *other, const char *folder, const char *subject, guint lines);
/* The same for "m1" ... "mN". */
void other_deliver_many(Other *other, const char *folder, guint n, guint lines);
/* Deletes and expunges all messages, and leaves the folder open. */
void other_empty(Other *other, const char *folder);
/* Opens FOLDER; its messages as "uid:flags:subject\n", by rising UID, without \Recent. */
char *other_list(Other *other, const char *folder);

typedef struct {
	Server *server;
	Other *other;
	Proxy *proxy; /* before the server's plain port */
	char *config; /* file */
	Engine *engine;
	EngineList *list;
	GString *notices; /* one a line */
	GString *mail;    /* what was said of new mail, one a line */
	guint events;
	gint64 longest; /* microseconds that one turn of the main loop took */
} World;

/* First in main(): reads the arguments, and makes a home for the engine. */
void world_begin(int *argc, char ***argv);
/* Last in main(), which returns what it returns: runs the tests, then removes the home and SERVER, on which
 * they ran (NULL: each had its own). */
int world_run(Server *take_server);

/* A file, or a folder and all that is in it; a link is not followed. */
void world_remove_tree(const char *path);

World *world_new(Server *server);
/* The same; INBOX has "m1" ... "mN", Archive and Trash have nothing. */
World *world_new_with(Server *server, guint n);
void world_free(World *world);

/* Starts an engine with the account "work" over the proxy in the clear; MORE: lines for the account,
 * or NULL. */
void world_start(World *world, const char *more);
/* The same with the whole config as it stands; it may be refused. */
void world_start_config(World *world, const char *text);
void world_stop(World *world);
/* Forgets all that engines have kept: databases of all worlds. */
void world_forget(void);

typedef gboolean (*WorldCheck)(World *world, gconstpointer data);
/* Lets the engine work until CHECK is TRUE. WHAT for who reads the failure. */
void world_wait(World *world, const char *what, WorldCheck check, gconstpointer data);
void world_wait_idle(World *world);
void world_wait_state(World *world, EngineAccountState state);
/* "subject", "subject" ... of the open list, newest first, "?" for a row that is not here, joined by
 * "\n"; a pending row has "~" before it, an unread one "*", a flagged one "!". */
char *world_rows(World *world);
void world_wait_rows(World *world, const char *rows);
void world_wait_notice(World *world, const char *part);
void world_wait_pending(World *world, guint pending);

/* What FOLDER holds on the server, as of other_list(), matches PATTERN, a regular expression: now, or after
 * a while. */
void world_assert_server(World *world, const char *folder, const char *pattern);
void world_wait_server(World *world, const char *folder, const char *pattern);

EngineFolderId world_folder(World *world, const char *path);
/* Opens it, with a view of the first 20 rows. */
void world_open(World *world, const char *path);
guint32 world_uid(World *world, const char *subject); /* of the open list; it must be there */
/* Each does it to one message of the open list. */
void world_flag(World *world, const char *subject, guint32 flags, gboolean add);
void world_move(World *world, const char *subject, const char *path);
void world_delete(World *world, const char *subject);
void world_undo(World *world);
EngineAccount world_account(const World *world);
