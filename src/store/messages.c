#include "store/messages.h"

#include "store/store-private.h"

#include <string.h>

#define TEXT_BYTES_MAX 1000
/* A larger structure is not kept: it is fetched again when the message is opened. */
#define STRUCTURE_BYTES_MAX (256 * 1024)

#define IN_FOLDER "folder = " DB_PLACE("1")

#define ROW                                                         \
	"uid, flags, modseq, internaldate, date, size, attachment," \
	" from_name, from_address, to_name, subject, message_id, in_reply_to"

StoreMessage *
store_message_new(void)
{
	StoreMessage *message = g_new0(StoreMessage, 1);

	message->from_name = g_strdup("");
	message->from_address = g_strdup("");
	message->to_name = g_strdup("");
	message->subject = g_strdup("");
	message->message_id = g_strdup("");
	message->in_reply_to = g_strdup("");
	return message;
}

void
store_message_free(StoreMessage *message)
{
	if (!message)
		return;
	flagset_clear(&message->flags);
	g_free(message->from_name);
	g_free(message->from_address);
	g_free(message->to_name);
	g_free(message->subject);
	g_free(message->message_id);
	g_free(message->in_reply_to);
	g_clear_pointer(&message->structure, g_bytes_unref);
	g_free(message);
}

/* ---- reading ---- */

static StoreMessage *
read_message(Query *query, guint32 folder)
{
	StoreMessage *message = g_new0(StoreMessage, 1);
	g_autofree char *flags = NULL;

	message->folder = folder;
	message->uid = (guint32)query_get_int(query);
	flags = query_get_string(query);
	message->flags = flagset_parse(flags);
	message->modseq = (guint64)query_get_int(query);
	message->internaldate = query_get_int(query);
	message->date = query_get_int(query);
	message->size = (guint64)query_get_int(query);
	message->attachment = query_get_int(query) != 0;
	message->from_name = query_get_string(query);
	message->from_address = query_get_string(query);
	message->to_name = query_get_string(query);
	message->subject = query_get_string(query);
	message->message_id = query_get_string(query);
	message->in_reply_to = query_get_string(query);
	return message;
}

StoreMessage *
store_message_get(Store *store, guint32 folder, guint32 uid, gboolean with_structure)
{
	g_auto(Query) query = query_begin(store->cache,
		with_structure ? "SELECT " ROW ", structure FROM message WHERE " IN_FOLDER
				 " AND uid = ?"
			       : "SELECT " ROW " FROM message WHERE " IN_FOLDER " AND uid = ?");
	StoreMessage *message;

	query_add_folder(&query, store, folder);
	query_add_int(&query, uid);
	if (!query_next(&query))
		return NULL;
	message = read_message(&query, folder);
	if (with_structure)
		message->structure = query_get_bytes(&query);
	return message;
}

/* The next arguments, for "folder = ? AND uid BETWEEN ? AND ?". */
static void
name_range(Query *query, const Store *store, guint32 folder, guint32 first, guint32 last)
{
	query_add_folder(query, store, folder);
	query_add_int(query, first);
	query_add_int(query, last);
}

GPtrArray *
store_messages_get(Store *store, guint32 folder, const UidSet *uids)
{
	GPtrArray *messages = g_ptr_array_new_with_free_func((GDestroyNotify)store_message_free);
	guint n;
	const UidRange *ranges = uidset_ranges(uids, &n);

	for (guint i = 0; i < n; i++) {
		g_auto(Query) query = query_begin(store->cache,
			"SELECT " ROW " FROM message"
			" WHERE " IN_FOLDER " AND uid BETWEEN ? AND ? ORDER BY uid");

		name_range(&query, store, folder, ranges[i].first, ranges[i].last);
		while (query_next(&query))
			g_ptr_array_add(messages, read_message(&query, folder));
	}
	return messages;
}

