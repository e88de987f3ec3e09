/*
 * Fetches header and text of messages of the folder that a connection has open, many at a time, and puts
 * them into the store: first the rows that the store does not have, which tell what there is to fetch,
 * then the bodies, one command for all messages that have their text in the same section. How much is
 * under way is bounded by octets, so that a line is never filled for long.
 */
#pragma once

#include "base/uidset.h"
#include "core/core.h"
#include "core/link.h"

typedef struct KeepFetch KeepFetch;

/* UIDS (taken) of FOLDER, which LINK has open. */
KeepFetch *keep_fetch_new(
	Core *core, const AccountConfig *config, Link *link, guint32 folder, UidSet *take_uids);
/* What is under way is forgotten. */
void keep_fetch_free(KeepFetch *fetch);
/* The link is gone: all that is left is to free it. */
void keep_fetch_detach(KeepFetch *fetch);

/* Asks for more. Once per turn. */
void keep_fetch_settle(KeepFetch *fetch);
/* A row of the folder. */
void keep_fetch_take_row(KeepFetch *fetch, const ImapFetch *row);
gboolean keep_fetch_is_over(const KeepFetch *fetch);
void keep_fetch_progress(const KeepFetch *fetch, guint32 *out_done, guint32 *out_total);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepFetch, keep_fetch_free)
