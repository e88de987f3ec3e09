/*
 * A folder's list as the interface sees it: rows by position, newest arrival first, without the
 * messages that a pending change takes away. It owns the map of what is on the screen, which
 * outlives every connection, and the rows around the view; the store has the others.
 *
 * Rows count from 0 at the newest; the map counts from 1 at the oldest. Only this file converts.
 */
#pragma once

#include "core/core.h"
#include "core/opqueue.h"
#include "imap/seqmap.h"
#include "store/messages.h"

/* ---- for the mailbox ---- */

typedef struct {
	/* The view is another one: rows may have to be fetched. */
	void (*view_changed)(gpointer user);
	/* The position of UID is asked for. */
	void (*locate)(guint32 uid, gpointer user);
	/* The interface has closed the list. */
	void (*closed)(gpointer user);
} MsglistOwner;

EngineList *msglist_new(Core *core, EngineAccountId account, EngineFolderId folder,
	const char *mailbox, const OpQueue *ops, gboolean show_recipients,
	const MsglistOwner *owner, gpointer user);
void msglist_free(EngineList *list);

/* Takes MAP; the list is another one now. CURRENT: it is what the server has. */
void msglist_set_map(EngineList *list, SeqMap *take_map, gboolean current);
/* The UIDs mean other messages from now on: nothing of it is known, and that is told. */
void msglist_begin_anew(EngineList *list);
void msglist_set_current(EngineList *list, gboolean current);
/* When what is on the screen was what the server had, in seconds since 1970; 0: not known. */
void msglist_set_seen_at(EngineList *list, gint64 seconds);
const SeqMap *msglist_map(const EngineList *list);

/* What the server says of the map on the screen. */
void msglist_grow(EngineList *list, guint32 count);
/* Says nothing of the row: msglist_refresh() does, once there is one. */
void msglist_learn(EngineList *list, guint32 position, guint32 uid);
void msglist_expunge(EngineList *list, guint32 position);
void msglist_vanish(EngineList *list, const UidSet *uids);
/* The row of UID shows something else: it is read again from the store. */
void msglist_refresh(EngineList *list, guint32 uid);
void msglist_refresh_set(EngineList *list, const UidSet *uids);
/* The pending ops of the folder are others now: what they hide is computed anew, the rows of UIDS
 * (may be NULL) show something else. */
void msglist_ops_changed(EngineList *list, const UidSet *uids);
/* The server has moved UIDS away, and its EXPUNGE has not come yet: they stay hidden until then. */
void msglist_gone(EngineList *list, const UidSet *uids);
void msglist_found(EngineList *list, guint32 uid);

/* The positions of the map that are in view, with MARGIN rows around them. FALSE: none. */
gboolean msglist_wanted(
	const EngineList *list, guint margin, guint32 *out_first, guint32 *out_last);
/* The first row in view and how many; 0 rows before the interface has said. */
void msglist_view(const EngineList *list, guint *out_first, guint *out_rows);
/* The server does not describe UID: it gets a row that says so. */
void msglist_degrade(EngineList *list, guint32 uid);
/* TRUE when the row of UID is in the store or in memory. */
gboolean msglist_has_row(EngineList *list, guint32 uid);
/* The flags of UID with pending changes, FALSE when the row is not here. */
gboolean msglist_flags(EngineList *list, guint32 uid, FlagSet *out_flags);
