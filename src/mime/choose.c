#include "mime/choose.h"

#include <string.h>

typedef struct {
	MimePlan *plan;
	gboolean prefer_html;
	guint shown, messages;
	guint64 octets; /* of those that are shown, without the first */
	gboolean invited;
	const MimePart *left_out;
} Chooser;

static void choose(Chooser *chooser, const MimePart *part);

static const MimePart *
child(const MimePart *part, guint i)
{
	return i < part->children->len ? g_ptr_array_index(part->children, i) : NULL;
}

static gboolean
says(const MimePart *part, const char *param, const char *value)
{
	const char *said = mime_part_param(part, param);

	return said && !g_ascii_strcasecmp(said, value);
}

static gboolean
is_to_save(const MimePart *part)
{
	return part->disposition && !strcmp(part->disposition, "attachment");
}

static gboolean
is_named(const MimePart *part, const char *ending)
{
	g_autofree char *name = g_ascii_strdown(part->name, -1);

	return g_str_has_suffix(name, ending);
}

/* ---- one part ---- */

static const struct {
	const char *type, *subtype;
	MimeShow how;
} shows[] = {
	{"text", "html", MIME_SHOW_HTML},
	{"text", "calendar", MIME_SHOW_CALENDAR},
	{"application", "ics", MIME_SHOW_CALENDAR},
	{"text", "vcard", MIME_SHOW_VCARD},
	{"text", "x-vcard", MIME_SHOW_VCARD},
	{"text", "directory", MIME_SHOW_VCARD},
	{"text", "x-vcalendar", MIME_SHOW_CALENDAR},
	{"text", "x-patch", MIME_SHOW_PATCH},
	{"text", "patch", MIME_SHOW_PATCH},
	{"text", "x-diff", MIME_SHOW_PATCH},
	{"text", "diff", MIME_SHOW_PATCH},
	{"application", "ms-tnef", MIME_SHOW_TNEF},
	{"application", "vnd.ms-tnef", MIME_SHOW_TNEF},
	{"message", "delivery-status", MIME_SHOW_REPORT},
	{"message", "global-delivery-status", MIME_SHOW_REPORT},
	{"message", "disposition-notification", MIME_SHOW_REPORT},
	{"message", "global-disposition-notification", MIME_SHOW_REPORT},
	{"message", "feedback-report", MIME_SHOW_REPORT},
	{"text", "rfc822-headers", MIME_SHOW_HEADERS},
	{"message", "global-headers", MIME_SHOW_HEADERS},
	{"message", "external-body", MIME_SHOW_EXTERNAL},
	{"message", "partial", MIME_SHOW_PARTIAL},
	{"application", "pgp", MIME_SHOW_TEXT}, /* before RFC 2015 */
	/* Nothing that people read, or nothing that we can. */
	{"text", "x-amp-html", MIME_SHOW_ATTACHMENT},
	{"text", "css", MIME_SHOW_ATTACHMENT},
	{"text", "rtf", MIME_SHOW_ATTACHMENT},
	/* RFC 2046 section 4.1.4: a kind of text that is not known is plain. */
	{"text", NULL, MIME_SHOW_TEXT},
	{"image", NULL, MIME_SHOW_IMAGE},
};

static MimeShow
show_smime(const MimePart *part)
{
	if (says(part, "smime-type", "certs-only"))
		return MIME_SHOW_ATTACHMENT;
	return says(part, "smime-type", "signed-data") ? MIME_SHOW_SIGNED : MIME_SHOW_ENCRYPTED;
}

static MimeShow
how_to_show(const MimePart *part)
{
	if (mime_part_is(part, "application", "pkcs7-mime") ||
		mime_part_is(part, "application", "x-pkcs7-mime"))
		return show_smime(part);
	if (mime_part_is(part, "text", "plain") &&
		(is_named(part, ".patch") || is_named(part, ".diff")))
		return MIME_SHOW_PATCH;
	if (mime_part_is(part, "application", "octet-stream") && is_named(part, "winmail.dat"))
		return MIME_SHOW_TNEF;
	for (guint i = 0; i < G_N_ELEMENTS(shows); i++)
		if (mime_part_is(part, shows[i].type, shows[i].subtype))
			return shows[i].how;
	return MIME_SHOW_ATTACHMENT;
}

