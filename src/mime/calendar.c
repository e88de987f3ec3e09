#include "mime/calendar.h"

#include "mime/calendar-rule.h"
#include "mime/calendar-time.h"
#include "mime/content-line.h"
#include "mime/note.h"

#include <string.h>

enum {
	MAX_ITEMS = 20, /* shown */
	MAX_PEOPLE = 200,
	PEOPLE_SHOWN = 30,
	MAX_DEPTH = 32,
	DAY = 86400,
};

typedef enum {
	NO_ITEM,
	EVENT,
	TASK,
	JOURNAL,
	FREE_BUSY,
} ItemKind;

typedef struct {
	char *name, *address; /* either may be "" */
	const char *answer;   /* in words, static */
	char *delegate;       /* or NULL */
	gboolean optional, place;
} Person;

typedef struct {
	ItemKind kind;
	char *summary, *location, *description, *comment, *url, *join;
	Person organizer;
	GArray *people; /* Person */
	guint more_people;
	CalendarTime start, end, due, original;
	gint64 duration;
	gboolean has_duration, cancelled, has_organizer;
	guint changes; /* SEQUENCE */
	guint exceptions, further;
	CalendarRule rule;
	char *rule_raw;
} Item;

typedef struct {
	MimeDocument *document;
	GTimeZone *local;
	CalendarZones *zones;
	GArray *items; /* Item */
	guint more_items;
	char method[20];
} Calendar;

/* --- People ------------------------------------------------------------------------------------ */

static void
clear_person(gpointer data)
{
	Person *person = data;

	g_free(person->name);
	g_free(person->address);
	g_free(person->delegate);
}

/* "mailto:ada@example.org", of a delegate too. */
static char *
address_of(const char *value)
{
	gboolean mail = g_ascii_strncasecmp(value, "mailto:", 7) == 0;
	g_autofree char *address = g_uri_unescape_string(mail ? value + 7 : value, NULL);

	if (!address)
		return g_strdup(mail ? value + 7 : value);
	/* Exchange writes "invalid:nomail" for people without an address. */
	return mail || strchr(address, '@') ? g_steal_pointer(&address) : g_strdup("");
}

static Person
person_of(const ContentLine *line)
{
	static const struct {
		const char *status, *words;
	} answers[] = {
		{"ACCEPTED", "accepted"},
		{"DECLINED", "declined"},
		{"TENTATIVE", "maybe"},
		{"NEEDS-ACTION", "no answer yet"},
		{"DELEGATED", "delegated"},
		{"COMPLETED", "done"},
		{"IN-PROCESS", "at work on it"},
	};
	const char *name = content_line_param(line, "CN");
	const char *status = content_line_param(line, "PARTSTAT");
	const char *role = content_line_param(line, "ROLE");
	const char *type = content_line_param(line, "CUTYPE");
	const char *delegate = content_line_param(line, "DELEGATED-TO");
	Person person = {.name = g_strstrip(g_strdup(name ? name : ""))};

	person.address = address_of(line->value);
	person.delegate = delegate ? address_of(delegate) : NULL;
	person.optional = role && g_ascii_strcasecmp(role, "OPT-PARTICIPANT") == 0;
	person.place = type && (g_ascii_strcasecmp(type, "ROOM") == 0 ||
				       g_ascii_strcasecmp(type, "RESOURCE") == 0);
	for (guint i = 0; status && i < G_N_ELEMENTS(answers); i++)
		if (g_ascii_strcasecmp(status, answers[i].status) == 0)
			person.answer = answers[i].words;
	return person;
}

static const char *
person_name(const Person *person)
{
	if (person->name && *person->name)
		return person->name;
	return person->address && *person->address ? person->address : "Somebody";
}

