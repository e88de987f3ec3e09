#include "core/words.h"

#include "imap/utf7.h"

typedef struct {
	FlagBit flag;
	const char *set, *cleared; /* the state that the message is in then */
} FlagWords;

static const FlagWords flag_words[] = {
	{FLAG_SEEN, "read", "unread"},
	{FLAG_FLAGGED, "flagged", "not flagged"},
	{FLAG_ANSWERED, "answered", "not answered"},
	{FLAG_DELETED, "deleted", "not deleted"},
	{FLAG_JUNK, "junk", "not junk"},
};

static char *
count_words(guint64 n)
{
	return n == 1 ? g_strdup("1 message")
		      : g_strdup_printf("%" G_GUINT64_FORMAT " messages", n);
}

static const char *
state_words(const StoreOp *op)
{
	gboolean add = op->kind == STORE_OP_ADD_FLAGS;

	for (guint i = 0; i < G_N_ELEMENTS(flag_words); i++)
		if (op->flags.bits & flag_words[i].flag)
			return add ? flag_words[i].set : flag_words[i].cleared;
	return add ? "with a flag" : "without a flag";
}

char *
words_folder(const Tree *tree, const char *raw)
{
	const Folder *folder = tree_by_raw(tree, raw);

	return folder ? g_strdup(folder_path(folder)) : imap_utf7_decode(raw, -1);
}

static char *
destination(const StoreOp *op, const Tree *tree)
{
	g_autofree char *path = NULL;

	if (!op->to_account)
		return words_folder(tree, op->to_mailbox);
	path = imap_utf7_decode(op->to_mailbox, -1);
	return g_strdup_printf("%s/%s", op->to_account, path);
}

static char *
say(const StoreOp *op, guint64 n, const Tree *tree, gboolean past)
{
	g_autofree char *count = count_words(n);
	g_autofree char *to = op->to_mailbox ? destination(op, tree) : NULL;

	if (op->flags.keywords && op->kind == STORE_OP_ADD_FLAGS)
		return g_strdup_printf(
			"%s %s with %s", past ? "Tagged" : "tag", count, op->flags.keywords[0]);
	if (op->flags.keywords)
		return g_strdup_printf(
			"%s %s off %s", past ? "Took" : "take", op->flags.keywords[0], count);
	switch (op->kind) {
	case STORE_OP_ADD_FLAGS:
	case STORE_OP_REMOVE_FLAGS:
		return g_strdup_printf(
			"%s %s %s", past ? "Marked" : "mark", count, state_words(op));
	case STORE_OP_MOVE:
		return g_strdup_printf("%s %s to %s", past ? "Moved" : "move", count, to);
	case STORE_OP_COPY:
		return g_strdup_printf("%s %s to %s", past ? "Copied" : "copy", count, to);
	case STORE_OP_EXPUNGE:
		return g_strdup_printf("%s %s for good", past ? "Deleted" : "delete", count);
	}
	return g_strdup("");
}

char *
words_done(const StoreOp *op, guint64 n, const Tree *tree)
{
	return say(op, n, tree, TRUE);
}

char *
words_do(const StoreOp *op, guint64 n, const Tree *tree)
{
	return say(op, n, tree, FALSE);
}
