/* The config file, its URLs, and its table of options. */
#include "base/err.h"
#include "core/config.h"
#include "core/options.h"
#include "core/url.h"

#include <glib/gstdio.h>
#include <string.h>

#define SERVER "imap=imaps://alice@imap.example.org\n"
#define WORK   "[account work]\n" SERVER "password-command=pass show work\n"

static Config *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	Config *config = config_parse("config", text, strlen(text), &error);

	g_assert_no_error(error);
	g_assert_nonnull(config);
	return config;
}

static void
test_good(void)
{
	g_autoptr(Config) config =
		parse("# mine\n\n[postern]\ntheme = paper\nfolder-width=30\n\n"
		      "[account work]\naddress = Alice Example <alice@example.org>\n"
		      "imap = imaps://alice%40example.org@imap.example.org:1993\n"
		      "password-command = pass show 'mail work'\nfolder-trash = Papierkorb\n"
		      "[account home]\ntunnel = ssh home imap\n"
		      "[keys]\nCtrl-a = archive\n[keys index]\ng k = open work/Lists\n");
	const AccountConfig *work = config_account(config, 0), *home = config_account(config, 1);
	const KeyConfig *key;

	g_assert_cmpuint(config_account_count(config), ==, 2);
	g_assert_cmpstr(config_value(config, "theme"), ==, "paper");
	g_assert_cmpstr(config_value(config, "mouse"), ==, "true");
	g_assert_cmpstr(work->name, ==, "work");
	g_assert_cmpstr(work->user, ==, "alice@example.org");
	g_assert_cmpstr(work->target->host, ==, "imap.example.org");
	g_assert_cmpuint(work->target->port, ==, 1993);
	g_assert_cmpuint(g_strv_length(work->password_command), ==, 3);
	g_assert_cmpstr(work->password_command[2], ==, "mail work");
	g_assert_cmpstr(work->folders[ENGINE_ROLE_TRASH], ==, "Papierkorb");
	g_assert_null(work->folders[ENGINE_ROLE_SENT]);
	g_assert_null(work->password);
	g_assert_cmpint(home->target->security, ==, NET_TUNNEL);
	g_assert_cmpstr(home->target->tunnel[1], ==, "home");
	g_assert_cmpstr(home->user, ==, "");
	g_assert_cmpuint(config_key_count(config), ==, 2);
	key = config_key(config, 0);
	g_assert_cmpstr(key->view, ==, "");
	g_assert_cmpstr(key->key, ==, "Ctrl-a");
	g_assert_cmpuint(key->line, ==, 15);
	key = config_key(config, 1);
	g_assert_cmpstr(key->view, ==, "index");
	g_assert_cmpstr(key->key, ==, "g k");
	g_assert_cmpstr(key->command, ==, "open work/Lists");
	g_assert_null(config_warning(config, 0));
}

static void
test_escapes(void)
{
	g_autoptr(Config) config = parse("[account work]\n" SERVER "password = a\\\\b\\sc#d;e\n");

	g_assert_cmpstr(config_account(config, 0)->password, ==, "a\\b c#d;e");
}

static void
test_keep(void)
{
	g_autoptr(Config) config = parse(WORK "keep-folders = INBOX, Lists/*,,\nkeep-days = 30\n");
	g_autoptr(Config) narrow = parse(WORK "keep-days = 1\nconnections = 2\n");
	g_autoptr(Config) plain = parse(WORK "keep-folders = ,\n");
	const AccountConfig *account = config_account(config, 0);

	g_assert_cmpuint(account->keep_days, ==, 30);
	g_assert_cmpuint(g_strv_length(account->keep_folders), ==, 2);
	g_assert_cmpstr(account->keep_folders[0], ==, "inbox");
	g_assert_cmpstr(account->keep_folders[1], ==, "lists/*");
	g_assert_cmpuint(account->keep_budget, ==, 500 * 1000 * 1000);
	g_assert_null(config_warning(config, 0));
	g_assert_nonnull(strstr(config_warning(narrow, 0), "need connections = 3"));
	g_assert_null(config_account(plain, 0)->keep_folders);
}

