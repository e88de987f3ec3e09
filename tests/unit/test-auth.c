/* Choosing a mechanism, and whole exchanges with GNU SASL's server side at the other end. */
#include "base/err.h"
#include "imap/auth.h"

#include <gsasl.h>
#include <string.h>

#define BINDING "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

static const ImapCredentials alice = {
	.host = "imap.example.org",
	.user = "alice",
	.password = "s3cret, \xc3\xa4",
	.encrypted = TRUE,
};

/* ---- choosing ---- */

static void
check_choice(const ImapCredentials *who, const char *atoms, const char *expected)
{
	g_autoptr(ImapCaps) caps = imap_caps_new();
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *text = NULL;

	imap_caps_set(caps, atoms);
	list = imap_auth_choose(who, caps);
	g_ptr_array_add(list, NULL);
	text = g_strjoinv(", ", (char **)list->pdata);
	g_assert_cmpstr(text, ==, expected);
}

static void
test_choose(void)
{
	const char *all = "AUTH=LOGIN AUTH=PLAIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256 "
			  "AUTH=SCRAM-SHA-256-PLUS AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=EXTERNAL";
	ImapCredentials who = alice;

	check_choice(
		&who, all, "SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, CRAM-MD5, LOGIN, LOGIN command");
	check_choice(&who, "AUTH=PLAIN LOGINDISABLED", "PLAIN");
	check_choice(&who, "LOGINDISABLED", "");
	who.exporter = BINDING;
	check_choice(&who, "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS LOGINDISABLED",
		"SCRAM-SHA-256-PLUS, SCRAM-SHA-256");
	who.encrypted = FALSE;
	check_choice(
		&who, all, "SCRAM-SHA-256, SCRAM-SHA-1, CRAM-MD5, PLAIN, LOGIN, LOGIN command");
	who.mechanisms = "plain  scram-sha-1 external";
	check_choice(&who, all, "PLAIN, SCRAM-SHA-1, EXTERNAL");
	who = (ImapCredentials){.user = "alice", .token = "t"};
	check_choice(&who, all, "OAUTHBEARER, XOAUTH2");
	check_choice(&who, "AUTH=PLAIN", "");
	who.mechanisms = "plain xoauth2";
	check_choice(&who, all, "XOAUTH2");
}

/* ---- exchanges ---- */

static int
server_callback(Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
	switch (property) {
	case GSASL_PASSWORD:
		return gsasl_property_set(session, property, gsasl_callback_hook_get(context));
	case GSASL_CB_TLS_EXPORTER: return gsasl_property_set(session, property, BINDING);
	case GSASL_VALIDATE_SIMPLE:
		return strcmp(gsasl_property_get(session, GSASL_PASSWORD),
			       gsasl_callback_hook_get(context))
			       ? GSASL_AUTHENTICATION_ERROR
			       : GSASL_OK;
	default: return GSASL_NO_CALLBACK;
	}
}

typedef struct {
	Gsasl *context;
	Gsasl_session *session;
	int rc;
} Server;

static Server
server_new(const char *mechanism, const char *password)
{
	Server server = {.rc = GSASL_NEEDS_MORE};

	g_assert_cmpint(gsasl_init(&server.context), ==, GSASL_OK);
	gsasl_callback_hook_set(server.context, (gpointer)password);
	gsasl_callback_set(server.context, server_callback);
	g_assert_cmpint(
		gsasl_server_start(server.context, mechanism, &server.session), ==, GSASL_OK);
	gsasl_property_set(server.session, GSASL_SERVICE, "imap");
	gsasl_property_set(server.session, GSASL_HOSTNAME, "imap.example.org");
	return server;
}

static void
server_free(Server *server)
{
	gsasl_finish(server->session);
	gsasl_done(server->context);
}

static char *
server_says(Server *server, const char *reply)
{
	g_autofree char *challenge = NULL;
	char *out = NULL;

	server->rc = gsasl_step64(server->session, reply, &out);
	challenge = g_strdup(out ? out : "");
	gsasl_free(out);
	return g_steal_pointer(&challenge);
}

/* Both to the end; TRUE when both are content. */
static gboolean
converse(ImapAuth *auth, Server *server)
{
	const char *initial = imap_auth_initial(auth);
	g_autofree char *challenge = server_says(server, initial ? initial : "");

	for (guint round = 0; round < 5 && server->rc == GSASL_NEEDS_MORE; round++) {
		g_autofree char *reply = imap_auth_reply(auth, challenge, NULL);

		if (!reply)
			return FALSE;
		g_free(challenge);
		challenge = server_says(server, reply);
	}
	/* What SCRAM's server proves itself with comes as one more challenge in IMAP. */
	if (server->rc == GSASL_OK && *challenge) {
		g_autofree char *reply = imap_auth_reply(auth, challenge, NULL);

		g_assert_cmpstr(reply, ==, "");
	}
	return server->rc == GSASL_OK && imap_auth_is_complete(auth);
}

static gboolean
log_in(const char *mechanism, const char *password)
{
	ImapCredentials who = alice;
	Server server = server_new(mechanism, password);
	g_autoptr(ImapAuth) auth = NULL;
	gboolean done;

	who.exporter = BINDING;
	auth = imap_auth_new(mechanism, &who, NULL);
	g_assert_nonnull(auth);
	done = converse(auth, &server);
	server_free(&server);
	return done;
}

static void
test_log_in(gconstpointer mechanism)
{
	g_assert_true(log_in(mechanism, alice.password));
	g_assert_false(log_in(mechanism, "another"));
}

