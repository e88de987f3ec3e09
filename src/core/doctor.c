/* The doctor (engine.h): one connection per account, and a report of how far it got. */
#include "core/engine-private.h"

#include "base/err.h"
#include "core/secret.h"

#include <string.h>

#define MAX_LINE 2000 /* bytes; servers may say millions */

struct Doctor {
	Engine *engine;
	EngineDoctorReport report;
	EngineDoctorDone done;
	gpointer user;
	GPtrArray *accounts; /* AccountConfig, still to be checked */
	const AccountConfig *config;
	Secret *secret;
	Link *link;
	guint folders;
	gboolean all_good;
	guint next; /* the source that goes on with the next account */
};

static void G_GNUC_PRINTF(3, 4)
	say(Doctor *doctor, EngineNoticeLevel level, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list args;

	va_start(args, format);
	line = g_strdup_vprintf(format, args);
	va_end(args);
	if (strlen(line) > MAX_LINE)
		line[MAX_LINE] = '\0';
	doctor->all_good &= level != ENGINE_NOTICE_ERROR;
	doctor->report(level, line, doctor->user);
}

void
doctor_free(Doctor *doctor)
{
	if (doctor->next)
		g_source_remove(doctor->next);
	g_ptr_array_remove(doctor->engine->doctors, doctor);
	g_clear_pointer(&doctor->link, link_free);
	g_clear_pointer(&doctor->secret, secret_free);
	g_ptr_array_unref(doctor->accounts);
	g_free(doctor);
}

static gboolean on_next(gpointer user);

static void
go_on(Doctor *doctor)
{
	if (!doctor->next)
		doctor->next = g_idle_add(on_next, doctor);
}

static void
report_connection(Doctor *doctor, Link *link)
{
	const NetStream *stream = link_stream(link);
	const ImapSession *session = link_session(link);
	const char *version = net_stream_tls_version(stream);

	say(doctor, ENGINE_NOTICE_INFO, "connected to %s",
		net_stream_address(stream) ? net_stream_address(stream) : "the command");
	if (version && *version)
		say(doctor, ENGINE_NOTICE_INFO, "encrypted with %s %s, key %s", version,
			net_stream_cipher(stream), net_stream_pin(stream));
	else
		say(doctor, ENGINE_NOTICE_INFO, "not encrypted: %s",
			doctor->config->target->security == NET_TUNNEL
				? "a tunnel of yours"
				: "a server on this machine");
	if (strcmp(imap_session_mechanism(session), "PREAUTH") == 0)
		say(doctor, ENGINE_NOTICE_INFO, "logged in by the command (PREAUTH)");
	else
		say(doctor, ENGINE_NOTICE_INFO, "logged in as %s with %s", doctor->config->user,
			imap_session_mechanism(session));
	if (*imap_session_server(session))
		say(doctor, ENGINE_NOTICE_INFO, "the server is %s", imap_session_server(session));
	say(doctor, ENGINE_NOTICE_INFO, "it can %s", imap_caps_text(imap_session_caps(session)));
}

static void
on_list(Link *link, const ImapEvent *event, gpointer user)
{
	Doctor *doctor = user;

	if (event->kind == IMAP_EVENT_LIST)
		doctor->folders++;
	if (event->kind != IMAP_EVENT_DONE || !link_is_ready(link))
		return;
	if (event->error)
		say(doctor, ENGINE_NOTICE_ERROR, "its folders can't be listed. %s",
			event->error->message);
	else
		say(doctor, ENGINE_NOTICE_INFO, "folders: %u", doctor->folders);
	go_on(doctor);
}

static void
on_ready(Link *link, gpointer user)
{
	Doctor *doctor = user;

	report_connection(doctor, link);
	link_submit(link, imap_command_list("*", FALSE), on_list, doctor);
}

