/*
 * The folders of one account: what LIST and STATUS told, kept in the store, in the order in which
 * people look for them. Raw names are the keys; the decoded ones are for showing and for typing.
 */
#pragma once

#include "core/core.h"
#include "imap/response.h"
#include "store/folders.h"

typedef struct {
	StoreFolder *stored; /* id, raw name, counts */
	char *path;          /* decoded, whole, as the server has it */
	char *shown; /* as people see and type it: no INBOX. before all, "/" between levels */
	char *name;  /* decoded, behind the nearest folder above that is shown */
	guint depth;
	EngineRole role;
	gboolean has_children;
	gint32 unread_pending, total_pending; /* what pending changes will add to the counts */
	guint32 counted;                      /* messages below are in the unread count */
	gboolean live;                        /* it is open: the server tells who comes and goes */
	guint leaving; /* while it is live: messages that the server still has, and pending changes take away */
	guint visit;     /* Tree's when the counts were confirmed; 0: in no visit */
	gboolean listed; /* by the LIST that is under way */
} Folder;

typedef struct Tree Tree;

/* Loads what the store has; INBOX is always there. */
Tree *tree_new(Core *core, EngineAccountId account, const AccountConfig *config);
void tree_free(Tree *tree);

guint tree_count(const Tree *tree);
/* By the order of showing; NULL past the end. All results are the tree's and live until the next
 * tree_end_list(). */
Folder *tree_at(const Tree *tree, guint i);
Folder *tree_by_id(const Tree *tree, EngineFolderId id);
Folder *tree_by_raw(const Tree *tree, const char *raw);
Folder *tree_by_role(const Tree *tree, EngineRole role);
/* By the path, as it is shown or as the server has it; another letter case will do when only one folder fits. */
Folder *tree_by_path(const Tree *tree, const char *path);

/* A LIST: begin, every LIST response, end. COMPLETE: the server said OK, so that folders which were
 * not listed are gone. */
void tree_begin_list(Tree *tree);
void tree_take_list(Tree *tree, const ImapList *list);
void tree_end_list(Tree *tree, gboolean complete);
/* TRUE once a LIST was complete: a folder that is not here is not on the server. */
gboolean tree_is_complete(const Tree *tree);

/* News of one folder, outside of a LIST: it is there, or NONEXISTENT. */
void tree_take_news(Tree *tree, const ImapList *list);

void tree_take_status(Tree *tree, const ImapMailboxStatus *status);
/* The connection is gone: no count is sure any more. */
void tree_doubt(Tree *tree);
/* Writes FOLDER to the store and says that its counts changed. */
void tree_save(Tree *tree, Folder *folder);
/* Writes all: the store has forgotten them. */
void tree_save_all(Tree *tree);
/* The rows in the store may be older than the HIGHESTMODSEQ of their folder says. */
void tree_forget_marks(Tree *tree);
/* Says that the counts of FOLDER changed. */
void tree_touch(Tree *tree, const Folder *folder);
void tree_describe(const Tree *tree, const Folder *folder, EngineFolder *out_folder);
/* As the user sees its path; borrowed. */
const char *folder_path(const Folder *folder);
/* NULL when FOLDER can hold messages, else why not. */
const char *folder_refusal(const Folder *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tree, tree_free)
