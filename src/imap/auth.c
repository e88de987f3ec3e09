#include "imap/auth.h"

#include "base/err.h"

#include <gsasl.h>
#include <string.h>

/* Hashes that a server may have us make of the password: some make 600,000 and take a third of a
 * second, in which no key is answered; the protocol would allow four thousand million. */
#define MAX_ITERATIONS 1000000

struct ImapAuth {
	char *name;
	Gsasl *context; /* NULL for the two OAuth mechanisms */
	Gsasl_session *session;
	char *initial;
	gboolean complete;
	char *reason;
};

/* ---- choosing ---- */

/* Where a server takes SCRAM the password never leaves this machine, and the server has to prove
 * that it knows it too: that is worth the two round trips. Of the rest PLAIN takes one, so it
 * comes first under TLS; without TLS CRAM-MD5 at least does not show the password. */
static const char *const encrypted_order[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256",
	"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "PLAIN", "CRAM-MD5", "LOGIN", NULL};
static const char *const plain_order[] = {
	"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN", NULL};
static const char *const token_order[] = {"OAUTHBEARER", "XOAUTH2", NULL};

static gboolean
is_token_mechanism(const char *name)
{
	return g_strv_contains(token_order, name);
}

static gboolean
is_usable(const char *name, const ImapCredentials *who)
{
	if (is_token_mechanism(name))
		return who->token != NULL;
	if (g_str_has_suffix(name, "-PLUS") && !who->exporter && !who->unique)
		return FALSE;
	/* Those two log in by what the machine has: a certificate, a ticket. */
	return who->password || !strcmp(name, "EXTERNAL") || !strcmp(name, "GSSAPI");
}

static void
add(GPtrArray *list, const char *name, const ImapCredentials *who, const ImapCaps *caps)
{
	if (imap_caps_has_auth(caps, name) && is_usable(name, who))
		g_ptr_array_add(list, g_strdup(name));
	if (!strcmp(name, "LOGIN") && who->password && !imap_caps_has(caps, CAP_LOGINDISABLED))
		g_ptr_array_add(list, g_strdup(IMAP_AUTH_LOGIN_COMMAND));
}

gboolean
imap_auth_is_hashed(const char *mechanism)
{
	return g_str_has_prefix(mechanism, "SCRAM-") || !strcmp(mechanism, "CRAM-MD5");
}

GPtrArray *
imap_auth_choose(const ImapCredentials *who, const ImapCaps *caps)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) wanted = NULL;
	const char *const *order = who->encrypted ? encrypted_order : plain_order;

	if (who->token)
		order = token_order;
	if (who->mechanisms && *who->mechanisms) {
		g_autofree char *upper = g_ascii_strup(who->mechanisms, -1);

		wanted = g_strsplit(upper, " ", -1);
		order = (const char *const *)wanted;
	}
	for (; *order; order++)
		if (**order)
			add(list, *order, who, caps);
	return list;
}

/* ---- OAuth 2 ---- */

static char *
first_of_xoauth2(const ImapCredentials *who)
{
	return g_strdup_printf("user=%s\001auth=Bearer %s\001\001", who->user, who->token);
}

static char *
first_of_oauthbearer(const ImapCredentials *who)
{
	g_autoptr(GString) user = g_string_new(who->user);

	/* A GS2 header: "=" and "," have to be escaped (RFC 5801 section 4). */
	g_string_replace(user, "=", "=3D", 0);
	g_string_replace(user, ",", "=2C", 0);
	return g_strdup_printf(
		"n,a=%s,\001host=%s\001auth=Bearer %s\001\001", user->str, who->host, who->token);
}

