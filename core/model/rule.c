#include "model/rule.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum rule_kind { RULE_TERM, RULE_AND, RULE_OR, RULE_NOT };
enum rule_test { TEST_EQUAL, TEST_IN, TEST_CONTAINS, TEST_STARTS };

struct value { enum attribute_type type; const char *text; int64_t number; };

struct rule {
	enum rule_kind kind;
	const struct rule *left, *right;	/* AND, OR; NOT: left alone */
	const char *attribute;			/* TERM */
	enum rule_test test;
	bool not;
	size_t count;
	const struct value *values;
};

struct reader {
	struct arena *arena;
	const char *text, *at;
	const char *why;	/* the first thing that was wrong */
	unsigned depth, terms;
};

static void *reader_wrong(struct reader *reader, const char *what)
{
	if (reader->why == NULL)
		reader->why = text_print(reader->arena, "at %zu: %s",
		    (size_t)(reader->at - reader->text) + 1, what);
	return NULL;
}

static void reader_skip(struct reader *reader)
{
	reader->at += strspn(reader->at, " \t\r\n");
}

static bool reader_takes(struct reader *reader, char letter)
{
	reader_skip(reader);
	if (*reader->at != letter)
		return false;
	reader->at++;
	return true;
}

static bool word_goes_on(char letter)
{
	return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
	    (letter >= '0' && letter <= '9') || letter == '_';
}

/* A word of the language, whole. */
static bool reader_word(struct reader *reader, const char *word)
{
	size_t size = strlen(word);

	reader_skip(reader);
	if (strncasecmp(reader->at, word, size) != 0 || word_goes_on(reader->at[size]))
		return false;
	reader->at += size;
	return true;
}

static struct rule *rule_new(struct reader *reader, enum rule_kind kind, const struct rule *left,
    const struct rule *right)
{
	struct rule *rule = arena_alloc(reader->arena, sizeof(*rule));

	*rule = (struct rule){ .kind = kind, .left = left, .right = right };
	return rule;
}

/* Between quotes, of which the first has been taken. */
static bool read_text(struct reader *reader, struct value *value)
{
	char *text = arena_alloc(reader->arena, strlen(reader->at) + 1), *to = text;

	for (; *reader->at != '"'; reader->at++) {
		if (*reader->at == '\\' && (reader->at[1] == '"' || reader->at[1] == '\\'))
			reader->at++;
		if (*reader->at == '\0') {
			reader_wrong(reader, "a text that doesn't end: '\"' expected");
			return false;
		}
		*to++ = *reader->at;
	}
	reader->at++;
	*value = (struct value){ ATTRIBUTE_TEXT, text, 0 };
	return true;
}

static bool read_number(struct reader *reader, struct value *value)
{
	char *end;

	errno = 0;
	long long number = strtoll(reader->at, &end, 10);
	if (end == reader->at || errno != 0 || word_goes_on(*end)) {
		reader_wrong(reader, "a value expected: \"text\", a whole number, true or false");
		return false;
	}
	reader->at = end;
	*value = (struct value){ ATTRIBUTE_NUMBER, NULL, number };
	return true;
}

static bool read_value(struct reader *reader, struct value *value)
{
	if (reader_takes(reader, '"'))
		return read_text(reader, value);
	for (int flag = 0; flag < 2; flag++)
		if (reader_word(reader, flag ? "true" : "false")) {
			*value = (struct value){ ATTRIBUTE_FLAG, NULL, flag };
			return true;
		}
	return read_number(reader, value);
}

static bool read_values(struct reader *reader, struct rule *term)
{
	struct value *values = arena_alloc(reader->arena, RULE_VALUES_MOST * sizeof(*values));

	term->values = values;
	if (!reader_takes(reader, '[')) {
		reader_wrong(reader, "'[' expected: -in takes a list");
		return false;
	}
	do {
		if (term->count == RULE_VALUES_MOST) {
			reader_wrong(reader, "a list of more than 50 values");
			return false;
		}
		if (!read_value(reader, &values[term->count++]))
			return false;
	} while (reader_takes(reader, ','));
	if (reader_takes(reader, ']'))
		return true;
	reader_wrong(reader, "',' or ']' expected");
	return false;
}

static bool read_attribute(struct reader *reader, struct rule *term)
{
	static const char prefix[] = "CustomSecurityAttribute.";

	reader_skip(reader);
	if (strncasecmp(reader->at, prefix, sizeof(prefix) - 1) != 0) {
		reader_wrong(reader, "CustomSecurityAttribute.SET_NAME, -not or '(' expected");
		return false;
	}
	reader->at += sizeof(prefix) - 1;
	const char *name = reader->at;
	size_t size = 0;
	while (word_goes_on(name[size]))
		size++;
	const char *bar = memchr(name, '_', size);
	if (bar == NULL || !attribute_named(name, (size_t)(bar - name)) ||
	    !attribute_named(bar + 1, size - (size_t)(bar + 1 - name))) {
		reader_wrong(reader, "SET_NAME expected, each of letters and digits");
		return false;
	}
	reader->at += size;
	term->attribute = text_part(reader->arena, name, size);
	return true;
}

