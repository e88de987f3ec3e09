/*
 * What of the queue can be taken back, and how it is: the requests that are offered, the one transaction in
 * which a request goes and its inverses come, and those that have to wait for an answer first. What the
 * inverses are is a matter of core/changes.c. Owns which groups are wanted to be undone.
 */
#pragma once

#include "core/opqueue.h"

/* The ops of the user's last request that can still be taken back (StoreOp, borrowed, newest
 * first) and is not wanted to be already, NULL when there is none. */
GPtrArray *opqueue_last_group(const OpQueue *queue);
/* The same of the request GROUP. */
GPtrArray *opqueue_group(const OpQueue *queue, gint64 group);
/* That group is taken back by INVERSES (StoreOp) of OTHER (QUEUE, or the one of the account to which the
 * messages went), in one transaction: it is no longer offered. Removes what was not sent. */
gboolean opqueue_take_back(OpQueue *queue, gint64 group, OpQueue *other, GPtrArray *take_inverses,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without any. */
gboolean opqueue_forget_group(
	OpQueue *queue, gint64 group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What takes GROUP back can't be said before the server has answered: where messages go, or come back to. */
gboolean opqueue_must_wait(const OpQueue *queue, gint64 group);
/* GROUP is to be taken back once the server has answered for it, also after a restart: on disk when this
 * returns. */
gboolean opqueue_want_undo(OpQueue *queue, gint64 group, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A group wanted by opqueue_want_undo() of which nothing is under way any more, 0: none. Gives each
 * once; one that the server has refused has no ops. */
gint64 opqueue_take_wanted_undo(OpQueue *queue);
