#include "base/json.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_place { int line, column, depth; };

/* Before jansson, which would go down 2,048 levels. Strings are skipped; what is wrong
 * in other ways is left to jansson. */
static bool json_shallow(const char *text, size_t size, struct json_place *place)
{
	bool quoted = false;

	*place = (struct json_place){ .line = 1 };
	for (size_t i = 0; i < size; i++, place->column++) {
		char c = text[i];
		if (c == '\n')
			*place = (struct json_place){ place->line + 1, 0, place->depth };
		else if (c == '\\' && quoted)
			i++, place->column++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++place->depth > JSON_DEPTH)
			return false;
		else if (!quoted && (c == ']' || c == '}'))
			place->depth--;
	}
	return true;
}

/* Without the bit of input that jansson quotes: it may be a password. */
static void json_explain(const json_error_t *error, struct sp_error *out_error)
{
	const char *quote = strstr(error->text, " near '");
	size_t length = quote != NULL ? (size_t)(quote - error->text) : strlen(error->text);

	snprintf(out_error->text, sizeof(out_error->text), "line %d, column %d: %.*s",
	    error->line, error->column, (int)length, error->text);
}

json_t *json_read(const char *text, size_t size, struct sp_error *out_error)
{
	struct json_place place;
	json_error_t error;

	if (!json_shallow(text, size, &place)) {
		snprintf(out_error->text, sizeof(out_error->text),
		    "line %d, column %d: nested deeper than %d", place.line,
		    place.column + 1, JSON_DEPTH);
		return NULL;
	}
	json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		json_explain(&error, out_error);
	return json;
}

static char *json_dump_as(struct arena *arena, const json_t *json, size_t flags)
{
	flags |= JSON_ENCODE_ANY;
	size_t size = json_dumpb(json, NULL, 0, flags);
	if (size == 0)
		abort();	/* NULL, or a ring of objects: ours, never a visitor's */
	char *text = arena_alloc(arena, size + 1);
	json_dumpb(json, text, size, flags);
	return text;
}

char *json_write(struct arena *arena, const json_t *json)
{
	return json_dump_as(arena, json, JSON_COMPACT);
}

char *json_write_pretty(struct arena *arena, const json_t *json)
{
	return json_dump_as(arena, json, JSON_INDENT(2));
}

const char *json_text(const json_t *object, const char *name, const char *fallback)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : fallback;
}

bool json_flag(const json_t *object, const char *name, bool fallback)
{
	const json_t *value = json_object_get(object, name);

	return json_is_boolean(value) ? json_is_true(value) : fallback;
}

int64_t json_number(const json_t *object, const char *name, int64_t fallback)
{
	const json_t *value = json_object_get(object, name);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}
