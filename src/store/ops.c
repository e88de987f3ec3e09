#include "store/ops.h"

#include "base/err.h"
#include "base/log.h"
#include "store/ops-private.h"
#include "store/store-private.h"

#include <string.h>

/* What an op may name; written and read with the same cap. */
#define RANGES_MAX 100000

/* Of the column is_undo. */
enum { IS_UNDO = 1, UNDO_WANTED = 2, UNSURE = 4, IN_DOUBT = 8 };

StoreOp *
store_op_new(void)
{
	StoreOp *op = g_new0(StoreOp, 1);

	op->uids = uidset_new();
	op->state = STORE_OP_WAITING;
	return op;
}

StoreOp *
store_op_copy(const StoreOp *op)
{
	StoreOp *copy = g_memdup2(op, sizeof *op);

	copy->account = g_strdup(op->account);
	copy->mailbox = g_strdup(op->mailbox);
	copy->uids = uidset_copy(op->uids);
	copy->flags = flagset_copy(&op->flags);
	copy->to_mailbox = g_strdup(op->to_mailbox);
	copy->to_account = g_strdup(op->to_account);
	copy->from_uids_done = op->from_uids_done ? uidset_copy(op->from_uids_done) : NULL;
	copy->to_uids_done = op->to_uids_done ? uidset_copy(op->to_uids_done) : NULL;
	return copy;
}

void
store_op_free(StoreOp *op)
{
	if (!op)
		return;
	g_free(op->account);
	g_free(op->mailbox);
	uidset_free(op->uids);
	flagset_clear(&op->flags);
	g_free(op->to_mailbox);
	g_free(op->to_account);
	uidset_free(op->from_uids_done);
	uidset_free(op->to_uids_done);
	g_free(op);
}

/* ---- reading ---- */

/* FALSE when there is a text that can't be read. */
static gboolean
read_uids(Query *query, UidSet **out_uids)
{
	g_autofree char *text = query_get_string_or_null(query);

	if (!text)
		return TRUE;
	*out_uids = *text ? uidset_parse(text, strlen(text), RANGES_MAX, NULL) : uidset_new();
	return *out_uids != NULL;
}

static gboolean
is_whole(const StoreOp *op)
{
	gboolean moves = op->kind == STORE_OP_MOVE || op->kind == STORE_OP_COPY;

	return op->uids && !uidset_is_empty(op->uids) && op->account && op->mailbox &&
	       op->kind >= STORE_OP_ADD_FLAGS && op->kind <= STORE_OP_EXPUNGE &&
	       op->state >= STORE_OP_WAITING && op->state <= STORE_OP_DONE &&
	       (!moves || op->to_mailbox) && (moves || !op->to_account) &&
	       !op->from_uids_done == !op->to_uids_done;
}

/* ---- sums: a row that a failing disk has changed is not believed ---- */

static void
add_text(GString *all, const char *text)
{
	if (text)
		g_string_append_printf(all, "%" G_GSIZE_FORMAT ":%s ", strlen(text), text);
	else
		g_string_append(all, "- ");
}

static void
add_uids(GString *all, const UidSet *uids)
{
	g_autofree char *text = uids ? uidset_to_string(uids) : NULL;

	add_text(all, text);
}

/* Of all that read_op() reads; whose op it is may change without it. */
static char *
sum_of(const StoreOp *op, gint64 id)
{
	const gint64 numbers[] = {id, op->group, op->uidvalidity, op->kind, op->state,
		op->to_uidvalidity, op->to_uidnext, op->step, op->is_undo,
		op->undo_wanted + (op->unsure ? UNSURE : 0) + (op->in_doubt ? IN_DOUBT : 0),
		op->made_at};
	g_autofree char *flags = flagset_to_string(&op->flags);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		g_string_append_printf(all, "%" G_GINT64_FORMAT " ", numbers[i]);
	add_text(all, op->account);
	add_text(all, op->mailbox);
	add_text(all, op->to_mailbox);
	if (op->to_account) /* there was none when the first sums were made */
		add_text(all, op->to_account);
	add_text(all, flags);
	add_uids(all, op->uids);
	add_uids(all, op->from_uids_done);
	add_uids(all, op->to_uids_done);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, (gssize)all->len);
}

