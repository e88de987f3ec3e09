#include "store/store.h"

#include "base/err.h"
#include "base/log.h"
#include "store/disk.h"
#include "store/salvage.h"
#include "store/spool.h"
#include "store/store-private.h"

/* What it means comes first: a line of the screen may have no room for why. */
#define IN_MEMORY "The cache is kept in memory only. "

/* The page cache is small, the kernel has one too; no temporary files with mail in them. */
#define SETTINGS                       \
	"PRAGMA page_size = 4096;"     \
	"PRAGMA auto_vacuum = NONE;"   \
	"PRAGMA journal_mode = WAL;"   \
	"PRAGMA cache_size = -512;"    \
	"PRAGMA mmap_size = 0;"        \
	"PRAGMA temp_store = MEMORY;"  \
	"PRAGMA trusted_schema = OFF;" \
	"PRAGMA cell_size_check = ON;"

static const DbKind state_kind = {
	.file = "state.db",
	.schema = schema_state,
	/* What was deleted is gone: store/salvage must not find it again. */
	.settings = SETTINGS "PRAGMA synchronous = FULL;"
			     "PRAGMA secure_delete = ON;",
	.fault_before = "state-commit-before",
	.fault_after = "state-commit-after",
};

/* NORMAL: no fsync at a commit, and still whole after a power cut. */
static const DbKind cache_kind = {
	.file = "cache.db",
	.schema = schema_cache,
	.settings = SETTINGS "PRAGMA synchronous = NORMAL;",
	.fault_before = "cache-commit-before",
	.fault_after = "cache-commit-after",
	.is_cache = TRUE,
};

/* Another Postern, when it closes the old file, would remove the WAL of the new one. */
static gboolean
fail_shared(const GError *failure, GError **error)
{
	return err_set(error, ERR_CORRUPT, "%s End the other Postern first.", failure->message);
}

static Db *
open_state(const char *dir, const Instance *instance, char **out_mended, GError **error)
{
	g_autoptr(GError) failure = NULL;
	gboolean alone = instance_is_alone(instance);
	gboolean damaged;
	Db *state = NULL;

	if (!salvage_finish(&state_kind, dir, alone, error))
		return NULL;
	damaged = alone && salvage_is_needed(&state_kind, dir);
	if (!damaged)
		state = db_open(&state_kind, dir, &damaged, &failure);
	if (!damaged) {
		if (!state)
			g_propagate_error(error, g_steal_pointer(&failure));
		return state;
	}
	if (!instance_is_alone(instance)) {
		fail_shared(failure, error);
		return NULL;
	}
	return salvage_journal(&state_kind, dir, out_mended, error)
		       ? db_open(&state_kind, dir, &damaged, error)
		       : NULL;
}

static Db *
begin_cache_anew(const char *dir, GError **error)
{
	g_autofree char *file = g_build_filename(dir, cache_kind.file, NULL);
	g_autofree char *bad = NULL;
	gboolean damaged;

	if (!disk_set_aside(file, &bad, error))
		return NULL;
	log_line(LOG_WARN, "store", "The damaged cache is kept as %s.", bad);
	return db_open(&cache_kind, dir, &damaged, error);
}

static Db *
open_cache(const char *dir, const Instance *instance, gboolean *out_rebuilt, GError **error)
{
	g_autoptr(GError) failure = NULL;
	gboolean damaged;
	Db *cache = db_open(&cache_kind, dir, &damaged, &failure);

	if (cache || !err_is(failure, ERR_CORRUPT)) {
		*out_rebuilt = FALSE;
		if (!cache)
			g_propagate_error(error, g_steal_pointer(&failure));
		return cache;
	}
	if (!instance_is_alone(instance)) {
		fail_shared(failure, error);
		return NULL;
	}
	log_line(LOG_WARN, "store", "%s", failure->message);
	*out_rebuilt = TRUE;
	return begin_cache_anew(dir, error);
}

/* Reading must not depend on what can be told again. */
static gboolean
open_or_replace_cache(Store *store, const char *dir, gboolean *out_rebuilt, GError **error)
{
	g_autoptr(GError) failure = NULL;
	g_autofree char *file = g_build_filename(dir, cache_kind.file, NULL);

	store->cache = open_cache(dir, store->instance, out_rebuilt, &failure);
	if (!store->cache && !err_is(failure, ERR_DISK)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return FALSE;
	}
	if (store->cache)
		return TRUE;
	store->cache = db_open_in_memory(&cache_kind, file);
	store->cache_trouble = g_strconcat(IN_MEMORY, failure->message, NULL);
	*out_rebuilt = FALSE;
	return TRUE;
}

/* A cache that turned out to be damaged is set aside now, for the next start to begin anew. */
static void
free_cache(Db *cache, const Instance *instance)
{
	g_autofree char *file = cache && cache->damaged ? g_strdup(cache->file) : NULL;
	g_autofree char *bad = NULL;
	g_autoptr(GError) error = NULL;

	db_free(cache);
	if (file && instance_is_alone(instance) && !disk_set_aside(file, &bad, &error))
		log_line(LOG_ERROR, "store", "%s", error->message);
}

/* ---- rows that are void ---- */

