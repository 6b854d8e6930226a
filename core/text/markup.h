/*
 * markup.h - where in an HTML page a value stands
 *
 * Escaping is right only for a place: the same five characters are safe in text and in
 * a quoted attribute, useless in a script, and no help against href="javascript:...".
 * So a template is read once, when it is compiled, and a value is let stand only where
 * escaping suffices. What can't be judged is refused: unquoted attributes, unknown ones,
 * scripts and styles, and HTML comments altogether ({{! }} is there for that).
 *
 * Threads  Any. Memory  None. Failing  MARKUP_REFUSED is the zero.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum markup_place {
	MARKUP_REFUSED = 0,
	MARKUP_RAW,		/* no HTML at all */
	MARKUP_TEXT,		/* between tags, or in a quoted harmless attribute */
	MARKUP_URL,		/* the beginning of a quoted href, src or action */
};

enum markup_state {
	MARKUP_IN_TEXT, MARKUP_IN_OPENING, MARKUP_IN_ELEMENT, MARKUP_IN_TAG, MARKUP_IN_EQUALS,
	MARKUP_IN_BARE, MARKUP_IN_DOUBLE, MARKUP_IN_SINGLE, MARKUP_IN_COMMENT, MARKUP_IN_CODE,
};

struct markup {
	enum markup_state state;
	char element[16], attribute[24];	/* lower case; too long ones begin with "?" */
	size_t inside;	/* bytes so far of the attribute's value, or matched of an end */
	bool ended;	/* white space after the attribute's name */
};

void markup_read(struct markup *markup, const char *text, size_t size);
enum markup_place markup_place(const struct markup *markup);

/* At both ends of a section. False: a section may not begin or end here. */
bool markup_section(struct markup *markup);
/* Whether a section that began at one may end at the other. */
bool markup_level(const struct markup *begin, const struct markup *end);
