/*
 * A connection of an account that is open only while it is needed: while messages go to another account
 * or come from one (they are fetched, appended and looked for there), and while parts are saved of a
 * folder that is not open. So the other connections stay as quick as they are.
 */
#pragma once

#include "core/slot.h"

typedef struct Carrier Carrier; /* as in core/account.h */

/* Who needs a folder open on it, one at a time. */
typedef struct {
	/* What the server says of the folder that belongs to no command; NULL: it does not matter. */
	void (*event)(const ImapEvent *event, gpointer user);
	gpointer user;
} CarrierHolder;

typedef enum {
	CARRIER_LATER,   /* not yet: core_touch() is called when it is worth another try */
	CARRIER_OPEN,    /* the folder is open, read-only */
	CARRIER_REFUSED, /* the server does not open it */
} CarrierOpened;

Carrier *carrier_new(Core *core, const AccountConfig *config);
void carrier_free(Carrier *carrier);

/* It is needed in this turn; what nobody needs for some seconds is closed. */
void carrier_want(Carrier *carrier);
gboolean carrier_is_wanted(const Carrier *carrier);
/* Once per turn: SECRET to connect with, or NULL when that is not possible now. */
void carrier_settle(Carrier *carrier, const LinkSecret *secret);
/* The next try, if one is planned, is made now. */
void carrier_hurry(Carrier *carrier);
/* Drops the connection, as by a cut, and whatever is planned. */
void carrier_close(Carrier *carrier);

/* Logged in, or NULL. */
Link *carrier_link(const Carrier *carrier);
/* FALSE: the last try failed, and the next one has to wait. */
gboolean carrier_is_coming(const Carrier *carrier);
/* Opens MAILBOX (raw) for HOLDER (borrowed until carrier_release()), unless another holds one: then it is
 * the next, as long as it asks in each turn. */
CarrierOpened carrier_hold(
	Carrier *carrier, const CarrierHolder *holder, const char *mailbox, GError **error);
/* TRUE when another waits for what HOLDER has. */
gboolean carrier_is_awaited(const Carrier *carrier, const CarrierHolder *holder);
/* Does nothing when another holds it. */
void carrier_release(Carrier *carrier, const CarrierHolder *holder);
/* Of the folder that is open. */
guint32 carrier_uidvalidity(const Carrier *carrier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Carrier, carrier_free)
