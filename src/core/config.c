#include "core/config.h"

#include "base/err.h"
#include "core/config-index.h"
#include "core/options.h"
#include "core/url.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCOUNT_PREFIX  "account "
#define KEYS_GROUP      "keys"
#define MAX_CONFIG_SIZE (1 << 20) /* bytes */

struct Config {
	char *file;
	NetCache *cache;     /* what all connections share: authorities, TLS sessions */
	GPtrArray *accounts; /* AccountConfig */
	GArray *keys;        /* KeyConfig */
	GHashTable *values;  /* of [postern] */
	char **new_mail_command;
	GPtrArray *warnings;
};

/* What is at hand while the file is being read. */
typedef struct {
	Config *config;
	GKeyFile *keyfile;
	ConfigIndex *index;
	const char *group;
} Reader;

static void
account_config_free(gpointer data)
{
	AccountConfig *account = data;

	g_free(account->name);
	g_free(account->address);
	net_target_free(account->target);
	g_free(account->user);
	g_free(account->password);
	g_strfreev(account->password_command);
	g_strfreev(account->token_command);
	g_free(account->mechanisms);
	g_strfreev(account->keep_folders);
	for (guint i = 0; i < G_N_ELEMENTS(account->folders); i++)
		g_free(account->folders[i]);
	g_free(account);
}

static void
key_config_clear(gpointer data)
{
	KeyConfig *key = data;

	g_free(key->view);
	g_free(key->key);
	g_free(key->command);
}

static Config *
config_new(const char *file)
{
	Config *config = g_new0(Config, 1);

	config->file = g_strdup(file);
	config->cache = net_cache_new();
	config->accounts = g_ptr_array_new_with_free_func(account_config_free);
	config->keys = g_array_new(FALSE, TRUE, sizeof(KeyConfig));
	g_array_set_clear_func(config->keys, key_config_clear);
	config->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	config->warnings = g_ptr_array_new_with_free_func(g_free);
	return config;
}

void
config_free(Config *config)
{
	if (!config)
		return;
	g_free(config->file);
	net_cache_unref(config->cache);
	g_ptr_array_unref(config->accounts);
	g_array_unref(config->keys);
	g_hash_table_unref(config->values);
	g_strfreev(config->new_mail_command);
	g_ptr_array_unref(config->warnings);
	g_free(config);
}

/* Sets ERROR to "FILE, line N: MESSAGE." and returns FALSE. KEY NULL: the section itself. */
static gboolean
complain(const Reader *reader, const char *key, const char *message, GError **error)
{
	return err_set(error, ERR_CONFIG, "%s, line %u: %s", reader->config->file,
		config_index_line(reader->index, reader->group, key), message);
}

/* The value of KEY in the reader's group, "" when it is not set; FALSE for bad escapes. */
static gboolean
read_string(const Reader *reader, const char *key, char **out_value, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *value = NULL;

	if (!g_key_file_has_key(reader->keyfile, reader->group, key, NULL)) {
		*out_value = g_strdup("");
		return TRUE;
	}
	value = g_key_file_get_string(reader->keyfile, reader->group, key, &why);
	/* For an unknown escape there is a value all the same. */
	if (!value || why) {
		g_autofree char *text = g_strdup_printf(
			"%s holds a \"\\\" that means nothing: write it as \"\\\\\"", key);

		return complain(reader, key, text, error);
	}
	*out_value = g_steal_pointer(&value);
	return TRUE;
}

/* Every key of the group must be in the table of options, every value must fit. */
static gboolean
check_group(const Reader *reader, const char *table, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(reader->keyfile, reader->group, NULL, NULL);

	for (guint i = 0; keys && keys[i]; i++) {
		const EngineOption *option = option_find(table, keys[i]);
		g_autofree char *value = NULL;
		g_autoptr(GError) why = NULL;

		if (!option) {
			g_autofree char *text = g_strdup_printf(
				"there is no option \"%s\" in [%s]; postern-config(5) lists them",
				keys[i], reader->group);

			return complain(reader, keys[i], text, error);
		}
		if (!read_string(reader, keys[i], &value, error))
			return FALSE;
		if (!option_check(option, value, &why))
			return complain(reader, keys[i], why->message, error);
	}
	return TRUE;
}

/* An option that holds a command: split into words as a shell would, and nothing more of a shell. */
static gboolean
read_command(const Reader *reader, const char *key, char ***out_argv, GError **error)
{
	g_autofree char *text = NULL, *complaint = NULL;
	g_autoptr(GError) why = NULL;

	if (!read_string(reader, key, &text, error))
		return FALSE;
	if (!*text || g_shell_parse_argv(text, NULL, out_argv, &why))
		return TRUE;
	complaint = g_strdup_printf("%s can't be split into words: %s", key, why->message);
	return complain(reader, key, complaint, error);
}

