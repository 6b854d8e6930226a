/*
 * attribute.h - custom security attributes of applications
 *
 *	"customSecurityAttributes": { "Audience": { "level": "high", "regions": ["eu", "us"] } }
 *
 * Sets of attributes that an operator makes up, and rules of policies tell applications apart by
 * (rule.h): a text, a number, true or false, or a list of texts. Names are letters and digits, and
 * begin with a letter: a rule joins the two by "_". Graph's annotations are passed over; null takes
 * an attribute away.
 *
 * Threads  Any; pure. Memory  The snapshot's arena.
 */
#pragma once

#include "base/json.h"

struct arena;
struct document_errors;

#define ATTRIBUTES_MOST 500u	/* of an application, as in the original */
#define ATTRIBUTE_VALUES_MOST 50u
#define ATTRIBUTE_NAME_MOST 32u

enum attribute_type { ATTRIBUTE_NONE = 0, ATTRIBUTE_TEXT, ATTRIBUTE_NUMBER, ATTRIBUTE_FLAG,
	ATTRIBUTE_TEXTS };

struct attribute {
	const char *name;	/* "Audience_level" */
	enum attribute_type type;
	int64_t number;		/* or flag */
	size_t count;
	const char *const *texts;	/* of TEXT: one */
};

struct attributes { size_t count; const struct attribute *all; };

/* A name of a set, or in one. */
bool attribute_named(const char *text, size_t size);

/* The member of an application's canonical document: what is wrong is told, what is not kept is
 * taken out. */
void attributes_check(json_t *canonical, struct document_errors *errors);
struct attributes attributes_compile(struct arena *arena, const json_t *document);

/* NULL: the application has none of that name. */
const struct attribute *attribute_find(const struct attributes *attributes, const char *name);