/* "Ada Lovelace <ada@example.org> (accepted)". */
static char *
person_text(const Person *person, const char *role)
{
	gboolean both = *person->name && *person->address &&
			g_ascii_strcasecmp(person->name, person->address) != 0;
	GString *text = g_string_new(person_name(person));
	const char *between = " (";

	if (both)
		g_string_append_printf(text, " <%s>", person->address);
	if (role) {
		g_string_append_printf(text, "%s%s", between, role);
		between = ", ";
	}
	if (person->answer) {
		g_string_append_printf(text, "%s%s", between, person->answer);
		between = ", ";
	}
	if (person->delegate && *person->delegate) {
		g_string_append_printf(text, "%sto %s", between, person->delegate);
		between = ", ";
	}
	if (person->optional) {
		g_string_append_printf(text, "%soptional", between);
		between = ", ";
	}
	if (strcmp(between, ", ") == 0)
		g_string_append_c(text, ')');
	return g_string_free(text, FALSE);
}

/* --- Reading ----------------------------------------------------------------------------------- */

static void
clear_item(gpointer data)
{
	Item *item = data;

	g_free(item->summary);
	g_free(item->location);
	g_free(item->description);
	g_free(item->comment);
	g_free(item->url);
	g_free(item->join);
	g_free(item->rule_raw);
	clear_person(&item->organizer);
	g_array_unref(item->people);
}

static ItemKind
kind_of(const char *component)
{
	static const char *const names[] = {
		[EVENT] = "VEVENT",
		[TASK] = "VTODO",
		[JOURNAL] = "VJOURNAL",
		[FREE_BUSY] = "VFREEBUSY",
	};

	for (guint i = EVENT; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(component, names[i]) == 0)
			return (ItemKind)i;
	return NO_ITEM;
}

static gboolean
take_text(Item *item, const ContentLine *line)
{
	struct {
		const char *name;
		char **place;
	} texts[] = {
		{"SUMMARY", &item->summary},
		{"LOCATION", &item->location},
		{"DESCRIPTION", &item->description},
		{"COMMENT", &item->comment},
		{"URL", &item->url},
		{"CONFERENCE", &item->join},
		{"X-GOOGLE-CONFERENCE", &item->join},
		{"X-MICROSOFT-SKYPETEAMSMEETINGURL", &item->join},
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (strcmp(line->name, texts[i].name) != 0)
			continue;
		if (!*texts[i].place)
			*texts[i].place = content_line_text(line);
		return TRUE;
	}
	return FALSE;
}

static void
take_person(Item *item, const ContentLine *line)
{
	Person person;

	if (item->people->len == MAX_PEOPLE) {
		item->more_people++;
		return;
	}
	person = person_of(line);
	g_array_append_val(item->people, person);
}

static guint
count_values(const char *value)
{
	guint n = 1;

	for (; *value; value++)
		n += *value == ',';
	return n;
}

static void
take_property(Item *item, const ContentLine *line)
{
	const char *name = line->name;

	if (take_text(item, line))
		return;
	if (strcmp(name, "DTSTART") == 0)
		item->start = calendar_time_of(line);
	else if (strcmp(name, "DTEND") == 0)
		item->end = calendar_time_of(line);
	else if (strcmp(name, "DUE") == 0)
		item->due = calendar_time_of(line);
	else if (strcmp(name, "RECURRENCE-ID") == 0)
		item->original = calendar_time_of(line);
	else if (strcmp(name, "DURATION") == 0)
		item->has_duration = calendar_duration_parse(line->value, &item->duration);
	else if (strcmp(name, "SEQUENCE") == 0)
		item->changes = (guint)MIN(g_ascii_strtoull(line->value, NULL, 10), 1000);
	else if (strcmp(name, "STATUS") == 0)
		item->cancelled = g_ascii_strcasecmp(line->value, "CANCELLED") == 0;
	else if (strcmp(name, "ATTENDEE") == 0)
		take_person(item, line);
	else if (strcmp(name, "EXDATE") == 0)
		item->exceptions += count_values(line->value);
	else if (strcmp(name, "RDATE") == 0)
		item->further += count_values(line->value);
	else if (strcmp(name, "ORGANIZER") == 0 && !item->has_organizer) {
		item->organizer = person_of(line);
		item->has_organizer = TRUE;
	} else if (strcmp(name, "RRULE") == 0 && !item->rule_raw) {
		item->rule_raw = g_strdup(line->value);
		calendar_rule_parse(line->value, &item->rule);
	}
}

