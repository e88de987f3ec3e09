#include "core/secret.h"

#include "base/child.h"
#include "base/err.h"

#include <signal.h>
#include <string.h>

#define COMMAND_SECONDS 120  /* a password manager may ask the user first */
#define MAX_OUTPUT      4096 /* octets; a password or a token is shorter */
#define PIECE           1024

struct Secret {
	const AccountConfig *config;
	LinkSecret value;
	GCancellable *cancel; /* of the command that is running, or NULL */
	GSubprocess *process; /* that command */
	guint source; /* the answer that needs no command, or the deadline of one that does */
	SecretReady ready;
	gpointer user;
};

typedef struct Run Run;

/* What the command writes, until it closes that end. */
typedef struct {
	Run *run;
	GInputStream *stream; /* the process's */
	GString *text;
	char piece[PIECE];
} Reader;

/* A command under way. Once CANCEL was cancelled, SECRET may be gone. */
struct Run {
	Secret *secret;
	GSubprocess *process;
	GCancellable *cancel;
	Reader output, errors;
	guint under_way; /* what is waited for: two ends and the process */
};

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
		child_signal(secret->process, SIGKILL);
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
	g_autofree char *valid = g_strchomp(g_utf8_make_valid(text, -1));
	const char *end = strrchr(valid, '\n');

	return g_strdup(end ? end + 1 : valid);
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
first_line(const Run *run, gboolean good, GError **error)
{
	const Secret *secret = run->secret;
	const char *output = run->output.text->str, *name = secret->config->name;
	g_autofree char *said = last_line(run->errors.text->str);
	gsize len = strcspn(output, "\r\n");

	if (!good)
		err_set(error, ERR_NO_SECRET, "The %s of account %s failed%s%s", option_of(secret),
			name, *said ? ": " : ".", said);
	else if (!len)
		err_set(error, ERR_NO_SECRET, "The %s of account %s printed nothing.",
			option_of(secret), name);
	else if (!g_utf8_validate(output, (gssize)len, NULL))
		err_set(error, ERR_NO_SECRET, "The %s of account %s printed what is not UTF-8.",
			option_of(secret), name);
	else
		return g_strndup(output, len);
	return NULL;
}

static void
reader_clear(Reader *reader)
{
	explicit_bzero(reader->piece, sizeof reader->piece);
	explicit_bzero(reader->text->str, reader->text->allocated_len);
	g_string_free(reader->text, TRUE);
}

static void
run_end_one(Run *run)
{
	if (--run->under_way)
		return;
	if (!g_cancellable_is_cancelled(run->cancel)) {
		g_autoptr(GError) error = NULL;
		char *line = first_line(run, g_subprocess_get_successful(run->process), &error);

		answer(run->secret, line, error);
	}
	reader_clear(&run->output);
	reader_clear(&run->errors);
	g_object_unref(run->process);
	g_object_unref(run->cancel);
	g_free(run);
}

static void
refuse_output(const Run *run)
{
	g_autoptr(GError) error = NULL;

	err_set(&error, ERR_NO_SECRET,
		"The %s of account %s printed more than %d octets and was stopped.",
		option_of(run->secret), run->secret->config->name, MAX_OUTPUT);
	answer(run->secret, NULL, error);
}

/* FALSE: it is enough. */
static gboolean
take_piece(Reader *reader, gsize len)
{
	Run *run = reader->run;

	g_string_append_len(reader->text, reader->piece, (gssize)len);
	if (reader->text->len <= MAX_OUTPUT)
		return TRUE;
	if (reader == &run->errors)
		g_string_erase(reader->text, 0, (gssize)(reader->text->len - MAX_OUTPUT));
	else
		refuse_output(run);
	return reader == &run->errors;
}

static void read_more(Reader *reader);

static void
on_read(GObject *source, GAsyncResult *result, gpointer user)
{
	Reader *reader = user;
	Run *run = reader->run;
	gssize len = g_input_stream_read_finish(reader->stream, result, NULL);

	if (len > 0 && !g_cancellable_is_cancelled(run->cancel) && take_piece(reader, (gsize)len))
		read_more(reader);
	else
		run_end_one(run);
}

static void
read_more(Reader *reader)
{
	g_input_stream_read_async(reader->stream, reader->piece, sizeof reader->piece,
		G_PRIORITY_DEFAULT, reader->run->cancel, on_read, reader);
}

static void
reader_start(Reader *reader, Run *run, GInputStream *stream)
{
	reader->run = run;
	reader->stream = stream;
	/* It never grows: no copy of a secret stays behind. */
	reader->text = g_string_sized_new(MAX_OUTPUT + PIECE);
	run->under_way++;
	read_more(reader);
}

static void
on_waited(GObject *source, GAsyncResult *result, gpointer user)
{
	Run *run = user;

	/* It fails when it was cancelled, which run_end_one() asks for. */
	(void)g_subprocess_wait_finish(run->process, result, NULL);
	run_end_one(run);
}

static void
run_start(Secret *secret, GSubprocess *take_process)
{
	Run *run = g_new0(Run, 1);

	run->secret = secret;
	run->process = take_process;
	run->cancel = g_object_ref(secret->cancel);
	run->under_way = 1;
	g_subprocess_wait_async(run->process, run->cancel, on_waited, run);
	reader_start(&run->output, run, g_subprocess_get_stdout_pipe(run->process));
	reader_start(&run->errors, run, g_subprocess_get_stderr_pipe(run->process));
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
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
	GSubprocess *process;

	/* One that asks on the terminal would paint over the screen and read keys that are not for it. */
	g_subprocess_launcher_set_child_setup(launcher, child_lead, NULL, NULL);
	process = g_subprocess_launcher_spawnv(
		launcher, (const char *const *)command_of(secret), &why);
	secret->source = 0;
	if (!process) {
		err_set(&error, ERR_NO_SECRET, "The %s of account %s can't be run: %s.",
			option_of(secret), secret->config->name, why->message);
		answer(secret, NULL, error);
		return G_SOURCE_REMOVE;
	}
	secret->process = g_object_ref(process);
	secret->source = g_timeout_add_seconds(COMMAND_SECONDS, on_deadline, secret);
	run_start(secret, process);
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
