/* What the files of an account share: account.c owns it, account-changes.c works with it. */
#pragma once

#include "core/account.h"
#include "core/arrival.h"
#include "core/connections.h"
#include "core/ferry.h"
#include "core/heal.h"

struct Account {
	Core *core;
	EngineAccountId id;
	const AccountConfig *config;
	Tree *tree;
	OpQueue *ops;
	Sender *sender;
	Watch *watch; /* what the side connection does */
	Connections *connections;
	Ferry *ferry;
	Mailbox *mailbox; /* the open folder, or NULL */
	Arrival *arrival; /* new mail */
	gboolean binary_doubted;
	Heal *heal;
	guint cache_age;         /* store_cache_age() that this account has written to */
	EngineAccountState told; /* what the interface knows */
	guint told_pending;
	guint64 told_permille;
};

/* NULL: none is open. */
Folder *account_open_folder(const Account *account);
