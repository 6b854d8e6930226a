#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/catalogue.h"
#include "text/problems.h"
#include "text/values.h"

static struct arena arena;
static struct problems problems;

static void begin(void)
{
	arena_init(&arena, NULL, 0);
	problems_begin(&problems, &arena);
}

static void end(void)
{
	arena_done(&arena);
}

TestSuite(catalogue, .init = begin, .fini = end);

static const struct catalogue *read_words(const char *text, const char *language,
    const struct catalogue *fallback)
{
	const struct catalogue *catalogue = NULL;

	return catalogue_read(&arena, text, language, fallback, &problems, &catalogue) ?
	    catalogue : NULL;
}

Test(catalogue, says_in_english_what_a_language_lacks)
{
	const struct catalogue *en = read_words("# c\n\na = one\r\nb.c=two = 2  \nd =\n", "en",
	    NULL);
	cr_assert(en != NULL, "%s", problems_words(&problems));
	const struct catalogue *de = read_words("a = eins\n", "de", en);

	cr_assert(de != NULL);
	cr_expect_str_eq(catalogue_find(de, "a"), "eins");
	cr_expect_str_eq(catalogue_find(de, "b.c"), "two = 2");
	cr_expect_str_eq(catalogue_find(en, "d"), "");
	cr_expect(catalogue_find(de, "x") == NULL);
	cr_expect_str_eq(catalogue_language(de), "de");
	cr_expect(catalogue_count(de) == 1 && catalogue_count(en) == 3);
}

Test(catalogue, names_what_is_wrong)
{
	const struct catalogue *en = read_words("a = one\n", "en", NULL), *none;

	none = read_words("b = x\nwords\n\xc3\xa4 = x\na = {x\na = }\na = {x|y}\na = {X}\n= x\n",
	    "de", en);
	cr_expect(none == NULL);
	cr_expect(problems.count == 8, "%s", problems_words(&problems));
	cr_expect_str_eq(problems.text[0], "de:1: b: no such key in en");
	cr_expect_str_eq(problems.text[1], "de:2: not 'key = text'");
	cr_expect_str_eq(problems.text[3], "de:4: a: not {name} or {name|one|other}");
	cr_expect(read_words("a = 1\na = 2\n", "fr", en) == NULL);
	cr_expect_str_eq(problems.text[8], "fr: a occurs twice");
}

Test(catalogue, fills)
{
	static const char *const rows[][2] = {
		{ "x = a {name} b", "a <Ann> b" }, { "x = {n} {n|day|days}", "3 days" },
		{ "x = {one} {one|day|days}", "1 day" }, { "x = {gone}{gone|a|b}", "b" },
		{ "x = {g.name}", "group" }, { "x = {one||s}.", "." },
	};
	struct values *values = values_new(&arena);

	values_set(values, "name", "<Ann>");
	values_number(values, "n", 3);
	values_number(values, "one", 1);
	values_set(values_group(values, "g"), "name", "group");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct catalogue *words = read_words(rows[i][0], "en", NULL);
		cr_assert(words != NULL, "%s", problems_words(&problems));
		cr_expect_str_eq(catalogue_fill(&arena, words, "x", values), rows[i][1]);
	}
}

/* req254: ui_locales > cookie > Accept-Language > default. */
Test(catalogue, chooses_the_readers_language)
{
	static const struct { const char *ui, *cookie, *accept, *want; } rows[] = {
		{ NULL, NULL, NULL, "en" },
		{ "de", "fr", "pt-BR", "de" }, { NULL, "fr", "de", "fr" },
		{ NULL, NULL, "de", "de" },
		{ "xx de fr", NULL, NULL, "de" }, { "de-AT", NULL, NULL, "de" },
		{ "DE-at-1901", NULL, NULL, "de" },
		{ "xx", "yy", "fr;q=0.5, de;q=0.9", "de" }, { "pt", NULL, NULL, "en" },
		{ "pt-br", NULL, NULL, "pt-BR" }, { "pt-BR-x-y", NULL, NULL, "pt-BR" },
		{ NULL, NULL, "xx, *;q=0.1", "en" }, { NULL, NULL, "de;q=0, fr;q=0.001", "fr" },
		{ NULL, NULL, "fr;q=0.8,de;q=0.8", "fr" }, { NULL, NULL, " de ; q=1.000", "de" },
		{ NULL, NULL, "de;q=x, fr;q=0.1", "fr" },
		{ NULL, NULL, "de;level=1, fr;q=0.1", "fr" },
		{ NULL, NULL, ",,;;q=;,fr", "fr" }, { "", "", "", "en" },
		{ "-", "--", "-;q=1,---", "en" },
		{ "<script>", "../../etc", "de\r\nX: y", "en" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, NULL, "en" },
	};
	const struct catalogue *en = read_words("a = 1\n", "en", NULL);
	const struct catalogue *list[] = { read_words("", "de", en), en, read_words("", "fr", en),
		read_words("", "pt-BR", en) };
	struct catalogues all = { list, 4, en };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct catalogue *got = catalogue_choose(&all, rows[i].ui, rows[i].cookie,
		    rows[i].accept);
		cr_expect_str_eq(catalogue_language(got), rows[i].want, "row %zu: %s", i,
		    catalogue_language(got));
	}
}

Test(catalogue, ours_load)
{
	struct catalogues all;
	const char *folder = text_print(&arena, "%s/conf/text", getenv("SOURCE"));

	cr_assert(catalogues_load(&arena, folder, &problems, &all) == SP_OK, "%s",
	    problems_words(&problems));
	cr_expect(all.count >= 2);
	const struct catalogue *de = catalogue_choose(&all, "de", NULL, NULL);
	cr_expect_str_eq(catalogue_find(de, "sign_in.title"), "Anmelden");
	cr_expect(catalogue_count(de) == catalogue_count(all.fallback));
	cr_expect(catalogues_load(&arena, "/nowhere", &problems, &all) == SP_REJECTED);
}
