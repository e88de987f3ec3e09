#include "net/tls-cache.h"

#include "base/err.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

/* A TLS 1.3 ticket is used once (RFC 8446, C.4), and servers send two. */
#define SESSIONS_MAX 4

struct NetCache {
	int refs;
	GHashTable *contexts; /* key -> Context */
	GHashTable *sessions; /* key -> GQueue of SSL_SESSION, newest first */
};

typedef struct {
	SSL_CTX *ctx;    /* NULL: being made */
	GPtrArray *asks; /* who waits for it; borrowed */
} Context;

struct TlsAsk {
	GPtrArray *waiting; /* the list of its context, with it in; NULL: the context is there */
	guint source;       /* answers then */
	TlsAskDone done;
	gpointer user;
};

/* A context being read, as the main loop sees it; the thread has only its copy of the target. */
typedef struct {
	NetCache *cache;
	char *key;
} Load;

static void
context_free(gpointer data)
{
	Context *context = data;

	SSL_CTX_free(context->ctx);
	g_ptr_array_unref(context->asks);
	g_free(context);
}

static void
sessions_free(gpointer data)
{
	g_queue_free_full(data, (GDestroyNotify)SSL_SESSION_free);
}

NetCache *
net_cache_new(void)
{
	NetCache *cache = g_new0(NetCache, 1);

	cache->refs = 1;
	cache->contexts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, context_free);
	cache->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, sessions_free);
	return cache;
}

NetCache *
net_cache_ref(NetCache *cache)
{
	cache->refs++;
	return cache;
}

void
net_cache_unref(NetCache *cache)
{
	if (!cache || --cache->refs > 0)
		return;
	g_hash_table_unref(cache->contexts);
	g_hash_table_unref(cache->sessions);
	g_free(cache);
}

static const char *
or_empty(const char *text)
{
	return text ? text : "";
}

/* With a pin no authority is asked, so none are read. */
static char *
context_key(const NetTarget *target)
{
	return g_strjoin("\n", target->pin ? "pin" : or_empty(target->ca_file),
		or_empty(target->client_cert), or_empty(target->client_key), NULL);
}

char *
tls_cache_session_key(const NetTarget *target)
{
	g_autofree char *port = g_strdup_printf("%u", target->port);

	return g_strjoin("\n", target->host, port, or_empty(target->pin), or_empty(target->ca_file),
		or_empty(target->client_cert), or_empty(target->client_key), NULL);
}

/* The program has the terminal: OpenSSL must not ask there for the passphrase of a key. */
static int
no_passphrase(char *buf, int size, int writing, void *user)
{
	return -1;
}

static const char *
openssl_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	return reason ? reason : "unknown reason";
}

static gboolean
file_is_readable(const char *file, const char *what, GError **error)
{
	if (g_access(file, R_OK) == 0)
		return TRUE;
	return err_set(
		error, ERR_CONFIG, "The %s %s can't be read: %s.", what, file, g_strerror(errno));
}

static gboolean
load_authorities(SSL_CTX *ctx, const NetTarget *target, GError **error)
{
	if (target->pin)
		return TRUE;
	if (!target->ca_file) {
		if (SSL_CTX_set_default_verify_paths(ctx))
			return TRUE;
		return err_set(error, ERR_TLS,
			"The trusted authorities of this system can't be read: %s.",
			openssl_reason());
	}
	if (!file_is_readable(target->ca_file, "file of authorities (tls-ca-file)", error))
		return FALSE;
	if (SSL_CTX_load_verify_file(ctx, target->ca_file))
		return TRUE;
	return err_set(error, ERR_CONFIG,
		"The file of authorities (tls-ca-file) %s holds no certificate in PEM form: %s.",
		target->ca_file, openssl_reason());
}

static gboolean
load_client_certificate(SSL_CTX *ctx, const NetTarget *target, GError **error)
{
	const char *key = target->client_key ? target->client_key : target->client_cert;

	if (!target->client_cert)
		return TRUE;
	if (!file_is_readable(target->client_cert, "client certificate", error) ||
		!file_is_readable(key, "key of the client certificate", error))
		return FALSE;
	if (!SSL_CTX_use_certificate_chain_file(ctx, target->client_cert))
		return err_set(error, ERR_CONFIG, "The client certificate %s can't be used: %s.",
			target->client_cert, openssl_reason());
	if (!SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM))
		return err_set(error, ERR_CONFIG,
			"The key of the client certificate, %s, can't be used: %s. It must be PEM "
			"and "
			"without a passphrase.",
			key, openssl_reason());
	return TRUE;
}

static gboolean
context_set_up(SSL_CTX *ctx, const NetTarget *target, GError **error)
{
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	return load_authorities(ctx, target, error) && load_client_certificate(ctx, target, error);
}

static void
load_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancel)
{
	const NetTarget *target = data;
	GError *error = NULL;
	SSL_CTX *ctx;

	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_client_method());
	if (!ctx) {
		err_set(&error, ERR_TLS, "OpenSSL can't be used: %s.", openssl_reason());
	} else if (!context_set_up(ctx, target, &error)) {
		SSL_CTX_free(ctx);
		ctx = NULL;
	}
	if (ctx)
		g_task_return_pointer(task, ctx, (GDestroyNotify)SSL_CTX_free);
	else
		g_task_return_error(task, error);
}

