/*
 * values.h - what a template is filled with
 *
 * A tree of named texts, flags, groups and lists, built for one rendering. Where a
 * name is not in an item it is looked for around it, outwards; "brand.name" is the
 * name of the group brand.
 *
 * Threads  Whoever has the arena.
 * Memory   The tree is in the arena. Names and texts are pointed to, not copied: they
 *          live until the rendering is done.
 * Failing  Never. The same name set again replaces; a NULL text is absent.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct catalogue;
struct values;

struct values *values_new(struct arena *arena);
void values_set(struct values *values, const char *name, const char *text);
void values_number(struct values *values, const char *name, int64_t number);
void values_flag(struct values *values, const char *name, bool flag);
struct values *values_group(struct values *values, const char *name);

/* A list without items, so that an empty one hides a name further out. */
void values_list(struct values *values, const char *name);
/* The next item of the list, which begins with the first. */
struct values *values_item(struct values *values, const char *list);

/* The language: {{text.KEY}} is its message KEY, filled with these values. */
void values_words(struct values *values, const struct catalogue *words);

/* For the renderer. */
enum values_kind { VALUES_NOTHING, VALUES_TEXT, VALUES_FLAG, VALUES_GROUP, VALUES_LIST };

struct values_entry {
	struct values_entry *next;
	const char *name;
	enum values_kind kind;
	const char *text;
	bool flag;
	struct values *first, *last;
};

struct values {
	struct arena *arena;
	struct values *next;	/* in its list */
	struct values_entry *entries;
	const struct catalogue *words;
};

struct values_scope { const struct values *values; const struct values_scope *outer; };

/* NULL: nothing of that name. */
const struct values_entry *values_find(const struct values_scope *scope, const char *name);
bool values_true(const struct values_entry *entry);	/* NULL, "", no items: false */
const char *values_text(const struct values_scope *scope, const char *name);	/* or "" */
