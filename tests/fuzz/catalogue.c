/* Catalogues: what loads can be said, beside English too, whatever the values are; the rest is told
 * with its line. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/catalogue.h"
#include "text/problems.h"
#include "text/values.h"

static const char english[] = "language.name = English\na = {minutes|minute|minutes}, {name}\n"
    "b = {n|one|many} of {name}\nc = plain\n";

static const struct catalogue *fallback(struct arena *arena)
{
	const struct catalogue *catalogue;
	struct problems problems;

	problems_begin(&problems, arena);
	CHECK(catalogue_read(arena, english, "en", NULL, &problems, &catalogue));
	return catalogue;
}

static void say(struct arena *arena, const struct catalogue *catalogue, const char *key)
{
	struct values *values = values_new(arena);

	CHECK(catalogue_find(catalogue, key) != NULL);
	const char *none = catalogue_fill(arena, catalogue, key, values);
	values_set(values, "name", "{name}{n|a|b}<b>");
	values_number(values, "minutes", 1);
	values_number(values, "n", -1);
	const char *some = catalogue_fill(arena, catalogue, key, values);
	CHECK(strlen(none) <= 8 * CATALOGUE_MESSAGE && strlen(some) <= 16 * CATALOGUE_MESSAGE);
	CHECK(text_utf8(some, strlen(some)));
}

static void check(struct arena *arena, const char *text, const struct catalogue *english_one)
{
	const struct catalogue *catalogue;
	struct problems problems;

	problems_begin(&problems, arena);
	if (!catalogue_read(arena, text, "de", english_one, &problems, &catalogue)) {
		CHECK(problems.count > 0 && text_utf8(problems_words(&problems),
		    strlen(problems_words(&problems))));
		return;
	}
	CHECK(problems.count == 0 && catalogue_count(catalogue) <= CATALOGUE_KEYS);
	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t size = strcspn(text, " \t=\n");
		const char *key = text_part(arena, text, size);
		if (catalogue_find(catalogue, key) != NULL)
			say(arena, catalogue, key);
	}
	if (english_one != NULL)
		say(arena, catalogue, "c");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const char *text = text_part(&arena, (const char *)data, size);

	/* Files are checked as they are read (text/folder.h). */
	if (text_utf8(text, strlen(text))) {
		const struct catalogue *first = fallback(&arena);
		struct catalogues all = { .languages = &first, .count = 1, .fallback = first };
		check(&arena, text, NULL);
		check(&arena, text, first);
		CHECK(catalogue_choose(&all, text, text, text) == first);
	}
	arena_done(&arena);
	return 0;
}
