/*
 * A session: an actor does what the model chooses, in bursts of actions that do not wait for each
 * other, and after each burst the server must hold what the user asked for, and the list must show
 * what the server holds.
 *
 * Nobody knows whether the action that was under way when the actor was killed has been, nor what an undo
 * does of which the server shows nothing: then the session goes on with all the courses of events that end in
 * what the server has. Everything else must be as it was asked for.
 */
#pragma once

#include "stage.h"

#define SESSION_ACTIONS    200
#define SESSION_PER_FOLDER 8
#define SESSION_BURST_MAX  4

typedef struct {
	Stage *stage;
	Actor *actor;   /* NULL: it was killed */
	GArray *models; /* Model: the courses of events that are possible */
	GRand *rand;
	guint folder; /* the open one */
	guint actions, refusals;
	gboolean disk_fails; /* any action may be refused, and then nothing comes of it */
} Session;

/* Mail and home begin anew; no actor yet. */
Session *session_new(Stage *stage, guint32 seed);
void session_free(Session *session); /* and the end of the actor */

/* With the folder open that was; FALSE when the actor was killed meanwhile. */
gboolean session_start(Session *session, guint fault);
/* The same with a limit on the size of the files that it writes; FALSE when it would not start. */
gboolean session_start_limited(Session *session, guint64 octets);
/* The actor is killed at the Nth point from now on, 0: at none; and how many it has passed since the last
 * time. FALSE when it was killed meanwhile. */
gboolean session_arm(Session *session, guint fault, guint *out_passed);
void session_stop(Session *session);

/* Some actions, and perhaps another folder before. FALSE when the actor was killed meanwhile. */
gboolean session_burst(Session *session);
/* Waits until all is confirmed. FALSE when the actor was killed meanwhile. */
gboolean session_settle(Session *session);
/* The server and the list are what they must be, else the test ends. */
void session_check(Session *session);
/* Sends a line that must be answered with "ok"; FALSE when the actor was killed meanwhile. */
gboolean session_ask(Session *session, const char *line);
