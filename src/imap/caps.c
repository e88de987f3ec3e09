#include "imap/caps.h"

#include <string.h>

struct ImapCaps {
	gboolean known;
	guint64 bits;
	char *text;
};

static const char *const names[CAP_LAST] = {
	[CAP_IMAP4REV1] = "IMAP4rev1",
	[CAP_IMAP4REV2] = "IMAP4rev2",
	[CAP_STARTTLS] = "STARTTLS",
	[CAP_LOGINDISABLED] = "LOGINDISABLED",
	[CAP_SASL_IR] = "SASL-IR",
	[CAP_ID] = "ID",
	[CAP_ENABLE] = "ENABLE",
	[CAP_IDLE] = "IDLE",
	[CAP_NOTIFY] = "NOTIFY",
	[CAP_CONDSTORE] = "CONDSTORE",
	[CAP_QRESYNC] = "QRESYNC",
	[CAP_UIDPLUS] = "UIDPLUS",
	[CAP_MOVE] = "MOVE",
	[CAP_UNSELECT] = "UNSELECT",
	[CAP_NAMESPACE] = "NAMESPACE",
	[CAP_CHILDREN] = "CHILDREN",
	[CAP_LIST_EXTENDED] = "LIST-EXTENDED",
	[CAP_LIST_STATUS] = "LIST-STATUS",
	[CAP_SPECIAL_USE] = "SPECIAL-USE",
	[CAP_ESEARCH] = "ESEARCH",
	[CAP_SEARCHRES] = "SEARCHRES",
	[CAP_SORT] = "SORT",
	[CAP_THREAD_REFERENCES] = "THREAD=REFERENCES",
	[CAP_LITERAL_PLUS] = "LITERAL+",
	[CAP_LITERAL_MINUS] = "LITERAL-",
	[CAP_UTF8_ACCEPT] = "UTF8=ACCEPT",
	[CAP_COMPRESS_DEFLATE] = "COMPRESS=DEFLATE",
	[CAP_BINARY] = "BINARY",
	[CAP_XLIST] = "XLIST",
	[CAP_GMAIL] = "X-GM-EXT-1",
};

G_STATIC_ASSERT(CAP_LAST <= 64);

ImapCaps *
imap_caps_new(void)
{
	ImapCaps *caps = g_new0(ImapCaps, 1);

	caps->text = g_strdup("");
	return caps;
}

void
imap_caps_free(ImapCaps *caps)
{
	if (!caps)
		return;
	g_free(caps->text);
	g_free(caps);
}

static void
add_name(ImapCaps *caps, const char *name)
{
	for (guint cap = 0; cap < CAP_LAST; cap++)
		if (!g_ascii_strcasecmp(name, names[cap]))
			caps->bits |= G_GUINT64_CONSTANT(1) << cap;
}

void
imap_caps_set(ImapCaps *caps, const char *atoms)
{
	g_auto(GStrv) list = g_strsplit_set(atoms, " ", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	imap_caps_clear(caps);
	for (char **name = list; *name; name++) {
		if (!**name)
			continue;
		add_name(caps, *name);
		g_string_append_printf(text, text->len ? " %s" : "%s", *name);
	}
	g_free(caps->text);
	caps->text = g_string_free(g_steal_pointer(&text), FALSE);
	caps->known = TRUE;
}

void
imap_caps_clear(ImapCaps *caps)
{
	g_free(caps->text);
	*caps = (ImapCaps){.text = g_strdup("")};
}

gboolean
imap_caps_known(const ImapCaps *caps)
{
	return caps->known;
}

gboolean
imap_caps_has(const ImapCaps *caps, Cap cap)
{
	return caps->bits >> cap & 1;
}

void
imap_caps_drop(ImapCaps *caps, Cap cap)
{
	caps->bits &= ~(G_GUINT64_CONSTANT(1) << cap);
}

gboolean
imap_caps_has_auth(const ImapCaps *caps, const char *mechanism)
{
	gsize len = strlen(mechanism);

	for (const char *at = caps->text; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (!g_ascii_strncasecmp(at, "AUTH=", 5) &&
			!g_ascii_strncasecmp(at + 5, mechanism, len) &&
			(at[5 + len] == ' ' || !at[5 + len]))
			return TRUE;
	}
	return FALSE;
}

guint64
imap_caps_append_limit(const ImapCaps *caps)
{
	static const char name[] = "APPENDLIMIT=";

	for (const char *at = caps->text; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (!g_ascii_strncasecmp(at, name, strlen(name)))
			return g_ascii_strtoull(at + strlen(name), NULL, 10);
	}
	return 0;
}

const char *
imap_caps_text(const ImapCaps *caps)
{
	return caps->text;
}
