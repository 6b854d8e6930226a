#include "model/modified.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/user.h"

#include <string.h>

enum { VALUE_MOST = 4096 };	/* bytes */

static void modified_add(json_t *list, const char *name, const json_t *old, const json_t *new)
{
	json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "displayName", name,
	    "oldValue", old != NULL ? json_incref((json_t *)(uintptr_t)old) : json_null(),
	    "newValue", new != NULL ? json_incref((json_t *)(uintptr_t)new) : json_null()));
}

/* No half of a character is left. */
static void value_cut(char *text)
{
	size_t size = VALUE_MOST;

	if (strlen(text) <= size)
		return;
	while (((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	memcpy(text + size, "...", sizeof("..."));
}

/* A new reference; NULL of what isn't there. */
static json_t *value_text(struct arena *arena, const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return NULL;
	json_t *open = json_deep_copy(value);
	document_hide(open);
	char *text = json_write(arena, open);
	char *room = arena_alloc(arena, strlen(text) + sizeof("..."));
	memcpy(room, text, strlen(text) + 1);
	value_cut(room);
	json_decref(open);
	return json_string(room);
}

static void modified_member(struct arena *arena, json_t *list, const char *name,
    const json_t *old, const json_t *new)
{
	const json_t *none = old == NULL ? new : NULL;

	if ((old != NULL && new != NULL && json_equal(old, new)) ||
	    (none != NULL && json_is_null(none)) || document_unsaid(name))
		return;
	json_t *before = value_text(arena, old), *after = value_text(arena, new);
	modified_add(list, name, before, after);
	json_decref(before);
	json_decref(after);
}

json_t *modified_document(const json_t *old, const json_t *new)
{
	json_t *list = json_array(), *value;
	struct arena arena;
	const char *name;

	arena_init(&arena, NULL, 0);
	json_object_foreach((json_t *)(uintptr_t)new, name, value)
		modified_member(&arena, list, name, json_object_get(old, name), value);
	json_object_foreach((json_t *)(uintptr_t)old, name, value)
		if (json_object_get(new, name) == NULL)
			modified_member(&arena, list, name, value, NULL);
	arena_done(&arena);
	return list;
}

static bool identities_same(const struct sp_user *old, const struct sp_user *new)
{
	bool same = old->identifier_count == new->identifier_count;

	for (size_t i = 0; same && i < new->identifier_count; i++)
		same = strcmp(old->identifiers[i], new->identifiers[i]) == 0;
	return same;
}

json_t *modified_user(const struct sp_user *old, const struct sp_user *new)
{
	json_t *list = json_array();
	json_t *yes = json_string("true"), *no = json_string("false");

	if (old == NULL || old->enabled != new->enabled)
		modified_add(list, "accountEnabled", old == NULL ? NULL : old->enabled ? yes : no,
		    new->enabled ? yes : no);
	if (old == NULL || !identities_same(old, new))
		modified_add(list, "identities", NULL, NULL);
	if (!text_same(old != NULL ? old->verifier : NULL, new->verifier))
		modified_add(list, "passwordProfile", NULL, NULL);
	for (size_t i = 0; i < new->attribute_count; i++)
		if (!text_same(user_attribute(old, new->attributes[i]->name),
		    new->attributes[i]->value))
			modified_add(list, new->attributes[i]->name, NULL, NULL);
	for (size_t i = 0; old != NULL && i < old->attribute_count; i++)
		if (user_attribute(new, old->attributes[i]->name) == NULL)
			modified_add(list, old->attributes[i]->name, NULL, NULL);
	json_decref(yes);
	json_decref(no);
	return list;
}
