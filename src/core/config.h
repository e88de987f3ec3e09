/*
 * The config file: a GKeyFile in $XDG_CONFIG_HOME/postern, read once and whole. What is unknown or
 * makes no sense is named with file and line, and then nothing starts half-configured.
 *
 * Which keys exist, their types, ranges and defaults stand in one table (core/options.c).
 */
#pragma once

#include "engine.h"
#include "net/stream.h"

typedef struct {
	char *name;    /* of the section: "work" */
	char *address; /* "" when not set */
	NetTarget *target;
	char *user;
	char *password;          /* or NULL */
	char **password_command; /* argv, or NULL */
	char **token_command;    /* argv, or NULL */
	char *mechanisms;        /* or NULL */
	gboolean compress;
	guint connections;                      /* at most so many at a time */
	guint keep_days;                        /* 0: not by age */
	char **keep_folders;                    /* globs of paths, folded; NULL: not said */
	guint64 keep_budget;                    /* octets */
	char *folders[ENGINE_ROLE_FLAGGED + 1]; /* by role: the user's word, UTF-8, or NULL */
} AccountConfig;

typedef struct {
	char *view, *key, *command;
	guint line;
} KeyConfig;

typedef struct Config Config;

/* NULL with ERR_CONFIG naming file, line and key. FILE NULL: the default place. */
Config *config_load(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a text that is in memory; FILE only names it. */
Config *config_parse(
	const char *file, const char *text, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void config_free(Config *config);

const char *config_file(const Config *config);
guint config_account_count(const Config *config);
const AccountConfig *config_account(const Config *config, guint i);
guint config_key_count(const Config *config);
const KeyConfig *config_key(const Config *config, guint i);
/* The value of a [postern] option as text: the user's, else the default. */
const char *config_value(const Config *config, const char *name);
/* The command for new mail as argv, NULL: none. Borrowed. */
char **config_new_mail_command(const Config *config);
/* Things that are allowed and unwise (a password in a file that others can read); NULL past the
 * end. */
const char *config_warning(const Config *config, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)
