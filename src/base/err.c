#include "base/err.h"

#include <string.h>

#define MAX_BYTES 16384 /* a server's reason may have millions */

typedef struct {
	ErrReach reach;
	ErrRetry retry;
} ErrScale;

static const ErrScale scales[] = {
	[ERR_CANCELLED] = {ERR_REACH_ACTION, ERR_RETRY_NEVER},
	[ERR_CONFIG] = {ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
	[ERR_INPUT] = {ERR_REACH_ACTION, ERR_RETRY_NEVER},
	[ERR_RESOLVE] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_CONNECT] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_CLOSED] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_TIMEOUT] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_TLS] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_CERTIFICATE] = {ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
	[ERR_POLICY] = {ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
	[ERR_AUTH] = {ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
	[ERR_NO_SECRET] = {ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
	[ERR_PROTOCOL] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_LIMIT] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_NO] = {ERR_REACH_ACTION, ERR_RETRY_NEVER},
	[ERR_BAD] = {ERR_REACH_ACTION, ERR_RETRY_NEVER},
	[ERR_BUSY] = {ERR_REACH_LINK, ERR_RETRY_LATER},
	[ERR_GONE] = {ERR_REACH_ACTION, ERR_RETRY_NEVER},
	[ERR_DISK] = {ERR_REACH_ACTION, ERR_RETRY_LATER},
	[ERR_CORRUPT] = {ERR_REACH_PROGRAM, ERR_RETRY_NEVER},
	[ERR_DECODE] = {ERR_REACH_ACTION, ERR_RETRY_NEVER},
};

G_DEFINE_QUARK(postern - error, err_domain)

static ErrScale
scale_of(const GError *error)
{
	if (!error || error->domain != ERR_DOMAIN || error->code < 0 ||
		(guint)error->code >= G_N_ELEMENTS(scales))
		return (ErrScale){ERR_REACH_ACTION, ERR_RETRY_NEVER};
	return scales[error->code];
}

ErrReach
err_reach(const GError *error)
{
	return scale_of(error).reach;
}

ErrRetry
err_retry(const GError *error)
{
	return scale_of(error).retry;
}

gboolean
err_is(const GError *error, ErrCode code)
{
	return g_error_matches(error, ERR_DOMAIN, (int)code);
}

/* "tls-pin = sha256:...=" is to be copied as it stands: it gets no full stop. */
static gboolean
wants_full_stop(const char *text)
{
	gsize len = strlen(text);

	return len && !strchr(".?!:=", text[len - 1]);
}

gboolean
err_set(GError **error, ErrCode code, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list args;

	if (!error)
		return FALSE;
	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	if (strlen(message) > MAX_BYTES)
		message[MAX_BYTES] = '\0';
	g_propagate_error(error, g_error_new(ERR_DOMAIN, (int)code, "%s%s", g_strchomp(message),
					 wants_full_stop(message) ? "." : ""));
	return FALSE;
}