/* What is wrong, and what the complaint must hold: the place first. */
static const char *const bad[][3] = {
	{"postern\n", "config, line 1: ", "neither KEY = VALUE nor [SECTION]"},
	{"theme = x\n", "config, line 1: ", "before the first section"},
	{"[postern\n", "config, line 1: ", "[NAME] alone"},
	{"[postern] x\n", "config, line 1: ", "[NAME] alone"},
	{"\n[]\n", "config, line 2: ", "section"},
	{"[po[stern]\n", "config, line 1: ", "section"},
	{"[postern]\n\ntheme=a\ntheme=b\n", "config, line 4: ", "already set in line 3"},
	{"[postern]\n[postern]\n", "config, line 2: ", "already begun in line 1"},
	{"[postern]\n= x\n", "config, line 2: ", "neither"},
	{WORK "[keys]\n] = archive\n", "config, line 5: ", "can't hold"},
	{WORK "[keys]\nCtrl-] = archive\n", "config, line 5: ", "\"Ctrl-]\""},
	{"[colours]\n", "config, line 1: ", "no section [colours]"},
	{"[postern]\ntheem = x\n", "config, line 2: ", "no option \"theem\""},
	{"[postern]\ntheme[de] = x\n", "config, line 2: ", "theme[de]"},
	{"[postern]\nmouse = yes\n", "config, line 2: ", "mouse must be true or false"},
	{"[postern]\nassumed-charsets = koi8-r, klingon\n", "config, line 2: ", "\"klingon\""},
	{"[postern]\n#\nfolder-width = 200\n", "config, line 3: ", "from 12 to 60"},
	{"[postern]\nfolder-width = 20x\n", "config, line 2: ", "from 12 to 60"},
	{"[postern]\nmark-read = later\n", "config, line 2: ", "one of: open never"},
	{"[postern]\ntheme = \\q\n", "config, line 2: ", "theme"},
	{"[account ]\n" SERVER "password=x\n", "config, line 1: ", "needs a name"},
	{"[account a/b]\n" SERVER "password=x\n", "config, line 1: ", "without \"/\""},
	{WORK "[account  work]\n" SERVER "password=x\n", "config, line 4: ", "\"work\""},
	{"[account work]\npassword=x\n", "config, line 1: ", "names no server"},
	{"[account work]\n" SERVER, "config, line 1: ", "has no password"},
	{WORK "password=x\n", "config, line 3: ", "both set"},
	{WORK "server=x\n", "config, line 4: ", "no option \"server\""},
	{WORK "tls-pin=sha256:AAAA\n", "config, line 4: ", "tls-pin must be"},
	{WORK "tls-pin=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"config, line 4: ", "tls-pin"},
	{WORK "tls-pin=sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=x\n",
		"config, line 4: ", "tls-pin"},
	{"[account work]\nimap=imaps://alice@h\npassword-command=pass 'x\n",
		"config, line 3: ", "password-command"},
	{"[account work]\nimap=alice@h\npassword=x\n", "config, line 2: ", "must begin with"},
	{"[account work]\nimap=imaps://h\npassword=x\n", "config, line 2: ", "names no user"},
	{"[postern]\ndefault-account=home\n" WORK, "config, line 2: ", "no account \"home\""},
};

static void
test_bad(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		Config *config = config_parse("config", bad[i][0], strlen(bad[i][0]), &error);

		if (config)
			g_error("taken: %s", bad[i][0]);
		g_assert_true(err_is(error, ERR_CONFIG));
		if (!g_str_has_prefix(error->message, bad[i][1]) ||
			!strstr(error->message, bad[i][2]) ||
			!g_str_has_suffix(error->message, "."))
			g_error("%s\nis told as: %s\ninstead of: %s...%s", bad[i][0],
				error->message, bad[i][1], bad[i][2]);
	}
}

static void
test_whole_file(void)
{
	static const char *const texts[] = {"", "[postern]\n", "\n# nothing\n"};
	g_autoptr(GError) error = NULL;
	g_autofree char *big = g_strnfill((1 << 20) + 1, '\n');

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_assert_null(config_parse("config", texts[i], strlen(texts[i]), &error));
		g_assert_true(err_is(error, ERR_CONFIG));
		g_assert_nonnull(strstr(error->message, "config has no account"));
		g_clear_error(&error);
	}
	g_assert_null(config_parse("config", "[a\xff]\n", 5, &error));
	g_assert_nonnull(strstr(error->message, "UTF-8"));
	g_clear_error(&error);
	g_assert_null(config_parse("config", "[a]\0\n", 5, &error));
	g_assert_true(err_is(error, ERR_CONFIG));
	g_clear_error(&error);
	g_assert_null(config_parse("config", big, strlen(big), &error));
	g_assert_nonnull(strstr(error->message, "1 MB"));
}