/* The value of "status" in a small JSON object; all of it when there is none. */
static char *
status_of(const char *json)
{
	g_autoptr(GRegex) regex = g_regex_new("\"status\"\\s*:\\s*\"([^\"]*)\"", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (regex && g_regex_match(regex, json, 0, &match))
		return g_match_info_fetch(match, 1);
	return g_strdup(json);
}

/* A challenge means that the token was refused. It has to be answered before the server says NO:
 * with ^A (RFC 7628 section 3.2.3), with nothing for XOAUTH2. */
static char *
reply_of_oauth(ImapAuth *auth, const char *challenge)
{
	gsize len;
	g_autofree guchar *json = g_base64_decode(challenge, &len);
	g_autofree char *text = g_utf8_make_valid((const char *)json, (gssize)MIN(len, 2000));

	g_free(auth->reason);
	auth->reason = status_of(text);
	return g_strdup(strcmp(auth->name, "OAUTHBEARER") ? "" : "AQ==");
}

static void
start_oauth(ImapAuth *auth, const ImapCredentials *who)
{
	g_autofree char *first =
		!strcmp(auth->name, "XOAUTH2") ? first_of_xoauth2(who) : first_of_oauthbearer(who);

	auth->initial = g_base64_encode((const guchar *)first, strlen(first));
	auth->complete = TRUE;
}

/* ---- GNU SASL ---- */

static void
give(ImapAuth *auth, Gsasl_property property, const char *value)
{
	if (value)
		gsasl_property_set(auth->session, property, value);
}

static gboolean
step(ImapAuth *auth, const char *challenge, char **out_reply, GError **error)
{
	char *reply = NULL;
	int rc = gsasl_step64(auth->session, challenge, &reply);

	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		gsasl_free(reply);
		return err_set(error, ERR_AUTH, "%s failed: %s", auth->name, gsasl_strerror(rc));
	}
	auth->complete = rc == GSASL_OK;
	*out_reply = g_strdup(reply ? reply : "");
	gsasl_free(reply);
	return TRUE;
}

static gboolean
start_gsasl(ImapAuth *auth, const ImapCredentials *who, GError **error)
{
	static const char *const server_first[] = {"LOGIN", "CRAM-MD5", "DIGEST-MD5", NULL};
	int rc = gsasl_init(&auth->context);

	if (rc == GSASL_OK)
		rc = gsasl_client_start(auth->context, auth->name, &auth->session);
	if (rc != GSASL_OK)
		return err_set(
			error, ERR_AUTH, "%s can't be used: %s", auth->name, gsasl_strerror(rc));
	give(auth, GSASL_AUTHID, who->user);
	give(auth, GSASL_PASSWORD, who->password);
	give(auth, GSASL_SERVICE, "imap");
	give(auth, GSASL_HOSTNAME, who->host);
	if (g_str_has_suffix(auth->name, "-PLUS")) {
		give(auth, GSASL_CB_TLS_EXPORTER, who->exporter);
		give(auth, GSASL_CB_TLS_UNIQUE, who->unique);
	}
	if (g_strv_contains(server_first, auth->name))
		return TRUE;
	return step(auth, NULL, &auth->initial, error);
}

/* ---- public ---- */

ImapAuth *
imap_auth_new(const char *mechanism, const ImapCredentials *who, GError **error)
{
	g_autoptr(ImapAuth) auth = g_new0(ImapAuth, 1);

	auth->name = g_strdup(mechanism);
	if (is_token_mechanism(mechanism))
		start_oauth(auth, who);
	else if (!start_gsasl(auth, who, error))
		return NULL;
	return g_steal_pointer(&auth);
}

void
imap_auth_free(ImapAuth *auth)
{
	if (!auth)
		return;
	if (auth->session)
		gsasl_finish(auth->session);
	if (auth->context)
		gsasl_done(auth->context);
	g_free(auth->name);
	g_free(auth->initial);
	g_free(auth->reason);
	g_free(auth);
}

const char *
imap_auth_initial(const ImapAuth *auth)
{
	return auth->initial;
}

gboolean
imap_auth_is_single(const ImapAuth *auth)
{
	return auth->initial && (!auth->session || auth->complete);
}

/* "r=NONCE,s=SALT,i=COUNT" (RFC 5802 section 7). */
static gboolean
asks_too_much(const ImapAuth *auth, const char *challenge)
{
	gsize len;
	g_autofree guchar *bytes = g_base64_decode(challenge, &len);
	g_autofree char *text = g_strndup((const char *)bytes, len);
	const char *count = strstr(text, ",i=");

	return g_str_has_prefix(auth->name, "SCRAM-") && count &&
	       g_ascii_strtoull(count + strlen(",i="), NULL, 10) > MAX_ITERATIONS;
}

char *
imap_auth_reply(ImapAuth *auth, const char *challenge, GError **error)
{
	char *reply = NULL;

	if (!auth->session && !auth->reason)
		return reply_of_oauth(auth, challenge);
	if (auth->complete) {
		err_set(error, ERR_AUTH, "the server asks for more than %s has", auth->name);
		return NULL;
	}
	if (asks_too_much(auth, challenge)) {
		err_set(error, ERR_AUTH, "the server asks for more than %d hashes of the password",
			MAX_ITERATIONS);
		return NULL;
	}
	if (!step(auth, challenge, &reply, error))
		return NULL;
	return reply;
}

gboolean
imap_auth_is_complete(const ImapAuth *auth)
{
	return auth->complete;
}

const char *
imap_auth_reason(const ImapAuth *auth)
{
	return auth->reason;
}
