/* What was read as a body structure is written, read and written again as the same text. */

#include "imap/structure.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(ImapStructure) first = imap_structure_from_text((const char *)data, size);
	g_autoptr(ImapStructure) second = NULL;
	g_autofree char *text = NULL, *again = NULL;
	gsize len, len_again;

	if (!first)
		return 0;
	text = imap_structure_to_text(imap_structure_root(first), &len);
	second = imap_structure_from_text(text, len);
	g_assert_nonnull(second);
	again = imap_structure_to_text(imap_structure_root(second), &len_again);
	g_assert_cmpmem(again, len_again, text, len);
	return 0;
}
