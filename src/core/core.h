/*
 * What every part of the core shares: the config, the store, the hub of events, and the turn.
 *
 * A turn is one pass of the main loop in which anything happened. Whoever changes something calls
 * core_touch(); at the end of the turn, once, the store is committed, the commands that were collected
 * are written to their connections, and then the events are handed out. So neither a server nor a
 * listener sees what is not yet durable, and nobody is called back from inside a call.
 */
#pragma once

#include "base/hub.h"
#include "core/config.h"
#include "engine.h"
#include "store/store.h"

typedef struct Account Account;
typedef struct Hook Hook;
typedef struct Link Link;

/* Called once at the end of each turn, before the commit: the time to do once what many small
 * things of the turn asked for. */
typedef void (*CoreSettle)(gpointer user);

typedef struct {
	CoreSettle settle;
	gpointer user;
} CoreSettler;

typedef struct {
	Config *config;
	Store *store;
	Hub *hub;            /* of EngineEvent */
	GPtrArray *links;    /* Link, borrowed: those that are alive */
	GPtrArray *accounts; /* Account, borrowed: those that are there */
	GArray *settlers;    /* CoreSettler */
	GSource *turn;       /* the end of this turn */
	GHashTable *reset;   /* EngineList: whose LIST_RESET nobody has heard yet */
	Hook *new_mail;      /* the user's command, or NULL */
	gint64 last_trouble; /* monotonic microseconds of the last complaint about the disk */
	gint64 last_renewal; /* the same of the last try to begin a damaged cache anew */
} Core;

Core *core_new(Config *take_config, Store *take_store);
void core_free(Core *core);

void core_add_settler(Core *core, CoreSettle settle, gpointer user);
void core_remove_settler(Core *core, CoreSettle settle, gpointer user);

/* Ends the turn soon: before anything is painted. */
void core_touch(Core *core);
/* Ends it now; for the last turn before the program leaves. */
void core_end_turn(Core *core);

/* Queues a copy of EVENT; its text now belongs to the hub. What is told of a list behind its RESET is
 * left out until that is delivered: who hears of a RESET looks at the list as it is then. */
void core_emit(Core *core, const EngineEvent *event);
void core_notice(Core *core, EngineAccountId account, EngineNoticeLevel level, const char *format,
	...) G_GNUC_PRINTF(4, 5);

/* For a write that failed: the program goes on with what is in memory, and says so once in a while.
 * Takes ERROR. */
void core_cache_trouble(Core *core, GError *take_error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Core, core_free)
