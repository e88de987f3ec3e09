#include "core/secret.h"

#include "base/err.h"

#include <gio/gio.h>
#include <string.h>

#define COMMAND_SECONDS 120  /* a password manager may ask the user first */
#define MAX_SECRET      8192 /* bytes */

struct Secret {
	const AccountConfig *config;
	LinkSecret value;
	GCancellable *cancel; /* of the command that is running, or NULL */
	GSubprocess *process; /* that command */
	guint source; /* the answer that needs no command, or the deadline of one that does */
	SecretReady ready;
	gpointer user;
};

/* A command under way; SECRET is NULL once that was freed. */
typedef struct {
	Secret *secret;
	GSubprocess *process;
	GCancellable *cancel;
} Run;

Secret *
secret_new(const AccountConfig *config)
{
	Secret *secret = g_new0(Secret, 1);

	secret->config = config;
	secret->value.password = g_strdup(config->password);
	return secret;
}

static void
wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	g_clear_pointer(text, g_free);
}

static void
stop(Secret *secret)
{
	if (secret->source)
		g_source_remove(secret->source);
	secret->source = 0;
	if (secret->cancel)
		g_cancellable_cancel(secret->cancel);
	g_clear_object(&secret->cancel);
	/* Nobody waits any more: it must not outlive us. */
	if (secret->process)
		g_subprocess_force_exit(secret->process);
	g_clear_object(&secret->process);
}

void
secret_free(Secret *secret)
{
	if (!secret)
		return;
	stop(secret);
	wipe(&secret->value.password);
	wipe(&secret->value.token);
	g_free(secret);
}

void
secret_forget(Secret *secret)
{
	wipe(&secret->value.token);
	if (secret->config->password_command)
		wipe(&secret->value.password);
}

const LinkSecret *
secret_known(const Secret *secret)
{
	return secret->value.password || secret->value.token ? &secret->value : NULL;
}

static gboolean
on_known(gpointer user)
{
	Secret *secret = user;

	secret->source = 0;
	secret->ready(&secret->value, NULL, secret->user);
	return G_SOURCE_REMOVE;
}

/* ---- the command ---- */

static char **
command_of(const Secret *secret)
{
	return secret->config->token_command ? secret->config->token_command
					     : secret->config->password_command;
}

static const char *
option_of(const Secret *secret)
{
	return secret->config->token_command ? "oauth-token-command" : "password-command";
}

/* The last line that the command wrote to its standard error. */
static char *
last_line(const char *text)
{
	g_autofree char *copy = g_strchomp(g_strdup(text ? text : ""));
	const char *end = strrchr(copy, '\n');

	return g_strdup(end ? end + 1 : copy);
}

static void
answer(Secret *secret, char *take_line, const GError *error)
{
	SecretReady ready = secret->ready;

	stop(secret);
	if (take_line) {
		char **slot = secret->config->token_command ? &secret->value.token
							    : &secret->value.password;

		wipe(slot);
		*slot = take_line;
	}
	ready(error ? NULL : &secret->value, error, secret->user);
}

/* The first line of OUTPUT; NULL with a sentence when there is none that could be a secret. */
static char *
first_line(const Secret *secret, char *output, const char *errors, gboolean good, GError **error)
{
	g_autofree char *said = last_line(errors);
	char *end = output ? strpbrk(output, "\r\n") : NULL;

	if (end)
		*end = '\0';
	if (!good)
		err_set(error, ERR_NO_SECRET, "The %s of account %s failed%s%s", option_of(secret),
			secret->config->name, *said ? ": " : ".", said);
	else if (!output || !*output)
		err_set(error, ERR_NO_SECRET, "The %s of account %s printed nothing.",
			option_of(secret), secret->config->name);
	else if (strlen(output) > MAX_SECRET)
		err_set(error, ERR_NO_SECRET, "The %s of account %s printed more than %d bytes.",
			option_of(secret), secret->config->name, MAX_SECRET);
	else
		return g_strdup(output);
	return NULL;
}

static void
run_free(Run *run)
{
	g_object_unref(run->process);
	g_object_unref(run->cancel);
	g_free(run);
}

static void
on_output(GObject *source, GAsyncResult *result, gpointer user)
{
	Run *run = user;
	char *output = NULL, *errors = NULL;
	g_autoptr(GError) why = NULL;
	gboolean done =
		g_subprocess_communicate_utf8_finish(run->process, result, &output, &errors, &why);

	if (!g_cancellable_is_cancelled(run->cancel)) {
		g_autoptr(GError) error = NULL;
		gboolean good = done && g_subprocess_get_successful(run->process);
		char *line =
			first_line(run->secret, output, done ? errors : why->message, good, &error);

		answer(run->secret, line, error);
	}
	wipe(&output);
	g_free(errors);
	run_free(run);
}

static gboolean
on_deadline(gpointer user)
{
	Secret *secret = user;
	g_autoptr(GError) error = NULL;

	secret->source = 0;
	err_set(&error, ERR_NO_SECRET, "The %s of account %s did not end within %d seconds.",
		option_of(secret), secret->config->name, COMMAND_SECONDS);
	answer(secret, NULL, error);
	return G_SOURCE_REMOVE;
}

static gboolean
on_start(gpointer user)
{
	Secret *secret = user;
	g_autoptr(GError) why = NULL;
	g_autoptr(GError) error = NULL;
	GSubprocess *process = g_subprocess_newv((const char *const *)command_of(secret),
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &why);
	Run *run;

	secret->source = 0;
	if (!process) {
		err_set(&error, ERR_NO_SECRET, "The %s of account %s can't be run: %s.",
			option_of(secret), secret->config->name, why->message);
		answer(secret, NULL, error);
		return G_SOURCE_REMOVE;
	}
	run = g_new0(Run, 1);
	run->secret = secret;
	run->process = process;
	secret->process = g_object_ref(process);
	run->cancel = g_object_ref(secret->cancel);
	secret->source = g_timeout_add_seconds(COMMAND_SECONDS, on_deadline, secret);
	g_subprocess_communicate_utf8_async(process, NULL, secret->cancel, on_output, run);
	return G_SOURCE_REMOVE;
}

void
secret_get(Secret *secret, SecretReady ready, gpointer user)
{
	gboolean known = secret->value.password && !secret->config->token_command;

	if (secret->source || secret->cancel)
		return;
	secret->ready = ready;
	secret->user = user;
	if (!command_of(secret) || known) {
		secret->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_known, secret, NULL);
		return;
	}
	secret->cancel = g_cancellable_new();
	secret->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_start, secret, NULL);
}
