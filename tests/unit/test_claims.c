/* Codes and what tokens say. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/pack.h"
#include "base/text.h"
#include "model/claims.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795507893999)
/* RFC 7636, appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct arena arena;

static void end(void)
{
	arena_done(&arena);
}

TestSuite(claims, .fini = end);

static struct code a_code(void)
{
	return (struct code){ .id = { { 1 } }, .user = { { 2 } }, .session = { { 3 } },
		.client_id = "app", .redirect_uri = "https://a/cb", .scope = "openid",
		.nonce = "n", .challenge = CHALLENGE, .issuer = "https://id/t/v2.0", .epoch = 4,
		.factors = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND,
		.signed_in = NOW - 5000, .factor_time = NOW - 2000, .expires = NOW + 60000 };
}

static const struct code_claim fits = { "app", "https://a/cb", VERIFIER, "https://id/t/v2.0" };

Test(claims, req35_what_a_code_refuses)
{
	static const struct { struct code_claim claim; const char *error; } rows[] = {
		{ { "app", "https://a/cb", VERIFIER, "https://id/t/v2.0" }, NULL },
		{ { NULL, "https://a/cb", VERIFIER, "https://id/t/v2.0" }, "invalid_request" },
		{ { "app", NULL, VERIFIER, "https://id/t/v2.0" }, "invalid_request" },
		{ { "app", "https://a/cb", NULL, "https://id/t/v2.0" }, "invalid_request" },
		{ { "app", "https://a/cb", "", "https://id/t/v2.0" }, "invalid_request" },
		{ { "App", "https://a/cb", VERIFIER, "https://id/t/v2.0" }, "invalid_grant" },
		{ { "app", "https://a/cb/", VERIFIER, "https://id/t/v2.0" }, "invalid_grant" },
		{ { "app", "https://a/cb", VERIFIER "x", "https://id/t/v2.0" }, "invalid_grant" },
		{ { "app", "https://a/cb", CHALLENGE, "https://id/t/v2.0" }, "invalid_grant" },
		{ { "app", "https://a/cb", "short", "https://id/t/v2.0" }, "invalid_grant" },
		{ { "app", "https://a/cb", VERIFIER, "https://id/u/v2.0" }, "invalid_grant" },
		{ { "app", "https://a/cb", VERIFIER, NULL }, "invalid_grant" },
	};
	struct code code = a_code();

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert(text_same(code_refuses(&code, &rows[i].claim, NOW), rows[i].error),
		    "%zu", i);
	cr_assert_null(code_refuses(&code, &fits, code.expires - 1));
	cr_assert_str_eq(code_refuses(&code, &fits, code.expires), "invalid_grant");
	/* attackD7: the challenge was taken out on the way. */
	code.challenge = NULL;
	cr_assert_str_eq(code_refuses(&code, &fits, NOW), "invalid_grant");
	struct code_claim without = fits;
	without.verifier = NULL;
	cr_assert_null(code_refuses(&code, &without, NOW));
}

Test(claims, codes_come_back)
{
	struct code code = a_code(), back;
	struct pack pack;
	struct unpack unpack;

	code.single_mailbox = true;
	code.wishes.userinfo = 3;
	pack_begin(&pack, &arena, CODE_FORMAT);
	code_pack(&pack, &code);
	unpack_begin(&unpack, &arena, pack_end(&pack), CODE_FORMAT);
	code_unpack(&unpack, &back);
	cr_assert(unpack_ok(&unpack));
	cr_assert_null(code_refuses(&back, &fits, NOW));
	cr_assert_eq(back.wishes.userinfo, 3);
	cr_assert(back.single_mailbox && !back.recorded && back.epoch == 4);
	cr_assert(back.signed_in == code.signed_in && back.factor_time == code.factor_time);
	cr_assert_eq(back.factors, code.factors);
	cr_assert_null(back.resources);
}

