/* filter_parse.c - the text of a filter into a tree, by recursive descent */
#include "model/filter_tree.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/filter_word.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct filter *read_or(struct filter_reader *reader);

static struct filter *filter_node(struct filter_reader *reader, enum filter_kind kind,
    struct filter *left, struct filter *right)
{
	struct filter *filter = arena_alloc(reader->arena, sizeof(*filter));

	if (left == NULL || (right == NULL && (kind == FILTER_AND || kind == FILTER_OR)))
		return NULL;
	*filter = (struct filter){ .kind = kind, .left = left, .right = right };
	return filter;
}

/* One more level; false: too deep. */
static bool filter_down(struct filter_reader *reader)
{
	if (reader->depth++ < FILTER_DEPTH)
		return true;
	filter_wrong(reader, "nested deeper than %u", FILTER_DEPTH);
	return false;
}

static bool filter_expect(struct filter_reader *reader, enum filter_token token, const char *what)
{
	if (reader->token == token) {
		filter_next(reader);
		return reader->token != TOKEN_WRONG;
	}
	filter_wrong(reader, "%s is missing", what);
	return false;
}

/* Values. */

static bool value_number(const char *word, struct filter_value *value)
{
	char *end;

	errno = 0;
	value->number = strtoll(word, &end, 10);
	if (*end == '\0' && errno == 0) {
		value->type = FILTER_NUMBER;
		return true;
	}
	value->real = strtod(word, &end);
	value->type = FILTER_REAL;
	return *end == '\0' && strspn(word, "0123456789+-.eE") == strlen(word);
}

static bool value_word(const char *word, struct filter_value *value)
{
	struct sp_id id;

	if (strcmp(word, "null") == 0) {
		value->type = FILTER_NULL;
	} else if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
		value->type = FILTER_FLAG;
		value->number = word[0] == 't';
	} else if (text_time_read(word, &value->number)) {
		value->type = FILTER_TIME;
	} else if (id_parse(word, &id)) {
		value->type = FILTER_TEXT;
		value->text = word;
	} else {
		return value_number(word, value);
	}
	return true;
}

static bool read_value(struct filter_reader *reader, struct filter_value *out_value)
{
	struct filter_value value = { .type = FILTER_TEXT, .text = reader->word };

	if (reader->token == TOKEN_WORD ? value_word(reader->word, &value) :
	    reader->token == TOKEN_TEXT) {
		filter_next(reader);
		*out_value = value;
		return reader->token != TOKEN_WRONG;
	}
	filter_wrong(reader, "a value is missing: 'text', a number, a time such as "
	    "2026-11-24T00:00:00Z, an id, true, false or null");
	return false;
}

/* Comparisons. */

static bool read_path(struct filter_reader *reader, struct filter_path *out_path)
{
	struct filter_path path = { .names = { reader->word }, .count = 1 };

	if (reader->variable != NULL && strcmp(reader->variable, reader->word) == 0) {
		path.scope = 1;
		path.count = 0;
	}
	filter_next(reader);
	while (reader->token == TOKEN_SLASH) {
		filter_next(reader);
		if (reader->token != TOKEN_WORD || path.count == FILTER_SEGMENTS) {
			filter_wrong(reader, "no name follows the \"/\", or the path is too long");
			return false;
		}
		path.names[path.count++] = reader->word;
		filter_next(reader);
	}
	*out_path = path;
	return reader->token != TOKEN_WRONG;
}

static struct filter *filter_leaf(struct filter_reader *reader, enum filter_kind kind,
    const struct filter_path *path)
{
	struct filter *filter = arena_alloc(reader->arena, sizeof(*filter));

	*filter = (struct filter){ .kind = kind, .path = *path };
	if (reader->terms++ < FILTER_TERMS)
		return filter;
	filter_wrong(reader, "more than %u comparisons", FILTER_TERMS);
	return NULL;
}

/* list in ('a','b') is one comparison for each. */
static struct filter *read_in(struct filter_reader *reader, const struct filter_path *path)
{
	struct filter *all = NULL;

	if (!filter_expect(reader, TOKEN_OPEN, "\"(\""))
		return NULL;
	for (;;) {
		struct filter *one = filter_leaf(reader, FILTER_COMPARE, path);
		if (one == NULL || !read_value(reader, &one->value))
			return NULL;
		one->operator = FILTER_EQ;
		all = all == NULL ? one : filter_node(reader, FILTER_OR, all, one);
		if (reader->token != TOKEN_COMMA)
			break;
		filter_next(reader);
	}
	return filter_expect(reader, TOKEN_CLOSE, "\")\"") ? all : NULL;
}

static enum filter_operator operator_of(const struct filter_reader *reader)
{
	static const char *const names[] = {
		[FILTER_EQ] = "eq", [FILTER_NE] = "ne", [FILTER_GT] = "gt", [FILTER_GE] = "ge",
		[FILTER_LT] = "lt", [FILTER_LE] = "le",
	};

	for (size_t i = FILTER_EQ; reader->token == TOKEN_WORD && i <= FILTER_LE; i++)
		if (strcmp(reader->word, names[i]) == 0)
			return (enum filter_operator)i;
	return FILTER_NO_OPERATOR;
}

/* What has an order; a time may be quoted, too. */
static bool value_ordered(struct filter_value *value)
{
	if (value->type == FILTER_TEXT && text_time_read(value->text, &value->number))
		value->type = FILTER_TIME;
	return value->type == FILTER_NUMBER || value->type == FILTER_REAL ||
	    value->type == FILTER_TIME;
}

