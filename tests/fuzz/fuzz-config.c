/* Any text as a config file: it is taken whole, or refused with a sentence that names the file. */
#include "base/err.h"
#include "core/config.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* What was taken must be usable: no account without a target, a name and a user. */
static void
check(const Config *config)
{
	g_assert_cmpuint(config_account_count(config), >, 0);
	for (guint i = 0; i < config_account_count(config); i++) {
		const AccountConfig *account = config_account(config, i);

		g_assert_true(*account->name && account->user && account->target->host);
		g_assert_true(g_utf8_validate(account->user, -1, NULL));
		g_assert_true(!account->password || !account->password_command);
	}
	for (guint i = 0; i < config_key_count(config); i++)
		g_assert_cmpuint(config_key(config, i)->line, >, 0);
	g_assert_nonnull(config_value(config, "theme"));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_parse("FILE", (const char *)data, size, &error);

	g_assert_true((config != NULL) == (error == NULL));
	if (config)
		check(config);
	else
		g_assert_true(
			err_is(error, ERR_CONFIG) && g_str_has_prefix(error->message, "FILE"));
	return 0;
}
