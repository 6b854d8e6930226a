/* What the words of a scope mean, and which of them a token holds (requirements 40, 43, 70). */
#include "documents.h"

#include "model/scope.h"

#define CLIENT "11111111-1111-4111-8111-111111111111"
#define SHOP "22222222-2222-4222-8222-222222222222"
#define BANK "33333333-3333-4333-8333-333333333333"
#define OFF "44444444-4444-4444-8444-444444444444"

static struct api_scope shop_scopes[] = {
	{ .id = { { 1 } }, .value = "read", .enabled = true },
	{ .id = { { 2 } }, .value = "write", .enabled = true },
	{ .id = { { 3 } }, .value = "old", .enabled = false },
	{ .id = { { 4 } }, .value = "root", .enabled = true },
};
static const struct api_scope bank_scopes[] = {
	{ .id = { { 5 } }, .value = "read", .enabled = true },
};
static const struct api_scope own_scopes[] = {
	{ .id = { { 6 } }, .value = "mine", .enabled = true },
	{ .id = { { 7 } }, .value = "write", .enabled = true },
};
static const char *const shop_uris[] = { "https://shop.example/api", "urn:shop" };
static struct api_need needs[] = { { .id = { { 1 } } }, { .id = { { 2 } } }, { .id = { { 3 } } },
    { .id = { { 5 } } } };
static struct app apps[4];
static const struct app *list[] = { &apps[0], &apps[1], &apps[2], &apps[3] };
static struct tenant tenant;
static struct scope_asker asker;

static void start(void)
{
	static const char *const ids[] = { CLIENT, SHOP, BANK, OFF };

	for (size_t i = 0; i < 4; i++) {
		apps[i] = (struct app){ .client_id = ids[i], .enabled = i < 3 };
		id_parse(ids[i], &apps[i].app_id);
	}
	apps[0].api = (struct api){ .scopes = own_scopes, .scope_count = 2, .needs = needs,
		.need_count = COUNT(needs) };
	apps[1].api = (struct api){ .scopes = shop_scopes, .scope_count = COUNT(shop_scopes),
		.uris = shop_uris, .uri_count = COUNT(shop_uris) };
	apps[2].api = (struct api){ .scopes = bank_scopes, .scope_count = 1 };
	for (size_t i = 0; i < COUNT(needs); i++)
		needs[i].app_id = apps[i < 3 ? 1 : 2].app_id;
	shop_scopes[1].enabled = true;
	tenant = (struct tenant){ .apps = list, .app_count = 4 };
	scope_names(&arena, &tenant);
	asker = (struct scope_asker){ &arena, &tenant, &apps[0] };
}

TestSuite(scope, .init = start, .fini = end);

