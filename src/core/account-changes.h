/*
 * Changes of an account on their way: what waits is handed to who can send it, and when an answer comes, the
 * open list, the counts, the arrivals and the undo that waits for it are told. It has no state of its own,
 * opens and closes nothing, and which change is next is a matter of core/opqueue-send.h.
 */
#pragma once

#include "core/account.h"

/* Once per turn: sends what waits, on the connection that has its folder selected. */
void account_send_changes(Account *account);
/* Brings what is pending into the counts of the folders. */
void account_count_pending(Account *account);
/* As of SenderOwner and WatchOwner. USER is the account. */
void account_take_answer(const char *mailbox, const UidSet *uids, gboolean taken_away,
	const char *to, const UidSet *to_uids, gpointer user);
gboolean account_has_selected(const Link *link, const char *mailbox, gpointer user);
void account_take_refused_folder(const char *mailbox, const GError *error, gpointer user);
/* At the start, of what an earlier program has done. */
void account_forget_gone(Account *account);
