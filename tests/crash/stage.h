/*
 * The stage of the crash tests: a private server, a line that can be cut, a second client that says
 * what the server holds, and actors (tests/crash/actor) whose home outlives them.
 */
#pragma once

#include "model.h"
#include "world.h"

typedef struct Actor Actor;

typedef struct {
	Server *server;
	Other *other;
	Proxy *proxy;
	char *home;      /* of the actors: config, state, cache */
	GString *played; /* the session so far, for who reads a failure */
} Stage;

/* ARGS for the server, NULL-terminated, or NULL. MORE: lines for the account, or NULL. */
Stage *stage_new(const char *const *args, const char *more);
void stage_free(Stage *stage);
/* The folders with what MODEL says, and a home without databases. */
void stage_reset(Stage *stage, const Model *model);
/* A file below the home; free it. */
char *stage_path(const Stage *stage, const char *name);

/* A difference between what the server holds and MODEL as text; NULL: there is none. */
char *stage_compare(Stage *stage, const Model *model);

/* Starts an actor; FAULT: see base/fault.h, 0: none. It answers "ok" or why not, like to a line. */
Actor *actor_start(Stage *stage, guint fault);
/* The same with a limit on the size of the files that it writes. */
Actor *actor_start_limited(Stage *stage, guint64 octets);
/* Sends a line and waits for the answer; NULL when the actor was killed. An actor that gives up ends the
 * test. */
char *actor_ask(Actor *actor, const char *line);
/* The answer to the start. */
char *actor_hear(Actor *actor);
/* Kills it with what it is at. */
void actor_kill(Actor *actor);
/* Waits for its end when it was not killed. */
void actor_end(Actor *actor);