static gboolean
begin_item(Calendar *calendar, ItemKind kind)
{
	Item item = {.kind = kind};

	if (calendar->items->len == MAX_ITEMS) {
		calendar->more_items++;
		return FALSE;
	}
	item.people = g_array_new(FALSE, FALSE, sizeof(Person));
	g_array_set_clear_func(item.people, clear_person);
	g_array_append_val(calendar->items, item);
	return TRUE;
}

/* What the properties belong to, from the outside in. */
typedef struct {
	gboolean zone;
	gboolean item;    /* the last one, and it has room */
	guint item_depth; /* open components, with that of the item */
	guint depth;
} Place;

static void
take_line(Calendar *calendar, Place *place, const ContentLine *line)
{
	if (strcmp(line->name, "BEGIN") == 0) {
		ItemKind kind = kind_of(line->value);

		place->depth += place->depth < MAX_DEPTH;
		if (g_ascii_strcasecmp(line->value, "VTIMEZONE") == 0)
			place->zone = TRUE;
		if (kind != NO_ITEM) {
			place->zone = FALSE;
			place->item = begin_item(calendar, kind);
			place->item_depth = place->depth;
		}
	}
	if (place->zone)
		calendar_zones_take(calendar->zones, line);
	else if (strcmp(line->name, "METHOD") == 0)
		g_strlcpy(calendar->method, line->value, sizeof calendar->method);
	else if (place->item && place->depth == place->item_depth)
		take_property(
			&g_array_index(calendar->items, Item, calendar->items->len - 1), line);
	if (strcmp(line->name, "END") == 0) {
		place->depth -= place->depth > 0;
		place->item = place->item && place->depth >= place->item_depth;
		place->zone = place->zone && g_ascii_strcasecmp(line->value, "VTIMEZONE") != 0;
	}
}

/* --- When -------------------------------------------------------------------------------------- */

/* "Wednesday 4 March 2026, 10:00 – 11:00". */
static char *
span_text(gint64 start, gint64 end, gboolean days)
{
	g_autofree char *day = calendar_day_text(start), *clock = calendar_clock_text(start);
	g_autofree char *last_day = NULL, *last_clock = calendar_clock_text(end);

	/* The end of whole days is the day behind (RFC 5545 3.6.1). */
	if (days && end > start)
		end -= DAY;
	last_day = calendar_day_text(end);
	if (days && end <= start)
		return g_strdup_printf("%s, all day", day);
	if (days)
		return g_strdup_printf("%s – %s, all day", day, last_day);
	if (end <= start)
		return g_strdup_printf("%s, %s", day, clock);
	if (strcmp(day, last_day) == 0)
		return g_strdup_printf("%s, %s – %s", day, clock, last_clock);
	return g_strdup_printf("%s, %s – %s, %s", day, clock, last_day, last_clock);
}

/* The time as it was written, when that is another one than here. */
static char *
there_text(const Calendar *calendar, const CalendarTime *start, const CalendarTime *end)
{
	g_autofree char *span = NULL;
	gint64 here;
	gboolean known;

	if (start->kind == CALENDAR_FLOATING)
		return g_strdup("by the clock of wherever you are then");
	if (start->kind != CALENDAR_ZONED)
		return NULL;
	known = calendar_time_local(start, calendar->zones, calendar->local, &here);
	if (!known)
		return g_strdup_printf(
			"by the clock of “%s”, a time zone that is not known here", start->zone);
	if (here == start->wall)
		return NULL;
	span = span_text(start->wall,
		end->kind == start->kind && strcmp(end->zone, start->zone) == 0 ? end->wall
										: start->wall,
		FALSE);
	return g_strdup_printf("%s in %s", span, start->zone);
}

