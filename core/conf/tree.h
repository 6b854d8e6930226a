/*
 * tree.h - a YAML file as a tree that remembers where everything stood
 *
 * Only what a conf file needs: mappings, sequences and texts. Types are the schema's, so a
 * text is never guessed to be a number or a truth value.
 *
 * Threads  The main thread.
 * Memory   The arena's.
 * Failing  Anchors, aliases, tags, directives, a second document, keys that occur twice or
 *          are no texts, and texts with control characters are errors with their place; the
 *          rest of the file is read nevertheless, so that all is told at once.
 */
#pragma once

#include "conf/errors.h"

#include <stdbool.h>

#define TREE_DEPTH 8u
#define TREE_FILE_MAX (1u << 20)

enum tree_kind { TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree {
	enum tree_kind kind;
	const char *key;		/* in a map */
	struct place key_at, at;
	const char *text;
	bool quoted;			/* an empty text that is meant */
	struct tree *first, *last, *next;
};

/* NULL: an error has been added. `size` up to TREE_FILE_MAX. */
struct tree *tree_read(const void *data, size_t size, struct errors *errors);
struct tree *tree_find(const struct tree *map, const char *key);
