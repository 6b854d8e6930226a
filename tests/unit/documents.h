/* What the tests of documents share: checking a text, and saying what was told. */
#pragma once

#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/shape.h"
#include "model/tenant.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define A "11111111-1111-4111-8111-111111111111"
#define B "22222222-2222-4222-8222-222222222222"
#define C "33333333-3333-4333-8333-333333333333"

static struct arena arena;
static struct document_errors errors;

static inline void begin(void)
{
	errors = (struct document_errors){ .arena = &arena };
}

static inline void end(void)
{
	arena_done(&arena);
}

/* With ' for ", so that rows stay readable. */
static inline json_t *read_json(const char *text)
{
	char *copy = text_copy(&arena, text);
	struct sp_error error;

	for (char *at = copy; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	json_t *json = json_read(copy, strlen(copy), &error);
	cr_assert(json != NULL, "%s: %s", text, error.text);
	return json;
}

static inline json_t *check(enum document_kind kind, const char *text)
{
	json_t *document = read_json(text), *canonical;

	begin();
	canonical = document_row(kind)->check(document, &errors);
	cr_assert((canonical == NULL) == (errors.count > 0));
	json_decref(document);
	return canonical;
}

/* The paths that are wrong, in order, separated by spaces. */
static inline const char *wrong(enum document_kind kind, const char *text)
{
	const char *paths = "";
	json_t *canonical = check(kind, text);

	json_decref(canonical);
	for (struct document_error *error = errors.first; error != NULL; error = error->next)
		paths = text_print(&arena, "%s%s%s=%s", paths, paths[0] != '\0' ? " " : "",
		    error->path, error->code);
	return paths;
}

static inline void expect(enum document_kind kind, const char *text, const char *paths)
{
	const char *told = wrong(kind, text);

	cr_assert(strcmp(told, paths) == 0, "%s\n  told:   %s\n  wanted: %s", text, told, paths);
}

static inline void same(enum document_kind kind, const char *text, const char *wanted)
{
	json_t *canonical = check(kind, text), *json = read_json(wanted);

	cr_assert(canonical != NULL, "%s: %s: %s", text, errors.first->path, errors.first->text);
	const char *one = json_write(&arena, canonical), *other = json_write(&arena, json);
	cr_assert(strcmp(one, other) == 0, "%s\n%s", one, other);
	json_decref(canonical);
	json_decref(json);
}
