/* What a customer has agreed to, and what stands on it. */
#include "base/arena.h"
#include "model/account.h"
#include "model/consent.h"
#include "model/grant.h"

#include <criterion/criterion.h>

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, NULL, 0);
}

static void teardown(void)
{
	arena_done(&arena);
}

TestSuite(consent, .init = setup, .fini = teardown);

Test(consent, req27_what_is_new_is_missing)
{
	static const struct { const char *agreed, *asked, *missing; int64_t created; } rows[] = {
		{ NULL, "openid email", "openid email", 0 },
		{ "openid", "openid email", "email", 0 },
		{ "openid email", "email openid", "", 0 },
		{ "openid", "open", "open", 0 },
		{ "openid", "", "", 0 },
		{ "openid", "openid", "openid", 51 },	/* he who had the id before */
		{ "openid", "openid", "", 50 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct consent consent = { .scope = rows[i].agreed, .given = 50 };
		struct account account = { .created = rows[i].created };
		cr_assert_str_eq(consent_missing(&arena, &consent, &account, rows[i].asked),
		    rows[i].missing, "row %zu", i);
	}
}

Test(consent, req27_agreeing_to_more_keeps_what_was_there)
{
	struct consent consent = { 0 };
	struct account account = { 0 };

	consent_widen(&arena, &consent, "openid email", 7);
	consent_widen(&arena, &consent, "email profile", 9);
	cr_assert_eq(consent.given, 7);
	cr_assert_str_eq(consent_missing(&arena, &consent, &account, "profile email openid x"),
	    "x");
}

Test(consent, req27_a_family_stands_on_consent_that_was_there_first)
{
	static const struct { const char *agreed, *scope; int64_t given, began; bool carries; }
	rows[] = {
		{ "openid email", "openid", 5, 5, true },
		{ "openid", "openid email", 5, 9, false },
		{ "openid", "openid", 10, 9, false },	/* taken back, and given anew */
		{ NULL, "openid", 0, 9, false },
	};
	struct account account = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct consent consent = { .scope = rows[i].agreed, .given = rows[i].given };
		struct grant grant = { .scope = rows[i].scope, .began = rows[i].began };
		cr_assert_eq(consent_carries(&arena, &consent, &account, &grant),
		    rows[i].carries, "row %zu", i);
	}
}