/* In the order of the columns of COLUMNS; NULL when the row makes no op. NEEDS_SUM: also when it has no sum,
 * as those have that were written before there were any. */
static StoreOp *
read_op(Query *query, gboolean needs_sum)
{
	g_autoptr(StoreOp) op = g_new0(StoreOp, 1);
	g_autofree char *flags = NULL, *sum = NULL, *right_sum = NULL;
	gboolean readable;
	guint marks;

	op->id = query_get_int(query);
	op->group = query_get_int(query);
	op->account = query_get_string(query);
	op->mailbox = query_get_string(query);
	op->uidvalidity = (guint32)query_get_int(query);
	readable = read_uids(query, &op->uids);
	op->kind = (StoreOpKind)query_get_int(query);
	op->state = (StoreOpState)query_get_int(query);
	flags = query_get_string(query);
	op->flags = flagset_parse(flags);
	op->to_mailbox = query_get_string_or_null(query);
	op->to_uidvalidity = (guint32)query_get_int(query);
	readable &= read_uids(query, &op->from_uids_done);
	readable &= read_uids(query, &op->to_uids_done);
	op->step = (guint)query_get_int(query);
	marks = (guint)query_get_int(query);
	op->is_undo = (marks & IS_UNDO) != 0;
	op->undo_wanted = (marks & UNDO_WANTED) != 0;
	op->unsure = (marks & UNSURE) != 0;
	op->in_doubt = (marks & IN_DOUBT) != 0;
	op->made_at = query_get_int(query);
	op->to_uidnext = (guint32)query_get_int(query);
	sum = query_get_string_or_null(query);
	op->to_account = query_get_string_or_null(query);
	op->tried = op->state != STORE_OP_DONE && !op->unsure;
	if (!readable || !is_whole(op) || (needs_sum && !sum))
		return NULL;
	right_sum = sum_of(op, op->id);
	return !sum || strcmp(sum, right_sum) == 0 ? g_steal_pointer(&op) : NULL;
}

#define COLUMNS                                                                                   \
	"id, undo_group, account, mailbox, uidvalidity, uids, kind, state, flags, to_mailbox,"    \
	" to_uidvalidity, from_uids_done, to_uids_done, step, is_undo, made_at, to_uidnext, sum," \
	" to_account"

GPtrArray *
store_ops_load(Store *store, const char *account, guint *out_damaged)
{
	GPtrArray *ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	g_auto(Query) query = query_begin(store->state,
		"SELECT " COLUMNS " FROM op WHERE account = ? AND owner = ? ORDER BY id");
	guint damaged = 0;

	query_add_text(&query, account);
	query_add_int(&query, instance_id(store->instance));
	while (query_next(&query)) {
		StoreOp *op = read_op(&query, FALSE);

		if (op)
			g_ptr_array_add(ops, op);
		else
			damaged++;
	}
	if (damaged)
		log_line(LOG_ERROR, "store", "%u changes of %s in %s can't be read", damaged,
			account, store->state->file);
	if (out_damaged)
		*out_damaged = damaged;
	return ops;
}

gboolean
ops_has_whole(Db *db, gint64 id)
{
	g_auto(Query) query = query_begin(db, "SELECT " COLUMNS " FROM op WHERE id = ?");
	g_autoptr(StoreOp) op = NULL;

	query_add_int(&query, id);
	if (query_next(&query))
		op = read_op(&query, TRUE);
	return op != NULL;
}

guint
ops_count_damaged(Db *db)
{
	g_auto(Query) query = query_begin(db, "SELECT " COLUMNS " FROM op");
	guint damaged = 0;

	while (query_next(&query)) {
		g_autoptr(StoreOp) op = read_op(&query, FALSE);

		damaged += !op;
	}
	return damaged + (query.code != SQLITE_DONE);
}

/* ---- taking over ---- */

/* The owners of ACCOUNT's ops that are not this program and do not live: of gint64. */
static GArray *
dead_owners(Store *store, const char *account)
{
	GArray *owners = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_auto(Query) query = query_begin(
		store->state, "SELECT DISTINCT owner FROM op WHERE account = ? AND owner <> ?");

	query_add_text(&query, account);
	query_add_int(&query, instance_id(store->instance));
	while (query_next(&query)) {
		gint64 owner = query_get_int(&query);

		if (!instance_is_other(store->instance, owner))
			g_array_append_val(owners, owner);
	}
	return owners;
}

