/*
 * Sends what waits in the queue of changes to the server, over a connection that has the folder
 * selected, and takes the answers: confirmed, refused with the reason, or put back by a cut.
 *
 * What the server has moved without a word of where to, because a cut took the word or because it never says
 * it, is looked for before it counts as confirmed (core/look.h).
 *
 * MOVE where the server has it, else COPY, STORE +FLAGS \Deleted and UID EXPUNGE, step by step. A
 * plain EXPUNGE, which would purge what other clients have marked, is never sent: without UIDPLUS
 * the messages stay in the folder, marked as deleted.
 */
#pragma once

#include "core/link.h"
#include "core/opqueue.h"
#include "core/tree.h"

typedef struct Sender Sender;

typedef struct {
	/* The server has answered for UIDS of MAILBOX (raw). TAKEN_AWAY: they are no longer there. TO:
	 * where they went or were copied to (raw), or NULL; TO_UIDS: what they are called there, NULL
	 * when the server does not say. */
	void (*answered)(const char *mailbox, const UidSet *uids, gboolean taken_away,
		const char *to, const UidSet *to_uids, gpointer user);
	/* TRUE when LINK has MAILBOX (raw) selected still, and nothing else on its way. */
	gboolean (*has_selected)(const Link *link, const char *mailbox, gpointer user);
} SenderOwner;

Sender *sender_new(Core *core, EngineAccountId account, OpQueue *queue, Tree *tree,
	const SenderOwner *owner, gpointer user);
void sender_free(Sender *sender);

/* Sends all that waits for MAILBOX (raw), which LINK has selected with UIDVALIDITY. */
void sender_send(Sender *sender, Link *link, const char *mailbox, guint32 uidvalidity);
/* TRUE while a change of MAILBOX (raw), or one that puts messages there, is under way: a count may be
 * of before or of after. */
gboolean sender_concerns(const Sender *sender, const char *mailbox);
/* TRUE while answers are awaited on LINK. */
gboolean sender_is_busy(const Sender *sender, const Link *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sender, sender_free)
