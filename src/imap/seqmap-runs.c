#include "imap/seqmap-runs.h"

#define BLOCK_MAX  1024
#define MAX_BLOCKS 4096

typedef struct {
	guint32 base; /* added to its positions, modulo 2^32 */
	GArray *runs; /* of SeqRun, their positions less BASE; never empty */
} Block;

struct SeqRuns {
	GPtrArray *blocks; /* of Block */
};

/* ---- runs ---- */

guint32
seqrun_last(SeqRun run)
{
	return run.position + (run.length - 1);
}

gint64
seqrun_offset(SeqRun run)
{
	return (gint64)run.uid - run.position;
}

gboolean
seqrun_reaches_position(SeqRun run, guint32 position)
{
	return run.position + (run.length - 1) >= position;
}

gboolean
seqrun_reaches_uid(SeqRun run, guint32 uid)
{
	return run.uid + (run.length - 1) >= uid;
}

/* ---- blocks ---- */

static Block *
block_new(void)
{
	Block *block = g_new0(Block, 1);

	block->runs = g_array_new(FALSE, FALSE, sizeof(SeqRun));
	return block;
}

static void
block_free(Block *block)
{
	g_array_unref(block->runs);
	g_free(block);
}

static Block *
block_at(const SeqRuns *runs, guint i)
{
	return runs->blocks->pdata[i];
}

static SeqRun
block_run(const Block *block, guint i)
{
	SeqRun run = g_array_index(block->runs, SeqRun, i);

	run.position += block->base;
	return run;
}

/* ---- all of them ---- */

SeqRuns *
seqruns_new(void)
{
	SeqRuns *runs = g_new(SeqRuns, 1);

	runs->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)block_free);
	return runs;
}

SeqRuns *
seqruns_copy(const SeqRuns *runs)
{
	SeqRuns *copy = seqruns_new();

	for (guint i = 0; i < runs->blocks->len; i++) {
		const Block *block = block_at(runs, i);
		Block *other = block_new();

		other->base = block->base;
		g_array_append_vals(other->runs, block->runs->data, block->runs->len);
		g_ptr_array_add(copy->blocks, other);
	}
	return copy;
}

void
seqruns_free(SeqRuns *runs)
{
	g_ptr_array_unref(runs->blocks);
	g_free(runs);
}

void
seqruns_clear(SeqRuns *runs)
{
	g_ptr_array_set_size(runs->blocks, 0);
}

gboolean
seqruns_are_too_many(const SeqRuns *runs)
{
	return runs->blocks->len > MAX_BLOCKS;
}

/* ---- places ---- */

SeqPlace
seqruns_first(void)
{
	return (SeqPlace){0, 0};
}

SeqPlace
seqruns_end(const SeqRuns *runs)
{
	return (SeqPlace){runs->blocks->len, 0};
}

gboolean
seqruns_is_end(const SeqRuns *runs, SeqPlace place)
{
	return place.block == runs->blocks->len;
}

SeqPlace
seqruns_next(const SeqRuns *runs, SeqPlace place)
{
	if (++place.index < block_at(runs, place.block)->runs->len)
		return place;
	return (SeqPlace){place.block + 1, 0};
}

gboolean
seqruns_previous(const SeqRuns *runs, SeqPlace place, SeqPlace *out_place)
{
	if (place.index > 0) {
		*out_place = (SeqPlace){place.block, place.index - 1};
		return TRUE;
	}
	if (!place.block)
		return FALSE;
	*out_place = (SeqPlace){place.block - 1, block_at(runs, place.block - 1)->runs->len - 1};
	return TRUE;
}

SeqPlace
seqruns_find(const SeqRuns *runs, SeqReaches reaches, guint32 value)
{
	guint low = 0, high = runs->blocks->len;
	SeqPlace place;
	const Block *block;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		block = block_at(runs, middle);
		if (reaches(block_run(block, block->runs->len - 1), value))
			high = middle;
		else
			low = middle + 1;
	}
	place = (SeqPlace){low, 0};
	if (seqruns_is_end(runs, place))
		return place;
	block = block_at(runs, low);
	for (low = 0, high = block->runs->len; low < high;) {
		guint middle = low + (high - low) / 2;

		if (reaches(block_run(block, middle), value))
			high = middle;
		else
			low = middle + 1;
	}
	place.index = low;
	return place;
}

/* ---- one run ---- */

SeqRun
seqruns_get(const SeqRuns *runs, SeqPlace place)
{
	return block_run(block_at(runs, place.block), place.index);
}

void
seqruns_set(SeqRuns *runs, SeqPlace place, SeqRun run)
{
	Block *block = block_at(runs, place.block);

	run.position -= block->base;
	g_array_index(block->runs, SeqRun, place.index) = run;
}

static void
split_block(SeqRuns *runs, guint i)
{
	Block *block = block_at(runs, i), *upper = block_new();
	guint half = block->runs->len / 2;

	upper->base = block->base;
	g_array_append_vals(
		upper->runs, &g_array_index(block->runs, SeqRun, half), block->runs->len - half);
	g_array_set_size(block->runs, half);
	g_ptr_array_insert(runs->blocks, (gint)i + 1, upper);
}

void
seqruns_insert(SeqRuns *runs, SeqPlace place, SeqRun run)
{
	Block *block;

	if (seqruns_is_end(runs, place)) {
		if (!place.block)
			g_ptr_array_add(runs->blocks, block_new());
		place.block = runs->blocks->len - 1;
		place.index = block_at(runs, place.block)->runs->len;
	}
	block = block_at(runs, place.block);
	run.position -= block->base;
	g_array_insert_val(block->runs, place.index, run);
	if (block->runs->len > BLOCK_MAX)
		split_block(runs, place.block);
}

SeqPlace
seqruns_drop(SeqRuns *runs, SeqPlace place)
{
	Block *block = block_at(runs, place.block);

	g_array_remove_index(block->runs, place.index);
	if (!block->runs->len)
		g_ptr_array_remove_index(runs->blocks, place.block);
	else if (place.index == block->runs->len)
		place = (SeqPlace){place.block + 1, 0};
	return place;
}

SeqPlace
seqruns_drop_before(SeqRuns *runs, SeqPlace place)
{
	SeqPlace before = place;
	gboolean block_goes;

	if (!seqruns_previous(runs, place, &before))
		return place;
	block_goes = block_at(runs, before.block)->runs->len == 1;
	(void)seqruns_drop(runs, before);
	if (before.block == place.block)
		place.index--;
	else if (block_goes)
		place.block--;
	return place;
}

void
seqruns_move_down(SeqRuns *runs, SeqPlace place)
{
	if (seqruns_is_end(runs, place))
		return;
	if (place.index) {
		Block *block = block_at(runs, place.block++);

		for (guint i = place.index; i < block->runs->len; i++)
			g_array_index(block->runs, SeqRun, i).position--;
	}
	for (guint i = place.block; i < runs->blocks->len; i++)
		block_at(runs, i)->base--;
}
