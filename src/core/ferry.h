/*
 * Carries messages of one account to others: each is fetched into a file of its own (store/spool.h),
 * appended there with its flags, keywords and date, and when all of an op have arrived, the originals
 * of a move are removed by the sender. Some are under way at a time.
 *
 *   fetching -> fetched -> SPOOLED -> SENT -> arrived (StoreOp.from_uids_done)
 *                             ^        | the line was cut, or the program killed
 *                             +-- look for it in the other folder --> arrived
 *
 * What is in capitals is in the journal, on disk before the server is asked. A message that was sent
 * without an answer is looked for among what came to the folder since (core/ferry-look.c) and only sent
 * again when it is not there. So is each of an op of which nobody knows any more what was sent
 * (StoreOp.in_doubt), until all that came there since is known. A refused one stays where it is, and the
 * user is told why.
 */
#pragma once

#include "core/account.h"

/* UIDS of MAILBOX (raw) are no longer under way. */
typedef void (*FerrySettled)(const char *mailbox, const UidSet *uids, gpointer user);

Ferry *ferry_new(Core *core, Account *account, FerrySettled settled, gpointer user);
void ferry_free(Ferry *ferry);

/* Once per turn. */
void ferry_settle(Ferry *ferry);
/* Carries nothing more of OP, which is to be taken back. TRUE when no answer has to be awaited for that:
 * then what has arrived (op->to_uids_done) is all that there is to undo. */
gboolean ferry_stop(Ferry *ferry, StoreOp *op);
/* TRUE while messages are sent to MAILBOX (raw) of the account called ACCOUNT. */
gboolean ferry_is_bound_for(const Ferry *ferry, const char *account, const char *mailbox);
/* Octets carried, and of how many; 0 of 0 when nothing is under way. */
void ferry_progress(const Ferry *ferry, guint64 *out_done, guint64 *out_total);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ferry, ferry_free)
