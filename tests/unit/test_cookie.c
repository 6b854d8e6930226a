#include <criterion/criterion.h>

#include "base/arena.h"
#include "http/cookie.h"

#include <string.h>

static struct arena arena;

static void done(void)
{
	arena_done(&arena);
}

/* attackD2, attackE7 */
Test(cookie, finds_one_and_only_one, .fini = done)
{
	static const struct { const char *header, *value; bool doubled; } rows[] = {
		{ NULL, NULL, false },
		{ "", NULL, false },
		{ "a=1", "1", false },
		{ "a=", "", false },
		{ "b=2; a=1", "1", false },
		{ "b=2;a=1;c=3", "1", false },
		{ "a=1; a=1", NULL, true },
		{ "a=1; b=2; a=3", NULL, true },
		{ "a=1; a=2; a=3", NULL, true },
		{ "aa=1", NULL, false },
		{ "ba=1", NULL, false },
		{ "a", NULL, false },
		{ "A=1", NULL, false },
		{ "a=b=c", "b=c", false },
		{ ";;; a=1", "1", false },
		{ "b=a=1", NULL, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool doubled = !rows[i].doubled;
		const char *value = cookie_find(&arena, rows[i].header, "a", &doubled);

		cr_expect_eq(doubled, rows[i].doubled, "row %zu", i);
		cr_expect((value == NULL) == (rows[i].value == NULL), "row %zu", i);
		if (value != NULL && rows[i].value != NULL)
			cr_expect_str_eq(value, rows[i].value, "row %zu", i);
	}
}

/* req193 */
Test(cookie, is_written_by_the_rules, .fini = done)
{
	static const struct { struct cookie cookie; bool https; const char *line; } rows[] = {
		{ { "__Host-sp-a", "v", 0, COOKIE_LAX }, true,
		    "__Host-sp-a=v; Path=/; HttpOnly; SameSite=Lax; Secure" },
		{ { "__Host-sp-a", "v", 60, COOKIE_NONE }, true,
		    "__Host-sp-a=v; Path=/; Max-Age=60; HttpOnly; SameSite=None; Secure" },
		{ { "sp-a-80", "v", 0, COOKIE_STRICT }, false,
		    "sp-a-80=v; Path=/; HttpOnly; SameSite=Strict" },
		{ { "sp-a", "", 60, COOKIE_LAX }, true,
		    "sp-a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure" },
		{ { "__Host-sp-a", "v", 0, COOKIE_LAX }, false, NULL },
		{ { "__Secure-sp-a", "v", 0, COOKIE_LAX }, false, NULL },
		{ { "sp-a", "v", 0, COOKIE_NONE }, false, NULL },
		{ { "sp-a", "a;b", 0, COOKIE_LAX }, true, NULL },
		{ { "sp-a", "a b", 0, COOKIE_LAX }, true, NULL },
		{ { "sp-a", "a\r\nb", 0, COOKIE_LAX }, true, NULL },
		{ { "sp-a", "\xc3\xa9", 0, COOKIE_LAX }, true, NULL },
		{ { "sp a", "v", 0, COOKIE_LAX }, true, NULL },
		{ { "sp=a", "v", 0, COOKIE_LAX }, true, NULL },
		{ { "", "v", 0, COOKIE_LAX }, true, NULL },
		{ { "sp-a", "v", -1, COOKIE_LAX }, true, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *line = cookie_format(&arena, &rows[i].cookie, rows[i].https);

		cr_expect((line == NULL) == (rows[i].line == NULL), "row %zu", i);
		if (line != NULL && rows[i].line != NULL)
			cr_expect_str_eq(line, rows[i].line, "row %zu", i);
	}
}