/* The server has to know the password too, and its channel has to be ours. */
static void
test_scram_from_the_middle(void)
{
	ImapCredentials who = alice;
	Server server = server_new("SCRAM-SHA-256-PLUS", alice.password);
	g_autoptr(ImapAuth) auth = NULL;

	who.exporter = "YW5vdGhlciBjaGFubmVsLCBub3QgdGhlIHNlcnZlcidz";
	auth = imap_auth_new("SCRAM-SHA-256-PLUS", &who, NULL);
	g_assert_false(converse(auth, &server));
	server_free(&server);
}

static void
test_scram_false_proof(void)
{
	Server server = server_new("SCRAM-SHA-256", alice.password);
	g_autoptr(ImapAuth) auth = imap_auth_new("SCRAM-SHA-256", &alice, NULL);
	g_autofree char *challenge = server_says(&server, imap_auth_initial(auth));
	g_autofree char *reply = imap_auth_reply(auth, challenge, NULL);
	g_autofree char *proof = g_base64_encode((const guchar *)"v=AAAA", 6);
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(reply);
	g_assert_false(imap_auth_is_complete(auth));
	after = imap_auth_reply(auth, proof, &error);
	g_assert_null(after);
	g_assert_true(err_is(error, ERR_AUTH));
	g_assert_false(imap_auth_is_complete(auth));
	server_free(&server);
}

/* A server that lets the client hash for an hour, which would answer no key meanwhile. */
static void
test_scram_endless_hashing(void)
{
	Server server = server_new("SCRAM-SHA-256", alice.password);
	g_autoptr(ImapAuth) auth = imap_auth_new("SCRAM-SHA-256", &alice, NULL);
	g_autofree char *challenge = server_says(&server, imap_auth_initial(auth));
	gsize len;
	g_autofree guchar *bytes = g_base64_decode(challenge, &len);
	g_autofree char *text = g_strndup((const char *)bytes, len);
	g_autofree char *reply = NULL, *hostile = NULL, *coded = NULL;
	g_autoptr(GError) error = NULL;

	*strstr(text, ",i=") = '\0';
	hostile = g_strconcat(text, ",i=1000001", NULL);
	coded = g_base64_encode((const guchar *)hostile, strlen(hostile));
	reply = imap_auth_reply(auth, coded, &error);
	g_assert_null(reply);
	g_assert_true(err_is(error, ERR_AUTH));
	server_free(&server);
}

/* CVE-2026-43859: a digest or a challenge that holds NUL, or is no base64 at all. */
static void
test_odd_challenges(void)
{
	static const char *const odd[] = {
		"", "====", "AAAA", "\x80\xff", "cj0seD0=", "cixzLGk9LTE="};

	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
		g_autoptr(ImapAuth) auth = imap_auth_new("SCRAM-SHA-1", &alice, NULL);
		g_autoptr(GError) error = NULL;
		g_autofree char *reply = imap_auth_reply(auth, odd[i], &error);

		g_assert_null(reply);
		g_assert_true(err_is(error, ERR_AUTH));
	}
}

/* ---- OAuth 2 ---- */

static void
check_initial(const char *mechanism, const ImapCredentials *who, const char *expected)
{
	g_autoptr(ImapAuth) auth = imap_auth_new(mechanism, who, NULL);
	gsize len;
	g_autofree guchar *text = g_base64_decode(imap_auth_initial(auth), &len);
	g_autofree char *terminated = g_strndup((const char *)text, len);

	g_assert_cmpstr(terminated, ==, expected);
	g_assert_true(imap_auth_is_complete(auth));
}

static void
test_tokens(void)
{
	ImapCredentials who = {.host = "h", .user = "a,b=c", .token = "T"};

	check_initial("XOAUTH2", &who, "user=a,b=c\001auth=Bearer T\001\001");
	check_initial("OAUTHBEARER", &who, "n,a=a=2Cb=3Dc,\001host=h\001auth=Bearer T\001\001");
}

static void
check_reason(const char *challenge, const char *expected)
{
	ImapCredentials who = {.host = "h", .user = "u", .token = "T"};
	g_autoptr(ImapAuth) auth = imap_auth_new("OAUTHBEARER", &who, NULL);
	g_autofree char *reply = imap_auth_reply(auth, challenge, NULL);
	g_autofree char *again = imap_auth_reply(auth, challenge, NULL);

	g_assert_cmpstr(reply, ==, "AQ==");
	g_assert_null(again);
	g_assert_cmpstr(imap_auth_reason(auth), ==, expected);
}

static void
test_token_refused(void)
{
	check_reason("eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=", "invalid_token");
	check_reason("bm90IEpTT04=", "not JSON");
	check_reason("", "");
	check_reason("/////w==", "\357\277\275\357\277\275\357\277\275\357\277\275");
}

int
main(int argc, char **argv)
{
	static const char *const mechanisms[] = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1",
		"SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/auth/choose", test_choose);
	for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++) {
		g_autofree char *path = g_strconcat("/auth/log-in/", mechanisms[i], NULL);

		g_test_add_data_func(path, mechanisms[i], test_log_in);
	}
	g_test_add_func("/auth/scram-from-the-middle", test_scram_from_the_middle);
	g_test_add_func("/auth/scram-false-proof", test_scram_false_proof);
	g_test_add_func("/auth/scram-endless-hashing", test_scram_endless_hashing);
	g_test_add_func("/auth/odd-challenges", test_odd_challenges);
	g_test_add_func("/auth/tokens", test_tokens);
	g_test_add_func("/auth/token-refused", test_token_refused);
	return g_test_run();
}
