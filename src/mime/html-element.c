#include "mime/html-element.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	const char *name;
	HtmlElement element;
} Row;

/* Sorted by name. */
static const Row rows[] = {
	{"a", HTML_A},
	{"address", HTML_BLOCK},
	{"area", HTML_VOID},
	{"article", HTML_BLOCK},
	{"aside", HTML_BLOCK},
	{"b", HTML_STRONG},
	{"base", HTML_VOID},
	{"basefont", HTML_VOID},
	{"bgsound", HTML_VOID},
	{"blockquote", HTML_BLOCKQUOTE},
	{"body", HTML_BODY},
	{"br", HTML_BR},
	{"caption", HTML_BLOCK},
	{"center", HTML_BLOCK},
	{"cite", HTML_EMPHASIS},
	{"code", HTML_CODE},
	{"col", HTML_VOID},
	{"datalist", HTML_HIDDEN},
	{"dd", HTML_DD},
	{"del", HTML_DELETED},
	{"details", HTML_BLOCK},
	{"dfn", HTML_EMPHASIS},
	{"dialog", HTML_BLOCK},
	{"dir", HTML_UL},
	{"div", HTML_BLOCK},
	{"dl", HTML_BLOCK},
	{"dt", HTML_DT},
	{"em", HTML_EMPHASIS},
	{"embed", HTML_VOID},
	{"fieldset", HTML_BLOCK},
	{"figcaption", HTML_BLOCK},
	{"figure", HTML_BLOCK},
	{"footer", HTML_BLOCK},
	{"form", HTML_BLOCK},
	{"frame", HTML_VOID},
	{"h1", HTML_HEADING},
	{"h2", HTML_HEADING},
	{"h3", HTML_HEADING},
	{"h4", HTML_HEADING},
	{"h5", HTML_HEADING},
	{"h6", HTML_HEADING},
	{"header", HTML_BLOCK},
	{"hr", HTML_HR},
	{"html", HTML_BODY},
	{"i", HTML_EMPHASIS},
	{"img", HTML_IMG},
	{"input", HTML_INPUT},
	{"ins", HTML_UNDERLINE},
	{"kbd", HTML_CODE},
	{"keygen", HTML_VOID},
	{"legend", HTML_BLOCK},
	{"li", HTML_LI},
	{"link", HTML_VOID},
	{"listing", HTML_PRE},
	{"main", HTML_BLOCK},
	{"menu", HTML_UL},
	{"meta", HTML_VOID},
	{"nav", HTML_BLOCK},
	{"ol", HTML_OL},
	{"optgroup", HTML_BLOCK},
	{"option", HTML_BLOCK},
	{"p", HTML_P},
	{"param", HTML_VOID},
	{"pre", HTML_PRE},
	{"q", HTML_Q},
	{"s", HTML_DELETED},
	{"samp", HTML_CODE},
	{"section", HTML_BLOCK},
	{"select", HTML_HIDDEN},
	{"source", HTML_VOID},
	{"strike", HTML_DELETED},
	{"strong", HTML_STRONG},
	{"summary", HTML_BLOCK},
	{"svg", HTML_HIDDEN},
	{"table", HTML_TABLE},
	{"tbody", HTML_BLOCK},
	{"td", HTML_TD},
	{"template", HTML_HIDDEN},
	{"tfoot", HTML_BLOCK},
	{"th", HTML_TH},
	{"thead", HTML_BLOCK},
	{"tr", HTML_TR},
	{"track", HTML_VOID},
	{"tt", HTML_CODE},
	{"u", HTML_UNDERLINE},
	{"ul", HTML_UL},
	{"var", HTML_EMPHASIS},
	{"wbr", HTML_VOID},
};

static int
compare(const void *name, const void *row)
{
	return strcmp(name, ((const Row *)row)->name);
}

HtmlElement
html_element_find(const char *name)
{
	const Row *row = bsearch(name, rows, G_N_ELEMENTS(rows), sizeof(Row), compare);

	return row ? row->element : HTML_OTHER;
}
