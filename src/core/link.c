#include "core/link.h"

#include <config.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"

#include <sys/random.h>

/* Longer than people take between two keys, shorter than they notice that another device did
 * something. */
#define IDLE_LINGER (250 * G_TIME_SPAN_MILLISECOND)
#define MAX_UNSENT  (256 * 1024)

typedef struct {
	LinkAnswer answer;
	gpointer user;
} Waiter;

struct Link {
	guint refs; /* one of the owner's, one of each call that is under way */
	Core *core;
	char *name;
	LinkEvents events;
	gpointer user;
	NetStream *stream;
	NetSecurity security;
	ImapSession *session;
	GHashTable *waiters; /* ImapCmdId -> Waiter */
	GSource *timer;
	gboolean opened; /* the session's clock runs */
	gboolean draining;
	gboolean dropped; /* the owner has freed it */
	gboolean closed;  /* the owner was told, or is being told, of the end */
};

static Link *
link_ref(Link *link)
{
	link->refs++;
	return link;
}

static void
link_unref(Link *link)
{
	if (--link->refs)
		return;
	net_stream_free(link->stream);
	imap_session_free(link->session);
	g_hash_table_unref(link->waiters);
	g_source_destroy(link->timer);
	g_source_unref(link->timer);
	g_free(link->name);
	g_free(link);
}

/* ---- the end ---- */

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	return GPOINTER_TO_UINT(a) < GPOINTER_TO_UINT(b) ? -1 : 1;
}

/* Every command that is still waiting is told that its answer will not come. */
static void
answer_all(Link *link, const GError *error)
{
	g_autoptr(GList) ids = g_hash_table_get_keys(link->waiters);

	/* By rising id: the order in which they were asked. */
	ids = g_list_sort(ids, compare_ids);
	for (GList *i = ids; i && !link->dropped; i = i->next) {
		ImapEvent event = {.kind = IMAP_EVENT_DONE, .cmd = GPOINTER_TO_UINT(i->data)};
		const Waiter *found = g_hash_table_lookup(link->waiters, i->data);
		Waiter waiter;

		if (!found)
			continue;
		waiter = *found;
		g_hash_table_remove(link->waiters, i->data);
		event.error = error;
		waiter.answer(link, &event, waiter.user);
	}
}

static void
link_close(Link *link, const GError *why)
{
	g_autoptr(GError) error = g_error_copy(why);

	if (link->closed)
		return;
	link->closed = TRUE;
	log_line(LOG_WARN, link->name, "closed: %s", error->message);
	g_source_set_ready_time(link->timer, -1);
	answer_all(link, error);
	if (!link->dropped)
		link->events.closed(link, error, link->user);
}

/* ---- the session's events ---- */

static void
bind_channel(Link *link)
{
	ImapChannelBinding binding = {0};

	binding.exporter.data =
		(const char *)net_stream_cb_exporter(link->stream, &binding.exporter.len);
	binding.unique.data = (const char *)net_stream_cb_unique(link->stream, &binding.unique.len);
	binding.server_end_point.data =
		(const char *)net_stream_cb_end_point(link->stream, &binding.server_end_point.len);
	imap_session_secured(link->session, &binding);
}

/* In the order that imap_session_deflated() asks for: what was said before goes out plain. */
static void
begin_compression(Link *link)
{
	g_autoptr(GBytes) rest = NULL;
	gsize len = 0;
	const char *bytes;

	rest = imap_session_deflated(link->session);
	bytes = rest ? g_bytes_get_data(rest, &len) : NULL;
	log_line(LOG_INFO, link->name, "compressed from here");
	net_stream_start_deflate(link->stream, bytes, len);
}

/* TRUE when a command's own answer took EVENT. */
static gboolean
answer_one(Link *link, const ImapEvent *event)
{
	gpointer id = GUINT_TO_POINTER(event->cmd);
	const Waiter *found = event->cmd ? g_hash_table_lookup(link->waiters, id) : NULL;
	Waiter waiter;

	if (!found)
		return FALSE;
	waiter = *found;
	if (event->kind == IMAP_EVENT_DONE)
		g_hash_table_remove(link->waiters, id);
	fault_point("wire-answer-before");
	waiter.answer(link, event, waiter.user);
	fault_point("wire-answer-after");
	return TRUE;
}

