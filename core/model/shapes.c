#include "model/shapes.h"

#include "base/text.h"

#include <string.h>

const struct shape *shapes_of(enum document_kind kind)
{
	static const struct shape *const shapes[DOCUMENT_KINDS] = {
		[DOCUMENT_TENANT] = tenant_shape, [DOCUMENT_APP] = app_shape,
		[DOCUMENT_FLOW] = flow_shape, [DOCUMENT_POLICY] = policy_shape,
		[DOCUMENT_METHOD] = method_shape, [DOCUMENT_GROUP] = group_shape,
		[DOCUMENT_CONTEXT] = context_shape, [DOCUMENT_LOCATION] = location_shape,
	};

	return kind < DOCUMENT_KINDS ? shapes[kind] : NULL;
}

static json_t *schema_words(const char *words)
{
	json_t *list = json_array();

	for (size_t size; words != NULL && *words != '\0'; words += size + (words[size] == ' ')) {
		size = strcspn(words, " ");
		json_array_append_new(list, json_stringn(words, size));
	}
	return list;
}

static json_t *schema_text(const struct shape *shape)
{
	enum { TEXT_MOST = 256 };
	json_t *schema = json_pack("{s:s, s:I}", "type", "string", "maxLength",
	    (json_int_t)(shape->max > 0 ? shape->max : TEXT_MOST));

	if (shape->min > 0)
		json_object_set_new(schema, "minLength", json_integer(shape->min));
	return schema;
}

/* One of the words, or an id; either may be missing. */
static json_t *schema_named(const struct shape *shape)
{
	json_t *id = json_pack("{s:s, s:s}", "type", "string", "format", "uuid");

	if (shape->type == SHAPE_ID || shape->words == NULL)
		return id;
	json_t *words = json_pack("{s:s, s:o}", "type", "string", "enum", schema_words(shape->words));
	if (shape->type == SHAPE_NAME)
		return json_pack("{s:[o,o]}", "anyOf", words, id);
	json_decref(id);
	return words;
}

/* Nothing, in whatever form: null, [], {} or "". */
static json_t *schema_not(void)
{
	return json_pack("{s:[{s:s},{s:s,s:i},{s:s,s:i},{s:s,s:i}]}", "anyOf", "type", "null",
	    "type", "array", "maxItems", 0, "type", "object", "maxProperties", 0,
	    "type", "string", "maxLength", 0);
}

static json_t *schema_one(const struct shape *shape)
{
	switch (shape->type) {
	case SHAPE_TEXT:
		return schema_text(shape);
	case SHAPE_FLAG:
		return json_pack("{s:s}", "type", "boolean");
	case SHAPE_NUMBER:
		return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum",
		    (json_int_t)shape->min, "maximum", (json_int_t)shape->max);
	case SHAPE_TIME:
		return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
	case SHAPE_ID: case SHAPE_WORD: case SHAPE_NAME:
		return schema_named(shape);
	case SHAPE_OBJECT:
		return shapes_schema(shape->members);
	case SHAPE_ANY:
		return json_pack("{s:s}", "type", "object");
	default:
		return schema_not();
	}
}

/* What is there in words, as its own type. */
static json_t *schema_fallback(const struct shape *shape)
{
	if (shape->type == SHAPE_FLAG)
		return json_boolean(strcmp(shape->fallback, "true") == 0);
	if (shape->type != SHAPE_NUMBER)
		return json_string(shape->fallback);
	return json_loads(shape->fallback, JSON_DECODE_ANY, NULL);
}

static json_t *schema_property(const struct shape *shape)
{
	json_t *schema = schema_one(shape);

	if (shape->list)
		schema = json_pack("{s:s, s:o, s:I}", "type", "array", "items", schema, "maxItems",
		    (json_int_t)(shape->most > 0 ? shape->most : SHAPE_MOST));
	if (!shape->must && shape->type != SHAPE_NOT)
		schema = json_pack("{s:[o,{s:s}]}", "anyOf", schema, "type", "null");
	if (shape->fallback != NULL && !shape->list)
		json_object_set_new(schema, "default", schema_fallback(shape));
	if (shape->help != NULL)
		json_object_set_new(schema, "description", json_string(shape->help));
	return schema;
}

/* Annotations are passed over, here and there: "@odata.etag". */
json_t *shapes_schema(const struct shape *members)
{
	json_t *properties = json_object();

	for (const struct shape *shape = members; shape != NULL && shape->type != SHAPE_END; shape++)
		json_object_set_new(properties, shape->name, schema_property(shape));
	return json_pack("{s:s, s:o, s:{s:b}, s:b}", "type", "object", "properties", properties,
	    "patternProperties", "@", 1, "additionalProperties", 0);
}

json_t *shapes_required(const struct shape *members)
{
	json_t *required = json_array();

	/* The server gives ids. */
	for (const struct shape *shape = members; shape != NULL && shape->type != SHAPE_END; shape++)
		if (shape->must && !(shape->type == SHAPE_ID && text_word("id appId", shape->name)))
			json_array_append_new(required, json_string(shape->name));
	return required;
}

