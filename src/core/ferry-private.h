/*
 * The inside of the ferry, shared by its parts:
 *
 *   ferry.c         what is under way, what is next, how it ends
 *   ferry-fetch.c   from the server into a file
 *   ferry-append.c  from the file to the other server
 *   ferry-look.c    whether a message has arrived of which the answer was lost
 */
#pragma once

#include "core/carrier.h"
#include "core/ferry.h"
#include "store/parcels.h"
#include "store/spool.h"

typedef enum {
	PARCEL_FETCHING,
	PARCEL_FETCHED, /* the file is whole and not on the disk yet */
	PARCEL_SPOOLED,
	PARCEL_SENT,
	PARCEL_UNSURE, /* sent, and the answer will not come */
} ParcelStage;

/* One message under way. */
typedef struct {
	Ferry *ferry;
	StoreParcel row;
	ParcelStage stage;
	Link *link;         /* where answers are awaited, or NULL */
	guint awaited;      /* how many */
	SpoolFile *file;    /* FETCHING, FETCHED */
	guint64 asked;      /* FETCHING: octets asked for so far */
	guint64 told;       /* FETCHING: octets that the server says it has; 0: it does not */
	guint64 chunk;      /* FETCHING: where the piece begins that is awaited */
	gboolean described; /* FETCHING: flags, date and identity are here */
	gboolean has_body;  /* FETCHING: the piece that is awaited has come */
	guint32 arrived_as; /* UID that the other server said; 0: none */
	guint32 arrived_in; /* and its UIDVALIDITY */
	gint64 look_at;     /* UNSURE: monotonic microseconds, not before that */
	gboolean looked;    /* UNSURE: the look under way is for it too */
} Parcel;

/* What is known of a carried op beside the journal. */
typedef struct {
	Ferry *ferry;
	gint64 op;
	Link *asked;     /* where the other folder was asked for its end, or NULL */
	UidSet *doubted; /* were not found once: a server may not have noticed them yet */
	guint64 octets;  /* of all its messages, as far as known */
	guint64 refused; /* messages */
	char *reason;    /* of the last */
} Trip;

struct Ferry {
	Core *core;
	Account *account;
	OpQueue *queue;
	FerrySettled settled;
	gpointer user;
	GPtrArray *parcels; /* Parcel, in the order in which they were taken */
	GPtrArray *trips;   /* Trip */
	CarrierHolder fetching, looking;
	gboolean reopen; /* the folder that is fetched from, before more of it is */
	/* the look under way (ferry-look.c) */
	Link *look_link;    /* NULL: none is asked for */
	char *look_account; /* NULL: none */
	char *look_mailbox; /* raw */
	guint32 look_first, look_uidvalidity;
	GArray *found;  /* Arrived: those that may be what is looked for */
	UidSet *others; /* what has arrived beside them */
	guint timer;    /* until the next look makes sense */
	GQueue waste;   /* names of files that nobody needs any more: one goes in a turn */
};

/* ---- ferry.c ---- */
StoreOp *parcel_op(const Parcel *parcel); /* NULL when it is gone */
Trip *ferry_trip(Ferry *ferry, const StoreOp *op);
/* The connection of the account to which OP goes; NULL when it is not there now. */
Carrier *ferry_destination(const Ferry *ferry, const StoreOp *op);
/* Forgets it, its row in the journal and, a little later, its file. */
void ferry_drop(Ferry *ferry, Parcel *parcel);
void parcel_note(Parcel *parcel, StoreParcelState state); /* in the journal */
/* It is there; its arrived_as and arrived_in say as what. Frees PARCEL. */
void ferry_arrived(Ferry *ferry, Parcel *parcel);
/* The server has refused it: it may be dropped. Its op. */
StoreOp *ferry_unsend(Parcel *parcel);
/* It stays where it is. Frees PARCEL. */
void ferry_refuse(Ferry *ferry, Parcel *parcel, const char *reason);
/* So does all of OP that has not arrived and is not being sent. */
void ferry_refuse_rest(Ferry *ferry, StoreOp *op, const char *reason);
/* Waits for an answer of LINK's to PARCEL. */
void parcel_await(Parcel *parcel, Link *link, ImapCommand *take_command, LinkAnswer answer);
/* To be called with each DONE. */
void parcel_answered(Parcel *parcel);

/* ---- ferry-fetch.c ---- */
/* TRUE while there is more of OP to fetch. */
gboolean ferry_fetch(Ferry *ferry, StoreOp *op);
/* No more is begun before the messages under way are here and the folder was left: it has to be opened again,
 * or another waits for the connection. */
gboolean ferry_must_yield(const Ferry *ferry);
void ferry_on_fetched(const ImapEvent *event, gpointer user);
/* Refuses PARCEL, of SIZE octets, where it is known that the other server does not take as many. */
gboolean ferry_refuse_too_big(Ferry *ferry, Parcel *parcel, guint64 size);
/* Puts a file that is whole on the disk: a step in a turn, as each takes its time. */
void ferry_sync(Ferry *ferry);

/* ---- ferry-append.c ---- */
void ferry_append(Ferry *ferry, StoreOp *op);

/* ---- ferry-look.c ---- */
void ferry_look(Ferry *ferry);
void ferry_look_cut(Ferry *ferry);
void ferry_on_looked(const ImapEvent *event, gpointer user);
/* What a message is told by: its Message-ID, or all else that there is. The caller's. */
char *ferry_identity(const ImapFetch *fetch);
/* The answer to PARCEL was lost. */
void parcel_doubt(Parcel *parcel);
