/* See fake-mail.h. */
#include "fake-mail.h"

static const FakeFolder folders[] = {
	{"work", "INBOX", ENGINE_ROLE_INBOX, TRUE, FALSE, 200},
	{"work", "Drafts", ENGINE_ROLE_DRAFTS, TRUE, FALSE, 1},
	{"work", "Sent", ENGINE_ROLE_SENT, TRUE, FALSE, 30},
	{"work", "Archive", ENGINE_ROLE_ARCHIVE, TRUE, FALSE, 60},
	{"work", "Junk", ENGINE_ROLE_JUNK, TRUE, FALSE, 0},
	{"work", "Trash", ENGINE_ROLE_TRASH, TRUE, FALSE, 4},
	{"work", "Lists", ENGINE_ROLE_NONE, FALSE, TRUE, 0},
	{"work", "Lists/kernel", ENGINE_ROLE_NONE, TRUE, FALSE, 40},
	{"work", "Lists/wayland", ENGINE_ROLE_NONE, TRUE, FALSE, 12},
	{"work", "Projects", ENGINE_ROLE_NONE, TRUE, TRUE, 3},
	{"work", "Projects/Brücke über die Elbe", ENGINE_ROLE_NONE, TRUE, FALSE, 8},
	{"work", "Projects/計画", ENGINE_ROLE_NONE, TRUE, FALSE, 5},
	{"home", "INBOX", ENGINE_ROLE_INBOX, TRUE, FALSE, 25},
	{"home", "Sent", ENGINE_ROLE_SENT, TRUE, FALSE, 9},
	{"home", "Archive", ENGINE_ROLE_ARCHIVE, TRUE, FALSE, 90},
	{"home", "Trash", ENGINE_ROLE_TRASH, TRUE, FALSE, 2},
	{"home", "Garden", ENGINE_ROLE_NONE, TRUE, FALSE, 7},
};

static const struct {
	const char *from, *subject;
} mails[] = {
	{"Ada Example", "Re: Notes on the analytical engine"},
	{"Grace Example", "The build is green again"},
	{"Linus Example", "[PATCH 0/3] sched: fix the fix"},
	{"Zoë García", "Größenänderung des Postfachs"},
	{"山田 太郎", "会議の議事録について (第12回)"},
	{"Marta Example", "Lunch on Thursday?"},
	{"김민준", "다음 주 일정 확인 부탁드립니다"},
	{"Build Machine", "nightly: 1,204 tests passed, 0 failed"},
	{"Nils Example",
		"🎉 We shipped it 👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ done"},
	{"שרה לוי", "פגישה ביום ראשון"},
	{"billing@example.net", "Invoice 2024-0512 is ready"},
	{"evil\033[2J\033]0;owned\007 <x>",
		"Clear \033[2J\233 the screen \302\233 now\r\n\tplease"},
	{"Zalgo",
		"H\xcc\xb5\xcd\x81\xcc\x82\xcd\x90\xcc\xbe\xcc\x9b\xcc\x9a\xcd\x91\xcd\x8c\xcc\x8c"
		"e comes, \xe2\x80\xae"
		"gnp.exe"},
	{"Release Robot",
		"postern 0.1.0: what is new, what is different, what to look at before you "
		"upgrade, and whom to thank for all of it in the end"},
	{"Ines Example", "Fwd: Photos from the mountains"},
	{"(no name)", ""},
	{"raw \xff\xfe bytes", "latin-1 f\xfcr alle"},
	{"Emil Example", "Re: Re: Re: Who has the key to the shed?"},
};

static const EngineLine lines[] = {
	{ENGINE_LINE_TEXT, 0, "Good morning,"},
	{ENGINE_LINE_TEXT, 0, ""},
	{ENGINE_LINE_TEXT, 0,
		"the build is green again. It was the clock: the test compared two readings of it "
		"and "
		"expected the second to be later, which on a fast machine it is not. I have made "
		"it "
		"compare with less-or-equal, and looked through the other tests for the same "
		"thing."},
	{ENGINE_LINE_TEXT, 0, ""},
	{ENGINE_LINE_TEXT, 1, "What was it in the end? I looked at the log for an hour."},
	{ENGINE_LINE_TEXT, 2,
		"The nightly run has failed three times now, always at another test."},
	{ENGINE_LINE_TEXT, 3, "Has anybody touched the machine?"},
	{ENGINE_LINE_TEXT, 0, ""},
	{ENGINE_LINE_HEADING, 0, "The change"},
	{ENGINE_LINE_FIXED, 0, "-\tif (later <= earlier)"},
	{ENGINE_LINE_FIXED, 0, "+\tif (later < earlier)"},
	{ENGINE_LINE_FIXED, 0, " \t\treturn FALSE;"},
	{ENGINE_LINE_TEXT, 0, ""},
	{ENGINE_LINE_TEXT, 0, "Breite Zeichen: 議事録 und 👍 und e\xcc\x81 stehen in ihren Zellen."},
	{ENGINE_LINE_TEXT, 0, "An escape \033[31mthat must not colour\033[0m anything."},
	{ENGINE_LINE_NOTE, 0, "The remote image was not loaded."},
	{ENGINE_LINE_TEXT, 0, ""},
	{ENGINE_LINE_SIGNATURE, 0, "-- "},
	{ENGINE_LINE_SIGNATURE, 0, "Grace Example, in the room with the warm computers"},
};

const FakeFolder *
fake_folder_at(guint i)
{
	return i < G_N_ELEMENTS(folders) ? &folders[i] : NULL;
}

FakeMessage *
fake_message_new(const FakeFolder *folder, guint i, guint n)
{
	static const gint64 gaps[] = {0, 30, 1700, 5400, 40000, 90000, 200000, 700000};
	FakeMessage *message = g_new0(FakeMessage, 1);
	guint kind = (i + (guint)(folder - folders) * 5) % G_N_ELEMENTS(mails);
	message->uid = 1000 + n - i;
	message->from = g_strdup(mails[kind].from);
	message->subject = g_strdup(mails[kind].subject);
	message->date = FAKE_NOW - (i < 8 ? gaps[i] : 700000 + (gint64)i * i * 3000);
	message->size = 900 + (guint64)i * i * i * 17 % 5000000;
	message->attachment = i % 7 == 2;
	message->flags = i % 5 == 1 || i == 0 ? 0 : FLAG_SEEN;
	if (i % 11 == 2)
		message->flags |= FLAG_FLAGGED;
	if (i % 9 == 5)
		message->flags |= FLAG_ANSWERED;
	return message;
}

void
fake_message_free(gpointer data)
{
	FakeMessage *message = data;
	g_free(message->from);
	g_free(message->subject);
	g_free(message);
}

gboolean
fake_line_at(guint i, EngineLine *out_line)
{
	if (i >= G_N_ELEMENTS(lines))
		return FALSE;
	*out_line = lines[i];
	return TRUE;
}