static struct filter *read_comparison(struct filter_reader *reader,
    const struct filter_path *path)
{
	enum filter_operator operator = operator_of(reader);

	if (reader->token == TOKEN_WORD && strcmp(reader->word, "in") == 0) {
		filter_next(reader);
		return read_in(reader, path);
	}
	if (operator == FILTER_NO_OPERATOR) {
		filter_wrong(reader, "one of eq, ne, gt, ge, lt, le and in is due here");
		return NULL;
	}
	struct filter *filter = filter_leaf(reader, FILTER_COMPARE, path);
	filter_next(reader);
	size_t from = reader->from;
	if (filter == NULL || !read_value(reader, &filter->value))
		return NULL;
	filter->operator = operator;
	if (operator <= FILTER_NE || value_ordered(&filter->value))
		return filter;
	reader->from = from;
	filter_wrong(reader, "gt, ge, lt and le are offered for numbers and times");
	return NULL;
}

static struct filter *read_begins(struct filter_reader *reader)
{
	struct filter_path path;

	filter_next(reader);
	if (!filter_expect(reader, TOKEN_OPEN, "\"(\""))
		return NULL;
	if (reader->token != TOKEN_WORD) {
		filter_wrong(reader, "a property is due here");
		return NULL;
	}
	if (!read_path(reader, &path) || !filter_expect(reader, TOKEN_COMMA, "\",\""))
		return NULL;
	struct filter *filter = filter_leaf(reader, FILTER_BEGINS, &path);
	if (filter != NULL && reader->token != TOKEN_TEXT) {
		filter_wrong(reader, "a 'text' is due here");
		return NULL;
	}
	if (filter == NULL || !read_value(reader, &filter->value) ||
	    !filter_expect(reader, TOKEN_CLOSE, "\")\""))
		return NULL;
	return filter;
}

/* After the path: (x: ...) */
static struct filter *read_any(struct filter_reader *reader, const struct filter_path *path)
{
	if (reader->variable != NULL) {
		filter_wrong(reader, "any() in any() is not offered");
		return NULL;
	}
	if (!filter_down(reader) || !filter_expect(reader, TOKEN_OPEN, "\"(\""))
		return NULL;
	if (reader->token != TOKEN_WORD) {
		filter_wrong(reader, "any() begins with a name: any(x:x eq 'text')");
		return NULL;
	}
	reader->variable = reader->word;
	filter_next(reader);
	struct filter *inner = filter_expect(reader, TOKEN_COLON, "\":\"") ? read_or(reader) :
	    NULL;
	if (inner == NULL || !filter_expect(reader, TOKEN_CLOSE, "\")\""))
		return NULL;
	reader->variable = NULL;
	reader->depth--;
	struct filter *filter = filter_node(reader, FILTER_ANY, inner, NULL);
	filter->path = *path;
	return filter;
}

static struct filter *read_property(struct filter_reader *reader)
{
	struct filter_path path;
	size_t from = reader->from;

	if (!read_path(reader, &path))
		return NULL;
	if (reader->token != TOKEN_OPEN)
		return read_comparison(reader, &path);
	const char *last = path.count > 0 ? path.names[path.count - 1] : "";
	if (path.count > (path.scope > 0 ? 0u : 1u) && strcmp(last, "any") == 0) {
		path.count--;
		return read_any(reader, &path);
	}
	reader->from = from;
	filter_wrong(reader, "'%s()' is not offered: startswith() and list/any() are", last);
	return NULL;
}

static struct filter *read_one(struct filter_reader *reader)
{
	struct filter *filter;

	if (reader->token == TOKEN_WORD && strcmp(reader->word, "startswith") == 0)
		return read_begins(reader);
	if (reader->token == TOKEN_WORD && strcmp(reader->word, "not") != 0)
		return read_property(reader);
	if (reader->token != TOKEN_OPEN && reader->token != TOKEN_WORD) {
		filter_wrong(reader, "a comparison is due here, such as state eq 'enabled'");
		return NULL;
	}
	bool not = reader->token == TOKEN_WORD;
	if (!filter_down(reader))
		return NULL;
	filter_next(reader);
	filter = not ? read_one(reader) : read_or(reader);
	reader->depth--;
	if (not)
		return filter_node(reader, FILTER_NOT, filter, NULL);
	return filter != NULL && filter_expect(reader, TOKEN_CLOSE, "\")\"") ? filter : NULL;
}

static bool filter_at(const struct filter_reader *reader, const char *word)
{
	return reader->token == TOKEN_WORD && strcmp(reader->word, word) == 0;
}

static struct filter *read_and(struct filter_reader *reader)
{
	struct filter *filter = read_one(reader);

	while (filter != NULL && filter_at(reader, "and")) {
		filter_next(reader);
		filter = filter_node(reader, FILTER_AND, filter, read_one(reader));
	}
	return filter;
}

static struct filter *read_or(struct filter_reader *reader)
{
	struct filter *filter = read_and(reader);

	while (filter != NULL && filter_at(reader, "or")) {
		filter_next(reader);
		filter = filter_node(reader, FILTER_OR, filter, read_and(reader));
	}
	return filter;
}

bool filter_parse(struct arena *arena, const char *text, struct filter **out_filter,
    struct sp_error *out_error)
{
	struct filter_reader reader = { .arena = arena, .error = out_error };
	size_t size = strnlen(text, FILTER_SIZE + 1);

	if (size > FILTER_SIZE || !text_utf8(text, size)) {
		filter_wrong(&reader, "longer than %u bytes, or no UTF-8", FILTER_SIZE);
		return false;
	}
	reader.text = text_copy(arena, text);
	filter_next(&reader);
	struct filter *filter = read_or(&reader);
	if (filter != NULL && reader.token != TOKEN_END) {
		filter_wrong(&reader, "and, or, or the end is due here");
		return false;
	}
	if (filter != NULL)
		*out_filter = filter;
	return filter != NULL;
}