static void
ask_free(TlsAsk *ask)
{
	g_clear_pointer(&ask->waiting, g_ptr_array_unref);
	g_free(ask);
}

static void
ask_answer(TlsAsk *ask, const GError *error)
{
	ask->done(error, ask->user);
	ask_free(ask);
}

/* The main loop again. A failure is not kept: the next connection tries the files anew. */
static void
load_done(GObject *source, GAsyncResult *result, gpointer data)
{
	Load *load = data;
	Context *context = g_hash_table_lookup(load->cache->contexts, load->key);
	g_autoptr(GPtrArray) asks = g_ptr_array_ref(context->asks);
	g_autoptr(GError) error = NULL;

	context->ctx = g_task_propagate_pointer(G_TASK(result), &error);
	if (!context->ctx)
		g_hash_table_remove(load->cache->contexts, load->key);
	/* An answer may make others forget theirs, which takes them off the list. */
	while (asks->len > 0)
		ask_answer(g_ptr_array_steal_index(asks, 0), error);
	net_cache_unref(load->cache);
	g_free(load->key);
	g_free(load);
}

static Context *
context_load(NetCache *cache, const char *key, const NetTarget *target)
{
	Context *context = g_new0(Context, 1);
	Load *load = g_new0(Load, 1);
	NetTarget files = *target;
	g_autoptr(GTask) task = NULL;

	/* Who leaves while the thread still reads certificates must not have OpenSSL taken down under it. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	context->asks = g_ptr_array_new();
	g_hash_table_insert(cache->contexts, g_strdup(key), context);
	load->cache = net_cache_ref(cache);
	load->key = g_strdup(key);
	/* The thread may be the last to let go of its data, so the cache is no part of them. */
	files.cache = NULL;
	task = g_task_new(NULL, NULL, load_done, load);
	g_task_set_task_data(task, net_target_copy(&files), (GDestroyNotify)net_target_free);
	g_task_run_in_thread(task, load_in_thread);
	return context;
}

static gboolean
ask_answer_ready(gpointer data)
{
	ask_answer(data, NULL);
	return G_SOURCE_REMOVE;
}

TlsAsk *
tls_cache_ask(NetCache *cache, const NetTarget *target, TlsAskDone done, gpointer user)
{
	TlsAsk *ask = g_new0(TlsAsk, 1);
	g_autofree char *key = context_key(target);
	Context *context = g_hash_table_lookup(cache->contexts, key);

	ask->done = done;
	ask->user = user;
	if (!context)
		context = context_load(cache, key, target);
	if (context->ctx) {
		ask->source = g_idle_add_full(G_PRIORITY_DEFAULT, ask_answer_ready, ask, NULL);
	} else {
		ask->waiting = g_ptr_array_ref(context->asks);
		g_ptr_array_add(ask->waiting, ask);
	}
	return ask;
}

void
tls_cache_forget(TlsAsk *ask)
{
	if (!ask)
		return;
	if (ask->waiting)
		g_ptr_array_remove(ask->waiting, ask);
	else
		g_source_remove(ask->source);
	ask_free(ask);
}

SSL_CTX *
tls_cache_context(NetCache *cache, const NetTarget *target)
{
	g_autofree char *key = context_key(target);
	const Context *context = g_hash_table_lookup(cache->contexts, key);

	return context ? context->ctx : NULL;
}

void
tls_cache_put_session(NetCache *cache, const char *key, SSL_SESSION *take_session)
{
	GQueue *queue = g_hash_table_lookup(cache->sessions, key);

	if (!queue) {
		queue = g_queue_new();
		g_hash_table_insert(cache->sessions, g_strdup(key), queue);
	}
	g_queue_push_head(queue, take_session);
	if (queue->length > SESSIONS_MAX)
		SSL_SESSION_free(g_queue_pop_tail(queue));
}

/* A resumed handshake shows no certificate: one that has expired since then must be shown. */
static gboolean
session_is_usable(SSL_SESSION *session)
{
	X509 *peer = SSL_SESSION_get0_peer(session);

	return SSL_SESSION_is_resumable(session) && peer &&
	       X509_cmp_current_time(X509_get0_notAfter(peer)) > 0;
}

SSL_SESSION *
tls_cache_get_session(NetCache *cache, const char *key)
{
	GQueue *queue = g_hash_table_lookup(cache->sessions, key);
	SSL_SESSION *session;

	while (queue && (session = g_queue_pop_head(queue))) {
		if (session_is_usable(session)) {
			/* TLS 1.2 may use its session again and gives no new one. */
			if (SSL_SESSION_get_protocol_version(session) == TLS1_2_VERSION &&
				SSL_SESSION_up_ref(session))
				g_queue_push_head(queue, session);
			return session;
		}
		SSL_SESSION_free(session);
	}
	return NULL;
}
