#include "model/shape.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where we are, from the inside out: spelled only when something is wrong. */
struct shape_place {
	const struct shape_place *up;
	const char *name;	/* NULL: an element */
	size_t index;
	struct document_errors *errors;
};

/* A name that a visitor chose is shown only when it is short and plain. */
static const char *shape_safe(const char *name)
{
	return strlen(name) <= 64 && text_plain(name) ? name : "?";
}

static const char *shape_path(const struct shape_place *place)
{
	struct arena *arena = place->errors->arena;

	if (place->up == NULL)
		return place->name;
	const char *up = shape_path(place->up);
	if (place->name == NULL)
		return text_print(arena, "%s[%zu]", up, place->index);
	return text_print(arena, "%s%s%s", up, up[0] != '\0' ? "." : "", shape_safe(place->name));
}

static void shape_wrong(const struct shape_place *place, const char *code, const char *text)
{
	document_wrong(place->errors, shape_path(place), code, "%s", text);
}

static json_t *shape_text(const struct shape *shape, const json_t *value,
    const struct shape_place *place)
{
	const char *text = json_string_value(value);
	int64_t max = shape->max > 0 ? shape->max : 256;

	if (text == NULL)
		shape_wrong(place, "InvalidType", "not a text");
	else if (!text_plain(text))
		shape_wrong(place, "InvalidValue", "has control characters");
	else if ((int64_t)text_characters(text) < shape->min)
		shape_wrong(place, "InvalidValue", "is empty");
	else if ((int64_t)text_characters(text) > max)
		document_wrong(place->errors, shape_path(place), "TooLong",
		    "longer than %lld characters", (long long)max);
	else
		return json_string(text);
	return NULL;
}

static json_t *shape_number(const struct shape *shape, const json_t *value,
    const struct shape_place *place)
{
	if (!json_is_integer(value)) {
		shape_wrong(place, "InvalidType", "not a whole number");
		return NULL;
	}
	int64_t number = json_integer_value(value);
	if (number >= shape->min && number <= shape->max)
		return json_integer(number);
	document_wrong(place->errors, shape_path(place), "OutOfRange", "not in %lld to %lld",
	    (long long)shape->min, (long long)shape->max);
	return NULL;
}

/* The word as the table spells it. */
static json_t *shape_word(const char *words, const char *text)
{
	size_t length = strlen(text), next;

	for (const char *at = words; length > 0 && *at != '\0'; at += next + (at[next] == ' ')) {
		next = strcspn(at, " ");
		if (next == length && strncasecmp(at, text, length) == 0)
			return json_stringn(at, next);
	}
	return NULL;
}

static json_t *shape_id(const char *text)
{
	char lower[ID_TEXT];
	struct sp_id id;

	if (!id_parse(text, &id))
		return NULL;
	id_format(id, lower);
	return json_string(lower);
}

static json_t *shape_named(const struct shape *shape, const json_t *value,
    const struct shape_place *place)
{
	const char *text = json_string_value(value);
	json_t *named = NULL;

	if (text != NULL && shape->words != NULL)
		named = shape_word(shape->words, text);
	if (text != NULL && named == NULL && shape->type != SHAPE_WORD)
		named = shape_id(text);
	if (named != NULL)
		return named;
	if (shape->type == SHAPE_ID)
		shape_wrong(place, "InvalidValue", "not an id");
	else
		document_wrong(place->errors, shape_path(place), "InvalidValue", "not %sone of: %s",
		    shape->type == SHAPE_NAME ? "an id, nor " : "", shape->words);
	return NULL;
}

static json_t *shape_time(const json_t *value, const struct shape_place *place)
{
	const char *text = json_string_value(value);
	int64_t ms;

	if (text != NULL && text_time_read(text, &ms))
		return json_string(text);
	shape_wrong(place, "InvalidValue", "not a time such as 2026-11-24T07:51:33Z");
	return NULL;
}

static json_t *shape_object(const struct shape *members, const json_t *value,
    const struct shape_place *place);

/* NULL: told. */
static json_t *shape_one(const struct shape *shape, const json_t *value,
    const struct shape_place *place)
{
	switch (shape->type) {
	case SHAPE_TEXT:
		return shape_text(shape, value, place);
	case SHAPE_NUMBER:
		return shape_number(shape, value, place);
	case SHAPE_TIME:
		return shape_time(value, place);
	case SHAPE_ID: case SHAPE_WORD: case SHAPE_NAME:
		return shape_named(shape, value, place);
	case SHAPE_OBJECT:
		return shape_object(shape->members, value, place);
	case SHAPE_FLAG:
		if (json_is_boolean(value))
			return json_boolean(json_is_true(value));
		shape_wrong(place, "InvalidType", "not true or false");
		return NULL;
	case SHAPE_ANY:
		if (json_is_object(value))
			return json_deep_copy(value);
		shape_wrong(place, "InvalidType", "not an object");
		return NULL;
	case SHAPE_NOT:
		shape_wrong(place, "NotSupported", shape->help);
		return NULL;
	case SHAPE_END:
		break;
	}
	abort();
}