static void
take_event(Link *link, const ImapEvent *event)
{
	switch (event->kind) {
	case IMAP_EVENT_NEED_TLS: net_stream_start_tls(link->stream); return;
	case IMAP_EVENT_NEED_DEFLATE: begin_compression(link); return;
	case IMAP_EVENT_READY:
		log_line(LOG_INFO, link->name, "logged in (%s) at %s",
			imap_session_mechanism(link->session), imap_session_server(link->session));
		link->events.ready(link, link->user);
		return;
	case IMAP_EVENT_FAILED: link_close(link, event->error); return;
	default:
		if (!answer_one(link, event))
			link->events.event(link, event, link->user);
	}
}

static gboolean
drain_events(Link *link)
{
	ImapEvent event;
	gboolean any = FALSE;

	if (link->draining)
		return FALSE;
	link->draining = TRUE;
	while (!link->closed && !link->dropped && imap_session_next(link->session, &event)) {
		any = TRUE;
		take_event(link, &event);
	}
	link->draining = FALSE;
	return any;
}

/* What the line has not taken yet is not added to: a large message goes out at its pace. */
static gboolean
write_output(Link *link)
{
	gsize len = 0;
	const char *bytes;

	if (net_stream_unsent(link->stream) >= MAX_UNSENT)
		return FALSE;
	bytes = imap_session_output(link->session, &len);
	if (!len)
		return FALSE;
	fault_point("wire-send-before");
	net_stream_write(link->stream, bytes, len);
	imap_session_wrote(link->session, len);
	fault_point("wire-send-after");
	return TRUE;
}

static void
tell_time(Link *link)
{
	gint64 next;

	if (!link->opened || link->closed || link->dropped)
		return;
	next = imap_session_tick(link->session, clock_mono_us());
	g_source_set_ready_time(link->timer, next == G_MAXINT64 ? -1 : next);
}

gboolean
link_drain(Link *link)
{
	gboolean any;

	if (link->closed || link->dropped)
		return FALSE;
	link_ref(link);
	tell_time(link);
	any = drain_events(link);
	link_unref(link);
	return any;
}

gboolean
link_write(Link *link)
{
	return link->opened && !link->closed && !link->dropped && write_output(link);
}

/* ---- the stream's events ---- */

static void
on_opened(NetStream *stream, gpointer user)
{
	Link *link = user;

	link->opened = TRUE;
	log_line(LOG_INFO, link->name, "connected to %s %s", net_stream_address(stream),
		net_stream_tls_version(stream) ? net_stream_tls_version(stream) : "");
	if (link->security == NET_TLS)
		bind_channel(link);
	core_touch(link->core);
}

static void
on_secured(NetStream *stream, gpointer user)
{
	Link *link = user;

	log_line(LOG_INFO, link->name, "secured by %s %s", net_stream_tls_version(stream),
		net_stream_cipher(stream));
	bind_channel(link);
	core_touch(link->core);
}

static void
on_data(NetStream *stream, const char *data, gsize len, gpointer user)
{
	Link *link = link_ref(user);

	imap_session_tick(link->session, clock_mono_us());
	imap_session_feed(link->session, data, len);
	drain_events(link);
	core_touch(link->core);
	link_unref(link);
}

static void
on_drained(NetStream *stream, gpointer user)
{
	core_touch(((Link *)user)->core);
}

static void
on_stream_closed(NetStream *stream, const GError *error, gpointer user)
{
	Link *link = link_ref(user);

	if (error) {
		link_close(link, error);
	} else {
		/* The session knows best what the end means now, such as a BYE that came before it. */
		imap_session_eof(link->session);
		drain_events(link);
	}
	core_touch(link->core);
	link_unref(link);
}

static gboolean
timer_dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
	g_source_set_ready_time(source, -1);
	return callback(user);
}

static GSourceFuncs timer_funcs = {.dispatch = timer_dispatch};

static gboolean
on_timer(gpointer user)
{
	Link *link = user;

	tell_time(link);
	core_touch(link->core);
	return G_SOURCE_CONTINUE;
}

/* ---- the owner's side ---- */

static ImapTransport
transport_of(NetSecurity security)
{
	switch (security) {
	case NET_TLS: return IMAP_OVER_TLS;
	case NET_STARTTLS: return IMAP_OVER_STARTTLS;
	case NET_PLAIN: return IMAP_OVER_PLAIN;
	case NET_TUNNEL: return IMAP_OVER_TUNNEL;
	}
	return IMAP_OVER_STARTTLS;
}

