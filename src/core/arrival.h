/*
 * New mail of one account: what has come, unread, since the folder was last looked at in this
 * session. Rows of the open folder tell it by message, the counts of the others by UIDNEXT and the
 * number of unread messages, which must both have risen. What our own changes brought (a move, a
 * copy, an undo) is no news; while the server has not answered for such a change, nothing is said of
 * the folder it goes to.
 *
 * Folders where nobody waits for mail (Junk, Trash, Sent, Drafts) and those that show the mail of
 * others again (All, Flagged) are left out. It is told once a turn: one ENGINE_NEW_MAIL, and the
 * user's command.
 */
#pragma once

#include "core/hook.h"
#include "core/opqueue.h"
#include "core/tree.h"

typedef struct Arrival Arrival;

/* HOOK runs the user's command; NULL: there is none. */
Arrival *arrival_new(Core *core, EngineAccountId account, const char *account_name,
	const Tree *tree, const OpQueue *ops, Hook *hook);
void arrival_free(Arrival *arrival);

/* FOLDER is open: what comes from now on is new, unless it was counted before in this session. */
void arrival_take_selected(Arrival *arrival, const Folder *folder);
/* An unread message, in words, that FOLDER did not have before. */
void arrival_take_message(
	Arrival *arrival, const Folder *folder, guint32 uid, const char *from, const char *subject);
/* Before the tree takes it: FOLDER still has the counts of before. */
void arrival_take_status(Arrival *arrival, const Folder *folder, const ImapMailboxStatus *status);
/* A change of ours put N messages into MAILBOX (raw), which are UIDS; NULL: the server does not
 * say. */
void arrival_take_own(Arrival *arrival, const char *mailbox, const UidSet *uids, guint64 n);
/* Once per turn: tells. */
void arrival_settle(Arrival *arrival);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arrival, arrival_free)
