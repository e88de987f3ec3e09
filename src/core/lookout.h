/*
 * Looks out for new mail in INBOX while another folder is open, on a connection of its own: for
 * servers without NOTIFY, where only the folder that is selected is told of at once.
 */
#pragma once

#include "core/slot.h"

typedef struct Lookout Lookout;

/* Something has happened in INBOX. */
typedef void (*LookoutNews)(gpointer user);

Lookout *lookout_new(Core *core, const AccountConfig *config, LookoutNews news, gpointer user);
void lookout_free(Lookout *lookout);

/* Once per turn: SECRET to connect with, or NULL when it is not needed now, or not possible. */
void lookout_settle(Lookout *lookout, const LinkSecret *secret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookout, lookout_free)
