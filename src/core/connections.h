/*
 * The connections of one account. The main one has the open folder selected and idles there; the side one
 * lists folders, counts, and carries out changes in folders that are not open (core/watch.h). Others help
 * as far as the config allows: one looks out for new mail (core/lookout.h), one keeps messages on the disk
 * (core/keep.h), one carries messages from and to other accounts and brings parts out of folders that are
 * not open (core/carrier.h) as long as there are any on the way.
 *
 *   start -> secret -> both connect -> main: SELECT, rows, IDLE     side: LIST, STATUS, changes
 *   a server that takes no second connection -> when there is something to do in another folder, the main one is
 *            lent for it between two commands (watch_borrow()), and then opens its folder again
 *   cut   -> back-off (1 s, doubled, at most 60 s) -> main connects -> side connects
 *   refused credentials, bad certificate -> stopped until the user asks for another try
 *
 * Owns the secret and all five, what the server could do at the last visit, and what the user is told of
 * why there is no connection. Hands the side one to Watch, and asks it and Sender whether that one can be
 * spared; of the open folder and of changes it knows nothing but what ConnectionsOwner says.
 */
#pragma once

#include "core/carrier.h"
#include "core/keep.h"
#include "core/sender.h"
#include "core/tree.h"
#include "core/watch.h"

typedef struct Connections Connections;

/* What becomes of the main connection. */
typedef struct {
	/* LINK is connecting, or back after it was lent: what is wanted leaves with its login. */
	void (*opening)(Link *link, gpointer user);
	/* It is logged in. */
	void (*ready)(gpointer user);
	/* It is gone, about to be closed, or lent. */
	void (*lost)(gpointer user);
	/* What it says of the folder that is selected, and that belongs to no command. */
	void (*event)(const ImapEvent *event, gpointer user);
} ConnectionsOwner;

/* None is opened before connections_start(). TREE, WATCH and SENDER are borrowed. */
Connections *connections_new(Core *core, EngineAccountId account, const AccountConfig *config,
	Tree *tree, Watch *watch, Sender *sender, const ConnectionsOwner *owner, gpointer user);
void connections_free(Connections *connections);

void connections_start(Connections *connections);
/* Closes them, until connections_start(). */
void connections_go_offline(Connections *connections);
/* The user asks for another try, now. */
void connections_reconnect(Connections *connections);
/* Drops connections that are most likely dead, and opens them again at once. */
void connections_renew(Connections *connections);
/* Once per turn: gives work to those that are there, opens and closes those that come and go. OPEN: the
 * folder that the main one has, or is to have, selected; NULL: none. */
void connections_settle(Connections *connections, const Folder *open);
/* For the next start, what the server can do: whenever it may have changed, or the cache is another. */
void connections_remember_capabilities(Connections *connections);

EngineAccountState connections_state(const Connections *connections);
/* A sentence while stopped or waiting, borrowed; NULL: all is well. */
const char *connections_trouble(const Connections *connections);
/* When the main one is tried again, wall clock seconds; 0: nothing is planned. */
gint64 connections_retry_at(const Connections *connections);

/* NULL while there is none, or it is lent. */
Link *connections_main(const Connections *connections);
/* NULL while it is not logged in, or lent. */
Link *connections_ready_main(const Connections *connections);
Keep *connections_keep(const Connections *connections);
Carrier *connections_carrier(const Connections *connections);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connections, connections_free)