/* Another may have been faster: then these are no longer OWNER's. */
static gboolean
adopt_from(Store *store, const char *account, gint64 owner, guint *inout_adopted, GError **error)
{
	Query query = query_begin(
		store->state, "UPDATE op SET owner = ? WHERE account = ? AND owner = ?");

	query_add_int(&query, instance_id(store->instance));
	query_add_text(&query, account);
	query_add_int(&query, owner);
	if (!query_run(&query, error))
		return FALSE;
	*inout_adopted += query_changes(store->state);
	return TRUE;
}

static gboolean
adopt_all(
	Store *store, const char *account, const GArray *owners, guint *out_adopted, GError **error)
{
	guint adopted = 0;
	gboolean done = TRUE;

	for (guint i = 0; done && i < owners->len; i++)
		done = adopt_from(
			store, account, g_array_index(owners, gint64, i), &adopted, error);
	/* After a failure this rolls back. */
	if (!store_commit(store, done ? error : NULL))
		return FALSE;
	*out_adopted = adopted;
	return TRUE;
}

gboolean
store_ops_adopt(
	Store *store, const char *account, gboolean patient, guint *out_adopted, GError **error)
{
	g_autoptr(GArray) owners = dead_owners(store, account);
	guint adopted = 0;
	gboolean done;

	if (owners->len) {
		if (!store_commit(store, error))
			return FALSE;
		db_set_patient(store->state, patient);
		done = adopt_all(store, account, owners, &adopted, error);
		db_set_patient(store->state, FALSE);
		if (!done)
			return FALSE;
	}
	if (out_adopted)
		*out_adopted = adopted;
	return TRUE;
}

/* ---- writing ---- */

/* What would not be read again is not written. */
static gboolean
check_op(const StoreOp *op, GError **error)
{
	const UidSet *sets[] = {op->uids, op->from_uids_done, op->to_uids_done};

	if (!is_whole(op))
		return err_set(error, ERR_INPUT, "A change without messages can't be kept.");
	for (guint i = 0; i < G_N_ELEMENTS(sets); i++) {
		guint n = 0;

		if (sets[i])
			(void)uidset_ranges(sets[i], &n);
		if (n > RANGES_MAX)
			return err_set(error, ERR_LIMIT,
				"Too many messages at once for one change; take fewer.");
	}
	return TRUE;
}

static char *
uids_to_text(const UidSet *uids)
{
	return uids ? uidset_to_string(uids) : NULL;
}

static gboolean
is_of_another(Store *store, gint64 id, gboolean *out_is, GError **error)
{
	g_auto(Query) query =
		query_begin(store->state, "SELECT 1 FROM op WHERE id = ? AND owner <> ?");

	query_add_int(&query, id);
	query_add_int(&query, instance_id(store->instance));
	*out_is = query_next(&query);
	return *out_is || query_check(&query, error);
}

/* The id of OP, or a new one. A number that a failed commit took back may have been given to another
 * program since; that one's op is not to be written over. */
static gboolean
choose_id(Store *store, const StoreOp *op, gint64 *out_id, GError **error)
{
	gboolean taken = FALSE;
	gint64 id = op->id;

	if (!db_begin(store->state, error))
		return FALSE;
	do {
		if ((!id || taken) && !db_new_id(store->state, &id, error))
			return FALSE;
		if (!is_of_another(store, id, &taken, error))
			return FALSE;
	} while (taken);
	*out_id = id;
	return TRUE;
}

static guint
marks_of(const StoreOp *op)
{
	return (op->is_undo ? IS_UNDO : 0) | (op->undo_wanted ? UNDO_WANTED : 0) |
	       (op->unsure ? UNSURE : 0) | (op->in_doubt ? IN_DOUBT : 0);
}

