#include "net/bytes.h"

/* An array that grew past this for one big message is given back when it is empty. */
#define KEEP_BYTES (64 * 1024)

void
bytes_add(Bytes *bytes, const char *data, gsize len)
{
	if (!bytes->array)
		bytes->array = g_byte_array_new();
	/* GLib counts in 32 bits; what we send is made by us and far smaller. */
	g_assert(len <= G_MAXUINT - bytes->array->len);
	g_byte_array_append(bytes->array, (const guint8 *)data, (guint)len);
}

gsize
bytes_len(const Bytes *bytes)
{
	return bytes->array ? bytes->array->len - bytes->head : 0;
}

const char *
bytes_peek(const Bytes *bytes, gsize *out_len)
{
	*out_len = bytes_len(bytes);
	return bytes->array ? (const char *)bytes->array->data + bytes->head : NULL;
}

void
bytes_take(Bytes *bytes, gsize len)
{
	g_assert(len <= bytes_len(bytes));
	bytes->head += len;
	if (bytes_len(bytes) == 0 && bytes->array && bytes->array->len > KEEP_BYTES) {
		bytes_clear(bytes);
	} else if (bytes->array && bytes->head >= bytes->array->len / 2) {
		/* Half was taken: moving the rest is paid for. */
		g_byte_array_remove_range(bytes->array, 0, (guint)bytes->head);
		bytes->head = 0;
	}
}

void
bytes_clear(Bytes *bytes)
{
	g_clear_pointer(&bytes->array, g_byte_array_unref);
	bytes->head = 0;
}
