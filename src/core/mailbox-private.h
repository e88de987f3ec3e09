/* What the files of the mailbox share: mailbox.c keeps the list in step with the server's news,
 * mailbox-select.c goes down the ladder of resynchronising when the folder is selected. */
#pragma once

#include "core/fetcher.h"
#include "core/mailbox.h"
#include "core/resync.h"

/* What QRESYNC told of the time since the last visit (RFC 7162 section 3.2.5). */
typedef struct {
	UidSet *vanished;
	GArray *anchors; /* ResyncAnchor */
	UidSet *arrived;
	guint32 exists, uidnext; /* UIDNEXT at the last visit */
	guint64 modseq;
} Resync;

struct Mailbox {
	Core *core;
	EngineAccountId account;
	Tree *tree;
	EngineFolderId folder;
	char *raw;
	MailboxOwner owner;
	gpointer user;
	EngineList *list;
	const OpQueue *ops;
	Fetcher *fetcher;
	Link *link; /* borrowed; NULL while there is none */
	gboolean selected;
	gboolean saved;   /* the map, with the rows first in view, since it was selected */
	gboolean refused; /* the server does not open it */
	gboolean asking;  /* NOOP is under way because of that: */
	guint32 told; /* how many messages STATUS spoke of while the server has told less or more */
	guint32 disputed[3];     /* what was looked after already: told, here, and UIDVALIDITY */
	gboolean any_keyword;    /* the server keeps each that it is told ... */
	FlagSet permanent_flags; /* ... else only these */
	guint32 uidvalidity;
	guint64 modseq; /* HIGHESTMODSEQ when it was selected, 0: none */
	SeqMap *fresh; /* what the server has now, until it takes the place of the list's; or NULL */
	SeqMap *visited; /* the map of the last visit, while the list shows a later one that was kept
			  * (core/keep.c); or NULL */
	UidSet *removed; /* expunged; their rows go some each turn, once no move needs them */
	Resync *resync;  /* between SELECT's answer and its end, when QRESYNC tells; or NULL */
};

/* NULL when the folder is gone from the tree. */
Folder *mailbox_my_folder(const Mailbox *mailbox);
/* Folder.live */
void mailbox_set_live(Mailbox *mailbox, gboolean live);

/* The rest of mailbox-select.c is reached through mailbox_attach() and mailbox_detach(). */
void mailbox_take_selected(Mailbox *mailbox, const ImapSelected *selected);
/* A FETCH that belongs to what QRESYNC tells. */
void resync_take_fetch(Resync *resync, const ImapFetch *fetch);
void resync_free(Resync *resync);
/* What is on the screen now is what the next visit begins with. */
void mailbox_save_map(Mailbox *mailbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Resync, resync_free)