static bool shape_among(const json_t *list, const json_t *value)
{
	size_t i;
	json_t *other;

	json_array_foreach(list, i, other)
		if (json_equal(other, value))
			return true;
	return false;
}

/* What is said twice is kept once. */
static json_t *shape_list(const struct shape *shape, const json_t *value,
    const struct shape_place *place)
{
	size_t i, most = shape->most > 0 ? shape->most : SHAPE_MOST;
	json_t *list = json_array(), *element;

	if (!json_is_array(value))
		shape_wrong(place, "InvalidType", "not an array");
	else if (shape->must && json_array_size(value) == 0)
		shape_wrong(place, "Required", "is empty");
	else if (json_array_size(value) > most)
		document_wrong(place->errors, shape_path(place), "TooMany", "more than %zu", most);
	else json_array_foreach(value, i, element) {
		struct shape_place at = { place, NULL, i, place->errors };
		json_t *one = shape_one(shape, element, &at);
		if (one == NULL || shape_among(list, one))
			json_decref(one);
		else
			json_array_append_new(list, one);
	}
	return list;
}

static json_t *shape_fallback(const struct shape *shape, const struct shape_place *place)
{
	if (shape->must)
		shape_wrong(place, "Required", "is missing");
	if (shape->list)
		return json_array();
	if (shape->whole) {
		json_t *empty = json_object(), *object = shape_object(shape->members, empty, place);
		json_decref(empty);
		return object;
	}
	if (shape->fallback == NULL)
		return json_null();
	if (shape->type == SHAPE_FLAG)
		return json_boolean(text_same(shape->fallback, "true"));
	if (shape->type == SHAPE_NUMBER)
		return json_integer(strtoll(shape->fallback, NULL, 10));
	return json_string(shape->fallback);
}

static json_t *shape_member(const struct shape *shape, const json_t *value,
    const struct shape_place *place)
{
	if (value == NULL || json_is_null(value))
		return shape_fallback(shape, place);
	if (shape->type == SHAPE_NOT && json_is_array(value) && json_array_size(value) == 0)
		return shape_fallback(shape, place);
	if (shape->list)
		return shape_list(shape, value, place);
	json_t *one = shape_one(shape, value, place);
	return one != NULL ? one : json_deep_copy(value);
}

static const struct shape *shape_find(const struct shape *members, const char *name)
{
	for (; members->name != NULL; members++)
		if (strcmp(members->name, name) == 0)
			return members;
	return NULL;
}

/* "@odata.context", "createdDateTime@odata.type". */
static bool shape_annotation(const char *name)
{
	return strstr(name, "@odata.") != NULL;
}

static json_t *shape_object(const struct shape *members, const json_t *value,
    const struct shape_place *place)
{
	json_t *canonical = json_object(), *member;
	const char *name;

	if (!json_is_object(value)) {
		shape_wrong(place, "InvalidType", "not an object");
		return canonical;
	}
	json_object_foreach((json_t *)(uintptr_t)value, name, member) {
		struct shape_place at = { place, name, 0, place->errors };
		if (shape_find(members, name) == NULL && !shape_annotation(name))
			shape_wrong(&at, "UnknownProperty", "no such property");
	}
	for (; members->name != NULL; members++) {
		struct shape_place at = { place, members->name, 0, place->errors };
		json_object_set_new(canonical, members->name,
		    shape_member(members, json_object_get(value, members->name), &at));
	}
	return canonical;
}

json_t *shape_check(const struct shape *members, const json_t *document,
    struct document_errors *errors)
{
	struct shape_place root = { NULL, "", 0, errors };

	return shape_object(members, document, &root);
}

json_t *shape_end(json_t *canonical, size_t before, struct document_errors *errors)
{
	if (errors->count == before && json_dumpb(canonical, NULL, 0, JSON_COMPACT) > SHAPE_SIZE)
		document_wrong(errors, "", "TooLong", "larger than %u bytes", SHAPE_SIZE);
	if (errors->count == before)
		return canonical;
	json_decref(canonical);
	return NULL;
}

const json_t *shape_at(const json_t *document, ...)
{
	const char *name;
	va_list names;

	va_start(names, document);
	while (document != NULL && (name = va_arg(names, const char *)) != NULL)
		document = json_object_get(document, name);
	va_end(names);
	return document;
}

bool shape_ids(struct arena *arena, const json_t *list, struct sp_ids *out_ids)
{
	struct sp_id *ids = arena_alloc(arena, json_array_size(list) * sizeof(ids[0]));
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (!id_parse(json_string_value(one), &ids[i]))
			return false;
	*out_ids = (struct sp_ids){ id_sort(ids, json_array_size(list)), ids };
	return true;
}

size_t shape_texts(struct arena *arena, const json_t *list, const char *const **out_texts)
{
	const char **texts = arena_alloc(arena, json_array_size(list) * sizeof(*texts));
	size_t i, count = 0;
	json_t *one;

	json_array_foreach(list, i, one)
		if (json_is_string(one))
			texts[count++] = text_copy(arena, json_string_value(one));
	*out_texts = texts;
	return count;
}