static gboolean
read_program(Reader *reader, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(reader->keyfile, reader->group, NULL, NULL);

	if (!check_group(reader, "postern", error) ||
		!read_command(reader, "new-mail-command", &reader->config->new_mail_command, error))
		return FALSE;
	for (guint i = 0; keys && keys[i]; i++) {
		char *value;

		if (!read_string(reader, keys[i], &value, error))
			return FALSE;
		g_hash_table_insert(reader->config->values, g_strdup(keys[i]), value);
	}
	return TRUE;
}

/* [keys] counts in every view, [keys index] in one. */
static gboolean
read_keys(Reader *reader, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(reader->keyfile, reader->group, NULL, NULL);
	const char *view = reader->group + strlen(KEYS_GROUP);

	while (*view == ' ')
		view++;
	for (guint i = 0; keys && keys[i]; i++) {
		KeyConfig key = {.line = config_index_line(reader->index, reader->group, keys[i])};

		if (!read_string(reader, keys[i], &key.command, error))
			return FALSE;
		key.view = g_strdup(view);
		key.key = g_strdup(keys[i]);
		g_array_append_val(reader->config->keys, key);
	}
	return TRUE;
}

/* Reads KEY into *OUT_VALUE, NULL when it is not set. */
static gboolean
read_optional(const Reader *reader, const char *key, char **out_value, GError **error)
{
	g_autofree char *text = NULL;

	if (!read_string(reader, key, &text, error))
		return FALSE;
	*out_value = *text ? g_steal_pointer(&text) : NULL;
	return TRUE;
}

static gboolean
read_server(const Reader *reader, AccountConfig *account, GError **error)
{
	g_autofree char *url = NULL;
	g_autoptr(GError) why = NULL;
	NetTarget *target = account->target;

	if (!read_optional(reader, "imap", &url, error) ||
		!read_command(reader, "tunnel", &target->tunnel, error))
		return FALSE;
	if (url && !url_parse(url, target, &account->user, &why))
		return complain(reader, "imap", why->message, error);
	if (!url && !target->tunnel)
		return complain(reader, NULL,
			"the account names no server: add imap = imaps://USER@HOST", error);
	if (target->tunnel)
		target->security = NET_TUNNEL;
	if (!target->host)
		target->host = g_strdup(target->tunnel[0]);
	if (!account->user)
		account->user = g_strdup("");
	return TRUE;
}

static gboolean
read_tls(const Reader *reader, NetTarget *target, GError **error)
{
	return read_optional(reader, "tls-ca-file", &target->ca_file, error) &&
	       read_optional(reader, "tls-pin", &target->pin, error) &&
	       read_optional(reader, "tls-client-cert", &target->client_cert, error) &&
	       read_optional(reader, "tls-client-key", &target->client_key, error);
}

/* The value of KEY, or its default in the table of options. */
static char *
read_value(const Reader *reader, const char *key)
{
	g_autofree char *text = g_key_file_get_string(reader->keyfile, reader->group, key, NULL);

	return text && *text ? g_steal_pointer(&text)
			     : g_strdup(option_find("account", key)->fallback);
}

/* What stands between commas, as globs that are compared without regard to letter case. NULL: there is none. */
static char **
split_globs(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	g_autoptr(GStrvBuilder) globs = g_strv_builder_new();
	gboolean any = FALSE;

	for (guint i = 0; words[i]; i++) {
		g_autofree char *glob = g_utf8_casefold(g_strstrip(words[i]), -1);

		if (*glob)
			g_strv_builder_add(globs, glob);
		any |= *glob != '\0';
	}
	return any ? g_strv_builder_end(globs) : NULL;
}

/* All were checked against the table before. */
static gboolean
read_keep_options(const Reader *reader, AccountConfig *account)
{
	g_autofree char *days = read_value(reader, "keep-days");
	g_autofree char *folders = read_value(reader, "keep-folders");
	g_autofree char *budget = read_value(reader, "keep-budget");

	account->keep_days = (guint)g_ascii_strtoull(days, NULL, 10);
	account->keep_folders = split_globs(folders);
	account->keep_budget = g_ascii_strtoull(budget, NULL, 10) * 1000 * 1000;
	if ((account->keep_days || account->keep_folders) && account->connections < 3)
		g_ptr_array_add(reader->config->warnings,
			g_strdup_printf("Account %s: keep-days and keep-folders need connections = "
					"3; nothing is kept.",
				account->name));
	return TRUE;
}