Test(scope, req70_what_is_asked_for_is_known_and_granted_or_refused)
{
	static const struct { const char *scope, *resource, *error, *granted, *resources; } rows[] = {
		{ "openid profile", NULL, NULL, "openid profile", NULL },
		{ "openid unheard of openid", NULL, NULL, "openid", NULL },
		{ "", NULL, NULL, "", NULL }, { NULL, NULL, NULL, "", NULL },
		{ "openid api://" SHOP "/read", NULL, NULL, "openid api://" SHOP "/read", SHOP },
		{ SHOP "/read urn:shop/write https://shop.example/api/read", NULL, NULL,
		  SHOP "/read urn:shop/write https://shop.example/api/read", SHOP },
		{ "urn:shop/.default", NULL, NULL, "urn:shop/.default", SHOP },
		{ "read write", "urn:shop", NULL, "read write", SHOP },
		{ "read", "api://" SHOP " " BANK, NULL, "read", SHOP " " BANK },
		{ BANK "/read openid", "urn:shop", NULL, BANK "/read openid", SHOP " " BANK },
		{ "mine openid", NULL, NULL, "mine openid", CLIENT },
		{ "api://" CLIENT "/mine", NULL, NULL, "api://" CLIENT "/mine", CLIENT },
		/* Not granted, switched off, unknown. */
		{ SHOP "/root", NULL, "invalid_scope", NULL, NULL },
		{ SHOP "/old", NULL, "invalid_scope", NULL, NULL },
		{ SHOP "/none", NULL, "invalid_scope", NULL, NULL },
		{ SHOP "/", NULL, "invalid_scope", NULL, NULL },
		{ "urn:shop/Read", NULL, "invalid_scope", NULL, NULL },
		{ OFF "/.default", NULL, "invalid_scope", NULL, NULL },
		{ "api://nowhere/read", NULL, "invalid_scope", NULL, NULL },
		{ "api://" SHOP, NULL, "invalid_scope", NULL, NULL },
		{ "root", "urn:shop", "invalid_scope", NULL, NULL },
		{ "unheard", "urn:shop", "invalid_scope", NULL, NULL },
		{ "openid", "urn:shop ", NULL, "openid", SHOP },
		{ "openid", OFF, "invalid_target", NULL, NULL },
		{ "openid", "https://shop.example", "invalid_target", NULL, NULL },
		{ "openid", "urn:shop nowhere", "invalid_target", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scope_granted granted = { 0 };
		const char *why = NULL;
		const char *error = scope_ask(&asker, rows[i].scope, rows[i].resource, &granted,
		    &why);
		cr_assert(text_same(error, rows[i].error), "%zu: %s", i, error);
		cr_assert((error != NULL) == (why != NULL), "%zu", i);
		cr_assert(text_same(granted.scope, rows[i].granted), "%zu: %s", i, granted.scope);
		cr_assert(text_same(granted.resources, rows[i].resources), "%zu: %s", i,
		    granted.resources);
	}
	asker.client = &apps[2];	/* the bank has been granted nothing at the shop */
	struct scope_granted granted;
	const char *why;
	cr_assert_str_eq(scope_ask(&asker, "urn:shop/.default", NULL, &granted, &why),
	    "invalid_scope");
	cr_assert_str_eq(scope_ask(&asker, "", "urn:shop", &granted, &why), "invalid_target");
}

/* No application can take the place of another by what it calls itself. */
Test(scope, req70_an_id_is_its_owners)
{
	static const char *const stolen[] = { "api://" SHOP };

	apps[2].api.uris = stolen;
	apps[2].api.uri_count = 1;
	scope_names(&arena, &tenant);
	cr_assert_eq(scope_api(&tenant, "api://" SHOP), &apps[1]);
	cr_assert_eq(scope_api(&tenant, "urn:shop"), &apps[1]);
	cr_assert_null(scope_api(&tenant, "urn:nobody"));
	cr_assert_null(scope_api(&tenant, OFF));
	cr_assert_eq(scope_api(&tenant, BANK), &apps[2]);
}

#define BOTH "openid offline_access urn:shop/read " BANK "/read"

Test(scope, req43_a_refresh_gives_what_was_granted_or_less)
{
	static const struct { const char *scope, *resources, *asked, *narrowed; } rows[] = {
		{ BOTH, SHOP " " BANK, NULL, BOTH }, { BOTH, SHOP " " BANK, "", BOTH },
		{ BOTH, SHOP " " BANK, BOTH, BOTH },
		{ BOTH, SHOP " " BANK, BANK "/read", BANK "/read" },
		{ BOTH, SHOP " " BANK, "api://" SHOP "/read openid",
		  SHOP "/read openid" },
		{ BOTH, SHOP " " BANK, "urn:shop/.default", "urn:shop/read" },
		{ BOTH, SHOP " " BANK, "openid unheard", "openid" },
		{ BOTH, SHOP " " BANK, "urn:shop/write", NULL },
		{ BOTH, SHOP " " BANK, "openid profile", NULL },
		{ BOTH, SHOP " " BANK, "unheard", NULL },
		{ BOTH, SHOP " " BANK, "Openid", NULL }, { BOTH, SHOP " " BANK, "openid,x", NULL },
		{ "openid profile", NULL, "  openid   openid ", "openid" },
		{ "openid profile", NULL, "openid email", NULL },
		{ "", NULL, "openid", NULL }, { "openid", NULL, "openid offline_access", NULL },
		{ "urn:shop/.default", SHOP, "urn:shop/read", SHOP "/read" },
		{ "urn:shop/.default", SHOP, "urn:shop/.default", "urn:shop/.default" },
		/* "read" was asked of the shop alone: it is no word of the bank's now. */
		{ "urn:shop/read " BANK "/.default", SHOP " " BANK, "read", SHOP "/read" },
		{ "read write", SHOP, "write", "write" },
		{ "read", SHOP, "write", NULL },
		{ "write urn:shop/read", CLIENT " " SHOP, "urn:shop/write", NULL },
		{ "read", SHOP " " BANK, BANK "/read", BANK "/read" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scope_granted granted = { rows[i].scope, rows[i].resources };
		const char *scope = NULL;
		bool good = scope_narrow(&asker, &granted, rows[i].asked, &scope);
		cr_assert_eq(good, rows[i].narrowed != NULL, "%zu: %s", i, scope);
		if (good)
			cr_assert_str_eq(scope, rows[i].narrowed, "%zu: %s", i, scope);
	}
}

Test(scope, req70_a_token_is_for_one_api_and_holds_its_words_alone)
{
	static const struct {
		const char *scope, *resources, *asked, *resource;
		size_t api;	/* 9: none */
		const char *values, *openid, *answer;
	} rows[] = {
		{ "openid email", NULL, NULL, NULL, 0, "", "openid email", "openid email" },
		{ BOTH, SHOP " " BANK, NULL, NULL, 1, "read", "openid offline_access",
		  "openid offline_access urn:shop/read" },
		{ BOTH, SHOP " " BANK, NULL, BANK, 2, "read", "openid offline_access",
		  "openid offline_access " BANK "/read" },
		{ BOTH, SHOP " " BANK, BANK "/read openid", NULL, 2, "read",
		  "openid offline_access", "openid offline_access " BANK "/read" },
		{ BOTH, SHOP " " BANK, "openid", NULL, 0, "", "openid offline_access",
		  "openid offline_access" },
		{ BOTH, SHOP " " BANK, NULL, CLIENT, 0, "", "openid offline_access",
		  "openid offline_access" },
		{ BOTH, SHOP, NULL, BANK, 9, NULL, NULL, NULL },
		{ "openid", NULL, NULL, "urn:shop", 9, NULL, NULL, NULL },
		{ "openid", OFF, NULL, NULL, 9, NULL, NULL, NULL },
		{ "urn:shop/.default", SHOP, NULL, NULL, 1, "read write", "",
		  "urn:shop/read urn:shop/write" },
		{ "read", SHOP " " BANK, NULL, BANK, 2, "read", "", "read" },
		{ "read urn:shop/read write", SHOP, NULL, NULL, 1, "read write", "",
		  "read urn:shop/read write" },
		{ "mine", CLIENT, NULL, NULL, 0, "mine", "", "mine" },
		/* "write" was the client's own: the shop has not been asked for its. */
		{ "write urn:shop/read", CLIENT " " SHOP, NULL, SHOP, 1, "read", "",
		  "urn:shop/read" },
		{ "write urn:shop/read", CLIENT " " SHOP, NULL, NULL, 0, "write", "", "write" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scope_granted granted = { rows[i].scope, rows[i].resources };
		const struct app *api = scope_aim(&asker, &granted, rows[i].asked,
		    rows[i].resource);
		cr_assert_eq(api, rows[i].api == 9 ? NULL : &apps[rows[i].api], "%zu", i);
		if (api == NULL)
			continue;
		struct scope_told told = scope_tell(&asker, &granted, api);
		cr_assert_str_eq(told.values, rows[i].values, "%zu: %s", i, told.values);
		cr_assert_str_eq(told.openid, rows[i].openid, "%zu: %s", i, told.openid);
		cr_assert_str_eq(told.answer, rows[i].answer, "%zu: %s", i, told.answer);
	}
}

/* What an operator takes back is not in the next token. */
Test(scope, req43_what_was_withdrawn_is_gone)
{
	struct scope_granted granted = { "urn:shop/read urn:shop/write", SHOP };
	const char *scope;

	shop_scopes[1].enabled = false;
	cr_assert_str_eq(scope_tell(&asker, &granted, &apps[1]).values, "read");
	cr_assert(scope_narrow(&asker, &granted, "urn:shop/read urn:shop/write", &scope));
	apps[0].api.need_count = 0;
	cr_assert_null(scope_aim(&asker, &granted, NULL, NULL));
	cr_assert_str_eq(scope_tell(&asker, &granted, &apps[1]).values, "");
}

/* What customers let it do is not its own: roles are, and ".default" brings them. */
Test(scope, req51_for_itself_an_application_has_roles_and_no_scope)
{
	static const struct { const char *scope, *resource, *error, *told; } rows[] = {
		{ SHOP "/.default", NULL, NULL, SHOP "/.default" },
		{ NULL, "urn:shop", NULL, SHOP "/.default" },
		{ "urn:shop/.default", NULL, NULL, "urn:shop/.default" },
		{ SHOP "/read", NULL, "invalid_scope", NULL },
		{ "read", SHOP, "invalid_scope", NULL },
		{ CLIENT "/mine", NULL, "invalid_scope", NULL },
		{ "openid", NULL, "invalid_scope", NULL }, { NULL, NULL, "invalid_scope", NULL },
		{ SHOP "/.default " BANK "/.default", NULL, "invalid_scope", NULL },
		{ SHOP "/.default", OFF, "invalid_target", NULL },
	};
	struct scope_alone alone;
	const char *why;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *error = scope_alone(&asker, rows[i].scope, rows[i].resource, &alone,
		    &why);
		cr_assert(text_same(error, rows[i].error), "row %zu: %s", i, error);
		if (error == NULL)
			cr_assert_str_eq(alone.scope, rows[i].told);
	}
}

/* The id of a role, granted as a scope, is none of it, nor the reverse. */
Test(scope, req51_an_api_for_chosen_ones_asks_for_a_role)
{
	static const struct api_role roles[] = {
		{ .id = { { 9 } }, .value = "Post", .enabled = true, .apps = true } };
	struct scope_alone alone;
	const char *why;

	apps[1].api.roles = roles;
	apps[1].api.role_count = 1;
	apps[1].api.assigned_only = true;
	cr_assert_str_eq(scope_alone(&asker, SHOP "/.default", NULL, &alone, &why),
	    "invalid_grant");
	struct api_need before = needs[2];
	needs[2] = (struct api_need){ apps[1].app_id, roles[0].id, false };
	cr_assert_str_eq(scope_alone(&asker, SHOP "/.default", NULL, &alone, &why),
	    "invalid_grant");
	needs[2].role = true;
	cr_assert_null(scope_alone(&asker, SHOP "/.default", NULL, &alone, &why));
	needs[2] = before;
}
