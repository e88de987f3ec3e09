/*
 * Bytes that wait for the line: a queue that is added to at its end and taken from at its start,
 * without moving what is left each time.
 */
#pragma once

#include <glib.h>

typedef struct {
	GByteArray *array; /* NULL while nothing was ever queued */
	gsize head;        /* bytes of the array that were taken */
} Bytes;

void bytes_add(Bytes *bytes, const char *data, gsize len);
/* All that is there; borrowed until the next call. */
const char *bytes_peek(const Bytes *bytes, gsize *out_len);
void bytes_take(Bytes *bytes, gsize len);
gsize bytes_len(const Bytes *bytes);
void bytes_clear(Bytes *bytes);