guint
store_messages_count(Store *store, guint32 folder, const UidSet *uids, guint *out_unread)
{
	guint n, known = 0;
	const UidRange *ranges = uidset_ranges(uids, &n);

	*out_unread = 0;
	for (guint i = 0; i < n; i++) {
		g_auto(Query) query = query_begin(store->cache,
			"SELECT count(*), coalesce(sum(instr(flags, '\\Seen') = 0), 0)"
			" FROM message WHERE " IN_FOLDER " AND uid BETWEEN ? AND ?");

		name_range(&query, store, folder, ranges[i].first, ranges[i].last);
		if (!query_next(&query))
			continue;
		known += (guint)query_get_int(&query);
		*out_unread += (guint)query_get_int(&query);
	}
	return known;
}

guint64
store_messages_octets(Store *store, guint32 folder, const UidSet *uids)
{
	guint n;
	guint64 octets = 0;
	const UidRange *ranges = uidset_ranges(uids, &n);

	for (guint i = 0; i < n; i++) {
		g_auto(Query) query = query_begin(store->cache,
			"SELECT coalesce(sum(size), 0)"
			" FROM message WHERE " IN_FOLDER " AND uid BETWEEN ? AND ?");

		name_range(&query, store, folder, ranges[i].first, ranges[i].last);
		if (query_next(&query))
			octets += (guint64)query_get_int(&query);
	}
	return octets;
}

UidSet *
store_messages_uids(Store *store, guint32 folder, guint32 first, guint32 last)
{
	UidSet *uids = uidset_new();
	g_auto(Query) query = query_begin(store->cache,
		"SELECT uid FROM message WHERE " IN_FOLDER " AND uid BETWEEN ? AND ? ORDER BY uid");

	name_range(&query, store, folder, first, last);
	while (query_next(&query))
		uidset_add(uids, (guint32)query_get_int(&query));
	return uids;
}

/* Of RANGE, at most *LEFT messages that are there; the last UID that was looked at. */
static guint32
walk_range(Store *store, guint32 folder, UidRange range, guint *left, guint *unread)
{
	guint32 uid = range.last;
	g_auto(Query) query = query_begin(store->cache,
		"SELECT uid, instr(flags, '\\Seen') FROM message"
		" WHERE " IN_FOLDER " AND uid BETWEEN ? AND ? ORDER BY uid");

	name_range(&query, store, folder, range.first, range.last);
	while (query_next(&query)) {
		uid = (guint32)query_get_int(&query);
		*unread += query_get_int(&query) == 0;
		if (--*left == 0)
			return uid;
	}
	return range.last;
}

UidSet *
store_messages_head(Store *store, guint32 folder, const UidSet *uids, guint max, guint *out_unread)
{
	UidSet *head = uidset_new();
	guint n, left = max;
	const UidRange *ranges = uidset_ranges(uids, &n);

	*out_unread = 0;
	for (guint i = 0; i < n && left; i++)
		uidset_add_range(head, ranges[i].first,
			walk_range(store, folder, ranges[i], &left, out_unread));
	return head;
}

UidSet *
store_messages_described(Store *store, guint32 folder, guint32 first, guint32 last)
{
	UidSet *uids = uidset_new();
	g_auto(Query) query = query_begin(store->cache,
		"SELECT uid FROM message WHERE " IN_FOLDER " AND uid BETWEEN ? AND ?"
		" AND structure IS NOT NULL ORDER BY uid");

	name_range(&query, store, folder, first, last);
	while (query_next(&query))
		uidset_add(uids, (guint32)query_get_int(&query));
	return uids;
}

/* ---- writing ---- */

/* TEXT itself, or a copy cut before the character that does not fit, which *OUT_COPY owns. */
static const char *
limit_text(const char *text, char **out_copy)
{
	gsize len = strnlen(text, TEXT_BYTES_MAX + 1);

	if (len <= TEXT_BYTES_MAX)
		return text;
	for (len = TEXT_BYTES_MAX; len > 0 && ((guchar)text[len] & 0xc0) == 0x80;)
		len--;
	return *out_copy = g_strndup(text, len);
}

/* A structure does not change as long as the UID stands for the message (RFC 3501 section 2.3.1.1),
 * so a message put without one keeps the one that is known. */
