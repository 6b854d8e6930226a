#include <criterion/criterion.h>

#include "base/arena.h"
#include "http/form.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;

static void done(void)
{
	arena_done(&arena);
}

static bool parse(const char *text, struct form *out_form)
{
	struct sp_error error;

	return form_parse(&arena, (struct sp_bytes){ text, strlen(text) }, out_form, &error);
}

/* req227: what a form may be; "-" is absent or doubled. */
Test(form, takes_and_refuses, .fini = done)
{
	static const struct { const char *text; bool fits; const char *a; } rows[] = {
		{ "", true, NULL },
		{ "a=1", true, "1" },
		{ "a", true, "" },
		{ "a=", true, "" },
		{ "b=2&a=1", true, "1" },
		{ "a=1&&b=2&", true, "1" },
		{ "a=b=c", true, "b=c" },
		{ "a=x+y%20z", true, "x y z" },
		{ "%61=1", true, "1" },
		{ "a=%C3%A9", true, "\xc3\xa9" },
		{ "a=\xc3\xa9", true, "\xc3\xa9" },
		{ "a=1&a=2", true, NULL },
		{ "a=1&%61=1", true, NULL },
		{ "A=1", true, NULL },
		{ "a=%26b%3D2", true, "&b=2" },
		{ "=1", false, NULL },
		{ "a=1&=", false, NULL },
		{ "a=%00", false, NULL },
		{ "%00=1", false, NULL },
		{ "a=%", false, NULL },
		{ "a=%4", false, NULL },
		{ "a=%4&b=1", false, NULL },
		{ "a=%zz", false, NULL },
		{ "a=%ff", false, NULL },
		{ "a=%c0%80", false, NULL },
		{ "a=\xff", false, NULL },
		{ "a=%ed%a0%80", false, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct form form = { 0 };

		cr_expect_eq(parse(rows[i].text, &form), rows[i].fits, "%s", rows[i].text);
		const char *a = form_get(&form, "a");
		cr_expect((a == NULL) == (rows[i].a == NULL), "%s", rows[i].text);
		if (a != NULL && rows[i].a != NULL)
			cr_expect_str_eq(a, rows[i].a, "%s", rows[i].text);
	}
}

Test(form, refuses_a_zero_byte, .fini = done)
{
	struct form form;
	struct sp_error error;

	cr_expect(!form_parse(&arena, (struct sp_bytes){ "a=1\0b", 5 }, &form, &error));
	cr_expect_not_null(strstr(error.text, "field 1"));
}

/* req224 */
Test(form, has_at_most_64_fields, .fini = done)
{
	char text[65 * 2 + 1] = "";
	struct form form;

	for (int i = 0; i < 64; i++)
		memcpy(text + 2 * i, "a&", 3);
	cr_expect(parse(text, &form));
	cr_expect_eq(form.count, 64);
	memcpy(text + 128, "a", 2);
	cr_expect(!parse(text, &form));
}

Test(form, tells_repeated_names, .fini = done)
{
	struct form form;

	cr_assert(parse("a=1&b=2&a=1", &form));
	cr_expect(form_repeated(&form, "a"));
	cr_expect(!form_repeated(&form, "b"));
	cr_expect(!form_repeated(&form, "c"));
	cr_expect_str_eq(form_any_repeated(&form), "a");
	cr_assert(parse("a=1&b=2", &form));
	cr_expect_null(form_any_repeated(&form));
}