gboolean
mime_show_needs_octets(MimeShow how)
{
	return how <= MIME_SHOW_TNEF;
}

static MimeStep *
add(Chooser *chooser, MimeShow how, const MimePart *part)
{
	MimeStep step = {.how = how, .part = part};

	g_array_append_val(chooser->plan->steps, step);
	return &g_array_index(chooser->plan->steps, MimeStep, chooser->plan->steps->len - 1);
}

/* The first text is what the message is about, whatever it costs. What comes behind it is shown when
 * it costs little. */
static gboolean
can_afford(Chooser *chooser, MimeShow how, const MimePart *part)
{
	gboolean first = chooser->shown == 0 && (how == MIME_SHOW_TEXT || how == MIME_SHOW_HTML);

	if (first)
		return TRUE;
	if (part->octets > MIME_PLAN_OCTETS_EACH || chooser->shown >= MIME_PLAN_PARTS ||
		chooser->octets + part->octets > MIME_PLAN_OCTETS)
		return FALSE;
	chooser->octets += part->octets;
	return TRUE;
}

/* Mailers mark as files also what is best read here. */
static gboolean
is_for_reading(MimeShow how, const MimePart *part)
{
	return mime_show_needs_octets(how) &&
	       (!is_to_save(part) || (how != MIME_SHOW_TEXT && how != MIME_SHOW_HTML));
}

static void
choose_leaf(Chooser *chooser, const MimePart *part)
{
	MimeShow how = how_to_show(part);
	MimeStep *step;

	if (!mime_show_needs_octets(how)) {
		add(chooser, how, part);
		return;
	}
	/* The same invitation comes as an alternative and as a file. */
	if (!is_for_reading(how, part) || (how == MIME_SHOW_CALENDAR && chooser->invited)) {
		add(chooser, MIME_SHOW_ATTACHMENT, part);
		return;
	}
	if (!can_afford(chooser, how, part)) {
		chooser->left_out = chooser->left_out ? chooser->left_out : part;
		add(chooser, MIME_SHOW_ATTACHMENT, part);
		return;
	}
	step = add(chooser, how, part);
	step->named = chooser->shown++ > 0 && *part->name;
	chooser->invited = chooser->invited || how == MIME_SHOW_CALENDAR;
}

/* ---- parts with parts inside ---- */

static void
choose_all(Chooser *chooser, const MimePart *part)
{
	for (guint i = 0; i < part->children->len; i++)
		choose(chooser, child(part, i));
	if (part->cut)
		chooser->left_out = part;
}

static const MimePart *
related_root(const MimePart *part)
{
	const char *start = mime_part_param(part, "start");

	for (guint i = 0; start && i < part->children->len; i++)
		if (child(part, i)->id && !strcmp(child(part, i)->id, start))
			return child(part, i);
	return child(part, 0);
}

/* What stands beside it is what it is made of; images are in the list of parts. */
static void
choose_related(Chooser *chooser, const MimePart *part)
{
	const MimePart *root = related_root(part);

	if (root)
		choose(chooser, root);
	for (guint i = 0; i < part->children->len; i++)
		if (child(part, i) != root)
			add(chooser, MIME_SHOW_ATTACHMENT, child(part, i));
}

typedef enum { HAS_TEXT = 1 << 0, HAS_HTML = 1 << 1, HAS_OTHER = 1 << 2 } Has;

/* What an alternative would bring to the screen. */
static Has
what_it_has(const MimePart *part)
{
	MimeShow how = how_to_show(part);
	Has has = 0;

	if (mime_part_is(part, "multipart", "related"))
		return child(part, 0) ? what_it_has(related_root(part)) : 0;
	if (mime_part_is(part, "multipart", NULL)) {
		for (guint i = 0; i < part->children->len; i++)
			has |= what_it_has(child(part, i));
		return has;
	}
	/* Some mailers send an empty text beside the HTML: a line end at most. */
	if (!is_for_reading(how, part) || part->octets <= 2)
		return how == MIME_SHOW_IMAGE ? HAS_OTHER : 0;
	if (how == MIME_SHOW_HTML)
		return HAS_HTML;
	return how == MIME_SHOW_TEXT ? HAS_TEXT : 0;
}

