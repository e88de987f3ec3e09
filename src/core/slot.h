/* A place for one connection of an account, which opens it again with back-off after a cut. */
#pragma once

#include "core/link.h"

typedef struct Slot Slot;

typedef struct {
	void (*ready)(Slot *slot, gpointer user);
	void (*event)(Slot *slot, const ImapEvent *event, gpointer user);
	/* The link is gone when this is called. The owner decides on slot_retry(). */
	void (*closed)(Slot *slot, const GError *error, gpointer user);
	/* The time to try again has come: the owner calls slot_open(). */
	void (*again)(Slot *slot, gpointer user);
} SlotEvents;

Slot *slot_new(Core *core, const char *name, const AccountConfig *config, const SlotEvents *events,
	gpointer user);
void slot_free(Slot *slot);

/* What the server could do at the last visit (copied; NULL: not known): then what is asked for leaves in
 * one flight with the login. A guess that leads to no login is not made again. */
void slot_expect(Slot *slot, const char *capabilities);

void slot_open(Slot *slot, const LinkSecret *secret);
/* Drops the connection, as by a cut, and whatever is planned. */
void slot_close(Slot *slot);
/* Plans the next try: later each time until one was good for a while. */
void slot_retry(Slot *slot);

Link *slot_link(const Slot *slot);       /* NULL while there is none */
Link *slot_ready_link(const Slot *slot); /* NULL while none is logged in */
gint64 slot_retry_at(const Slot *slot);  /* wall clock seconds; 0: nothing planned */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Slot, slot_free)
