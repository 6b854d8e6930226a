#include "model/attribute.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/shape.h"

#include <string.h>

#define MEMBER "customSecurityAttributes"
#define VALUE_MOST 64u	/* characters, as in the original */

bool attribute_named(const char *text, size_t size)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	if (size == 0 || size > ATTRIBUTE_NAME_MOST || memchr("0123456789", text[0], 10) != NULL)
		return false;
	for (size_t i = 0; i < size; i++)
		if (memchr(plain, text[i], sizeof(plain) - 1) == NULL)
			return false;
	return true;
}

static bool attribute_text(const json_t *value)
{
	const char *text = json_string_value(value);

	return text != NULL && text[0] != '\0' && text_plain(text) &&
	    text_characters(text) <= VALUE_MOST;
}

/* NULL: it is one. */
static const char *value_wrong(const json_t *value)
{
	json_t *one;
	size_t index;

	if (json_is_boolean(value) || json_is_integer(value) || attribute_text(value))
		return NULL;
	if (json_is_string(value))
		return "is empty, longer than 64 characters, or has control characters";
	if (!json_is_array(value))
		return "not a text, a whole number, true or false, or a list of texts";
	if (json_array_size(value) == 0 || json_array_size(value) > ATTRIBUTE_VALUES_MOST)
		return "an empty list, or one of more than 50";
	json_array_foreach(value, index, one)
		if (!attribute_text(one))
			return "a list holds texts of 1 to 64 characters and nothing else";
	return NULL;
}

/* Who may have written any name is told without it. */
static const char *place_of(struct arena *arena, const char *set, const char *name)
{
	if (!attribute_named(set, strlen(set)))
		return MEMBER;
	if (name == NULL || !attribute_named(name, strlen(name)))
		return text_print(arena, MEMBER ".%s", set);
	return text_print(arena, MEMBER ".%s.%s", set, name);
}

static bool annotation(const char *name)
{
	return strstr(name, "@odata.") != NULL;
}

/* What stays of a set, as a new reference. */
static json_t *set_check(const char *set, const json_t *given, struct document_errors *errors)
{
	json_t *kept = json_object(), *value;
	const char *name, *why;

	json_object_foreach((json_t *)(uintptr_t)given, name, value) {
		if (annotation(name) || json_is_null(value))
			continue;
		why = !attribute_named(name, strlen(name)) ? "an attribute's name is letters and "
		    "digits, 32 at most" : value_wrong(value);
		if (why != NULL)
			document_wrong(errors, place_of(errors->arena, set, name), "InvalidValue",
			    "%s", why);
		else
			json_object_set(kept, name, value);
	}
	return kept;
}

void attributes_check(json_t *canonical, struct document_errors *errors)
{
	const json_t *given = json_object_get(canonical, MEMBER);
	json_t *kept, *value;
	size_t count = 0;
	const char *set;

	if (!json_is_object(given))
		return;
	kept = json_object();
	json_object_foreach((json_t *)(uintptr_t)given, set, value) {
		if (annotation(set) || json_is_null(value))
			continue;
		if (!attribute_named(set, strlen(set)) || !json_is_object(value)) {
			document_wrong(errors, place_of(errors->arena, set, NULL), "InvalidValue",
			    "a set has a name of letters and digits, 32 at most, and attributes");
			continue;
		}
		json_t *one = set_check(set, value, errors);
		count += json_object_size(one);
		if (json_object_size(one) > 0)
			json_object_set(kept, set, one);
		json_decref(one);
	}
	if (count > ATTRIBUTES_MOST)
		document_wrong(errors, MEMBER, "TooMany", "more than %u", ATTRIBUTES_MOST);
	json_object_set_new(canonical, MEMBER, count > 0 ? kept : json_null());
	if (count == 0)
		json_decref(kept);
}

static void compile_value(struct arena *arena, const json_t *value, struct attribute *attribute)
{
	const char **texts;

	if (json_is_array(value)) {
		attribute->type = ATTRIBUTE_TEXTS;
		attribute->count = shape_texts(arena, value, &attribute->texts);
	} else if (json_is_string(value)) {
		attribute->type = ATTRIBUTE_TEXT;
		texts = arena_alloc(arena, sizeof(*texts));
		texts[0] = text_copy(arena, json_string_value(value));
		attribute->texts = texts;
		attribute->count = 1;
	} else if (json_is_boolean(value)) {
		attribute->type = ATTRIBUTE_FLAG;
		attribute->number = json_is_true(value);
	} else {
		attribute->type = ATTRIBUTE_NUMBER;
		attribute->number = json_integer_value(value);
	}
}

struct attributes attributes_compile(struct arena *arena, const json_t *document)
{
	json_t *sets = json_object_get(document, MEMBER), *set, *value;
	size_t room = 0, count = 0;
	const char *of, *name;

	json_object_foreach(sets, of, set)
		room += json_object_size(set);
	struct attribute *all = arena_alloc(arena, (room + 1) * sizeof(*all));
	json_object_foreach(sets, of, set)
		json_object_foreach(set, name, value) {
			all[count].name = text_print(arena, "%s_%s", of, name);
			compile_value(arena, value, &all[count++]);
		}
	return (struct attributes){ count, all };
}

const struct attribute *attribute_find(const struct attributes *attributes, const char *name)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (strcmp(attributes->all[i].name, name) == 0)
			return &attributes->all[i];
	return NULL;
}
