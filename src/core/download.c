#include "core/download.h"

#include "base/err.h"
#include "base/log.h"
#include "core/carrier.h"
#include "mime/transfer.h"

#define PIECE    (256 * 1024)
#define AHEAD    2
#define MAX_CUTS 5 /* one after the other that brought nothing */
/* Of lines of base64, most often: what they mean and what they are sent as. */
#define LINE_DECODED 57
#define LINE_SENT    78

typedef struct {
	Download *download;
	ImapCmdId cmd; /* 0: not asked for */
	guint64 from, asked, got;
	GByteArray *held; /* what came before its turn */
	gboolean done;
} Piece;

struct Download {
	Engine *engine;
	EngineFolderId folder;
	guint32 uid, uidvalidity;
	char *section;
	guint64 size, max;
	gboolean anywhere;
	gboolean base64; /* it may come decoded */
	gboolean binary; /* and does: all that is counted below is decoded */
	DownloadOwner owner;
	gpointer user;
	Link *link;       /* where answers are awaited from, or NULL */
	Carrier *carrier; /* has the connection beside, or is asked for it; NULL */
	CarrierHolder holder;
	Piece pieces[AHEAD]; /* the first one comes next */
	guint64 here, asked; /* octets handed on, octets asked for */
	guint cuts;
	gboolean over;
};

/* ---- the end ---- */

static void
leave_carrier(Download *download)
{
	if (download->carrier)
		carrier_release(download->carrier, &download->holder);
	download->carrier = NULL;
}

static void
forget(Download *download)
{
	for (guint i = 0; i < AHEAD; i++) {
		Piece *piece = &download->pieces[i];

		if (piece->cmd && !piece->done)
			link_cancel(download->link, piece->cmd);
		piece->cmd = 0;
		piece->done = FALSE;
		g_byte_array_set_size(piece->held, 0);
	}
	download->link = NULL;
	download->asked = download->here;
}

/* Must be the last that is done: DOWNLOAD may be gone. */
static void
end(Download *download, const GError *error)
{
	if (download->over)
		return;
	if (download->link)
		forget(download);
	leave_carrier(download);
	download->over = TRUE;
	download->owner.over(error, download->user);
}

static void
end_with(Download *download, ErrCode code, const char *sentence)
{
	g_autoptr(GError) error = NULL;

	(void)err_set(&error, code, "%s", sentence);
	end(download, error);
}

/* All of it is asked for again, as it was sent. Must be the last that is done, too. */
static void
fall_back(Download *download, const char *why)
{
	log_line(LOG_INFO, "download", "not decoded by the server: %s", why);
	forget(download);
	download->base64 = download->binary = FALSE;
	download->here = download->asked = 0;
	download->cuts = 0;
	core_touch(download->engine->core);
	download->owner.again(download->user);
}

static gboolean
is_at_end(const Download *download, const Piece *piece)
{
	if (download->here >= download->max || piece->got == 0)
		return TRUE;
	if (download->binary)
		return piece->got < piece->asked &&
		       mime_base64_fits(download->here, download->size);
	/* Some servers cut pieces short; only behind the size that was told it is the end. */
	return piece->got < piece->asked && download->here >= download->size;
}

/* ---- answers ---- */

static void
hand_on(Download *download, const char *bytes, gsize len)
{
	len = MIN(len, download->max - download->here);
	download->here += len;
	if (len)
		download->owner.piece(bytes, len, download->user);
}

static void
take_body(Piece *piece, const ImapBody *body)
{
	Download *download = piece->download;
	gsize len = MIN(body->len, piece->asked - piece->got);

	piece->got += len;
	download->cuts = 0;
	if (piece == download->pieces)
		hand_on(download, body->data, len);
	else if (len)
		g_byte_array_append(piece->held, (const guint8 *)body->data, (guint)len);
}

/* The first piece is over: the second one takes its place. */
static void
move_up(Download *download)
{
	Piece *first = &download->pieces[0], *second = &download->pieces[1];
	GByteArray *held = first->held;

	*first = *second;
	*second = (Piece){.download = download, .held = held};
	g_byte_array_set_size(held, 0);
}

