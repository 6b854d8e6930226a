/* What a client may say of itself when it signs (requirement 54). */
#include "base/arena.h"
#include "base/text.h"
#include "model/assertion.h"

#include <criterion/criterion.h>

#define CLIENT "0a8f6a52-7c1e-4b39-9a57-1f20c3d4e501"
#define ISSUER "https://id.example/t/v2.0"
#define NOW INT64_C(1000000)	/* seconds */

static json_t *payload(int64_t made, int64_t expires)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:I}", "iss", CLIENT, "sub", CLIENT, "aud",
	    ISSUER, "jti", "one", "exp", (json_int_t)expires);

	if (made != 0)
		json_object_set_new(object, "iat", json_integer(made));
	return object;
}

/* Times from now on, in seconds; `made` 0: it doesn't say. */
static const struct row {
	int64_t made, expires, restored;	/* restored INT64_MIN: never */
	bool good;
} rows[] = {
	{ -5, 60, INT64_MIN, true }, { 0, 300, INT64_MIN, true }, { 0, 301, INT64_MIN, false },
	{ 60, 360, INT64_MIN, true }, { 61, 300, INT64_MIN, false }, { -5, 0, INT64_MIN, false },
	/* Before a restore, or by a clock that may be ahead of it. */
	{ -5, 60, -1, false }, { -5, 60, -64, false }, { -5, 60, -65, true },
	{ -5, 60, -66, true }, { 0, 300, -61, true }, { 0, 300, -59, false },
	{ 0, 60, -299, false }, { 0, 60, -300, true }, { 59, 300, -1, true }, { 59, 300, 0, false },
};

Test(assertion, req54_req245_what_is_too_old_too_long_or_from_before_a_restore_is_none)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct assertion_rule rule = { CLIENT, ISSUER, NOW * 1000,
			row->restored == INT64_MIN ? 0 : (NOW + row->restored) * 1000 };
		struct assertion assertion;
		json_t *told = payload(row->made == 0 ? 0 : NOW + row->made, NOW + row->expires);
		const char *why = assertion_wrong(told, &rule, &assertion);
		cr_assert_eq(why == NULL, row->good, "row %zu: %s", i, why);
		if (why == NULL)
			cr_assert_eq(assertion.until, (NOW + row->expires + 1) * 1000);
		json_decref(told);
	}
}

/* For this server alone, of this client alone, and once. */
Test(assertion, req54_whose_it_is_and_for_whom_is_said_without_doubt)
{
	static const struct { const char *name, *text; } others[] = {
		{ "iss", "0a8f6a52-7c1e-4b39-9a57-1f20c3d4e502" }, { "iss", NULL },
		{ "sub", "0a8f6a52-7c1e-4b39-9a57-1f20c3d4e502" }, { "sub", NULL },
		{ "aud", ISSUER "/" }, { "aud", "https://id.example/t/oauth2/v2.0/token" },
		{ "aud", NULL }, { "jti", "" }, { "jti", NULL },
	};
	struct assertion_rule rule = { CLIENT, ISSUER, NOW * 1000, 0 };
	struct assertion assertion;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		json_t *told = payload(NOW, NOW + 60);
		if (others[i].text != NULL)
			json_object_set_new(told, others[i].name, json_string(others[i].text));
		else
			json_object_del(told, others[i].name);
		cr_assert_not_null(assertion_wrong(told, &rule, &assertion), "row %zu", i);
		json_decref(told);
	}
}
