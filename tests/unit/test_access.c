/* What an access token must say to be taken by endpoints of our own (requirements 69, 70). */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/access.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ISSUER "https://id/t/v2.0"
#define USERINFO "https://id/t/oauth2/v2.0/userinfo"
#define ID "01000000-0000-0000-0000-000000000000"
#define EXPIRES INT64_C(1795508493)

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(access, .fini = end);

/* A good payload, in which one member is another; NULL: it is left out. */
static bool takes(const char *member, const char *value, int64_t now)
{
	static const struct { const char *name, *value; } good[] = {
		{ "iss", "\"" ISSUER "\"" }, { "sub", "\"" ID "\"" }, { "aud", "\"app\"" },
		{ "client_id", "\"app\"" }, { "jti", "\"" ID "\"" }, { "sid", "\"" ID "\"" },
		{ "exp", "1795508493" }, { "nbf", "1795507893" }, { "scope", "\"openid\"" },
	};
	const char *text = "";
	struct access access;
	struct sp_error error;

	for (size_t i = 0; i < COUNT(good); i++) {
		bool other = member != NULL && strcmp(member, good[i].name) == 0;
		if (!other || value != NULL)
			text = text_print(&arena, "%s%s\"%s\":%s", text, *text != '\0' ? "," : "",
			    good[i].name, other ? value : good[i].value);
	}
	text = text_print(&arena, "{%s}", text);
	json_t *json = json_read(text, strlen(text), &error);
	cr_assert_not_null(json, "%s", text);
	bool taken = access_read(&arena, json, ISSUER, now, &access) &&
	    access_ours(&access, USERINFO);
	json_decref(json);
	cr_assert(!taken || (text_same(access.client_id, "app") && access.id.byte[0] == 1 &&
	    access.user.byte[0] == 1 && access.session.byte[0] == 1));
	return taken;
}

Test(access, req69_each_member_must_be_right)
{
	static const struct { const char *member, *value; } rows[] = {
		{ "aud", NULL }, { "aud", "\"\"" }, { "aud", "\"api\"" }, { "aud", "\"App\"" },
		{ "aud", "\"app \"" }, { "aud", "[\"app\",\"api\"]" },
		{ "aud", "null" }, { "aud", "\"" ISSUER "\"" },
		{ "client_id", NULL }, { "client_id", "\"\"" }, { "client_id", "\"other\"" },
		{ "iss", NULL }, { "iss", "\"\"" }, { "iss", "\"https://id/u/v2.0\"" },
		{ "iss", "\"" ISSUER "/\"" }, { "sub", NULL }, { "sub", "\"ann\"" },
		{ "sub", "7" }, { "jti", NULL }, { "jti", "\"x\"" }, { "sid", NULL },
		{ "exp", NULL }, { "exp", "0" }, { "exp", "-1" }, { "exp", "\"1795508493\"" },
		{ "exp", "1795508493.5" },
	};

	cr_assert(takes(NULL, NULL, (EXPIRES - 300) * 1000));
	cr_assert(takes("scope", NULL, (EXPIRES - 300) * 1000));
	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_not(takes(rows[i].member, rows[i].value, (EXPIRES - 300) * 1000), "%zu",
		    i);
}

/* attackB1: one millisecond before, at, after. */
Test(access, req69_it_ends_at_its_expiry)
{
	cr_assert(takes(NULL, NULL, EXPIRES * 1000 - 1));
	cr_assert_not(takes(NULL, NULL, EXPIRES * 1000));
	cr_assert_not(takes(NULL, NULL, EXPIRES * 1000 + 1));
}

Test(access, req74_clocks_may_differ_by_a_minute)
{
	cr_assert(takes("nbf", "1795508000", (INT64_C(1795508000) - 60) * 1000));
	cr_assert_not(takes("nbf", "1795508000", (INT64_C(1795508000) - 60) * 1000 - 1));
}

/* Beside an API a token is good for userinfo by name, and for nothing else of ours. */
Test(access, req70_audiences)
{
	static const struct { const char *aud; bool taken; } rows[] = {
		{ "\"app\"", true }, { "[\"app\"]", true },
		{ "[\"api\",\"" USERINFO "\"]", true }, { "[\"api\"]", false },
		{ "[\"api\",\"" USERINFO "x\"]", false }, { "[\"api\",\"" ISSUER "\"]", false },
		{ "[\"api\",\"app\"]", false }, { "[]", false }, { "[7]", false },
		{ "\"api " USERINFO "\"", false }, { "[\"" USERINFO "\",7]", false },
		{ "{\"" USERINFO "\":1}", false },
	};

	cr_assert_str_eq(access_userinfo(&arena, ISSUER), USERINFO);
	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(takes("aud", rows[i].aud, (EXPIRES - 300) * 1000), rows[i].taken,
		    "%zu", i);
}
