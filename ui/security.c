#include "security.h"

struct Security {
	App *app;
	EngineReading *reading; /* that is asked for, or NULL */
};

Security *
security_new(App *app)
{
	Security *security = g_new0(Security, 1);
	security->app = app;
	return security;
}

void
security_free(Security *security)
{
	g_free(security);
}

/* --- Telling ------------------------------------------------------------------------------------ */

static Style
level_style(EngineSecurityLevel level)
{
	switch (level) {
	case ENGINE_SECURITY_GOOD: return STYLE_READER_GOOD;
	case ENGINE_SECURITY_UNSURE: return STYLE_READER_UNSURE;
	case ENGINE_SECURITY_BAD: return STYLE_READER_BAD;
	case ENGINE_SECURITY_PENDING:
	case ENGINE_SECURITY_NONE: break;
	}
	return STYLE_READER_VALUE;
}

void
security_add(Pager *pager, const EngineReading *reading, gboolean more)
{
	EngineSecurity security;
	const char *detail;
	if (!engine_reading_security(reading, &security))
		return;
	PagerLook look = {.style = level_style(security.level),
		.lead_style = STYLE_READER_FIELD,
		.lead = "Security "};
	pager_add(pager, &look, security.summary);
	look = (PagerLook){
		.style = STYLE_READER_VALUE, .lead_style = STYLE_READER_FIELD, .lead = "         "};
	for (guint i = 0; more && (detail = engine_reading_security_detail(reading, i)); i++)
		pager_add(pager, &look, detail);
}

/* --- Asking ------------------------------------------------------------------------------------- */

static void
on_answer(const char *text, gpointer user)
{
	Security *security = user;
	EngineReading *reading = security->reading;
	security->reading = NULL;
	if (reading)
		engine_reading_passphrase(reading, text);
}

gboolean
security_ask(Security *security, EngineReading *reading, const char *whom, gboolean again)
{
	if (app_is_asking(security->app))
		return FALSE;
	g_autofree char *clean = text_clean(whom, -1, TEXT_LINE);
	g_autofree char *name = text_ellipsize(clean, 40);
	g_autofree char *label =
		g_strdup_printf("%s of %s: ", again ? "Wrong. Passphrase" : "Passphrase",
			*name ? name : "the text");
	security->reading = reading;
	app_ask(security->app,
		&(PromptSetup){
			.label = label, .secret = TRUE, .done = on_answer, .user = security});
	return TRUE;
}

void
security_forget(Security *security)
{
	security->reading = NULL;
}
