/*
 * One account: its folders, its changes, the open folder, and what is done for them at the end of each turn.
 * It hands what one of its parts learns to the others, and to other accounts what they carry between them;
 * how it comes by its connections is a matter of core/connections.h.
 */
#pragma once

#include "core/core.h"
#include "core/mailbox.h"
#include "core/opqueue.h"
#include "core/tree.h"

typedef struct Carrier Carrier;
typedef struct Ferry Ferry;

Account *account_new(Core *core, EngineAccountId id, const AccountConfig *config);
void account_free(Account *account);
/* By its name in the config; NULL: there is none. */
Account *account_of(const Core *core, const char *name);

void account_start(Account *account);
void account_reconnect(Account *account);
/* Drops connections that are most likely dead, and opens them again at once. */
void account_renew(Account *account);
/* Takes over changes of programs that have ended, or were killed, since this one began. */
void account_adopt(Account *account);
/* Closes the connections, until account_start(). */
void account_go_offline(Account *account);
/* TRUE when nothing is on the way (see engine_is_idle()). */
gboolean account_is_idle(const Account *account);
/* Its main connection is logged in. */
gboolean account_is_live(const Account *account);
void account_describe(const Account *account, EngineAccount *out_account);

Tree *account_tree(const Account *account);
/* FALSE before the server has listed its folders for the first time. */
gboolean account_knows_folders(const Account *account);
OpQueue *account_ops(const Account *account);
Carrier *account_carrier(const Account *account);
Ferry *account_ferry(const Account *account);
const AccountConfig *account_config(const Account *account);
EngineAccountId account_id(const Account *account);

/* Opens FOLDER on the main connection, instead of what was open there. */
EngineList *account_open(Account *account, Folder *folder);
Mailbox *account_mailbox(const Account *account);
/* The connection that has FOLDER selected, NULL when there is none now. */
Link *account_link_for(const Account *account, EngineFolderId folder);

/* The line was cut while a part was to come decoded (BINARY, RFC 3516), as servers do that fail at it: until the
 * program ends no other is asked for so. */
void account_doubt_binary(Account *account);
gboolean account_doubts_binary(const Account *account);

/* A message from another account was appended to MAILBOX (raw), as UID (0: the server does not say). */
void account_take_appended(Account *account, const char *mailbox, guint32 uid);
/* TRUE while messages from other accounts are on their way to MAILBOX (raw) of the account called NAME. */
gboolean account_is_bound_for(const Core *core, const char *name, const char *mailbox);
/* The queue of changes of MAILBOX (raw) is another one; UIDS are the messages it is about. */
void account_ops_changed(Account *account, const char *mailbox, const UidSet *uids);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Account, account_free)
