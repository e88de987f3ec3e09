/*
 * The folder that is open on the account's main connection: it selects it, keeps the list on the
 * screen in step with what the server says, writes that to the store, and fetches the rows that are
 * in view.
 *
 * On a cut line the list stays as it is, marked as not current. After the next SELECT a second map
 * is built beside it from what the server says now, and takes its place once the rows in view are
 * known: the screen never goes blank.
 */
#pragma once

#include "core/link.h"
#include "core/msglist.h"
#include "core/tree.h"

typedef struct Mailbox Mailbox;

typedef struct {
	/* It is selected: changes that wait for it can be sent. */
	void (*selected)(Mailbox *mailbox, gpointer user);
	/* The server does not open it: there may be no such folder any more. */
	void (*refused)(Mailbox *mailbox, gpointer user);
	/* The interface has closed its list. */
	void (*closed)(Mailbox *mailbox, gpointer user);
	/* An unread message is here that the store did not have. */
	void (*arrived)(Mailbox *mailbox, const StoreMessage *message, gpointer user);
	/* Messages came or went: how many are unread is only known to the server. */
	void (*moved)(Mailbox *mailbox, gpointer user);
} MailboxOwner;

/* Shows what the store has. FOLDER must outlive the mailbox's next settle; it is found again by id. */
Mailbox *mailbox_new(Core *core, EngineAccountId account, Tree *tree, const Folder *folder,
	const OpQueue *ops, const MailboxOwner *owner, gpointer user);
/* Saves the map for the next visit. */
void mailbox_free(Mailbox *mailbox);

EngineList *mailbox_list(const Mailbox *mailbox);
EngineFolderId mailbox_folder(const Mailbox *mailbox);

/* LINK is the connection now: selects the folder there. */
void mailbox_attach(Mailbox *mailbox, Link *link);
/* The connection is gone. */
void mailbox_detach(Mailbox *mailbox);
/* Opens the folder again on the same connection: what was told may not have been kept. */
void mailbox_look_again(Mailbox *mailbox);
/* What the connection says that belongs to no command. */
void mailbox_take_event(Mailbox *mailbox, const ImapEvent *event);
/* What the server has told another connection of the folder: the one that has it open may have heard nothing of
 * that. Not for news, which are told to both at once. */
void mailbox_take_status(Mailbox *mailbox, const ImapMailboxStatus *status);
/* Once per turn. */
void mailbox_settle(Mailbox *mailbox);

/* TRUE while the server has it selected. */
gboolean mailbox_is_selected(const Mailbox *mailbox);
/* TRUE when the server has refused to open it. */
gboolean mailbox_is_refused(const Mailbox *mailbox);
/* FALSE when the server has said that it would not keep KEYWORD (PERMANENTFLAGS). */
gboolean mailbox_keeps_keyword(const Mailbox *mailbox, const char *keyword);
guint32 mailbox_uidvalidity(const Mailbox *mailbox);
/* Folder.leaving */
void mailbox_count_leaving(const Mailbox *mailbox);
/* TRUE when rows in view are on their way. */
gboolean mailbox_is_busy(const Mailbox *mailbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)