static void
show_when(const Calendar *calendar, const char *name, const CalendarTime *start, CalendarTime end)
{
	g_autofree char *there = there_text(calendar, start, &end), *here = NULL;
	gint64 from, to;
	gboolean known;

	if (start->kind == CALENDAR_NEVER)
		return;
	if (end.kind == CALENDAR_NEVER)
		end = *start;
	known = calendar_time_local(start, calendar->zones, calendar->local, &from);
	if (!calendar_time_local(&end, calendar->zones, calendar->local, &to) && known)
		to = from;
	here = span_text(from, to, start->kind == CALENDAR_DATE);
	mime_note_field(calendar->document, name, here);
	if (there)
		mime_note_field(calendar->document, "", there);
}

static CalendarTime
end_of(const Item *item)
{
	CalendarTime end = item->end;

	if (end.kind == CALENDAR_NEVER && item->has_duration) {
		end = item->start;
		end.wall += item->duration;
	}
	return end;
}

static void
show_rule(const Calendar *calendar, const Item *item)
{
	g_autofree char *words = calendar_rule_text(&item->rule);
	g_autoptr(GString) text = g_string_new(words);

	if (item->rule_raw && !words)
		g_string_printf(text, "by the rule %s", item->rule_raw);
	if (item->further)
		g_string_append_printf(text, "%s%u more %s", text->len ? ", and " : "",
			item->further, item->further == 1 ? "time" : "times");
	if (item->exceptions)
		g_string_append_printf(text, "%sexcept %u %s", text->len ? ", " : "",
			item->exceptions, item->exceptions == 1 ? "time" : "times");
	if (text->len)
		mime_note_field(calendar->document, "Repeats", text->str);
}

/* --- Who wants what ---------------------------------------------------------------------------- */

static char *
title_of(const Item *item)
{
	static const char *const nameless[] = {
		[EVENT] = "an event without a name",
		[TASK] = "a task without a name",
		[JOURNAL] = "a note without a name",
		[FREE_BUSY] = "free and busy times",
	};

	return item->summary && *item->summary ? g_strdup_printf("“%s”", item->summary)
					       : g_strdup(nameless[item->kind]);
}

/* What the answer of the one who replies means. */
static char *
reply_text(const Item *item, const char *title)
{
	static const struct {
		const char *answer, *words;
	} says[] = {{"accepted", "accepts"}, {"declined", "declines"},
		{"maybe", "perhaps comes to"}, {"delegated", "sends somebody else to"},
		{"done", "has done"}, {"at work on it", "is at work on"}};
	const Person *person = item->people->len ? &g_array_index(item->people, Person, 0) : NULL;

	if (!person)
		return g_strdup_printf("An answer to %s", title);
	for (guint i = 0; person->answer && i < G_N_ELEMENTS(says); i++)
		if (strcmp(person->answer, says[i].answer) == 0)
			return g_strdup_printf(
				"%s %s %s", person_name(person), says[i].words, title);
	return g_strdup_printf("%s answers to %s", person_name(person), title);
}

