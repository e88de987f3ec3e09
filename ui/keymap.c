/* See keymap.h. */
#include "keymap.h"

#include "base/err.h"
#include "command.h"

#include <string.h>

typedef struct {
	guint views;
	KeySeq seq;
	char *command; /* "" : bound to nothing */
	gboolean user;
	char *keys; /* as shown */
} Binding;

struct Keymap {
	GPtrArray *bindings; /* those that go first come first */
	KeySeq begun;
	char *begun_name;
};

/* Defaults that are not the same in every view that has the action. */
static const struct {
	guint views;
	const char *keys, *command;
} special[] = {
	{IN_INDEX, "q", "quit"},
	{IN_INDEX, "h", "focus-folders"},
	{IN_INDEX, "Left", "focus-folders"},
	{IN_READER, "Left", "close"},
	{IN_PAGERS | IN_INDEX, "Space", "page-down"},
	{IN_PAGERS, "Backspace", "page-up"},
	{IN_PAGERS, "Enter", "next"},
	{IN_FOLDERS, "Space", "read"},
	{IN_PICTURE, "Left", "close"},
	{IN_PARTS, "S", "save-all"},
};

static void
binding_free(gpointer data)
{
	Binding *binding = data;
	g_free(binding->command);
	g_free(binding->keys);
	g_free(binding);
}

static Binding *
binding_new(guint views, const KeySeq *seq, const char *command, gboolean user)
{
	Binding *binding = g_new0(Binding, 1);
	*binding = (Binding){views, *seq, g_strdup(command), user, key_seq_to_string(seq)};
	return binding;
}

/* Ours are in the program's own tables: a test reads every one of them. */
static void
add_default(Keymap *keymap, guint views, const char *keys, const char *command)
{
	KeySeq seq;
	g_autoptr(GError) error = NULL;
	if (key_parse_seq(keys, &seq, &error))
		g_ptr_array_add(keymap->bindings, binding_new(views, &seq, command, FALSE));
	else
		g_warning("default key of %s: %s", command, error->message);
}

Keymap *
keymap_new(void)
{
	Keymap *keymap = g_new0(Keymap, 1);
	keymap->bindings = g_ptr_array_new_with_free_func(binding_free);
	keymap->begun_name = g_strdup("");
	const Action *action;
	for (guint i = 0; (action = action_at(i)) != NULL; i++) {
		g_auto(GStrv) keys = g_strsplit(action->keys, ", ", -1);
		for (char **key = keys; *key != NULL && action->views != 0; key++)
			add_default(keymap, action->views, *key, action->name);
	}
	for (guint i = 0; i < G_N_ELEMENTS(special); i++)
		add_default(keymap, special[i].views, special[i].keys, special[i].command);
	return keymap;
}

void
keymap_free(Keymap *keymap)
{
	if (keymap == NULL)
		return;
	g_ptr_array_unref(keymap->bindings);
	g_free(keymap->begun_name);
	g_free(keymap);
}

static gboolean
seq_equal(const KeySeq *a, const KeySeq *b)
{
	return a->n == b->n && memcmp(a->keys, b->keys, a->n * sizeof(Key)) == 0;
}

/* TRUE when LONGER begins with SHORTER and goes on. */
static gboolean
seq_continues(const KeySeq *longer, const KeySeq *shorter)
{
	return longer->n > shorter->n &&
	       memcmp(longer->keys, shorter->keys, shorter->n * sizeof(Key)) == 0;
}

/* Where a new binding of VIEWS goes: of one view first, then of all; newer before older. */
static guint
place_of(const Keymap *keymap, guint views)
{
	guint i = 0;
	while (views == IN_ALL && i < keymap->bindings->len) {
		const Binding *other = keymap->bindings->pdata[i];
		if (!other->user || other->views == IN_ALL)
			break;
		i++;
	}
	return i;
}

gboolean
keymap_bind(Keymap *keymap, guint views, const char *keys, const char *command, GError **error)
{
	KeySeq seq;
	g_auto(Command) parsed = {NULL, NULL};
	if (!key_parse_seq(keys, &seq, error))
		return FALSE;
	if (*command != '\0' && !command_parse(command, &parsed, error))
		return FALSE;
	for (guint i = keymap->bindings->len; i > 0; i--) {
		const Binding *old = keymap->bindings->pdata[i - 1];
		if (old->user && old->views == views && seq_equal(&old->seq, &seq))
			g_ptr_array_remove_index(keymap->bindings, i - 1);
	}
	g_ptr_array_insert(keymap->bindings, (gint)place_of(keymap, views),
		binding_new(views, &seq, command, TRUE));
	return TRUE;
}

/* The first binding of SEQ in VIEW; *OUT_MORE: a longer one begins so. A longer sequence of the
 * user's goes before a shorter one of ours: "g g" takes the default "g" away. */
static const Binding *
find_binding(const Keymap *keymap, guint view, const KeySeq *seq, gboolean *out_more)
{
	const Binding *exact = NULL;
	*out_more = FALSE;
	for (guint i = 0; i < keymap->bindings->len; i++) {
		const Binding *binding = keymap->bindings->pdata[i];
		if (!(binding->views & view))
			continue;
		if (exact == NULL && seq_equal(&binding->seq, seq))
			exact = binding;
		else if (*binding->command != '\0' && seq_continues(&binding->seq, seq))
			*out_more = *out_more || exact == NULL || !exact->user;
	}
	return exact;
}

void
keymap_forget(Keymap *keymap)
{
	keymap->begun.n = 0;
	g_free(keymap->begun_name);
	keymap->begun_name = g_strdup("");
}

KeymapAnswer
keymap_feed(Keymap *keymap, ViewKind view, Key key, const char **out_command)
{
	gboolean more;
	if (keymap->begun.n == KEY_SEQ_MAX)
		keymap_forget(keymap);
	keymap->begun.keys[keymap->begun.n++] = key;
	const Binding *found = find_binding(keymap, 1u << view, &keymap->begun, &more);
	if (more) {
		g_free(keymap->begun_name);
		keymap->begun_name = key_seq_to_string(&keymap->begun);
		return KEYMAP_MORE;
	}
	keymap_forget(keymap);
	if (found == NULL || *found->command == '\0')
		return KEYMAP_NONE;
	*out_command = found->command;
	return KEYMAP_COMMAND;
}

const char *
keymap_pending(const Keymap *keymap)
{
	return keymap->begun_name;
}

char *
keymap_keys_of(const Keymap *keymap, ActionId action, ViewKind view, gboolean all)
{
	const char *name = action_get(action)->name;
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < keymap->bindings->len; i++) {
		const Binding *binding = keymap->bindings->pdata[i];
		gboolean more;
		if (!(binding->views & (1u << view)) || strcmp(binding->command, name) != 0 ||
			find_binding(keymap, 1u << view, &binding->seq, &more) != binding || more)
			continue;
		if (out->len > 0)
			g_string_append(out, ", ");
		g_string_append(out, binding->keys);
		if (!all)
			break;
	}
	return g_string_free(out, out->len == 0);
}

gboolean
keymap_user_at(const Keymap *keymap, guint i, guint *out_views, const char **out_keys,
	const char **out_command)
{
	for (guint at = 0; at < keymap->bindings->len; at++) {
		const Binding *binding = keymap->bindings->pdata[at];
		if (!binding->user || i-- > 0)
			continue;
		*out_views = binding->views;
		*out_keys = binding->keys;
		*out_command = binding->command;
		return TRUE;
	}
	return FALSE;
}
