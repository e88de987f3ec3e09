#include "core/fetcher.h"

#include "base/log.h"

#define MAX_UNDER_WAY 2  /* commands; more would only delay what the user looks at next */
#define BRIDGE        8  /* rows that are fetched again rather than splitting a command */
#define GUESSED_ROWS  40 /* in view, before the interface has said */
#define MAX_PER_FETCH 200

typedef struct {
	guint32 first, last;
} Span;

typedef struct {
	ImapCmdId cmd; /* 0: free */
	Span span;
	gboolean shifted; /* its positions mean others now */
} Asked;

struct Fetcher {
	EngineList *list;
	Link *link; /* borrowed, or NULL */
	Asked asked[MAX_UNDER_WAY];
	Span answered;      /* by the last command: what is missing of it won't come */
	Span extra;         /* wanted by fetcher_want() */
	gboolean confirmed; /* all flags of the store are true */
	UidSet *told;       /* else those of these messages are */
};

Fetcher *
fetcher_new(EngineList *list)
{
	Fetcher *fetcher = g_new0(Fetcher, 1);

	fetcher->list = list;
	fetcher->told = uidset_new();
	return fetcher;
}

void
fetcher_free(Fetcher *fetcher)
{
	if (!fetcher)
		return;
	fetcher_attach(fetcher, NULL);
	uidset_free(fetcher->told);
	g_free(fetcher);
}

void
fetcher_attach(Fetcher *fetcher, Link *link)
{
	if (fetcher->link)
		link_forget(fetcher->link, fetcher);
	fetcher->link = link;
	for (guint i = 0; i < MAX_UNDER_WAY; i++)
		fetcher->asked[i] = (Asked){0};
	fetcher->answered = fetcher->extra = (Span){0};
	fetcher_set_confirmed(fetcher, FALSE);
}

void
fetcher_set_confirmed(Fetcher *fetcher, gboolean confirmed)
{
	fetcher->confirmed = confirmed;
	uidset_clear(fetcher->told);
}

void
fetcher_confirm(Fetcher *fetcher, guint32 uid)
{
	if (!fetcher->confirmed)
		uidset_add(fetcher->told, uid);
}

void
fetcher_want(Fetcher *fetcher, guint32 first, guint32 last)
{
	fetcher->extra = (Span){first, last};
	fetcher->answered = (Span){0};
}

void
fetcher_shift(Fetcher *fetcher)
{
	for (guint i = 0; i < MAX_UNDER_WAY; i++)
		fetcher->asked[i].shifted = TRUE;
	fetcher->answered = (Span){0};
}

void
fetcher_view(const Fetcher *fetcher, guint *out_first, guint *out_rows)
{
	msglist_view(fetcher->list, out_first, out_rows);
	if (!*out_rows)
		*out_rows = GUESSED_ROWS;
}

/* ---- what is missing ---- */

static gboolean
is_within(Span span, guint32 position)
{
	return span.first && position >= span.first && position <= span.last;
}

static gboolean
is_asked(const Fetcher *fetcher, guint32 position)
{
	for (guint i = 0; i < MAX_UNDER_WAY; i++)
		if (fetcher->asked[i].cmd && is_within(fetcher->asked[i].span, position))
			return TRUE;
	return FALSE;
}

/* What has to be asked for of the row at POSITION, 0: nothing. */
static ImapWant
missing_at(const Fetcher *fetcher, guint32 position)
{
	guint32 uid = seqmap_uid(msglist_map(fetcher->list), position);

	if (is_within(fetcher->answered, position) || is_asked(fetcher, position))
		return 0;
	if (!uid || !msglist_has_row(fetcher->list, uid))
		return IMAP_WANT_ROW;
	if (!fetcher->confirmed && !uidset_contains(fetcher->told, uid))
		return IMAP_WANT_FLAGS;
	return 0;
}