static bool read_test(struct reader *reader, struct rule *term)
{
	static const struct { const char *word; enum rule_test test; bool not; } tests[] = {
		{ "-eq", TEST_EQUAL, false }, { "-ne", TEST_EQUAL, true },
		{ "-in", TEST_IN, false }, { "-notIn", TEST_IN, true },
		{ "-contains", TEST_CONTAINS, false }, { "-notContains", TEST_CONTAINS, true },
		{ "-startsWith", TEST_STARTS, false }, { "-notStartsWith", TEST_STARTS, true },
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (reader_word(reader, tests[i].word)) {
			term->test = tests[i].test;
			term->not = tests[i].not;
			return true;
		}
	reader_wrong(reader, "an operator expected: -eq, -ne, -in, -notIn, -contains, -notContains, "
	    "-startsWith, -notStartsWith");
	return false;
}

static const struct rule *read_term(struct reader *reader)
{
	struct rule *term = rule_new(reader, RULE_TERM, NULL, NULL);
	struct value *value = arena_alloc(reader->arena, sizeof(*value));

	if (++reader->terms > RULE_TERMS_MOST)
		return reader_wrong(reader, "more than 64 comparisons");
	if (!read_attribute(reader, term) || !read_test(reader, term))
		return NULL;
	if (term->test == TEST_IN)
		return read_values(reader, term) ? term : NULL;
	if (!read_value(reader, value))
		return NULL;
	if (term->test != TEST_EQUAL && value->type != ATTRIBUTE_TEXT)
		return reader_wrong(reader, "this operator takes a \"text\"");
	term->values = value;
	term->count = 1;
	return term;
}

static const struct rule *read_or(struct reader *reader);

static const struct rule *read_not(struct reader *reader)
{
	const struct rule *rule;
	bool not = false;

	while (reader_word(reader, "-not"))
		not = !not;
	if (!reader_takes(reader, '(')) {
		rule = read_term(reader);
	} else if (++reader->depth > RULE_DEPTH_MOST) {
		return reader_wrong(reader, "more than 16 parentheses in each other");
	} else {
		rule = read_or(reader);
		reader->depth--;
		if (rule != NULL && !reader_takes(reader, ')'))
			return reader_wrong(reader, "-and, -or or ')' expected");
	}
	return rule != NULL && not ? rule_new(reader, RULE_NOT, rule, NULL) : rule;
}

static const struct rule *read_and(struct reader *reader)
{
	const struct rule *left = read_not(reader);

	while (left != NULL && reader_word(reader, "-and")) {
		const struct rule *right = read_not(reader);
		left = right != NULL ? rule_new(reader, RULE_AND, left, right) : NULL;
	}
	return left;
}

static const struct rule *read_or(struct reader *reader)
{
	const struct rule *left = read_and(reader);

	while (left != NULL && reader_word(reader, "-or")) {
		const struct rule *right = read_and(reader);
		left = right != NULL ? rule_new(reader, RULE_OR, left, right) : NULL;
	}
	return left;
}

const struct rule *rule_parse(struct arena *arena, const char *text, const char **out_why)
{
	struct reader reader = { .arena = arena, .text = text, .at = text };
	const struct rule *rule = NULL;

	if (strlen(text) > RULE_MOST) {
		*out_why = text_print(arena, "longer than %u bytes", RULE_MOST);
		return NULL;
	}
	rule = read_or(&reader);
	reader_skip(&reader);
	if (rule != NULL && *reader.at != '\0')
		rule = reader_wrong(&reader, "-and, -or or the end expected");
	if (rule == NULL)
		*out_why = reader.why;
	return rule;
}

static bool value_is(const struct attribute *attribute, const struct value *value)
{
	if (attribute->type != value->type)
		return false;
	return value->type == ATTRIBUTE_TEXT ? strcmp(attribute->texts[0], value->text) == 0 :
	    attribute->number == value->number;
}

static bool value_among(const struct attribute *attribute, const struct value *value)
{
	for (size_t i = 0; i < attribute->count; i++)
		if (value->type == ATTRIBUTE_TEXT && strcmp(attribute->texts[i], value->text) == 0)
			return true;
	return false;
}

static bool term_in(const struct rule *term, const struct attribute *attribute)
{
	for (size_t i = 0; i < term->count; i++)
		if (attribute->type == ATTRIBUTE_TEXTS ? value_among(attribute, &term->values[i]) :
		    value_is(attribute, &term->values[i]))
			return true;
	return false;
}

static bool term_holds(const struct rule *term, const struct attribute *attribute)
{
	switch (term->test) {
	case TEST_EQUAL:
		return value_is(attribute, term->values);
	case TEST_IN:
		return term_in(term, attribute);
	case TEST_CONTAINS:
		return attribute->type == ATTRIBUTE_TEXTS && value_among(attribute, term->values);
	case TEST_STARTS:
		return attribute->type == ATTRIBUTE_TEXT && strncmp(attribute->texts[0],
		    term->values->text, strlen(term->values->text)) == 0;
	}
	return false;
}

bool rule_holds(const struct rule *rule, const struct attributes *attributes)
{
	const struct attribute *attribute;

	switch (rule->kind) {
	case RULE_AND:
		return rule_holds(rule->left, attributes) && rule_holds(rule->right, attributes);
	case RULE_OR:
		return rule_holds(rule->left, attributes) || rule_holds(rule->right, attributes);
	case RULE_NOT:
		return !rule_holds(rule->left, attributes);
	case RULE_TERM:
		break;
	}
	attribute = attribute_find(attributes, rule->attribute);
	return (attribute != NULL && term_holds(rule, attribute)) != rule->not;
}
