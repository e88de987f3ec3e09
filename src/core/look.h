/*
 * Whether a COPY was done that a cut has left without an answer (also as the first step of a MOVE on a
 * server without the command): opens the destination, on a connection that has nothing else to do, and
 * looks among what came there since (StoreOp.to_uidnext) for the messages. They are told apart by
 * Message-ID and size, those without one by arrival, size, sender, date and subject, as COPY keeps all of them.
 *
 * A COPY is done whole or not at all (RFC 3501 section 6.4.7), but a long one is sent as several
 * commands. So of an op that was done in part, what has arrived counts as done and the rest waits again;
 * only when the store does not know the messages well enough, the user is told.
 *
 * The same for what a MOVE has taken away without a word of where to: nothing depends on it but undo. There a
 * message counts as found when it is the only one of its kind that came since.
 */
#pragma once

#include "core/link.h"
#include "core/opqueue.h"
#include "core/tree.h"

typedef struct Look Look;

typedef struct {
	/* It is known now what became of UIDS of MAILBOX (raw), which were to be copied, or (TAKEN_AWAY) were
	 * moved, to TO (raw; NULL: nothing has arrived there); TO_UIDS: what has, as far as it is known. */
	void (*settled)(const char *mailbox, const UidSet *uids, gboolean taken_away,
		const char *to, const UidSet *to_uids, gpointer user);
	/* The connection has the destination selected, read-only, and may be used again. */
	void (*over)(gpointer user);
} LookOwner;

Look *look_new(Core *core, Tree *tree, OpQueue *queue, const LookOwner *owner, gpointer user);
void look_free(Look *look);

/* TRUE when there is something to look for, and none is under way. */
gboolean look_is_wanted(const Look *look);
/* Opens one destination on LINK, which is used until OVER, and tells which (raw, borrowed). NULL: there
 * is nothing to look for. */
const char *look_begin(Look *look, Link *link);
/* What the connection says that belongs to no command. */
void look_take_event(Look *look, const ImapEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Look, look_free)