/* The newest stretch of rows in WITHIN of which something is missing, and what; 0: none. */
static ImapWant
find_missing(const Fetcher *fetcher, Span within, Span *out_missing)
{
	Span missing = {0};
	ImapWant want = 0;
	guint gap = 0;

	for (guint32 at = within.last; at >= within.first && at; at--) {
		ImapWant here = missing_at(fetcher, at);

		if (here) {
			want |= here;
			missing.last = missing.last ? missing.last : at;
			missing.first = at;
			gap = 0;
		} else if (missing.last && ++gap > BRIDGE) {
			break;
		}
		if (missing.last && missing.last - at >= MAX_PER_FETCH)
			break;
	}
	if (want)
		*out_missing = missing;
	return want;
}

/* ---- asking ---- */

/* What the server did not describe gets a row all the same: no message may be missing. */
static void
degrade(Fetcher *fetcher, Span span)
{
	/* The last position of all is followed by 0. */
	for (guint32 at = span.first; at && at <= span.last; at++) {
		guint32 uid = seqmap_uid(msglist_map(fetcher->list), at);

		if (uid && !msglist_has_row(fetcher->list, uid))
			msglist_degrade(fetcher->list, uid);
	}
}

static void
on_answer(Link *link, const ImapEvent *event, gpointer user)
{
	Fetcher *fetcher = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	for (guint i = 0; i < MAX_UNDER_WAY; i++) {
		Asked *asked = &fetcher->asked[i];

		if (asked->cmd != event->cmd)
			continue;
		/* Dovecot refuses positions that were there when they were asked for. */
		if (!asked->shifted)
			fetcher->answered = asked->span;
		asked->cmd = 0;
		if (!event->error && !asked->shifted)
			degrade(fetcher, asked->span);
		else if (event->error)
			log_line(LOG_WARN, "fetcher", "rows could not be fetched: %s",
				event->error->message);
	}
}

static guint
under_way(const Fetcher *fetcher)
{
	guint n = 0;

	for (guint i = 0; i < MAX_UNDER_WAY; i++)
		n += fetcher->asked[i].cmd != 0;
	return n;
}

static void
ask(Fetcher *fetcher, Span span, ImapWant want)
{
	for (guint i = 0; i < MAX_UNDER_WAY; i++) {
		if (fetcher->asked[i].cmd)
			continue;
		fetcher->asked[i].span = span;
		fetcher->asked[i].shifted = FALSE;
		fetcher->asked[i].cmd = link_submit(fetcher->link,
			imap_command_fetch_positions(span.first, span.last, want), on_answer,
			fetcher);
		return;
	}
}

/* TRUE when something of WITHIN was asked for. */
static gboolean
ask_missing(Fetcher *fetcher, Span within)
{
	Span missing;
	ImapWant want = find_missing(fetcher, within, &missing);

	if (!want)
		return FALSE;
	ask(fetcher, missing, want);
	return TRUE;
}

static gboolean
ask_around(Fetcher *fetcher, guint margin)
{
	Span span;

	return msglist_wanted(fetcher->list, margin, &span.first, &span.last) &&
	       ask_missing(fetcher, span);
}

static gboolean
ask_extra(Fetcher *fetcher)
{
	Span extra = fetcher->extra;

	fetcher->extra = (Span){0};
	extra.last = MIN(extra.last, seqmap_count(msglist_map(fetcher->list)));
	return extra.first && extra.first <= extra.last && ask_missing(fetcher, extra);
}

void
fetcher_settle(Fetcher *fetcher)
{
	guint first, rows;

	fetcher_view(fetcher, &first, &rows);
	while (fetcher->link && under_way(fetcher) < MAX_UNDER_WAY) {
		if (ask_around(fetcher, 0) || ask_extra(fetcher))
			continue;
		/* Ahead of the user, and only when nothing is waited for. */
		if (!link_pending(fetcher->link) && ask_around(fetcher, rows))
			continue;
		return;
	}
}

gboolean
fetcher_is_busy(const Fetcher *fetcher)
{
	return under_way(fetcher) > 0;
}