/* The first one of the kind that is liked, else the last one that can be shown, as RFC 2046 section
 * 5.1.4 has the best one last; else whatever there is. */
static const MimePart *
best_alternative(const Chooser *chooser, const MimePart *part)
{
	Has wanted = chooser->prefer_html ? HAS_HTML : HAS_TEXT;
	const MimePart *found = child(part, 0);

	for (guint i = 0; i < part->children->len; i++) {
		Has has = what_it_has(child(part, i));

		if (has & wanted)
			return child(part, i);
		if (has)
			found = child(part, i);
	}
	return found;
}

static void
choose_alternative(Chooser *chooser, const MimePart *part)
{
	const MimePart *best = best_alternative(chooser, part);

	/* An invitation says more than the text that goes with it. */
	for (guint i = 0; i < part->children->len; i++)
		if (child(part, i) != best && how_to_show(child(part, i)) == MIME_SHOW_CALENDAR)
			choose(chooser, child(part, i));
	if (best)
		choose(chooser, best);
}

/* The reason first, then what the server says at length; of the message that came back
 * the header; all of it is in the list of parts. */
static void
choose_report(Chooser *chooser, const MimePart *part)
{
	guint n = part->children->len;

	for (guint i = 0; i < n; i++)
		if (how_to_show(child(part, i)) == MIME_SHOW_REPORT)
			choose(chooser, child(part, i));
	for (guint i = 0; i < n; i++) {
		const MimePart *one = child(part, i);

		if (how_to_show(one) == MIME_SHOW_REPORT)
			continue;
		if (mime_part_is_message(one))
			add(chooser, MIME_SHOW_ATTACHMENT, one);
		else
			choose(chooser, one);
	}
}

static void
choose_signed(Chooser *chooser, const MimePart *part)
{
	guint at = chooser->plan->steps->len;

	add(chooser, MIME_SHOW_SIGNED, part);
	if (part->children->len)
		choose(chooser, child(part, 0));
	g_array_index(chooser->plan->steps, MimeStep, at).covers =
		chooser->plan->steps->len - at - 1;
}

static void
choose_encrypted(Chooser *chooser, const MimePart *part)
{
	add(chooser, MIME_SHOW_ENCRYPTED, part);
}

static void
choose_multipart(Chooser *chooser, const MimePart *part)
{
	static const struct {
		const char *subtype;
		void (*choose)(Chooser *chooser, const MimePart *part);
	} kinds[] = {
		{"alternative", choose_alternative},
		{"related", choose_related},
		{"report", choose_report},
		{"signed", choose_signed},
		{"encrypted", choose_encrypted},
	};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (mime_part_is(part, "multipart", kinds[i].subtype)) {
			kinds[i].choose(chooser, part);
			return;
		}
	}
	/* Mixed, digest, parallel, and whatever else: RFC 2046 section 5.1.7. */
	choose_all(chooser, part);
}

static void
choose_message(Chooser *chooser, const MimePart *part)
{
	if (is_to_save(part) || !part->children->len || chooser->messages >= MIME_PLAN_MESSAGES) {
		add(chooser, MIME_SHOW_ATTACHMENT, part);
		return;
	}
	add(chooser, MIME_SHOW_MESSAGE, part);
	chooser->messages++;
	choose_all(chooser, part);
	chooser->messages--;
}

/* As deep as the tree, which is at most MIME_DEPTH_MAX. */
static void
choose(Chooser *chooser, const MimePart *part)
{
	if (mime_part_is(part, "multipart", NULL))
		choose_multipart(chooser, part);
	else if (mime_part_is_message(part))
		choose_message(chooser, part);
	else
		choose_leaf(chooser, part);
}

MimePlan *
mime_choose(const MimePart *root, gboolean prefer_html)
{
	Chooser chooser = {.plan = g_new0(MimePlan, 1), .prefer_html = prefer_html};

	chooser.plan->steps = g_array_new(FALSE, FALSE, sizeof(MimeStep));
	choose(&chooser, root);
	if (chooser.left_out)
		add(&chooser, MIME_SHOW_LEFT_OUT, chooser.left_out);
	return chooser.plan;
}

void
mime_plan_free(MimePlan *plan)
{
	if (!plan)
		return;
	g_array_unref(plan->steps);
	g_free(plan);
}
