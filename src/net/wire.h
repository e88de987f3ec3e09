/*
 * A connected descriptor and what lies between it and the stream: compression over TLS, bytes that
 * wait to be sent, counters. Knows no main loop and no events; each call does what can be done now.
 */
#pragma once

#include "net/deflate.h"
#include "net/tls.h"

typedef struct Wire Wire;

typedef enum {
	WIRE_DONE,   /* what was asked for happened */
	WIRE_WAIT,   /* nothing now; ask again when there is more on the line */
	WIRE_CLOSED, /* the peer closed in an orderly way */
	WIRE_CUT,    /* the line has ended where it should not; wire_errno() knows more */
	WIRE_FAILED, /* ERROR says why */
} WireResult;

Wire *wire_new(void);
void wire_free(Wire *wire);
/* FD is non-blocking and stays the caller's. Until this, bytes can only be queued. */
void wire_connect(Wire *wire, int fd);

/* All from here on goes through TLS. */
void wire_start_tls(Wire *wire, Tls *take_tls);
/* NULL while plain; borrowed. */
Tls *wire_tls(const Wire *wire);
/* DONE when the peer is verified. Before that nothing of the queue is sent and nothing is read. */
WireResult wire_shake(Wire *wire, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All from here on is compressed (RFC 4978), below of what the owner sees and above of TLS. REST was
 * read already and is the beginning of it. Nothing is queued. */
void wire_start_deflate(Wire *wire, Deflate *take_deflate, const char *rest, gsize len);
gboolean wire_deflates(const Wire *wire);

/* Begins a turn: how many bytes may be taken off the line until the next one. */
void wire_begin_turn(Wire *wire, gsize max_bytes);
WireResult wire_read(Wire *wire, char *buf, gsize size, gsize *out_len,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether wire_read() may have something that poll() does not see. */
gboolean wire_pending(const Wire *wire);
/* Whether the line holds bytes that nobody has read yet. */
gboolean wire_has_unread(const Wire *wire);

/* Queues DATA (copied); dropped when the line takes nothing more. */
void wire_write(Wire *wire, const char *data, gsize len);
/* Sends what the line takes, at most MAX_BYTES: DONE, or FAILED. */
WireResult wire_flush(Wire *wire, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether wire_flush() would have something to send. */
gboolean wire_wants_out(const Wire *wire);
gsize wire_unsent(const Wire *wire);
/* Sends the end mark of TLS, if the line takes it now. */
void wire_say_goodbye(Wire *wire);

/* Why the line was cut, or takes nothing more; 0: end of file, or neither. */
int wire_errno(const Wire *wire);
void wire_traffic(const Wire *wire, guint64 *out_in, guint64 *out_out);
