/*
 * The user's wishes become ops in the queue: for exactly the messages that they change, so that undo
 * can take back exactly that. All return FALSE with a sentence when nothing was changed.
 */
#pragma once

#include "core/account.h"

/* All take raw UIDs of FOLDER. */
gboolean changes_flags(Core *core, Account *account, Folder *folder, const UidSet *uids,
	const FlagSet *flags, gboolean add, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the server has in FOLDER is known now. What was asked for before that, and is not sent yet, goes on
 * without the messages that are so already. */
void changes_make_sure(Core *core, Account *account, const Folder *folder);
/* TO is a folder of TO_ACCOUNT, which may be another. */
gboolean changes_transfer(Core *core, Account *account, Folder *folder, const UidSet *uids,
	StoreOpKind kind, Account *to_account, Folder *to,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* There is no folder FOR something, which OPTION of the config would name. Always FALSE. */
gboolean changes_lack_folder(
	const Account *account, const char *for_what, const char *option, GError **error);
/* To Trash; out of Trash for good. */
gboolean changes_delete(Core *core, Account *account, Folder *folder, const UidSet *uids,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The last request of the account. */
gboolean changes_undo(Core *core, Account *account, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The server has answered: carries out an undo that had to wait for it. */
void changes_settle_undo(Core *core, Account *account);
/* The group of the last request that can be undone; groups rise with time. 0: there is none. */
gint64 changes_last(const Account *account);