static void on_piece(Link *link, const ImapEvent *event, gpointer user);

static void
take_end(Download *download)
{
	if (download->binary && !mime_base64_fits(download->here, download->size))
		fall_back(download, "something is missing");
	else if (!download->binary && download->here == 0 && download->size > 0)
		end_with(download, ERR_GONE,
			"The server gave nothing of it: the message may be gone.");
	else
		end(download, NULL);
}

/* What the first piece brought less than was asked is missing before the second. */
static void
go_on(Download *download)
{
	Piece *piece = download->pieces;

	while (piece->done) {
		gboolean short_of = piece->got < piece->asked;

		if (is_at_end(download, piece)) {
			take_end(download);
			return;
		}
		if (short_of) {
			forget(download);
			return;
		}
		move_up(download);
		hand_on(download, (const char *)piece->held->data, piece->held->len);
		g_byte_array_set_size(piece->held, 0);
	}
}

/* Dovecot 2.3 ends the connection over base64 that was cut short: what was to come decoded and has not begun
 * to, is not asked for so again. */
static void
take_cut(Download *download, const GError *error)
{
	Account *account;
	Folder *folder;

	if (download->binary && download->here == 0 && !err_is(error, ERR_CANCELLED) &&
		engine_resolve(download->engine, download->folder, &account, &folder))
		account_doubt_binary(account);
	if (++download->cuts <= MAX_CUTS)
		forget(download);
	else if (download->binary)
		fall_back(download, error->message);
	else
		end(download, error);
}

/* USER is the download: pieces change their places. */
static void
on_piece(Link *link, const ImapEvent *event, gpointer user)
{
	Download *download = user;
	Piece *piece = download->pieces;

	while (piece->cmd != event->cmd)
		if (++piece == download->pieces + AHEAD)
			return;
	if (event->kind == IMAP_EVENT_BODY)
		take_body(piece, event->body);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	core_touch(download->engine->core);
	piece->done = TRUE;
	if (!event->error)
		go_on(download);
	else if (!link_is_ready(link))
		take_cut(download, event->error);
	else if (download->binary)
		fall_back(download, event->error->message);
	else
		end(download, event->error);
}

/* ---- asking ---- */

static void
ask(Download *download, Piece *piece)
{
	ImapCommand *command;

	piece->from = download->asked;
	piece->asked = MIN(PIECE, download->max - download->asked);
	piece->got = 0;
	piece->done = FALSE;
	download->asked += piece->asked;
	command = (download->binary ? imap_command_fetch_binary : imap_command_fetch_body)(
		download->uid, download->section, piece->from, piece->asked);
	piece->cmd = link_submit(download->link, command, on_piece, download);
}

/* ---- where to ask ---- */

Link *
download_link(const Download *download)
{
	Account *account;
	Folder *folder;

	if (download->link)
		return download->link;
	if (!engine_resolve(download->engine, download->folder, &account, &folder))
		return NULL;
	return account_link_for(account, download->folder);
}

gboolean
download_is_waiting(const Download *download)
{
	Account *account;
	Folder *folder;

	if (download_link(download))
		return FALSE;
	return !download->anywhere ||
	       !engine_resolve(download->engine, download->folder, &account, &folder) ||
	       !account_is_live(account) || !carrier_is_coming(account_carrier(account));
}

static void
end_renumbered(Download *download)
{
	end_with(download, ERR_GONE, ENGINE_RENUMBERED);
}

/* A connection beside that of the open folder; NULL: not yet. FALSE when it is over. */
static gboolean
find_link_beside(Download *download, Account *account, const char *mailbox, Link **out_link)
{
	Carrier *carrier = account_carrier(account);
	g_autoptr(GError) error = NULL;

	*out_link = NULL;
	if (!account_is_live(account) && !carrier_link(carrier))
		return TRUE;
	download->carrier = carrier;
	carrier_want(carrier);
	switch (carrier_hold(carrier, &download->holder, mailbox, &error)) {
	case CARRIER_LATER: return TRUE;
	case CARRIER_REFUSED: end(download, error); return FALSE;
	case CARRIER_OPEN: break;
	}
	if (carrier_uidvalidity(carrier) != download->uidvalidity) {
		end_renumbered(download);
		return FALSE;
	}
	*out_link = carrier_link(carrier);
	return TRUE;
}