Test(claims, req94_amr_tells_the_truth)
{
	static const struct { uint32_t factors; const char *amr; bool mfa; } rows[] = {
		{ 0, "[]", false },
		{ SP_FACTOR_PASSWORD, "[\"pwd\"]", false },
		{ SP_FACTOR_LINK, "[\"link\"]", false },	/* no second factor of anybody */
		{ SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_SECOND,
		  "[\"pwd\",\"emailotp\",\"mfa\"]", true },
		{ SP_FACTOR_EMAIL_FIRST, "[\"emailotp\"]", false },
		/* The same mailbox twice is one door (attackC11). */
		{ SP_FACTOR_EMAIL_FIRST | SP_FACTOR_EMAIL_SECOND, "[\"emailotp\"]", false },
		{ SP_FACTOR_EMAIL_SECOND, "[\"emailotp\"]", false },
		{ SP_FACTOR_PASSWORD | SP_FACTOR_TOTP, "[\"pwd\",\"otp\",\"mfa\"]", true },
		{ SP_FACTOR_EMAIL_FIRST | SP_FACTOR_TOTP, "[\"emailotp\",\"otp\",\"mfa\"]", true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *amr = claims_amr(rows[i].factors);
		cr_assert_str_eq(json_write(&arena, amr), rows[i].amr, "%zu", i);
		cr_assert_str_eq(claims_acr(rows[i].factors), rows[i].mfa ? CLAIMS_ACR_MFA :
		    CLAIMS_ACR_SINGLE);
		json_decref(amr);
	}
}

static const struct sp_attribute name = { "displayName", "Ann \xc3\x84" },
    city = { "city", "Wien" }, mail = { "mail", "other@example.com" };
static const struct sp_attribute *const attributes[] = { &name, &city, &mail };
static const char *const identifiers[] = { "ann", "ann@example.com" };
static const struct sp_user user = { .id = { { 2 } }, .identifier_count = 2,
	.identifiers = identifiers, .attribute_count = 3, .attributes = attributes };

static const char *written(json_t *(*make)(const struct claims *), const char *scope, bool proven)
{
	struct tenant tenant = { .id_text = "tenant", .settings = { .id_token_lifetime = 3600000,
	    .access_token_lifetime = 600000 } };
	struct code code = a_code();
	struct claims claims = { .tenant = &tenant, .code = &code, .user = &user,
		.token_id = "jti", .proven = proven, .now = NOW };

	code.scope = scope;
	json_t *json = make(&claims);
	const char *text = json_write(&arena, json);
	json_decref(json);
	return text;
}

#define SAME "\"exp\":%s,\"iat\":1795507893,\"nbf\":1795507893,\"auth_time\":1795507888," \
	"\"acr\":\"" CLAIMS_ACR_MFA "\",\"amr\":[\"pwd\",\"emailotp\",\"mfa\"]," \
	"\"sid\":\"03000000-0000-0000-0000-000000000000\"," \
	"\"oid\":\"02000000-0000-0000-0000-000000000000\",\"tid\":\"tenant\",\"ver\":\"2.0\""
#define WHO "{\"iss\":\"https://id/t/v2.0\",\"sub\":\"02000000-0000-0000-0000-000000000000\"," \
	"\"aud\":\"app\","

Test(claims, req67_id_token)
{
	cr_assert_str_eq(written(claims_id_token, "openid", true), text_print(&arena,
	    WHO SAME ",\"nonce\":\"n\"}", "1795511493"));
}

/* req68, req75: an access token says nothing personal, whatever the scope. */
Test(claims, req75_access_token)
{
	cr_assert_str_eq(written(claims_access_token, "openid profile email address", true),
	    text_print(&arena, WHO SAME ",\"client_id\":\"app\",\"azp\":\"app\",\"jti\":\"jti\","
	    "\"scope\":\"openid profile email address\"}", "1795508493"));
}

/* An ID token says what the original's does; the rest is userinfo's, or asked for by name. */
Test(claims, req67_req82_id_token_by_scope)
{
	cr_assert_str_eq(written(claims_id_token, "openid profile address", true),
	    text_print(&arena, WHO SAME ",\"nonce\":\"n\",\"name\":\"Ann \xc3\x84\","
	    "\"preferred_username\":\"ann\"}", "1795511493"));
}

static bool holds(const json_t *object, const char *member)
{
	return json_object_get(object, member) != NULL;
}

/* A token for an API whose document asks for `claims`. */
static json_t *for_api(const char *scope, struct app *api, size_t groups)
{
	static struct sp_id ids[CLAIMS_GROUPS + 1];
	static struct tenant tenant = { .id_text = "tenant" };
	struct code code = a_code();
	struct claims claims = { .tenant = &tenant, .code = &code, .user = &user, .now = NOW,
		.token_id = "jti", .audience = "api", .userinfo = "https://id/userinfo",
		.scope = "read openid", .values = "read", .api = api, .groups = { groups, ids } };

	code.scope = scope;
	for (size_t i = 0; i <= CLAIMS_GROUPS; i++)
		ids[i] = (struct sp_id){ { (uint8_t)(i >> 8), (uint8_t)i } };
	return claims_access_token(&claims);
}

Test(claims, req68_a_token_for_an_api)
{
	struct app api = { 0 };
	json_t *json = for_api("openid profile", &api, 2);

	cr_assert_str_eq(json_text(json, "scp", ""), "read");
	cr_assert_str_eq(json_text(json, "scope", ""), "read openid");
	cr_assert_str_eq(json_text(json, "azp", ""), "app");
	cr_assert_str_eq(json_write(&arena, json_object_get(json, "aud")),
	    "[\"api\",\"https://id/userinfo\"]");
	cr_assert(!holds(json, "name") && !holds(json, "groups") && !holds(json, "roles"));
	json_decref(json);
}

/* Never a cut list: whoever decides by it must see that it isn't whole. */
Test(claims, sem43_groups_are_all_or_none)
{
	struct app api = { .api = { .groups = true } };
	json_t *json = for_api("openid", &api, CLAIMS_GROUPS);

	cr_assert_eq(json_array_size(json_object_get(json, "groups")), CLAIMS_GROUPS);
	cr_assert_not(holds(json, "hasgroups"));
	json_decref(json);
	json = for_api("openid", &api, CLAIMS_GROUPS + 1);
	cr_assert(json_flag(json, "hasgroups", false) && !holds(json, "groups"));
	json_decref(json);
	json = for_api("openid", &api, 0);
	cr_assert(!holds(json, "hasgroups") && !holds(json, "groups"));
	json_decref(json);
}

Test(claims, req75_optional_claims_need_their_scope)
{
	struct app api = { .api = { .access_claims = UINT32_MAX } };
	json_t *json = for_api("openid", &api, 0);

	cr_assert(!holds(json, "email") && !holds(json, "name") && !holds(json, "ctry"));
	json_decref(json);
	json = for_api("openid profile", &api, 0);
	cr_assert(!holds(json, "email") && holds(json, "name") &&
	    holds(json, "preferred_username"));
	json_decref(json);
	json = for_api("openid email", &api, 0);
	cr_assert(holds(json, "email") && holds(json, "email_verified") && !holds(json, "name"));
	json_decref(json);
}

Test(claims, roles_are_of_the_customer_and_of_his_groups)
{
	static const struct api_role roles[] = {
		{ .id = { { 1 } }, .value = "Reader", .enabled = true, .users = true },
		{ .id = { { 2 } }, .value = "Writer", .enabled = true, .users = true },
		{ .id = { { 3 } }, .value = "Off", .enabled = false, .users = true },
		{ .id = { { 4 } }, .value = "Robot", .enabled = true, .apps = true },
		{ .id = { { 5 } }, .value = "Other", .enabled = true, .users = true },
	};
	static const struct api_assignment assignments[] = {
		{ { { 2 } }, { { 1 } } }, { { { 0, 1 } }, { { 2 } } }, { { { 0, 0 } }, { { 2 } } },
		{ { { 2 } }, { { 3 } } }, { { { 2 } }, { { 4 } } }, { { { 9 } }, { { 5 } } },
	};
	struct app api = { .api = { .roles = roles, .role_count = COUNT(roles),
	    .assignments = assignments, .assignment_count = COUNT(assignments) } };
	json_t *json = for_api("openid", &api, 2);

	cr_assert_str_eq(json_write(&arena, json_object_get(json, "roles")),
	    "[\"Reader\",\"Writer\"]");
	json_decref(json);
	json = for_api("openid", &api, 0);
	cr_assert_str_eq(json_write(&arena, json_object_get(json, "roles")), "[\"Reader\"]");
	json_decref(json);
	api.api.assigned_only = true;
	cr_assert(api_admits(&api.api, (struct sp_id){ { 2 } }, (struct sp_ids){ 0, NULL }));
	cr_assert_not(api_admits(&api.api, (struct sp_id){ { 3 } }, (struct sp_ids){ 0, NULL }));
	cr_assert_not(api_admits(&api.api, (struct sp_id){ { 0 } }, (struct sp_ids){ 0, NULL }));
}

Test(claims, req82_claims_by_scope)
{
#define SUB "{\"sub\":\"02000000-0000-0000-0000-000000000000\""
	static const struct { const char *scope; bool proven; const char *json; } rows[] = {
		{ "openid", true, SUB "}" },
		{ "openid emails", true, SUB "}" },
		{ "openid profile", true, SUB ",\"name\":\"Ann \xc3\x84\","
		  "\"preferred_username\":\"ann\"}" },
		{ "email", true, SUB ",\"email\":\"ann@example.com\",\"email_verified\":true}" },
		{ "email", false, SUB ",\"email\":\"ann@example.com\",\"email_verified\":false}" },
		{ "address", true, SUB ",\"address\":{\"locality\":\"Wien\"}}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_str_eq(written(claims_userinfo, rows[i].scope, rows[i].proven),
		    rows[i].json, "%zu", i);
}

Test(claims, req71_subjects_are_ids)
{
	cr_assert_str_eq(claims_subject(&arena, (struct sp_id){ { 0xab } }),
	    "ab000000-0000-0000-0000-000000000000");
}
