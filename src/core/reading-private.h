/*
 * One message to read, in some files: reading.c answers the interface, reading-load.c brings the
 * octets (from the cache or from the server, in pieces, so that a big one shows its start at once and
 * can be left at any time), reading-show.c makes lines of them in the order of the plan, and
 * reading-whole.c takes the message apart here when the server can't. What is signed or encrypted is
 * then opened by reading-secure.c and shown anew by reading-pieces.c.
 */
#pragma once

#include "core/download.h"
#include "core/engine-private.h"
#include "core/opener.h"
#include "mime/render.h"
#include "mime/secure-words.h"

#define READING_SLICE (64 * 1024) /* octets that are decoded in one turn */

typedef enum {
	READING_STRUCTURE, /* the structure has to be asked for */
	READING_BODY,      /* sections have to be asked for */
	READING_WAIT,      /* answers are awaited */
	READING_HERE,      /* all octets are here */
	READING_WHOLE,     /* the whole message is on the way */
	READING_PARSE,     /* and being taken apart */
	READING_OVER,      /* all lines are, or it failed */
} ReadingStep;

/* One section of the message that is needed: its header, a part of the plan, or the header of one. */
typedef struct {
	EngineReading *reading;
	char *name;               /* as BODY[name] has it */
	const MimeStep *for_step; /* of the plan; NULL: a header */
	/* Of the plan: whose part's own header this is, to be read before the part, or NULL. */
	const MimeStep *describes;
	guint64 size;       /* octets wanted */
	guint64 here;       /* octets that have come */
	guint64 asked_from; /* where the piece begins that is awaited */
	GByteArray *bytes;  /* those that are not shown yet; all, when they are kept */
	gsize shown;        /* of BYTES */
	gboolean asked_whole;
	gboolean keep;   /* small enough for the cache */
	gboolean stored; /* that is where it was from */
	gboolean whole;  /* all is here */
} Section;

typedef struct ReadingParse ReadingParse;
typedef enum {
	SECURE_STEP_FETCH, /* the whole message is on its way */
	SECURE_STEP_OPEN,  /* the opener is at work */
	SECURE_STEP_SHOW,  /* its pieces become lines */
	SECURE_STEP_OVER,
} SecureStep;

/* A part that came out of an encryption, or a file that lies in one: nobody but us has it. */
typedef struct {
	char *encoding;   /* or NULL */
	GBytes *octets;   /* as sent; of the part that the file lies in */
	gboolean is_file; /* as ReadingFile: */
	MimeShow how;
	guint index;
} ReadingInside;

/* A file that lies in a part and is none itself, as in winmail.dat (mime/render.h): it is listed behind
 * the parts of the tree. */
typedef struct {
	guint part;   /* of the reading: what it lies in */
	MimeShow how; /* that is shown */
	guint index;  /* among the files in there */
} ReadingFile;

/* What becomes of signatures and encryption. */
typedef struct {
	EngineReading *reading;
	SecureStep step;
	EngineSecurityLevel level;
	char *summary;
	gboolean can_begin; /* when the user says so */
	guint64 size;       /* of what is read */
	GByteArray *octets; /* it, as far as it is here */
	Download *download; /* while it comes */
	OpenerJob *job;
	char *question;         /* whose passphrase is asked for, or NULL */
	SecureMessage *message; /* once it was opened */
	SecureVerdict *verdict;

	/* While its lines are made: */
	MimeDocument *document;
	guint own_parts;      /* of the reading: what came with the pieces is behind them */
	GArray *inside;       /* ReadingInside, for those behind */
	guint piece;          /* the one that is next */
	const MimePart *tree; /* of the piece */
	MimePlan *plan;
	guint at; /* the step of the plan that is next */
	MimeRender *render;
	guint files; /* that the document had before that step */
	gsize fed;   /* octets of that step's part */
} ReadingSecure;

