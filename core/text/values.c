#include "text/values.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

struct values *values_new(struct arena *arena)
{
	struct values *values = arena_alloc(arena, sizeof(*values));

	values->arena = arena;
	return values;
}

static struct values_entry *entry_find(const struct values *values, const char *name, size_t size)
{
	struct values_entry *entry = values->entries;

	while (entry != NULL
	    && (strncmp(entry->name, name, size) != 0 || entry->name[size] != '\0'))
		entry = entry->next;
	return entry;
}

static struct values_entry *entry_make(struct values *values, const char *name,
    enum values_kind kind)
{
	struct values_entry *entry = entry_find(values, name, strlen(name));

	if (entry == NULL) {
		entry = arena_alloc(values->arena, sizeof(*entry));
		entry->next = values->entries;
		entry->name = name;
		values->entries = entry;
	}
	if (entry->kind != kind || kind != VALUES_LIST)
		entry->first = entry->last = NULL;
	entry->kind = kind;
	return entry;
}

void values_set(struct values *values, const char *name, const char *text)
{
	entry_make(values, name, text == NULL ? VALUES_NOTHING : VALUES_TEXT)->text = text;
}

void values_number(struct values *values, const char *name, int64_t number)
{
	values_set(values, name, text_print(values->arena, "%" PRId64, number));
}

void values_flag(struct values *values, const char *name, bool flag)
{
	entry_make(values, name, VALUES_FLAG)->flag = flag;
}

struct values *values_group(struct values *values, const char *name)
{
	struct values *group = values_new(values->arena);

	entry_make(values, name, VALUES_GROUP)->first = group;
	return group;
}

void values_list(struct values *values, const char *name)
{
	struct values_entry *entry = entry_make(values, name, VALUES_LIST);

	entry->first = entry->last = NULL;
}

struct values *values_item(struct values *values, const char *list)
{
	struct values_entry *entry = entry_make(values, list, VALUES_LIST);
	struct values *item = values_new(values->arena);

	if (entry->last == NULL)
		entry->first = item;
	else
		entry->last->next = item;
	entry->last = item;
	return item;
}

void values_words(struct values *values, const struct catalogue *words)
{
	values->words = words;
}

static const struct values_entry *entry_inside(const struct values_entry *entry, const char *rest)
{
	while (entry != NULL && *rest != '\0') {
		size_t size = strcspn(rest, ".");
		if (entry->kind != VALUES_GROUP)
			return NULL;
		entry = entry_find(entry->first, rest, size);
		rest += size + (rest[size] == '.');
	}
	return entry;
}

const struct values_entry *values_find(const struct values_scope *scope, const char *name)
{
	size_t size = strcspn(name, ".");
	const struct values_entry *entry = NULL;

	for (; scope != NULL && entry == NULL; scope = scope->outer)
		entry = entry_find(scope->values, name, size);
	return entry_inside(entry, name + size + (name[size] == '.'));
}

bool values_true(const struct values_entry *entry)
{
	if (entry == NULL)
		return false;
	switch (entry->kind) {
	case VALUES_TEXT:
		return entry->text[0] != '\0';
	case VALUES_FLAG:
		return entry->flag;
	case VALUES_GROUP:
	case VALUES_LIST:
		return entry->first != NULL;
	case VALUES_NOTHING:
		break;
	}
	return false;
}

const char *values_text(const struct values_scope *scope, const char *name)
{
	const struct values_entry *entry = values_find(scope, name);

	return entry != NULL && entry->kind == VALUES_TEXT ? entry->text : "";
}
