#include "text/markup.h"

#include <string.h>

#include "base/text.h"

/* Where a value can do no harm once & < > " ' are escaped. */
static const char harmless[] =
    "alt autocomplete class colspan cols datetime dir for form height id inputmode label lang "
    "list max maxlength min minlength name pattern placeholder role rows rowspan size step "
    "tabindex title type value width";
static const char addresses[] = "href src action formaction cite";
static const char codes[] =
    "script style iframe object embed template noscript xmp plaintext svg math";

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* One more character of a name; a name that is too long matches no list. */
static void name_add(char *name, size_t room, char c)
{
	size_t size = strlen(name);

	if (size + 1 < room)
		name[size] = lower(c);
	else
		name[0] = '?';
}

static void tag_ends(struct markup *markup)
{
	memset(markup->attribute, 0, sizeof(markup->attribute));
	markup->state = text_word(codes, markup->element) ? MARKUP_IN_CODE : MARKUP_IN_TEXT;
	markup->inside = 0;
}

static void read_tag(struct markup *markup, char c)
{
	if (c == '>') {
		tag_ends(markup);
	} else if (c == '=') {
		markup->state = MARKUP_IN_EQUALS;
	} else if (is_space(c) || c == '/') {
		markup->ended = true;
	} else {
		if (markup->ended)
			memset(markup->attribute, 0, sizeof(markup->attribute));
		markup->ended = false;
		name_add(markup->attribute, sizeof(markup->attribute), c);
	}
}

static void read_equals(struct markup *markup, char c)
{
	if (is_space(c))
		return;
	markup->inside = 0;
	if (c == '>')
		tag_ends(markup);
	else
		markup->state = c == '"' ? MARKUP_IN_DOUBLE : c == '\'' ? MARKUP_IN_SINGLE
		    : MARKUP_IN_BARE;
}

static void read_value(struct markup *markup, char c)
{
	bool bare = markup->state == MARKUP_IN_BARE;
	char end = markup->state == MARKUP_IN_DOUBLE ? '"' : '\'';

	if (bare && c == '>') {
		tag_ends(markup);
	} else if (bare ? is_space(c) : c == end) {
		markup->state = MARKUP_IN_TAG;
		markup->ended = true;
	} else {
		markup->inside++;
	}
}

/* After '<', and in the name that follows. */
static void read_element(struct markup *markup, char c)
{
	if (markup->state == MARKUP_IN_OPENING) {
		memset(markup->element, 0, sizeof(markup->element));
		markup->state = MARKUP_IN_ELEMENT;
		markup->ended = true;
	}
	if (c == '>')
		tag_ends(markup);
	else if (is_space(c) || (c == '/' && markup->element[0] != '\0'))
		markup->state = MARKUP_IN_TAG;
	else
		name_add(markup->element, sizeof(markup->element), c);
	if (strcmp(markup->element, "!--") == 0)
		markup->state = MARKUP_IN_COMMENT;
}

/* Until the element's end, of which `inside` characters have just been seen. */
static void read_code(struct markup *markup, char c)
{
	char end[sizeof(markup->element) + 4] = "</";

	strcat(strcat(end, markup->element), ">");
	if (lower(c) == end[markup->inside])
		markup->inside++;
	else
		markup->inside = c == '<';
	if (end[markup->inside] == '\0')
		markup->state = MARKUP_IN_TEXT;
}

static void read_one(struct markup *markup, char c)
{
	switch (markup->state) {
	case MARKUP_IN_TEXT:
		if (c == '<')
			markup->state = MARKUP_IN_OPENING;
		break;
	case MARKUP_IN_OPENING:
	case MARKUP_IN_ELEMENT:
		read_element(markup, c);
		break;
	case MARKUP_IN_TAG:
		read_tag(markup, c);
		break;
	case MARKUP_IN_EQUALS:
		read_equals(markup, c);
		break;
	case MARKUP_IN_BARE:
	case MARKUP_IN_DOUBLE:
	case MARKUP_IN_SINGLE:
		read_value(markup, c);
		break;
	case MARKUP_IN_COMMENT:
		break;		/* browsers differ on where one ends */
	case MARKUP_IN_CODE:
		read_code(markup, c);
		break;
	}
}

void markup_read(struct markup *markup, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		read_one(markup, text[i]);
}

static bool quoted(const struct markup *markup)
{
	return markup->state == MARKUP_IN_DOUBLE || markup->state == MARKUP_IN_SINGLE;
}

enum markup_place markup_place(const struct markup *markup)
{
	const char *attribute = markup->attribute;

	if (markup->state == MARKUP_IN_TEXT)
		return MARKUP_TEXT;
	if (!quoted(markup))
		return MARKUP_REFUSED;
	if (text_word(addresses, attribute))
		return markup->inside == 0 ? MARKUP_URL : MARKUP_REFUSED;
	if (text_word(harmless, attribute) || strncmp(attribute, "aria-", 5) == 0
	    || strncmp(attribute, "data-", 5) == 0)
		return MARKUP_TEXT;
	return MARKUP_REFUSED;
}

bool markup_section(struct markup *markup)
{
	if (markup->state == MARKUP_IN_TEXT)
		return true;
	if (quoted(markup))
		return markup_place(markup) == MARKUP_TEXT;
	if (markup->state != MARKUP_IN_TAG)
		return false;
	/* Whether an attribute's name stood before is not known: let no value follow. */
	memset(markup->attribute, 0, sizeof(markup->attribute));
	markup->attribute[0] = '?';
	markup->ended = false;
	return true;
}

bool markup_level(const struct markup *begin, const struct markup *end)
{
	return begin->state == end->state && strcmp(begin->attribute, end->attribute) == 0
	    && (begin->state == MARKUP_IN_TEXT || strcmp(begin->element, end->element) == 0);
}
