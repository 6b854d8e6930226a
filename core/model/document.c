#include "model/document.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/context.h"
#include "model/location.h"
#include "model/tenant.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void document_wrong(struct document_errors *errors, const char *path, const char *code,
    const char *format, ...)
{
	struct document_error *error = arena_alloc(errors->arena, sizeof(*error));
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	*error = (struct document_error){ .path = text_copy(errors->arena, path),
		.code = text_copy(errors->arena, code), .text = text_copy(errors->arena, text) };
	if (errors->last != NULL)
		errors->last->next = error;
	else
		errors->first = error;
	errors->last = error;
	errors->count++;
}

static const struct document_row rows[] = {
	{ DOCUMENT_TENANT, "tenant", "tenant", "/tenants", "id", "name", NULL, true, tenant_check },
	{ DOCUMENT_APP, "application", "applications", "/applications", "id", "appId",
	    "displayName", true, app_check },
	{ DOCUMENT_FLOW, "user flow", "userFlows", "/identity/authenticationEventsFlows", "id",
	    "displayName", NULL, true, userflow_check },
	{ DOCUMENT_POLICY, "policy", "conditionalAccessPolicies",
	    "/identity/conditionalAccess/policies", "id", "displayName", NULL, false,
	    policy_check },
	{ DOCUMENT_METHOD, "authentication method", "authenticationMethodConfigurations",
	    "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations", "id", "id",
	    NULL, true, method_check },
	{ DOCUMENT_GROUP, "group", "groups", "/groups", "id", "displayName", NULL, false,
	    group_check },
	{ DOCUMENT_CONTEXT, "authentication context", "authenticationContextClassReferences",
	    "/identity/conditionalAccess/authenticationContextClassReferences", "id", "id", NULL,
	    true, context_check },
	{ DOCUMENT_LOCATION, "named location", "namedLocations",
	    "/identity/conditionalAccess/namedLocations", "id", "displayName", NULL, false,
	    location_check },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct document_row *document_row(enum document_kind kind)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind == kind)
			return &rows[i];
	return NULL;
}

const struct document_row *document_section(const char *section)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].section, section) == 0)
			return &rows[i];
	return NULL;
}

/* A set, though it is an object: what a PATCH leaves out is gone, as in the original. */
static bool document_set(const char *name)
{
	return strcmp(name, "optionalClaims") == 0;
}

json_t *document_merge(const json_t *base, const json_t *patch)
{
	json_t *value;
	const char *name;

	if (!json_is_object(base) || !json_is_object(patch))
		return json_deep_copy(patch);
	json_t *merged = json_deep_copy(base);
	json_object_foreach((json_t *)(uintptr_t)patch, name, value)
		json_object_set_new(merged, name, document_set(name) ? json_deep_copy(value) :
		    document_merge(json_object_get(base, name), value));
	return merged;
}

