/*
 * What an account does beside the open folder, on its side connection: the list of folders, their
 * counts, and changes in folders that are not open, which are selected for it. Where the server has
 * NOTIFY (RFC 5465) it tells at once what happens in any folder; else the counts are asked for
 * every minute.
 */
#pragma once

#include "core/link.h"
#include "core/sender.h"
#include "core/tree.h"

typedef struct Watch Watch;

typedef struct {
	/* The server does not open MAILBOX (raw): changes that wait for it can't be made. */
	void (*refused)(const char *mailbox, const GError *error, gpointer user);
	/* A count has come, which the tree takes next. */
	void (*counted)(const ImapMailboxStatus *status, gpointer user);
	/* As of LookOwner. */
	void (*settled)(const char *mailbox, const UidSet *uids, gboolean taken_away,
		const char *to, const UidSet *to_uids, gpointer user);
} WatchOwner;

Watch *watch_new(Core *core, Tree *tree, OpQueue *queue, Sender *sender, const WatchOwner *owner,
	gpointer user);
void watch_free(Watch *watch);

/* LINK is connecting: what is wanted leaves with its login. NULL: it is gone. */
void watch_attach(Watch *watch, Link *link);
/* There is none, and LINK, which has the open folder, is lent for what can't wait: changes in other folders,
 * and looking for copies. NULL: it is taken back. */
void watch_borrow(Watch *watch, Link *link);
/* TRUE when there was such a thing to do since this was last asked. */
gboolean watch_take_need(Watch *watch);
/* What WATCH has of its own, or was lent. */
Link *watch_link(const Watch *watch);
void watch_take_event(Watch *watch, const ImapEvent *event);
/* A change of ours in MAILBOX (raw) was answered just now: counts that were told before, or asked for
 * before, may lack it. */
void watch_note_change(Watch *watch, const char *mailbox);
/* The counts of MAILBOX (raw) are probably others now: ask for them soon. */
void watch_want_count(Watch *watch, const char *mailbox);
/* A folder that was known is probably gone: ask for all of them again. */
void watch_want_list(Watch *watch);
/* Changes wait for MAILBOX (raw), which is not open. */
void watch_send_changes(Watch *watch, const char *mailbox);
/* TRUE when the connection has MAILBOX (raw) selected and will not leave it before it is answered. */
gboolean watch_has_selected(const Watch *watch, const char *mailbox);
/* Once per turn. SPARE: a connection that may be used for folders while there is no other, or
 * NULL. */
void watch_settle(Watch *watch, Link *spare);
gboolean watch_is_idle(const Watch *watch);
/* TRUE when the folders are known and the server was asked for NOTIFY where it has that. */
gboolean watch_has_listed(const Watch *watch);
/* TRUE when the server tells of every folder by itself. */
gboolean watch_is_notified(const Watch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)