/* Both were checked against the table before. */
static gboolean
read_line_options(const Reader *reader, AccountConfig *account)
{
	g_autofree char *compress = read_value(reader, "compress");
	g_autofree char *connections = read_value(reader, "connections");

	account->compress = strcmp(compress, "true") == 0;
	account->connections = (guint)g_ascii_strtoull(connections, NULL, 10);
	return TRUE;
}

static gboolean
read_secrets(const Reader *reader, AccountConfig *account, GError **error)
{
	return read_optional(reader, "password", &account->password, error) &&
	       read_optional(reader, "mechanisms", &account->mechanisms, error) &&
	       read_command(reader, "password-command", &account->password_command, error) &&
	       read_command(reader, "oauth-token-command", &account->token_command, error);
}

static gboolean
read_folders(const Reader *reader, AccountConfig *account, GError **error)
{
	return read_optional(
		       reader, "folder-archive", &account->folders[ENGINE_ROLE_ARCHIVE], error) &&
	       read_optional(reader, "folder-trash", &account->folders[ENGINE_ROLE_TRASH], error) &&
	       read_optional(reader, "folder-sent", &account->folders[ENGINE_ROLE_SENT], error) &&
	       read_optional(
		       reader, "folder-drafts", &account->folders[ENGINE_ROLE_DRAFTS], error) &&
	       read_optional(reader, "folder-junk", &account->folders[ENGINE_ROLE_JUNK], error);
}

/* "sha256:" and 32 bytes in base64. */
static gboolean
pin_is_well_formed(const char *pin)
{
	g_autofree guchar *bytes = NULL;
	g_autofree char *again = NULL;
	gsize len = 0;

	if (!g_str_has_prefix(pin, "sha256:"))
		return FALSE;
	pin += strlen("sha256:");
	bytes = g_base64_decode(pin, &len);
	/* Decoding passes over what is no base64. */
	again = g_base64_encode(bytes, len);
	return len == 32 && strcmp(pin, again) == 0;
}

static gboolean
check_account(const Reader *reader, const AccountConfig *account, GError **error)
{
	if (account->target->pin && !pin_is_well_formed(account->target->pin))
		return complain(reader, "tls-pin",
			"tls-pin must be sha256: and 44 characters of base64, as --doctor prints "
			"it",
			error);
	if (account->password && account->password_command)
		return complain(reader, "password-command",
			"password and password-command are both set: keep one of them", error);
	if (!account->password && !account->password_command && !account->token_command &&
		account->target->security != NET_TUNNEL)
		return complain(reader, NULL,
			"the account has no password: add password-command = COMMAND "
			"(or oauth-token-command, or password)",
			error);
	return TRUE;
}

static const AccountConfig *
find_account(const Config *config, const char *name)
{
	for (guint i = 0; i < config->accounts->len; i++)
		if (strcmp(config_account(config, i)->name, name) == 0)
			return config_account(config, i);
	return NULL;
}

static gboolean
read_account(Reader *reader, GError **error)
{
	AccountConfig *account = g_new0(AccountConfig, 1);
	const char *name = reader->group + strlen(ACCOUNT_PREFIX);

	account->name = g_strstrip(g_strdup(name));
	account->target = g_new0(NetTarget, 1);
	account->target->cache = net_cache_ref(reader->config->cache);
	g_ptr_array_add(reader->config->accounts, account);
	if (!*account->name || strchr(account->name, '/'))
		return complain(reader, NULL,
			"an account needs a name without \"/\": [account work]", error);
	/* "[account work]" and "[account  work]" are two sections. */
	if (find_account(reader->config, account->name) != account) {
		g_autofree char *text =
			g_strdup_printf("there is an account \"%s\" already", account->name);

		return complain(reader, NULL, text, error);
	}
	return check_group(reader, "account", error) &&
	       read_string(reader, "address", &account->address, error) &&
	       read_server(reader, account, error) && read_tls(reader, account->target, error) &&
	       read_secrets(reader, account, error) && read_line_options(reader, account) &&
	       read_keep_options(reader, account) && read_folders(reader, account, error) &&
	       check_account(reader, account, error);
}

static gboolean
read_group(Reader *reader, GError **error)
{
	g_autofree char *text = NULL;

	if (strcmp(reader->group, "postern") == 0)
		return read_program(reader, error);
	if (g_str_has_prefix(reader->group, ACCOUNT_PREFIX))
		return read_account(reader, error);
	if (strcmp(reader->group, KEYS_GROUP) == 0 ||
		g_str_has_prefix(reader->group, KEYS_GROUP " "))
		return read_keys(reader, error);
	text = g_strdup_printf("there is no section [%s]: [postern], [account NAME], [keys] and "
			       "[keys VIEW] are known",
		reader->group);
	return complain(reader, NULL, text, error);
}