static char *
sentence(const Calendar *calendar, const Item *item)
{
	g_autofree char *title = title_of(item);
	const char *organizer =
		item->has_organizer ? person_name(&item->organizer) : "The organizer";
	const char *guest = item->people->len ? person_name(&g_array_index(item->people, Person, 0))
					      : "Somebody";
	const char *method = calendar->method;

	if (g_ascii_strcasecmp(method, "REPLY") == 0)
		return reply_text(item, title);
	if (g_ascii_strcasecmp(method, "CANCEL") == 0 || item->cancelled)
		return g_strdup_printf("%s cancels %s", organizer, title);
	if (g_ascii_strcasecmp(method, "COUNTER") == 0)
		return g_strdup_printf("%s proposes to change %s", guest, title);
	if (g_ascii_strcasecmp(method, "DECLINECOUNTER") == 0)
		return g_strdup_printf("%s declines the change of %s", organizer, title);
	if (g_ascii_strcasecmp(method, "REFRESH") == 0)
		return g_strdup_printf("%s asks for the latest state of %s", guest, title);
	if (g_ascii_strcasecmp(method, "ADD") == 0)
		return g_strdup_printf("%s adds a time to %s", organizer, title);
	if (g_ascii_strcasecmp(method, "REQUEST") != 0)
		return item->summary && *item->summary ? g_strdup(item->summary) : g_strdup(title);
	if (item->kind == TASK)
		return g_strdup_printf("%s asks you to do %s", organizer, title);
	if (item->kind == FREE_BUSY)
		return g_strdup_printf("%s asks when you are free", organizer);
	if (item->changes > 0)
		return g_strdup_printf(
			"%s invites you to %s, changed since before", organizer, title);
	return g_strdup_printf("%s invites you to %s", organizer, title);
}

static void
show_people(const Calendar *calendar, const Item *item)
{
	guint shown = 0;
	const char *name = "Who";

	if (item->has_organizer) {
		g_autofree char *text = person_text(&item->organizer, "organizer");

		mime_note_field(calendar->document, name, text);
		name = "";
	}
	for (guint i = 0; i < item->people->len && shown < PEOPLE_SHOWN; i++) {
		const Person *person = &g_array_index(item->people, Person, i);
		g_autofree char *text = person_text(person, person->place ? "room or thing" : NULL);

		/* The organizer is often among those who come. */
		if (item->has_organizer && *person->address &&
			g_ascii_strcasecmp(person->address, item->organizer.address) == 0)
			continue;
		mime_note_field(calendar->document, name, text);
		name = "";
		shown++;
	}
	if (item->people->len + item->more_people > shown + 1 && shown == PEOPLE_SHOWN) {
		g_autofree char *more = g_strdup_printf(
			"and %u more", item->people->len + item->more_people - shown);

		mime_note_field(calendar->document, "", more);
	}
}

static void
show_item(const Calendar *calendar, const Item *item)
{
	g_autofree char *said = sentence(calendar, item);
	MimeDocument *document = calendar->document;

	mime_document_add(document, MIME_LINE_HEADING, 0, said);
	show_when(calendar, "When", &item->start, end_of(item));
	show_when(calendar, "Until", &item->due, (CalendarTime){0});
	show_rule(calendar, item);
	show_when(calendar, "Replaces", &item->original, (CalendarTime){0});
	mime_note_field(document, "Where", item->location);
	mime_note_field(document, "Join", item->join);
	show_people(calendar, item);
	mime_note_field(document, "Web", item->url);
	mime_note_field(document, "Comment", item->comment);
	mime_note_text(document, item->description);
}

gboolean
mime_calendar_render(const char *text, gsize len, GTimeZone *local, MimeDocument *document)
{
	g_autoptr(CalendarZones) zones = calendar_zones_new();
	g_autoptr(GTimeZone) zone = local ? g_time_zone_ref(local) : g_time_zone_new_local();
	g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(Item));
	Calendar calendar = {.document = document, .local = zone, .zones = zones, .items = items};
	const char *at = text;
	ContentLine line;
	Place place = {0};

	g_array_set_clear_func(items, clear_item);
	while (content_line_next(&at, text + len, &line)) {
		take_line(&calendar, &place, &line);
		content_line_clear(&line);
	}
	for (guint i = 0; i < items->len; i++) {
		if (mime_document_count(document) > 0)
			mime_document_add(document, MIME_LINE_TEXT, 0, "");
		show_item(&calendar, &g_array_index(items, Item, i));
	}
	if (calendar.more_items) {
		g_autofree char *note = g_strdup_printf("%u more entries.", calendar.more_items);

		mime_document_add(document, MIME_LINE_NOTE, 0, note);
	}
	return items->len > 0;
}