void
store_note_anew(Store *store, guint32 id, gboolean written)
{
	g_hash_table_add(written ? store->anew : store->anew_lost, GUINT_TO_POINTER(id));
}

void
query_add_folder(Query *query, const Store *store, guint32 id)
{
	query_add_int(query,
		g_hash_table_contains(store->anew_lost, GUINT_TO_POINTER(id)) ? -1 : (gint64)id);
}

static void
settle_anew(Store *store, gboolean committed)
{
	GHashTableIter iter;
	gpointer id;

	g_hash_table_iter_init(&iter, store->anew);
	while (g_hash_table_iter_next(&iter, &id, NULL)) {
		if (committed)
			g_hash_table_remove(store->anew_lost, id);
		else
			g_hash_table_add(store->anew_lost, id);
		g_hash_table_iter_remove(&iter);
	}
}

/* ---- the pair ---- */

/* Also of a store that was opened halfway. */
static void
close_all(Store *store)
{
	db_free(store->state);
	free_cache(store->cache, store->instance);
	/* Last: from now on the others may take the ops. */
	instance_free(store->instance);
	g_array_unref(store->bodies_used);
	g_hash_table_unref(store->anew);
	g_hash_table_unref(store->anew_lost);
	g_free(store->mended);
	g_free(store->cache_trouble);
	g_free(store);
}

Store *
store_open(const char *state_dir, const char *cache_dir, gboolean *out_rebuilt, GError **error)
{
	Store *store = g_new0(Store, 1);
	gboolean rebuilt = FALSE;

	store->anew = g_hash_table_new(NULL, NULL);
	store->anew_lost = g_hash_table_new(NULL, NULL);
	store->bodies_used = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (disk_prepare_dir(state_dir, error))
		store->instance = instance_new(state_dir, error);
	if (store->instance)
		store->state = open_state(state_dir, store->instance, &store->mended, error);
	if (!store->state || !open_or_replace_cache(store, cache_dir, &rebuilt, error)) {
		close_all(store);
		return NULL;
	}
	store->state->before = store->cache;
	store_spool_clean(store);
	if (out_rebuilt)
		*out_rebuilt = rebuilt;
	return store;
}

gboolean
store_cache_is_damaged(const Store *store)
{
	return store->cache->damaged || store->cache->unusable;
}

guint
store_cache_age(const Store *store)
{
	return store->cache_age;
}

gboolean
store_renew_cache(Store *store, GError **error)
{
	g_autofree char *file = g_strdup(store->cache->file);
	g_autofree char *dir = g_path_get_dirname(file);
	gint64 last_id = store->cache->last_id;
	GError *unusable = store->cache->unusable;

	if (!unusable && !instance_is_alone(store->instance))
		return err_set(error, ERR_CORRUPT,
			"The cache %s is damaged. It can be made anew when the other Postern has "
			"ended.",
			file);
	store->cache->unusable = NULL;
	db_free(store->cache);
	store->cache = NULL;
	if (unusable)
		g_propagate_error(error, unusable);
	else
		store->cache = begin_cache_anew(dir, error);
	store->cache_age++;
	g_array_set_size(store->bodies_used, 0);
	g_hash_table_remove_all(store->anew_lost);
	if (!store->cache) {
		g_prefix_error(error, IN_MEMORY);
		store->cache = db_open_in_memory(&cache_kind, file);
	}
	store->cache->last_id = last_id;
	store->cache->keeps_ids = TRUE;
	store->state->before = store->cache;
	return sqlite3_db_filename(store->cache->sqlite, "main")[0] != '\0';
}

const char *
store_cache_trouble(const Store *store)
{
	return store->cache_trouble;
}

const char *
store_mended(const Store *store)
{
	return store->mended;
}

void
store_free(Store *store)
{
	g_autoptr(GError) error = NULL;

	if (!store)
		return;
	if (!store_commit(store, &error))
		log_line(LOG_ERROR, "store", "%s", error->message);
	close_all(store);
}

/* The cache first: a program that is killed in between finds a change that the server has confirmed still in
 * the journal and asks for it once more, instead of showing what was before it. */
gboolean
store_commit(Store *store, GError **error)
{
	g_autoptr(GError) trouble = NULL;
	gboolean has_state = store->state->written || store->state->failure;
	gboolean committed = !store->state->failure && db_commit(store->cache, &trouble);

	settle_anew(store, committed);
	if (!committed) {
		db_rollback(store->cache);
		store->lost_turns++;
	}
	if (!db_commit(store->state, error)) {
		db_rollback(store->state);
		store->lost_turns++;
		return FALSE;
	}
	db_checkpoint(store->cache);
	if (!trouble)
		return TRUE;
	/* What is in the journal is not refused because of the cache. */
	if (has_state)
		log_line(LOG_ERROR, "store", "%s", trouble->message);
	else
		g_propagate_error(error, g_steal_pointer(&trouble));
	return has_state;
}

gboolean
store_begin_change(Store *store, GError **error)
{
	return db_begin_change(store->state, error);
}

guint
store_lost_turns(const Store *store)
{
	return store->lost_turns;
}

gboolean
store_has_changes(const Store *store)
{
	return store->state->in_transaction || store->state->failure ||
	       store->cache->in_transaction || store->cache->failure;
}