static void
test_file(void)
{
	g_autofree char *dir = g_dir_make_tmp("postern-config-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "config", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_load(file, &error);

	g_assert_null(config);
	g_assert_true(err_is(error, ERR_CONFIG));
	g_assert_nonnull(strstr(error->message, file));
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(
		file, "[account work]\n" SERVER "password=secret\n", -1, &error));
	g_assert_cmpint(g_chmod(file, 0644), ==, 0);
	config = config_load(file, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config_file(config), ==, file);
	g_assert_nonnull(strstr(config_warning(config, 0), "chmod 600"));
	g_assert_null(strstr(config_warning(config, 0), "secret"));
	g_clear_pointer(&config, config_free);
	g_assert_cmpint(g_chmod(file, 0600), ==, 0);
	config = config_load(file, &error);
	g_assert_null(config_warning(config, 0));
	g_clear_pointer(&config, config_free);
	/* It names commands to run. */
	g_assert_cmpint(g_chmod(file, 0602), ==, 0);
	config = config_load(file, &error);
	g_assert_null(config);
	g_assert_true(err_is(error, ERR_CONFIG));
	g_assert_nonnull(strstr(error->message, "Others can write"));
	g_assert_cmpint(g_remove(file), ==, 0);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

/* ---- URLs ---- */

typedef struct {
	const char *url;
	NetSecurity security;
	const char *user, *host;
	guint16 port;
} Url;

static const Url urls[] = {
	{"imaps://alice@imap.example.org", NET_TLS, "alice", "imap.example.org", 993},
	{"IMAPS://alice@h/", NET_TLS, "alice", "h", 993},
	{"imap://alice@h", NET_STARTTLS, "alice", "h", 143},
	{"imap+insecure://alice@127.0.0.1:1143", NET_PLAIN, "alice", "127.0.0.1", 1143},
	{"imaps://alice@example.org@h:65535", NET_TLS, "alice@example.org", "h", 65535},
	{"imaps://a%40b%2Fc%25@h", NET_TLS, "a@b/c%", "h", 993},
	{"imaps://DOMAIN%5Calice@h", NET_TLS, "DOMAIN\\alice", "h", 993},
	{"imaps://z%C3%BC@h", NET_TLS, "z\xc3\xbc", "h", 993},
	{"imaps://alice@[::1]", NET_TLS, "alice", "::1", 993},
	{"imaps://alice@[2001:db8::1]:1", NET_TLS, "alice", "2001:db8::1", 1},
};

static const char *const bad_urls[] = {"", "imaps:", "http://a@h", "imaps://", "imaps://h",
	"imaps://@h", "imaps://a@", "imaps://a@:993", "imaps://a@h:", "imaps://a@h:0",
	"imaps://a@h:65536", "imaps://a@h:-1", "imaps://a@h:99x", "imaps://a@h:1:2",
	"imaps://a@[::1", "imaps://a@[::1]x", "imaps://a@[]", "imaps://a@::1", "imaps://a%00b@h",
	"imaps://a%0d%0ab@h", "imaps://a%zz@h", "imaps://a%FF@h", "imaps://a@h/INBOX",
	"imaps://a@h?x", "imaps://a@h#x", "imaps://a@h h", "imaps://a@h%00", "imaps://a@h\n"};

static void
test_urls(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
		NetTarget target = {0};
		g_autofree char *user = NULL;
		g_autoptr(GError) error = NULL;
		gboolean good = url_parse(urls[i].url, &target, &user, &error);

		g_assert_no_error(error);
		g_assert_true(good);
		g_assert_cmpint(target.security, ==, urls[i].security);
		g_assert_cmpstr(user, ==, urls[i].user);
		g_assert_cmpstr(target.host, ==, urls[i].host);
		g_assert_cmpuint(target.port, ==, urls[i].port);
		g_free(target.host);
	}
}

static void
test_bad_urls(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(bad_urls); i++) {
		NetTarget target = {0};
		char *user = NULL;
		g_autoptr(GError) error = NULL;

		if (url_parse(bad_urls[i], &target, &user, &error))
			g_error("taken: %s", bad_urls[i]);
		g_assert_true(err_is(error, ERR_CONFIG));
		g_assert_null(user);
		g_assert_null(target.host);
	}
}

/* ---- options ---- */

static void
test_options(void)
{
	const EngineOption *option;
	guint i;

	for (i = 0; (option = engine_option_at(i)); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_true(option_find(option->group, option->name) == option);
		g_assert_true(option_check(option, option->fallback, &error));
		g_assert_true(g_str_has_suffix(option->help, "."));
	}
	g_assert_cmpuint(i, >, 10);
	g_assert_null(option_find("postern", "imap"));
	g_assert_null(option_find("account", "theme"));
}

/* The manual has every option of the table, and no other, in its part. */
static void
test_manual(void)
{
	const char *source = g_getenv("abs_top_srcdir");
	g_autofree char *file =
		g_build_filename(source ? source : ".", "doc", "postern-config.5", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	const EngineOption *option;
	guint n = 0, items = 0;

	g_file_get_contents(file, &text, NULL, &error);
	g_assert_no_error(error);
	for (guint i = 0; (option = engine_option_at(i)); i++, n++) {
		g_autofree char *begin = g_strdup_printf(".\\\" begin %s\n",
			strcmp(option->group, "postern") == 0 ? "program" : "account");
		g_autofree char *item = g_strdup_printf("\n.It Ic %s\n", option->name);
		const char *part = strstr(text, begin);
		const char *found = part ? strstr(part, item) : NULL;
		const char *end = part ? strstr(part, ".\\\" end") : NULL;

		if (!found || !end || found > end)
			g_error("postern-config(5) lacks %s", option->name);
	}
	for (const char *at = text; (at = strstr(at, "\n.It Ic ")); at++)
		items++;
	g_assert_cmpuint(items, ==, n);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/good", test_good);
	g_test_add_func("/config/escapes", test_escapes);
	g_test_add_func("/config/keep", test_keep);
	g_test_add_func("/config/bad", test_bad);
	g_test_add_func("/config/whole-file", test_whole_file);
	g_test_add_func("/config/file", test_file);
	g_test_add_func("/url/good", test_urls);
	g_test_add_func("/url/bad", test_bad_urls);
	g_test_add_func("/options/table", test_options);
	g_test_add_func("/options/manual", test_manual);
	return g_test_run();
}