gboolean
store_op_put(Store *store, StoreOp *op, GError **error)
{
	g_autofree char *uids = uids_to_text(op->uids);
	g_autofree char *flags = flagset_to_string(&op->flags);
	g_autofree char *from_done = uids_to_text(op->from_uids_done);
	g_autofree char *to_done = uids_to_text(op->to_uids_done);
	g_autofree char *sum = NULL;
	Query query;
	gint64 id;

	if (!check_op(op, error) || !choose_id(store, op, &id, error))
		return FALSE;
	sum = sum_of(op, id);
	query = query_begin(store->state,
		"INSERT OR REPLACE INTO op (" COLUMNS ", owner)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	query_add_int(&query, id);
	query_add_int(&query, op->group);
	query_add_text(&query, op->account);
	query_add_blob(&query, op->mailbox);
	query_add_int(&query, op->uidvalidity);
	query_add_text(&query, uids);
	query_add_int(&query, op->kind);
	query_add_int(&query, op->state);
	query_add_text(&query, flags);
	query_add_blob(&query, op->to_mailbox);
	query_add_int(&query, op->to_uidvalidity);
	query_add_text(&query, from_done);
	query_add_text(&query, to_done);
	query_add_int(&query, op->step);
	query_add_int(&query, marks_of(op));
	query_add_int(&query, op->made_at);
	query_add_int(&query, op->to_uidnext);
	query_add_text(&query, sum);
	query_add_text(&query, op->to_account);
	query_add_int(&query, instance_id(store->instance));
	if (!query_run(&query, error))
		return FALSE;
	op->id = id;
	return TRUE;
}

static gboolean
remove_parcels(Store *store, gint64 id, GError **error)
{
	Query query = query_begin(store->state, "DELETE FROM parcel WHERE op = ?");

	query_add_int(&query, id);
	return query_run(&query, error);
}

gboolean
store_op_remove(Store *store, gint64 id, GError **error)
{
	Query query = query_begin(store->state, "DELETE FROM op WHERE id = ? AND owner = ?");

	query_add_int(&query, id);
	query_add_int(&query, instance_id(store->instance));
	return query_run(&query, error) && remove_parcels(store, id, error);
}

gboolean
store_ops_replace(Store *store, const char *account, GPtrArray *ops, GError **error)
{
	Query query = query_begin(store->state, "DELETE FROM op WHERE account = ? AND owner = ?");
	gboolean done;

	query_add_text(&query, account);
	query_add_int(&query, instance_id(store->instance));
	done = query_run(&query, error);
	for (guint i = 0; done && i < ops->len; i++)
		done = store_op_put(store, g_ptr_array_index(ops, i), error);
	return done;
}

gint64
store_op_new_group(Store *store)
{
	g_autoptr(GError) error = NULL;
	gint64 group;

	if (db_new_id(store->state, &group, &error))
		return group;
	/* The turn will not be committed, so this number is never written. */
	log_line(LOG_ERROR, "store", "%s", error->message);
	return ++store->state->last_id;
}

gboolean
store_ops_trim(Store *store, guint keep, GError **error)
{
	Query query = query_begin(store->state,
		"DELETE FROM op WHERE state = ?1 AND owner = ?2 AND undo_group NOT IN"
		" (SELECT DISTINCT undo_group FROM op WHERE state = ?1 AND owner = ?2"
		"  ORDER BY undo_group DESC LIMIT ?3)");

	query_add_int(&query, STORE_OP_DONE);
	query_add_int(&query, instance_id(store->instance));
	query_add_int(&query, keep);
	return query_run(&query, error);
}

/* ---- for who mends the file ---- */

static gboolean
mark(Db *db, const StoreOp *op, GError **error)
{
	g_autofree char *sum = sum_of(op, op->id);
	Query query = query_begin(db, "UPDATE op SET is_undo = ?, sum = ? WHERE id = ?");

	query_add_int(&query, marks_of(op));
	query_add_text(&query, sum);
	query_add_int(&query, op->id);
	return query_run(&query, error);
}

gboolean
ops_doubt_carried(Db *db, GError **error)
{
	g_autoptr(GPtrArray) ops = g_ptr_array_new_with_free_func((GDestroyNotify)store_op_free);
	g_auto(Query) query =
		query_begin(db, "SELECT " COLUMNS " FROM op WHERE to_account IS NOT NULL");
	gboolean done = TRUE;

	while (query_next(&query)) {
		StoreOp *op = read_op(&query, TRUE);

		if (op)
			g_ptr_array_add(ops, op);
	}
	for (guint i = 0; done && i < ops->len; i++) {
		StoreOp *op = g_ptr_array_index(ops, i);

		op->in_doubt = op->state != STORE_OP_DONE;
		done = mark(db, op, error);
	}
	return done;
}