static void
on_event(Link *link, const ImapEvent *event, gpointer user)
{
	Doctor *doctor = user;

	if (event->kind == IMAP_EVENT_LIST)
		doctor->folders++;
	if (event->kind == IMAP_EVENT_ALERT && event->text.data)
		say(doctor, ENGINE_NOTICE_INFO, "the server says: %s", event->text.data);
}

static void
on_closed(Link *link, const GError *error, gpointer user)
{
	Doctor *doctor = user;
	const char *address = net_stream_address(link_stream(link));

	if (address)
		say(doctor, ENGINE_NOTICE_INFO, "connected to %s", address);
	say(doctor, ENGINE_NOTICE_ERROR, "%s", error->message);
	go_on(doctor);
}

static void
on_secret(const LinkSecret *secret, const GError *error, gpointer user)
{
	static const LinkEvents events = {on_ready, on_event, on_closed};
	Doctor *doctor = user;

	if (error) {
		say(doctor, ENGINE_NOTICE_ERROR, "%s", error->message);
		go_on(doctor);
		return;
	}
	doctor->link = link_new(
		doctor->engine->core, "doctor", doctor->config, secret, NULL, &events, doctor);
	core_touch(doctor->engine->core);
}

static const char *
describe_security(const NetTarget *target)
{
	switch (target->security) {
	case NET_TLS: return "TLS";
	case NET_STARTTLS: return "STARTTLS";
	case NET_PLAIN: return "no TLS, this machine only";
	case NET_TUNNEL: break; /* say_account() has other words for it */
	}
	return "";
}

static void
say_account(Doctor *doctor, const AccountConfig *config)
{
	const NetTarget *target = config->target;

	if (target->security == NET_TUNNEL)
		say(doctor, ENGINE_NOTICE_INFO, "account %s: a tunnel, by %s", config->name,
			target->host);
	else
		say(doctor, ENGINE_NOTICE_INFO, "account %s: %s port %u, %s", config->name,
			target->host, target->port, describe_security(target));
}

static gboolean
on_next(gpointer user)
{
	Doctor *doctor = user;

	doctor->next = 0;
	g_clear_pointer(&doctor->link, link_free);
	g_clear_pointer(&doctor->secret, secret_free);
	doctor->folders = 0;
	if (!doctor->accounts->len) {
		EngineDoctorDone done = doctor->done;
		gboolean all_good = doctor->all_good;
		gpointer done_user = doctor->user;

		doctor_free(doctor);
		done(all_good, done_user);
		return G_SOURCE_REMOVE;
	}
	doctor->config = g_ptr_array_steal_index(doctor->accounts, 0);
	say_account(doctor, doctor->config);
	doctor->secret = secret_new(doctor->config);
	secret_get(doctor->secret, on_secret, doctor);
	return G_SOURCE_REMOVE;
}

gboolean
engine_doctor(Engine *engine, const char *account, EngineDoctorReport report, EngineDoctorDone done,
	gpointer user, GError **error)
{
	const Config *config = engine->core->config;
	g_autoptr(GPtrArray) accounts = g_ptr_array_new();
	Doctor *doctor;

	for (guint i = 0; i < config_account_count(config); i++)
		if (!account || strcmp(config_account(config, i)->name, account) == 0)
			g_ptr_array_add(accounts, (gpointer)config_account(config, i));
	if (!accounts->len)
		return err_set(error, ERR_INPUT, "There is no account \"%s\" in %s.", account,
			config_file(config));
	doctor = g_new0(Doctor, 1);
	doctor->engine = engine;
	doctor->report = report;
	doctor->done = done;
	doctor->user = user;
	doctor->accounts = g_steal_pointer(&accounts);
	doctor->all_good = TRUE;
	g_ptr_array_add(engine->doctors, doctor);
	say(doctor, ENGINE_NOTICE_INFO, "config %s has no mistakes; accounts: %u",
		config_file(config), config_account_count(config));
	for (guint i = 0; config_warning(config, i); i++)
		say(doctor, ENGINE_NOTICE_WARNING, "%s", config_warning(config, i));
	go_on(doctor);
	return TRUE;
}