static gboolean
check_default(const Reader *reader, GError **error)
{
	const char *name = config_value(reader->config, "default-account");
	g_autofree char *text = NULL;

	if (!*name || find_account(reader->config, name))
		return TRUE;
	text = g_strdup_printf("there is no account \"%s\"", name);
	return complain(reader, "default-account", text, error);
}

static gboolean
read_groups(Reader *reader, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(reader->keyfile, NULL);

	for (guint i = 0; groups[i]; i++) {
		reader->group = groups[i];
		if (!read_group(reader, error))
			return FALSE;
	}
	if (!reader->config->accounts->len)
		return err_set(error, ERR_CONFIG,
			"%s has no account: add a section such as [account work] "
			"with imap = imaps://USER@HOST and password-command = COMMAND.",
			reader->config->file);
	reader->group = "postern";
	return check_default(reader, error);
}

Config *
config_parse(const char *file, const char *text, gsize len, GError **error)
{
	g_autoptr(Config) config = config_new(file);
	g_autoptr(GKeyFile) keyfile = g_key_file_new();
	g_autoptr(ConfigIndex) index = NULL;
	g_autoptr(GError) why = NULL;
	const char *bad;

	if (len > MAX_CONFIG_SIZE || !g_utf8_validate(text, (gssize)len, &bad)) {
		err_set(error, ERR_CONFIG, "%s is not a text in UTF-8 of at most 1 MB.", file);
		return NULL;
	}
	index = config_index_new(text, len, &why);
	if (!index) {
		err_set(error, ERR_CONFIG, "%s, %s", file, why->message);
		return NULL;
	}
	if (len && !g_key_file_load_from_data(keyfile, text, len, G_KEY_FILE_NONE, &why)) {
		err_set(error, ERR_CONFIG, "%s can't be read: %s", file, why->message);
		return NULL;
	}
	if (!read_groups(&(Reader){config, keyfile, index, NULL}, error))
		return NULL;
	return g_steal_pointer(&config);
}

static void
warn_if_readable(Config *config)
{
	GStatBuf info;

	if (g_stat(config->file, &info) != 0 || !(info.st_mode & (S_IRGRP | S_IROTH)))
		return;
	for (guint i = 0; i < config->accounts->len; i++)
		if (config_account(config, i)->password) {
			g_ptr_array_add(config->warnings,
				g_strdup_printf(
					"%s holds a password and others can read it: chmod 600 %s",
					config->file, config->file));
			return;
		}
}

/* The file names commands to run, so whoever can write it can do what its user can. */
static gboolean
is_mine_to_trust(const char *path, GError **error)
{
	GStatBuf info;

	if (g_stat(path, &info) != 0)
		return TRUE; /* reading it says why */
	if (info.st_uid != geteuid() && info.st_uid != 0)
		return err_set(error, ERR_CONFIG,
			"The config %s belongs to another user, who could have any command run: "
			"make a copy of your own",
			path);
	if (S_ISREG(info.st_mode) && (info.st_mode & S_IWOTH))
		return err_set(error, ERR_CONFIG,
			"Others can write the config %s and so have any command run: chmod 600 %s",
			path, path);
	return TRUE;
}

Config *
config_load(const char *file, GError **error)
{
	g_autofree char *path =
		file ? g_strdup(file)
		     : g_build_filename(g_get_user_config_dir(), "postern", "config", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;
	Config *config;
	gsize len;

	if (!is_mine_to_trust(path, error))
		return NULL;
	if (!g_file_get_contents(path, &text, &len, &why)) {
		if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			err_set(error, ERR_CONFIG,
				"There is no config file %s; postern-config(5) shows a "
				"short one to begin with.",
				path);
		else
			err_set(error, ERR_CONFIG, "The config can't be read: %s", why->message);
		return NULL;
	}
	config = config_parse(path, text, len, error);
	if (config)
		warn_if_readable(config);
	return config;
}

const char *
config_file(const Config *config)
{
	return config->file;
}

guint
config_account_count(const Config *config)
{
	return config->accounts->len;
}

const AccountConfig *
config_account(const Config *config, guint i)
{
	return g_ptr_array_index(config->accounts, i);
}

guint
config_key_count(const Config *config)
{
	return config->keys->len;
}

const KeyConfig *
config_key(const Config *config, guint i)
{
	return &g_array_index(config->keys, KeyConfig, i);
}

const char *
config_value(const Config *config, const char *name)
{
	const char *value = g_hash_table_lookup(config->values, name);

	return value ? value : option_find("postern", name)->fallback;
}

char **
config_new_mail_command(const Config *config)
{
	return config->new_mail_command;
}

const char *
config_warning(const Config *config, guint i)
{
	return i < config->warnings->len ? g_ptr_array_index(config->warnings, i) : NULL;
}
