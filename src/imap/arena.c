#include "imap/arena.h"

#include <stddef.h>
#include <string.h>

struct ImapArenaChunk {
	ImapArenaChunk *older;
	gsize size;
	max_align_t bytes[];
};

enum {
	CHUNK_FIRST = 8 * 1024,
	CHUNK_KEPT = 256 * 1024, /* a chunk above this is not kept for the next response */
	ALIGN = sizeof(gpointer),
};

static ImapArenaChunk *
chunk_new(gsize size, ImapArenaChunk *older)
{
	ImapArenaChunk *chunk = g_malloc(sizeof(ImapArenaChunk) + size);

	chunk->older = older;
	chunk->size = size;
	return chunk;
}

gpointer
imap_arena_take(ImapArena *arena, gsize size)
{
	gsize rounded = (size + ALIGN - 1) & ~(gsize)(ALIGN - 1);
	gpointer piece;

	if (!arena->chunk || arena->chunk->size - arena->used < rounded) {
		gsize wanted = arena->chunk ? arena->chunk->size * 2 : CHUNK_FIRST;

		arena->chunk = chunk_new(MAX(MIN(wanted, CHUNK_KEPT), rounded), arena->chunk);
		arena->used = 0;
	}
	piece = (char *)arena->chunk->bytes + arena->used;
	arena->used += rounded;
	return piece;
}

gpointer
imap_arena_alloc(ImapArena *arena, gsize size)
{
	return memset(imap_arena_take(arena, size), 0, size);
}

gpointer
imap_arena_alloc_n(ImapArena *arena, gsize count, gsize size)
{
	g_assert(count <= G_MAXSIZE / 2 / size); /* our own counts, capped long before */
	return imap_arena_alloc(arena, count * size);
}

char *
imap_arena_copy(ImapArena *arena, const char *data, gsize len)
{
	char *copy = imap_arena_take(arena, len + 1);

	if (len)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return copy;
}

char *
imap_arena_printf(ImapArena *arena, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return imap_arena_copy(arena, text, strlen(text));
}

static void
free_chunks(ImapArenaChunk *chunk)
{
	while (chunk) {
		ImapArenaChunk *older = chunk->older;

		g_free(chunk);
		chunk = older;
	}
}

void
imap_arena_reset(ImapArena *arena)
{
	if (!arena->chunk)
		return;
	free_chunks(arena->chunk->older);
	arena->chunk->older = NULL;
	arena->used = 0;
	if (arena->chunk->size > CHUNK_KEPT)
		imap_arena_clear(arena);
}

void
imap_arena_clear(ImapArena *arena)
{
	free_chunks(arena->chunk);
	arena->chunk = NULL;
	arena->used = 0;
}
