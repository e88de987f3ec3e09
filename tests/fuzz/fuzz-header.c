/* Any bytes as a header value, a header block, a date and the parameters of a part. */

#include "mime/address.h"
#include "mime/header.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
assert_line(const char *text)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_null(strpbrk(text, "\r\n"));
}

static void
try_fields(const char *block, gsize len)
{
	g_autoptr(GPtrArray) fields = mime_header_fields(block, len);

	for (guint i = 0; i < fields->len; i++) {
		const MimeField *field = g_ptr_array_index(fields, i);
		g_autofree char *first = mime_header_get(block, len, field->name);
		g_autofree char *people = mime_address_field(block, len, field->name);

		assert_line(field->value);
		assert_line(people);
		g_assert_nonnull(first);
		g_assert_true(g_str_is_ascii(field->name));
	}
}

static void
try_date(const char *text)
{
	gint64 seconds;
	int offset;

	if (!mime_date_parse(text, &seconds, &offset))
		return;
	g_assert_cmpint(offset, >, -24 * 60);
	g_assert_cmpint(offset, <, 24 * 60);
	g_assert_cmpint(seconds, >, G_GINT64_CONSTANT(-62200000000)); /* the years 1 to 9999 */
	g_assert_cmpint(seconds, <, G_GINT64_CONSTANT(253500000000));
}

/* Lines are names and values by turns. */
static void
try_filename(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, "\n", 20);
	const char *names[10], *values[10];
	g_autofree char *name = NULL;
	guint n = g_strv_length(words) / 2;

	for (guint i = 0; i < n; i++) {
		names[i] = words[2 * i];
		values[i] = words[2 * i + 1];
	}
	name = mime_filename(names, values, n);
	if (!name)
		return;
	g_assert_true(g_utf8_validate(name, -1, NULL));
	g_assert_null(strpbrk(name, "/\\"));
	g_assert_cmpstr(name, !=, "..");
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *decoded = mime_header_decode((const char *)data, (gssize)size);
	g_autofree char *address = mime_address_full(text, text, "example.org");

	assert_line(decoded);
	assert_line(address);
	try_fields((const char *)data, size);
	try_date(text);
	try_filename(text);
	return 0;
}
