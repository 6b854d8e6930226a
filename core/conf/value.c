#include "conf/value.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/secretfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t value_size(enum sp_type type)
{
	static const size_t sizes[] = {
		[SP_TEXT] = sizeof(char *), [SP_NUMBER] = sizeof(int64_t),
		[SP_BOOL] = sizeof(bool), [SP_SIZE] = sizeof(int64_t),
		[SP_DURATION] = sizeof(int64_t), [SP_CHOICE] = sizeof(int64_t),
		[SP_PATH] = sizeof(char *), [SP_SECRET_FILE] = sizeof(struct sp_bytes),
		[SP_LIST] = sizeof(char **),
	};

	return type >= SP_TEXT && type <= SP_LIST ? sizes[type] : 0;
}

struct unit { const char *name; int64_t factor; };

static const struct unit bytes[] = {
	{ "", 1 }, { "k", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 0 },
};
static const struct unit times[] = {
	{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
	{ NULL, 0 },
};
static const struct unit none[] = { { "", 1 }, { NULL, 0 } };

static const struct unit *units_of(enum sp_type type)
{
	return type == SP_SIZE ? bytes : type == SP_DURATION ? times : none;
}

static bool read_number(const struct sp_key *key, const char *text, void *to)
{
	int64_t number;
	char *end;

	if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
		return false;
	errno = 0;
	long long digits = strtoll(text, &end, 10);
	const struct unit *unit = units_of(key->type);
	while (unit->name != NULL && strcmp(end, unit->name) != 0)
		unit++;
	/* Nothing of nothing needs no unit. */
	if (unit->name == NULL && !(digits == 0 && end[0] == '\0'))
		return false;
	int64_t factor = unit->name != NULL ? unit->factor : 1;
	if (errno != 0 || end == text || __builtin_mul_overflow((int64_t)digits, factor, &number))
		return false;
	if ((key->min != 0 || key->max != 0) && (number < key->min || number > key->max))
		return false;
	memcpy(to, &number, sizeof(number));
	return true;
}

/* The place of `word` among words with single spaces between. */
static bool read_choice(const char *words, const char *word, int64_t *out_place)
{
	size_t length = strlen(word);
	int64_t place = 0;

	for (const char *at = words; length > 0 && at != NULL; place++) {
		if (strncmp(at, word, length) == 0 && (at[length] == ' ' || at[length] == '\0')) {
			*out_place = place;
			return true;
		}
		at = strchr(at, ' ');
		at = at != NULL ? at + 1 : NULL;
	}
	return false;
}

static void read_secret(const char *name, const struct tree *tree, struct errors *errors, void *to)
{
	struct sp_error error = { "" };
	struct sp_bytes secret = { "", 0 };

	if (tree->text[0] != '\0' &&
	    secretfile_read(tree->text, errors->arena, &secret, &error) != SP_OK)
		errors_add(errors, tree->at, "%s: %s", name, error.text);
	memcpy(to, &secret, sizeof(secret));
}

static bool optional(const struct sp_key *key)
{
	return key->fallback != NULL && key->fallback[0] == '\0';
}

static void copy_text(const char *text, struct arena *arena, void *to)
{
	const char *copy = text_copy(arena, text);

	memcpy(to, &copy, sizeof(copy));
}

static bool read_text(const struct sp_key *key, const char *name, const struct tree *tree,
    struct errors *errors, void *to)
{
	bool yes = strcmp(tree->text, "yes") == 0;
	int64_t place;

	switch (key->type) {
	case SP_NUMBER: case SP_SIZE: case SP_DURATION:
		return read_number(key, tree->text, to);
	case SP_BOOL:
		memcpy(to, &yes, sizeof(yes));
		return yes || strcmp(tree->text, "no") == 0;
	case SP_CHOICE:
		if (!read_choice(key->choices, tree->text, &place))
			return false;
		memcpy(to, &place, sizeof(place));
		return true;
	case SP_PATH: case SP_SECRET_FILE:
		if (tree->text[0] != '/' && !(tree->text[0] == '\0' && optional(key)))
			return false;
		if (key->type == SP_SECRET_FILE)
			read_secret(name, tree, errors, to);
		else
			copy_text(tree->text, errors->arena, to);
		return true;
	case SP_TEXT:
		copy_text(tree->text, errors->arena, to);
		return tree->text[0] != '\0' || tree->quoted;
	case SP_LIST:
		break;
	}
	return false;
}

/* Lists. */

/* "a, b" as the sequence that it stands for. */
static const struct tree *list_of(const struct tree *tree, struct arena *arena)
{
	struct tree *list = arena_alloc(arena, sizeof(*list)), **to = &list->first;
	char *save, *copy = text_copy(arena, tree->text);

	list->kind = TREE_LIST;
	for (char *item = strtok_r(copy, ", \t", &save); item != NULL;
	    item = strtok_r(NULL, ", \t", &save)) {
		*to = arena_alloc(arena, sizeof(**to));
		(*to)->text = item;
		(*to)->at = tree->at;
		to = &(*to)->next;
	}
	return list;
}

static void read_list(const struct sp_key *key, const char *name, const struct tree *list,
    struct errors *errors, void *to)
{
	size_t count = 0;
	int64_t place;

	for (const struct tree *item = list->first; item != NULL; item = item->next)
		count++;
	const char **texts = arena_alloc(errors->arena, (count + 1) * sizeof(*texts));
	count = 0;
	for (const struct tree *item = list->first; item != NULL; item = item->next) {
		if (item->kind != TREE_TEXT || item->text[0] == '\0')
			errors_add(errors, item->at, "%s: an item is no text; allowed: %s", name,
			    value_allowed(key, errors->arena));
		else if (key->choices != NULL && !read_choice(key->choices, item->text, &place))
			errors_add(errors, item->at, "%s: cannot hold '%s'; allowed: %s", name,
			    item->text, value_allowed(key, errors->arena));
		else
			texts[count++] = text_copy(errors->arena, item->text);
	}
	memcpy(to, &texts, sizeof(texts));
}

bool value_read(const struct sp_key *key, const char *name, const struct tree *tree,
    struct errors *errors, void *to)
{
	size_t before = errors->count;

	if (key->type == SP_LIST && tree->kind != TREE_MAP) {
		read_list(key, name, tree->kind == TREE_LIST ? tree :
		    list_of(tree, errors->arena), errors, to);
		return errors->count == before;
	}
	if (tree->kind != TREE_TEXT)
		errors_add(errors, tree->at, "%s: cannot be a %s; allowed: %s", name,
		    tree->kind == TREE_LIST ? "list" : "mapping",
		    value_allowed(key, errors->arena));
	else if (!read_text(key, name, tree, errors, to))
		errors_add(errors, tree->at, "%s: cannot be '%s'; allowed: %s", name, tree->text,
		    value_allowed(key, errors->arena));
	return errors->count == before;
}

/* In the greatest unit that leaves nothing over. */
static const char *number_text(enum sp_type type, int64_t number, struct arena *arena)
{
	const struct unit *best = units_of(type);

	for (const struct unit *unit = best; number != 0 && unit->name != NULL; unit++)
		if (number % unit->factor == 0)
			best = unit;
	return text_print(arena, "%lld%s", (long long)(number / best->factor), best->name);
}

const char *value_allowed(const struct sp_key *key, struct arena *arena)
{
	static const char *const kinds[] = {
		[SP_TEXT] = "a text", [SP_NUMBER] = "a whole number", [SP_BOOL] = "yes or no",
		[SP_SIZE] = "a size such as 64k, 16M or 2G",
		[SP_DURATION] = "a time such as 250ms, 10s, 5m, 1h or 2d",
		[SP_PATH] = "an absolute path",
		[SP_SECRET_FILE] = "the absolute path of a file that only its owner may read",
		[SP_LIST] = "a list such as [a, b]",
	};
	const char *kind = key->type == SP_CHOICE ? "one of" : kinds[key->type];

	if (key->choices != NULL)
		return text_print(arena, "%s%s %s", kind, key->type == SP_LIST ? " of" : "",
		    key->choices);
	if (key->min == 0 && key->max == 0)
		return kind;
	return text_print(arena, "%s, %s to %s", kind, number_text(key->type, key->min, arena),
	    number_text(key->type, key->max, arena));
}
