#include "core/opener.h"

#include "base/log.h"
#include "mime/transfer.h"

#include <string.h>

#define LIMIT_S 120 /* of GnuPG's work, without the time that the user takes to answer */

struct Opener {
	GThreadPool *pool; /* of one thread */
	char *gpgsm;       /* how it is run, or NULL */
};

/* Shared by the two threads; each holds a reference. */
struct OpenerJob {
	gint references; /* atomic */
	GBytes *bytes;
	char *encoding; /* of BYTES, or NULL */
	CryptStop *stop;
	char *gpgsm;
	gboolean agent_asks;

	/* Of the main thread: */
	const OpenerCalls *calls; /* NULL: dropped or over */
	gpointer user;
	guint limit;

	/* Handed over by the loop: */
	SecureMessage *message;

	GMutex lock; /* of what follows */
	GCond answered;
	char *question;
	gboolean again;
	gboolean has_answer;
	char *answer; /* wiped by who takes it */
};

/* ---- the job ---- */

static void
wipe(char *take_secret)
{
	if (take_secret)
		explicit_bzero(take_secret, strlen(take_secret));
	g_free(take_secret);
}

static void
job_unref(gpointer data)
{
	OpenerJob *job = data;

	if (!g_atomic_int_dec_and_test(&job->references))
		return;
	g_bytes_unref(job->bytes);
	g_free(job->encoding);
	crypt_stop_unref(job->stop);
	secure_free(job->message);
	g_free(job->gpgsm);
	g_free(job->question);
	wipe(job->answer);
	g_mutex_clear(&job->lock);
	g_cond_clear(&job->answered);
	g_free(job);
}

static OpenerJob *
job_ref(OpenerJob *job)
{
	g_atomic_int_inc(&job->references);
	return job;
}

/* GnuPG ends soon, and a thread that waits for an answer goes on without. */
static void
halt(OpenerJob *job)
{
	crypt_stop_now(job->stop);
	g_mutex_lock(&job->lock);
	g_cond_signal(&job->answered);
	g_mutex_unlock(&job->lock);
}

static gboolean
on_limit(gpointer user)
{
	OpenerJob *job = user;

	job->limit = 0;
	log_line(LOG_WARN, "crypt", "GnuPG was stopped: it took longer than %d seconds", LIMIT_S);
	halt(job);
	return G_SOURCE_REMOVE;
}

static void
stop_clock(OpenerJob *job)
{
	if (job->limit)
		g_source_remove(job->limit);
	job->limit = 0;
}

static void
start_clock(OpenerJob *job)
{
	stop_clock(job);
	job->limit = g_timeout_add_seconds(LIMIT_S, on_limit, job);
}

/* ---- on the main thread, called by the loop ---- */

static gboolean
on_ask(gpointer user)
{
	OpenerJob *job = user;

	if (job->calls) {
		stop_clock(job);
		job->calls->ask(job->question, job->again, job->user);
	}
	return G_SOURCE_REMOVE;
}

static gboolean
on_done(gpointer user)
{
	OpenerJob *job = user;
	const OpenerCalls *calls = job->calls;

	stop_clock(job);
	job->calls = NULL;
	if (calls) {
		calls->done(g_steal_pointer(&job->message), job->user);
		job_unref(job);
	}
	return G_SOURCE_REMOVE;
}

/* ---- on the thread ---- */

static char *
ask(const char *whom, gboolean again, gpointer user)
{
	OpenerJob *job = user;
	char *answer;

	g_mutex_lock(&job->lock);
	g_free(job->question);
	job->question = g_strdup(whom);
	job->again = again;
	job->has_answer = FALSE;
	g_idle_add_full(G_PRIORITY_DEFAULT, on_ask, job_ref(job), job_unref);
	while (!job->has_answer && !crypt_stop_wanted(job->stop))
		g_cond_wait(&job->answered, &job->lock);
	answer = g_steal_pointer(&job->answer);
	g_mutex_unlock(&job->lock);
	return answer;
}

static void
work(gpointer data, gpointer user)
{
	OpenerJob *job = data;
	SecureSetup setup = {
		.ask = ask, .ask_user = job, .agent_asks = job->agent_asks, .gpgsm = job->gpgsm};

	g_autoptr(GBytes) message = mime_transfer_decode(job->bytes, job->encoding);

	job->message = secure_open(message, &setup, job->stop);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_done, job, job_unref);
}

/* ---- the opener ---- */

/* Where it was installed, else beside the program, as in a build tree. */
static char *
find_gpgsm(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
	g_autofree char *installed = g_build_filename(PKGLIBEXECDIR, "postern-gpgsm", NULL);
	g_autofree char *beside = folder ? g_build_filename(folder, "postern-gpgsm", NULL) : NULL;

	if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
		return g_steal_pointer(&beside);
	/* Without it S/MIME fails, and says so: gpgsm on its own would use the network. */
	return g_steal_pointer(&installed);
}

Opener *
opener_new(void)
{
	Opener *opener = g_new0(Opener, 1);

	opener->gpgsm = find_gpgsm();
	return opener;
}

void
opener_free(Opener *opener)
{
	if (!opener)
		return;
	if (opener->pool)
		g_thread_pool_free(opener->pool, FALSE, FALSE);
	g_free(opener->gpgsm);
	g_free(opener);
}

OpenerJob *
opener_open(Opener *opener, GBytes *message, const char *encoding, gboolean agent_asks,
	const OpenerCalls *calls, gpointer user)
{
	OpenerJob *job = g_new0(OpenerJob, 1);

	/* Most people never need the thread. */
	if (!opener->pool)
		opener->pool = g_thread_pool_new(work, NULL, 1, FALSE, NULL);
	job->references = 2;
	job->bytes = g_bytes_ref(message);
	job->encoding = g_strdup(encoding);
	job->stop = crypt_stop_new();
	job->gpgsm = g_strdup(opener->gpgsm);
	job->calls = calls;
	job->agent_asks = agent_asks;
	job->user = user;
	g_mutex_init(&job->lock);
	g_cond_init(&job->answered);
	start_clock(job);
	g_thread_pool_push(opener->pool, job, NULL);
	return job;
}

void
opener_answer(OpenerJob *job, const char *secret)
{
	g_mutex_lock(&job->lock);
	wipe(job->answer);
	job->answer = g_strdup(secret);
	job->has_answer = TRUE;
	g_cond_signal(&job->answered);
	g_mutex_unlock(&job->lock);
	start_clock(job);
}

void
opener_drop(OpenerJob *job)
{
	if (!job)
		return;
	halt(job);
	stop_clock(job);
	job->calls = NULL;
	job_unref(job);
}
