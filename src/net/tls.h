/*
 * One TLS connection as a pure filter: ciphertext in and out by memory, no socket, no waiting. The
 * peer's certificate is checked inside the handshake; after a check that failed nothing more goes
 * in or out.
 */
#pragma once

#include "net/stream.h"

typedef struct Tls Tls;

typedef enum {
	TLS_DONE,   /* what was asked for happened */
	TLS_MORE,   /* feed more ciphertext first */
	TLS_CLOSED, /* the peer closed in an orderly way (close_notify) */
	TLS_FAILED, /* ERROR says why, and nothing more will ever happen */
} TlsResult;

/* ERR_CONFIG when PIN can't be one. */
gboolean tls_pin_is_valid(const char *pin, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The client's side towards TARGET, whose context CACHE has; NULL with ERROR otherwise. */
Tls *tls_new(NetCache *cache, const NetTarget *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tls_free(Tls *tls);

/* Ciphertext from the line. */
gboolean tls_feed(Tls *tls, const char *data, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Moves at most SIZE bytes of ciphertext for the line to BUF; 0 when there are none. */
gsize tls_output(Tls *tls, char *buf, gsize size);
/* Whether tls_read() may have something without more being fed. */
gboolean tls_pending(const Tls *tls);

/* DONE once the peer is verified. */
TlsResult tls_handshake(Tls *tls, GError **error) G_GNUC_WARN_UNUSED_RESULT;
TlsResult tls_read(
	Tls *tls, char *buf, gsize size, gsize *out_len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a part of the LEN bytes, which is then to be had from tls_output(). */
TlsResult tls_write(Tls *tls, const char *data, gsize len, gsize *out_taken,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Queues close_notify. */
void tls_say_goodbye(Tls *tls);

/* The getters of stream.h; borrowed. The pin is known even where it was refused. */
const char *tls_version(const Tls *tls);
const char *tls_cipher(const Tls *tls);
const char *tls_pin(const Tls *tls);
gboolean tls_resumed(const Tls *tls);
const guint8 *tls_cb_exporter(const Tls *tls, gsize *out_len);
const guint8 *tls_cb_unique(const Tls *tls, gsize *out_len);
const guint8 *tls_cb_end_point(const Tls *tls, gsize *out_len);