static ImapSession *
make_session(const AccountConfig *config, const LinkSecret *secret, const char *expected_caps)
{
	ImapSessionConfig session = {
		.transport = transport_of(config->target->security),
		.host = config->target->host,
		.user = config->user,
		.password = secret->password,
		.token = secret->token,
		.mechanisms = config->mechanisms,
		.client_name = PACKAGE_NAME,
		.client_version = PACKAGE_VERSION,
		.idle_linger = IDLE_LINGER,
		.compress = config->compress,
		.expected_caps = expected_caps,
	};

	/* Falls short only on kernels without the call; a clock is then better than nothing. */
	if (getrandom(&session.tag_secret, sizeof session.tag_secret, GRND_NONBLOCK) < 0)
		session.tag_secret = (guint64)g_get_real_time() ^ ((guint64)g_random_int() << 32);
	return imap_session_new(&session);
}

Link *
link_new(Core *core, const char *name, const AccountConfig *config, const LinkSecret *secret,
	const char *expected_caps, const LinkEvents *events, gpointer user)
{
	static const NetEvents net_events = {
		on_opened, on_secured, on_data, on_drained, on_stream_closed};
	Link *link = g_new0(Link, 1);

	link->refs = 1;
	link->core = core;
	link->name = g_strdup(name);
	link->events = *events;
	link->user = user;
	link->security = config->target->security;
	link->waiters = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	link->session = make_session(config, secret, expected_caps);
	link->timer = g_source_new(&timer_funcs, sizeof(GSource));
	g_source_set_callback(link->timer, on_timer, link, NULL);
	g_source_set_ready_time(link->timer, -1);
	g_source_attach(link->timer, NULL);
	g_ptr_array_add(core->links, link);
	link->stream = net_stream_open(config->target, &net_events, link);
	return link;
}

static void
say_logout(Link *link)
{
	if (!link->opened || link->closed || imap_session_state(link->session) < IMAP_STATE_READY)
		return;
	imap_session_submit(link->session, imap_command_logout());
	write_output(link);
}

void
link_drop(Link *link, const GError *error)
{
	link_ref(link);
	say_logout(link);
	link->closed = TRUE;
	answer_all(link, error);
	link_free(link);
	link_unref(link);
}

void
link_free(Link *link)
{
	if (!link || link->dropped)
		return;
	g_ptr_array_remove(link->core->links, link);
	say_logout(link);
	link->dropped = TRUE;
	g_source_set_ready_time(link->timer, -1);
	net_stream_free(g_steal_pointer(&link->stream));
	link_unref(link);
}

ImapCmdId
link_submit(Link *link, ImapCommand *take_command, LinkAnswer answer, gpointer user)
{
	ImapCmdId id = imap_session_submit(link->session, take_command);
	Waiter *waiter = g_new(Waiter, 1);

	*waiter = (Waiter){answer, user};
	g_hash_table_insert(link->waiters, GUINT_TO_POINTER(id), waiter);
	core_touch(link->core);
	return id;
}

static gboolean
waits_for_user(gpointer id, gpointer waiter, gpointer user)
{
	return ((const Waiter *)waiter)->user == user;
}

void
link_forget(Link *link, gpointer user)
{
	g_hash_table_foreach_remove(link->waiters, waits_for_user, user);
}

void
link_cancel(Link *link, ImapCmdId cmd)
{
	g_hash_table_remove(link->waiters, GUINT_TO_POINTER(cmd));
	(void)imap_session_cancel(link->session, cmd);
}

void
link_want_idle(Link *link, gboolean want)
{
	imap_session_want_idle(link->session, want);
	core_touch(link->core);
}

guint
link_pending(const Link *link)
{
	return imap_session_pending(link->session);
}

gboolean
link_is_ready(const Link *link)
{
	return !link->closed && imap_session_state(link->session) >= IMAP_STATE_READY &&
	       imap_session_state(link->session) <= IMAP_STATE_SELECTED;
}

const ImapSession *
link_session(const Link *link)
{
	return link->session;
}

const NetStream *
link_stream(const Link *link)
{
	return link->stream;
}