/* Where it goes on. FALSE when it is over: its folder is gone, or its messages have other numbers now. */
static gboolean
find_link(Download *download, Link **out_link)
{
	Account *account;
	Folder *folder;
	gboolean is_beside;

	if (!engine_resolve(download->engine, download->folder, &account, &folder)) {
		end_with(download, ERR_GONE, "The folder of this message is no longer there.");
		return FALSE;
	}
	if (download->uidvalidity && folder->stored->uidvalidity != download->uidvalidity) {
		end_renumbered(download);
		return FALSE;
	}
	download->uidvalidity = folder->stored->uidvalidity;
	*out_link = account_link_for(account, download->folder);
	/* What is at work beside stays there when its folder is opened. */
	is_beside = download->link && download->link == carrier_link(account_carrier(account));
	if (download->anywhere && (!*out_link || is_beside))
		return find_link_beside(download, account, folder->stored->name, out_link);
	leave_carrier(download);
	return TRUE;
}

static gboolean
is_awaiting(const Download *download)
{
	for (guint i = 0; i < AHEAD; i++)
		if (download->pieces[i].cmd && !download->pieces[i].done)
			return TRUE;
	return FALSE;
}

/* What has begun goes on as it began. */
static void
choose_kind(Download *download)
{
	Account *account;
	Folder *folder;

	if (download->here == 0 && !is_awaiting(download) &&
		engine_resolve(download->engine, download->folder, &account, &folder))
		download->binary = download->base64 && !account_doubts_binary(account) &&
				   imap_session_decodes(link_session(download->link));
}

void
download_settle(Download *download)
{
	Link *link;
	guint64 expected;

	if (download->over || !find_link(download, &link))
		return;
	/* What was asked for before the folder was left still comes, and need not come twice. */
	if (link != download->link && is_awaiting(download))
		return;
	download->link = link;
	if (!link)
		return;
	choose_kind(download);
	expected = download->binary ? download->size / 4 * 3 : download->size;
	for (guint i = 0; i < AHEAD; i++) {
		Piece *piece = &download->pieces[i];
		/* The second one only where there is something to be expected. */
		gboolean wanted = i == 0 || download->asked < expected;

		if (!piece->cmd && wanted && download->asked < download->max)
			ask(download, piece);
	}
}

guint64
download_here(const Download *download)
{
	if (!download->binary)
		return download->here;
	if (mime_base64_fits(download->here, download->size))
		return download->size;
	return MIN(download->here * LINE_SENT / LINE_DECODED, download->size);
}

gboolean
download_is_decoded(const Download *download)
{
	return download->binary;
}

Download *
download_new(Engine *engine, const DownloadWish *wish, const DownloadOwner *owner, gpointer user)
{
	Download *download = g_new0(Download, 1);

	download->engine = engine;
	download->folder = wish->folder;
	download->uid = wish->uid;
	download->uidvalidity = wish->uidvalidity;
	download->section = g_strdup(wish->section);
	download->size = wish->size;
	download->max = wish->max;
	download->anywhere = wish->anywhere;
	download->base64 = wish->base64;
	download->owner = *owner;
	download->user = user;
	for (guint i = 0; i < AHEAD; i++)
		download->pieces[i] = (Piece){.download = download, .held = g_byte_array_new()};
	return download;
}

void
download_free(Download *download)
{
	if (!download)
		return;
	download->over = TRUE;
	if (download->link)
		forget(download);
	leave_carrier(download);
	for (guint i = 0; i < AHEAD; i++)
		g_byte_array_unref(download->pieces[i].held);
	g_free(download->section);
	g_free(download);
}
