/*
 * What the user asked for: a model of an account's messages to which the actions of a session are
 * applied one by one, and which says what the server must hold in the end. It also makes the
 * session: varied, and the same for the same seed.
 *
 * A message is known by its subject ("m07"), which is unique within a folder; copies share it.
 * Model is a plain value: a copy of it is another possible course of events.
 */
#pragma once

#include <glib.h>

#define MODEL_FOLDERS   5
#define MODEL_MANY      6 /* messages of one action, at most */
#define MODEL_ITEMS_MAX 600
#define MODEL_UNDO_MAX  400

extern const char *const model_folders[MODEL_FOLDERS];

typedef enum {
	ACTION_READ,
	ACTION_FLAG,
	ACTION_MOVE,
	ACTION_COPY,
	ACTION_ARCHIVE,
	ACTION_DELETE, /* in Trash: for good */
	ACTION_UNDO,
} ActionKind;

typedef struct {
	ActionKind kind;
	guint folder; /* where the messages are */
	guint to;     /* of MOVE and COPY */
	guint32 flag; /* of FLAG */
	gboolean add;
	guint n;
	guint items[MODEL_MANY];
} Action;

typedef struct {
	guint name;
	int folder; /* -1: gone for good */
	guint32 flags;
	gboolean busy; /* moved by an action that the server may not have answered */
} ModelItem;

/* What one undo takes back. */
typedef struct {
	ActionKind kind;
	guint from, to;
	guint32 flag;
	gboolean add;
	guint n;
	guint items[MODEL_MANY];
} ModelGroup;

typedef struct {
	ModelItem items[MODEL_ITEMS_MAX];
	guint n_items;
	ModelGroup groups[MODEL_UNDO_MAX];
	guint n_groups;
} Model;

/* Each of the folders with N messages that nobody has read. */
void model_init(Model *model, guint n);

/* The next action of a user who has FOLDER open; FALSE when there is nothing to do there. */
gboolean model_choose(const Model *model, GRand *rand, guint folder, Action *out_action);
/* TAKEN: the program did not refuse it, which it may do with an UNDO only: that one is then used up. */
void model_apply(Model *model, const Action *action, gboolean taken);
/* A change of flags that changes nothing, asked for before the program can know that: until the server has
 * told it, there is something to take back. FALSE: it is none. */
gboolean model_apply_unsure(Model *model, const Action *action);
/* FALSE when the program has to refuse an UNDO, unless it comes before the change was sent. */
gboolean model_can_undo(const Model *model);
/* The server has answered for everything. */
void model_settle(Model *model);

/* The line that tells the actor to do it; the folder is open. */
char *model_command(const Model *model, const Action *action);
/* "m01:SF m02: " ... by subject: the messages of FOLDER. */
char *model_folder_text(const Model *model, guint folder);
/* The same of a list as other_list() gives it. */
char *model_text_of_list(const char *list);
