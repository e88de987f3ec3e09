/*
 * What TLS connections share (the NetCache of stream.h): contexts with the trusted authorities and
 * the client certificate, read in a thread since the system's bundle takes tens of milliseconds,
 * and the sessions to resume. Names OpenSSL's types without including it.
 */
#pragma once

#include "net/stream.h"

struct ssl_ctx_st;
struct ssl_session_st;

typedef struct TlsAsk TlsAsk;

/* ERROR is NULL when the context for the target is there. Comes from the main loop. */
typedef void (*TlsAskDone)(const GError *error, gpointer user);

/* Makes the context for TARGET ready. The answer is freed with its call. */
TlsAsk *tls_cache_ask(NetCache *cache, const NetTarget *target, TlsAskDone done, gpointer user);
/* DONE will not be called. */
void tls_cache_forget(TlsAsk *ask);

/* Borrowed from the cache; NULL before tls_cache_ask() has answered. */
struct ssl_ctx_st *tls_cache_context(NetCache *cache, const NetTarget *target);

/* Sessions are kept by everything that decided whether the peer is trusted. The caller's. */
char *tls_cache_session_key(const NetTarget *target);
void tls_cache_put_session(NetCache *cache, const char *key, struct ssl_session_st *take_session);
/* A session to try, which the caller owns, or NULL. */
struct ssl_session_st *tls_cache_get_session(NetCache *cache, const char *key);