struct EngineReading {
	Engine *engine;
	EngineFolderId folder;
	guint32 uid, uidvalidity; /* of the folder when UID was taken; 0: not known */
	gboolean peek;
	EngineReadingState state;
	ReadingStep step, wanted; /* WANTED: where to begin again after a cut */
	guint cuts;
	char *error;
	Link *link; /* where answers are awaited from, or NULL */
	StoreMessage *message;
	MimePart *tree;
	const MimePart *top; /* of what is read; NULL before the structure is here */
	MimePlan *plan;
	gboolean html; /* comes before plain text */
	GPtrArray *
		sections; /* Section: the header, then the parts by the plan, each behind its header */
	guint at;         /* the step of the plan whose lines come next */
	MimeRender *render; /* of that step, when it has begun */
	MimeDocument *document;
	GPtrArray *fields; /* MimeField, or NULL before the header is here */
	GArray *parts; /* EnginePart, strings owned: those of the tree, files, what was encrypted */
	GArray *files; /* ReadingFile, or NULL before there are PARTS */

	/* Of a message inside of another: its part in TREE, -1: it is none. BASE is the section of all of
	 * what is read, "" for the message itself, with its transfer encoding (or NULL) and size. */
	gint inside;
	char *base, *encoding;
	guint64 size;

	/* Of one that is taken apart here; parts have their place in WHOLE. */
	GBytes *whole;      /* NULL: the server takes it apart */
	gboolean cut;       /* WHOLE is not all of it */
	Download *download; /* while it comes, with SPOOL */
	GByteArray *spool;
	ReadingParse *parse; /* while a thread works */

	gboolean for_user;     /* not ahead of him: questions may be asked */
	ReadingSecure *secure; /* NULL: nothing of it is signed or encrypted, as far as is known */
};

void reading_changed(EngineReading *reading);
void reading_fail(EngineReading *reading, const char *sentence);
/* Its UID means another message now: nothing more of it is asked for, kept, or done to it. */
gboolean reading_is_void(const EngineReading *reading);

/* ---- reading-show.c ---- */

/* Chooses by the tree what is shown, and of what the list of parts is made. Sections that are here
 * already stay. */
void reading_plan(EngineReading *reading);
/* One slice of what is here. */
void reading_show(EngineReading *reading);
void reading_clear_plan(EngineReading *reading);
/* For the list of parts; strings are the caller's. */
EnginePart reading_part_of_file(const MimeFile *file, guint depth);
/* NULL when PART of the reading is none. */
const ReadingFile *reading_file(const EngineReading *reading, guint part);
/* A DOCUMENT without a line says why. */
void reading_say_empty(const EngineReading *reading, MimeDocument *document);

/* ---- reading-load.c ---- */

/* What the store has. */
void reading_begin(EngineReading *reading);
/* The plan is another one. */
void reading_begin_again(EngineReading *reading);
/* Nobody is told of answers any more. */
void reading_forget_link(EngineReading *reading);
void reading_keep(EngineReading *reading);

/* ---- reading-whole.c ---- */

/* Fetches all of what is read, or takes it from the store, and takes it apart. WHY is for the log. FALSE: that
 * was done already. */
gboolean reading_fall_back(EngineReading *reading, const char *why);
/* The same with what is here: SENT in ENCODING, or NULL. */
void reading_take_whole(EngineReading *reading, GBytes *sent, const char *encoding);
void reading_forget_whole(EngineReading *reading);
/* A piece of WHOLE, as far as it goes. The caller's. */
GBytes *reading_slice(const EngineReading *reading, guint64 offset, guint64 octets);
/* Why the structure that the server gave is not to be believed; NULL: it is. */
const char *reading_doubt(const EngineReading *reading);
/* ---- reading-secure.c ---- */

/* The lines are here: what is signed or encrypted is opened. */
void reading_secure_begin(EngineReading *reading);
/* NULL when PART of the reading is one that the server has. */
const ReadingInside *reading_inside(const EngineReading *reading, guint part);
gboolean reading_field_is_covered(const EngineReading *reading, const char *name);
/* What was opened is to be opened again once its lines are here. */
void reading_forget_secure(EngineReading *reading);

/* ---- reading-pieces.c ---- */

/* One slice of them. */
void reading_show_pieces(ReadingSecure *secure);
void reading_clear_pieces(ReadingSecure *secure);