static const char put_sql[] =
	"INSERT INTO message (folder, " ROW ", structure)"
	" VALUES (" DB_PLACE(
		"1") ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		     " ON CONFLICT (folder, uid) DO UPDATE SET flags = excluded.flags,"
		     " modseq = excluded.modseq, internaldate = excluded.internaldate, date = "
		     "excluded.date,"
		     " size = excluded.size, attachment = excluded.attachment,"
		     " from_name = excluded.from_name, from_address = excluded.from_address,"
		     " to_name = excluded.to_name, subject = excluded.subject,"
		     " message_id = excluded.message_id, in_reply_to = excluded.in_reply_to,"
		     " structure = coalesce(excluded.structure, structure)";

gboolean
store_message_put(Store *store, const StoreMessage *message, GError **error)
{
	const char *texts[] = {message->from_name, message->from_address, message->to_name,
		message->subject, message->message_id, message->in_reply_to};
	char *copies[G_N_ELEMENTS(texts)] = {NULL};
	g_autofree char *flags = flagset_to_string(&message->flags);
	GBytes *structure = message->structure;
	Query query = query_begin(store->cache, put_sql);
	gboolean done;

	query_add_int(&query, message->folder);
	query_add_int(&query, message->uid);
	query_add_text(&query, flags);
	query_add_int(&query, (gint64)message->modseq);
	query_add_int(&query, message->internaldate);
	query_add_int(&query, message->date);
	query_add_int(&query, (gint64)message->size);
	query_add_int(&query, message->attachment);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		query_add_blob(&query, limit_text(texts[i], &copies[i]));
	if (structure && g_bytes_get_size(structure) > STRUCTURE_BYTES_MAX)
		structure = NULL;
	query_add_bytes(&query, structure);
	done = query_run(&query, error);
	for (guint i = 0; i < G_N_ELEMENTS(copies); i++)
		g_free(copies[i]);
	return done;
}

gboolean
store_message_set_flags(Store *store, guint32 folder, guint32 uid, const FlagSet *flags,
	guint64 modseq, GError **error)
{
	g_autofree char *text = flagset_to_string(flags);
	Query query = query_begin(store->cache,
		"UPDATE message SET flags = ?2, modseq = ?3 WHERE " IN_FOLDER " AND uid = ?4");

	query_add_int(&query, folder);
	query_add_text(&query, text);
	query_add_int(&query, (gint64)modseq);
	query_add_int(&query, uid);
	return query_run(&query, error);
}

static gboolean
remove_range(Store *store, const char *sql, guint32 folder, UidRange range, GError **error)
{
	Query query = query_begin(store->cache, sql);

	name_range(&query, store, folder, range.first, range.last);
	return query_run(&query, error);
}

gboolean
store_messages_remove(Store *store, guint32 folder, const UidSet *uids, GError **error)
{
	guint n;
	const UidRange *ranges = uidset_ranges(uids, &n);

	for (guint i = 0; i < n; i++) {
		if (!remove_range(store,
			    "DELETE FROM message WHERE " IN_FOLDER " AND uid BETWEEN ? AND ?",
			    folder, ranges[i], error) ||
			!remove_range(store,
				"DELETE FROM body WHERE " IN_FOLDER " AND uid BETWEEN ? AND ?",
				folder, ranges[i], error))
			return FALSE;
	}
	return TRUE;
}

/* What the server has told about the destination already is newer; MODSEQ counts per folder. */
gboolean
store_message_copy(
	Store *store, guint32 from, guint32 uid, guint32 to, guint32 to_uid, GError **error)
{
	Query query = query_begin(store->cache,
		"INSERT OR IGNORE INTO message (folder, " ROW ", structure)"
		" SELECT " DB_PLACE(
			"2") ", ?3, flags, 0, internaldate, date, size, attachment, from_name,"
			     " from_address, to_name, subject, message_id, in_reply_to, structure"
			     " FROM message WHERE " IN_FOLDER " AND uid = ?4");

	query_add_folder(&query, store, from);
	query_add_int(&query, to);
	query_add_int(&query, to_uid);
	query_add_int(&query, uid);
	return query_run(&query, error);
}