/* A displayName is taken to the letter, all others are ids: "A1" and "a1" are one. */
static char *document_key(struct arena *arena, const char *name, const char *text)
{
	char *key = text_copy(arena, text);

	for (char *at = key; strcmp(name, "displayName") != 0 && *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	return key;
}

/* Of each name the first two that have it. */
static json_t *document_places(const json_t *stored, const char *name)
{
	json_t *places = json_object(), *one;
	struct arena arena;
	size_t i;

	arena_init(&arena, NULL, 0);
	json_array_foreach(stored, i, one) {
		const char *text = name != NULL ? json_text(one, name, NULL) : NULL;
		if (text == NULL)
			continue;
		const char *key = document_key(&arena, name, text);
		json_t *place = json_object_get(places, key);
		if (place == NULL)
			json_object_set_new(places, key, place = json_array());
		if (json_array_size(place) < 2)
			json_array_append_new(place, json_integer((json_int_t)i));
	}
	arena_done(&arena);
	return places;
}

struct document_index document_index_of(const struct document_row *row, const json_t *stored)
{
	return (struct document_index){ row, document_places(stored, row->id),
		document_places(stored, row->natural), document_places(stored, row->called) };
}

void document_index_done(struct document_index *index)
{
	json_decref(index->ids);
	json_decref(index->names);
	json_decref(index->called);
}

/* NULL: nowhere. */
static const json_t *document_place(const json_t *places, const char *name, const char *text)
{
	struct arena arena;

	if (text == NULL)
		return NULL;
	arena_init(&arena, NULL, 0);
	const json_t *place = json_object_get(places, document_key(&arena, name, text));
	arena_done(&arena);
	return place;
}

static size_t place_at(const json_t *place, size_t index)
{
	return index < json_array_size(place) ?
	    (size_t)json_integer_value(json_array_get(place, index)) : DOCUMENT_NOWHERE;
}

enum document_found document_match(const struct document_index *index, const json_t *wanted,
    size_t out_places[2])
{
	const struct document_row *row = index->row;
	const char *id = json_text(wanted, row->id, NULL);
	const char *natural = json_text(wanted, row->natural, NULL);
	const json_t *place = document_place(index->ids, row->id, id);

	if (place != NULL) {
		out_places[0] = place_at(place, 0);
		return DOCUMENT_FOUND;
	}
	place = document_place(index->names, row->natural, natural);
	if (id == NULL && natural == NULL && row->called != NULL)
		place = document_place(index->called, row->called,
		    json_text(wanted, row->called, NULL));
	if (place == NULL || (id != NULL && !row->unique))
		return DOCUMENT_ABSENT;
	out_places[0] = place_at(place, 0);
	if (id == NULL && json_array_size(place) == 1)
		return DOCUMENT_FOUND;
	out_places[1] = place_at(place, 1);
	return DOCUMENT_AMBIGUOUS;
}

#define DOCUMENT_ELEMENTS 100u	/* of one list, told one by one */

struct document_lines { struct arena *arena; const char *head; json_t *array; };

static bool document_secret(const char *name)
{
	return text_word("secretHash secretText password passwordProfile", name);
}

bool document_unsaid(const char *name)
{
	return text_word("createdDateTime modifiedDateTime", name) || strstr(name, "@odata.") != NULL;
}

void document_hide(json_t *json)
{
	const char *name;
	size_t i;
	json_t *member;

	json_object_foreach(json, name, member)
		if (document_secret(name))
			json_object_set_new(json, name, json_string("(hidden)"));
		else
			document_hide(member);
	json_array_foreach(json, i, member)
		document_hide(member);
}

static const char *document_show(struct arena *arena, const json_t *json)
{
	json_t *copy = json_deep_copy(json);

	document_hide(copy);
	const char *text = json_write(arena, copy);
	json_decref(copy);
	return text;
}

static void document_line(struct document_lines *lines, const char *text)
{
	json_array_append_new(lines->array,
	    json_string(text_print(lines->arena, "%s: %s", lines->head, text)));
}

/* By what they say, so that lists of thousands are compared in one walk of each. */
static json_t *document_said(const json_t *list)
{
	json_t *said = json_object(), *one;
	struct arena arena;
	size_t i;

	arena_init(&arena, NULL, 0);
	json_array_foreach(list, i, one)
		json_object_set_new(said, json_write(&arena, one), json_true());
	arena_done(&arena);
	return said;
}

/* Elements of `list` that `other` has not; the words must fit a record. */
static size_t document_elements(struct document_lines *lines, const char *path, char sign,
    const json_t *list, const json_t *other)
{
	json_t *said = document_said(other), *one;
	struct arena arena;
	size_t i, count = 0;

	arena_init(&arena, NULL, 0);
	json_array_foreach(list, i, one)
		if (json_object_get(said, json_write(&arena, one)) == NULL &&
		    ++count <= DOCUMENT_ELEMENTS)
			document_line(lines, text_print(lines->arena, "%s: %c %s", path, sign,
			    document_show(lines->arena, one)));
	if (count > DOCUMENT_ELEMENTS)
		document_line(lines, text_print(lines->arena, "%s: %c %zu more", path, sign,
		    count - DOCUMENT_ELEMENTS));
	arena_done(&arena);
	json_decref(said);
	return count;
}

static void document_compare(struct document_lines *lines, const char *path, const json_t *old,
    const json_t *new);

static void document_member(struct document_lines *lines, const char *path, const char *name,
    const json_t *old, const json_t *new)
{
	const char *dot = path[0] != '\0' ? "." : "";
	const char *full = text_print(lines->arena, "%s%s%s", path, dot, name);

	if (document_unsaid(name))
		return;
	if (!document_secret(name))
		document_compare(lines, full, old, new);
	else if (!json_equal(old, new))
		document_line(lines, text_print(lines->arena, "%s: changed", full));
}

static void document_members(struct document_lines *lines, const char *path, const json_t *old,
    const json_t *new)
{
	const char *name;
	json_t *value, *none = json_null();

	json_object_foreach((json_t *)(uintptr_t)new, name, value) {
		const json_t *before = json_object_get(old, name);
		document_member(lines, path, name, before != NULL ? before : none, value);
	}
	json_object_foreach((json_t *)(uintptr_t)old, name, value)
		if (json_object_get(new, name) == NULL)
			document_member(lines, path, name, value, none);
}

static void document_compare(struct document_lines *lines, const char *path, const json_t *old,
    const json_t *new)
{
	if (json_equal(old, new))
		return;
	if (json_is_object(old) && json_is_object(new)) {
		document_members(lines, path, old, new);
		return;
	}
	if (json_is_array(old) && json_is_array(new)) {
		size_t count = document_elements(lines, path, '-', old, new);
		if (count + document_elements(lines, path, '+', new, old) == 0)
			document_line(lines, text_print(lines->arena, "%s: another order", path));
		return;
	}
	document_line(lines, text_print(lines->arena, "%s: %s -> %s", path,
	    document_show(lines->arena, old), document_show(lines->arena, new)));
}

json_t *document_difference(struct arena *arena, const struct document_row *row,
    const json_t *old, const json_t *new)
{
	const json_t *named = old != NULL ? old : new;
	const char *name = json_text(named, "displayName", json_text(named, row->natural, "?"));
	struct document_lines lines = { arena, text_print(arena, "%s '%s'", row->section, name),
		json_array() };

	if (old == NULL || new == NULL)
		document_line(&lines, old == NULL ? "added" : "removed");
	else
		document_members(&lines, "", old, new);
	return lines.array;
}
