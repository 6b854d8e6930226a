/* Authorization requests: what the RFCs refuse, and where the refusal may be told. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "model/authorize.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WEB "11111111-1111-4111-8111-111111111111"
#define OLD "22222222-2222-4222-8222-222222222222"
#define OFF "33333333-3333-4333-8333-333333333333"
#define API "44444444-4444-4444-8444-444444444444"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define ISSUER "https://id.example/t/v2.0"

static struct arena arena;
static struct app apps[4];
static const struct app *list[4];
static struct tenant tenant;

static void begin(void)
{
	static const struct app_redirect web[] = { { APP_WEB, "https://shop.example/cb" },
		{ APP_WEB, "https://shop.example/cb?x=1" } };
	static const struct app_secret secret[1];
	static const char *const ids[] = { WEB, OLD, OFF, API };

	for (size_t i = 0; i < 4; i++) {
		apps[i] = (struct app){ .client_id = ids[i], .enabled = true,
			.redirects = web, .redirect_count = COUNT(web) };
		id_parse(ids[i], &apps[i].app_id);
		list[i] = &apps[i];
	}
	apps[1].without_pkce = true;
	apps[1].secret_count = 1;
	apps[1].secrets = secret;
	apps[2].enabled = false;
	tenant = (struct tenant){ .apps = list, .app_count = 4, .contexts = { { 2, 0 } } };
}

static void end(void)
{
	arena_done(&arena);
}

TestSuite(authorize, .init = begin, .fini = end);

static struct authorize_query good(void)
{
	return (struct authorize_query){ .client_id = WEB,
		.redirect_uri = "https://shop.example/cb", .response_type = "code",
		.scope = "openid profile", .state = "xyz", .nonce = "n",
		.code_challenge = CHALLENGE, .code_challenge_method = "S256" };
}

/* One member of the good query changed to `value`. */
struct change { size_t at; const char *value, *error; };

#define AT(member) offsetof(struct authorize_query, member)

static struct authorize_query changed(const struct change *change)
{
	struct authorize_query query = good();

	*(const char **)((char *)&query + change->at) = change->value;
	return query;
}

Test(authorize, good_is_kept)
{
	struct authorize_query query = good();
	struct authorize request;
	struct authorize_error error;

	query.prompt = "login consent";
	query.max_age = "3600";
	query.login_hint = "ann@example.com";
	query.ui_locales = "de-AT de";
	cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error), AUTHORIZE_GOOD);
	cr_assert_str_eq(request.client_id, WEB);
	cr_assert_str_eq(request.redirect_uri, "https://shop.example/cb");
	cr_assert_str_eq(request.scope, "openid profile");
	cr_assert_str_eq(request.state, "xyz");
	cr_assert_str_eq(request.nonce, "n");
	cr_assert_str_eq(request.challenge, CHALLENGE);
	cr_assert_str_eq(request.login_hint, "ann@example.com");
	cr_assert_str_eq(request.locale, "de-AT de");
	cr_assert_eq(request.max_age, 3600000);
	cr_assert(request.login && !request.none && !request.create);
	cr_assert_null(request.resources);
}

/* req18: as long as it isn't sure where the answer goes, it goes to the person. */
Test(authorize, req18_never_redirected)
{
	static const struct change rows[] = {
		{ AT(client_id), NULL, "invalid_request" }, { AT(client_id), "", "invalid_request" },
		{ AT(client_id), "nobody", "unauthorized_client" },
		{ AT(client_id), "55555555-5555-4555-8555-555555555555", "unauthorized_client" },
		{ AT(client_id), OFF, "unauthorized_client" },
		{ AT(redirect_uri), NULL, "invalid_request" },
		{ AT(redirect_uri), "", "invalid_request" },
		{ AT(redirect_uri), "https://shop.example/cb/", "invalid_request" },
		{ AT(redirect_uri), "https://shop.example/CB", "invalid_request" },
		{ AT(redirect_uri), "https://shop.example/cb.evil", "invalid_request" },
		{ AT(redirect_uri), "https://shop.example/cb?x=1&y", "invalid_request" },
		{ AT(redirect_uri), "https://shop.example/cb#f", "invalid_request" },
		{ AT(redirect_uri), "https://shop.example:443/cb", "invalid_request" },
		{ AT(redirect_uri), "http://shop.example/cb", "invalid_request" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authorize_query query = changed(&rows[i]);
		struct authorize request = { .state = "untouched" };
		struct authorize_error error;
		cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error),
		    AUTHORIZE_PAGE, "%zu", i);
		cr_assert_str_eq(error.error, rows[i].error, "%zu", i);
		cr_assert_str_eq(request.state, "untouched");
	}
}

static const char *long_text(size_t size)
{
	char *text = arena_alloc(&arena, size + 1);

	memset(text, 'a', size);
	return text;
}

/* What is told to the app: with its state, and in characters that RFC 6749 allows (req42). */
static void refused(const struct authorize_query *query, const char *name, const char *expected)
{
	struct authorize request;
	struct authorize_error error;

	cr_assert_eq(authorize_check(&arena, &tenant, query, &request, &error),
	    AUTHORIZE_REDIRECT, "%s", name);
	cr_assert_str_eq(error.error, expected, "%s: %s", name, error.error);
	cr_assert_str_eq(request.redirect_uri, "https://shop.example/cb");
	cr_assert_null(request.scope);
	for (const char *at = error.description; *at != '\0'; at++)
		cr_assert(*at >= 0x20 && *at <= 0x7e && *at != '"' && *at != '\\', "%s", name);
}

/* c1 is offered by the tenant, c2 is not. */
Test(authorize, req93_essential_wishes_that_nobody_can_meet)
{
	static const struct { const char *claims, *error; } rows[] = {
		{ "{", "invalid_request" }, { "[]", "invalid_request" },
		{ "{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"x\"}}}",
		  "unmet_authentication_requirements" },
		{ "{\"id_token\":{\"acrs\":{\"essential\":true,\"value\":\"c2\"}}}",
		  "unmet_authentication_requirements" },
		{ "{\"id_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}", NULL },
		{ "{\"id_token\":{\"acrs\":{\"value\":\"c2\"}}}", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authorize_query query = good();
		struct authorize_error error;
		struct authorize request;
		query.claims = rows[i].claims;
		if (rows[i].error != NULL)
			refused(&query, rows[i].claims, rows[i].error);
		else
			cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error),
			    AUTHORIZE_GOOD, "%s", rows[i].claims);
	}
}

Test(authorize, req16_req21_req33_refusals)
{
	static const struct change rows[] = {
		{ AT(response_type), NULL, "invalid_request" },
		{ AT(response_type), "token", "unsupported_response_type" },
		{ AT(response_type), "code id_token", "unsupported_response_type" },
		{ AT(response_mode), "web_message", "invalid_request" },
		{ AT(response_mode), "form_post query", "invalid_request" },
		{ AT(request), "eyJ", "request_not_supported" },
		{ AT(request_uri), "urn:x", "request_uri_not_supported" },
		{ AT(code_challenge), NULL, "invalid_request" },
		{ AT(code_challenge), "", "invalid_request" },
		{ AT(code_challenge), "short", "invalid_request" },
		{ AT(code_challenge), CHALLENGE "A", "invalid_request" },
		{ AT(code_challenge), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
		  "invalid_request" },
		{ AT(code_challenge_method), NULL, "invalid_request" },
		{ AT(code_challenge_method), "plain", "invalid_request" },
		{ AT(code_challenge_method), "s256", "invalid_request" },
		{ AT(scope), "openid \"x\"", "invalid_scope" },
		{ AT(scope), "openid\tx", "invalid_scope" },
		{ AT(scope), "open\\id", "invalid_scope" },
		{ AT(scope), "\xc3\xa4", "invalid_scope" },
		{ AT(scope), "openid api://55555555-5555-4555-8555-555555555555/read",
		  "invalid_scope" },
		{ AT(scope), "api://" OFF "/read", "invalid_scope" },
		{ AT(scope), "api://" API "x", "invalid_scope" },
		{ AT(scope), "api://", "invalid_scope" },
		{ AT(resource), "https://elsewhere.example", "invalid_target" },
		{ AT(resource), OFF, "invalid_target" },
		{ AT(prompt), "none login", "invalid_request" },
		{ AT(prompt), "none none", "invalid_request" },
		{ AT(prompt), "loginn", "invalid_request" },
		{ AT(prompt), "create login", "invalid_request" },
		{ AT(prompt), "select_account create", "invalid_request" },
		{ AT(prompt), "LOGIN", "invalid_request" },
		{ AT(max_age), "-1", "invalid_request" }, { AT(max_age), "1.5", "invalid_request" },
		{ AT(max_age), " 1", "invalid_request" },
		{ AT(max_age), "99999999999999999999", "invalid_request" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authorize_query query = changed(&rows[i]);
		refused(&query, rows[i].value != NULL ? rows[i].value : "absent", rows[i].error);
	}
	struct authorize_query query = good();
	query.repeated = true;
	refused(&query, "repeated", "invalid_request");
	query = good();
	query.state = long_text(AUTHORIZE_STATE_MOST + 1);
	refused(&query, "state", "invalid_request");
	query = good();
	query.nonce = long_text(AUTHORIZE_NONCE_MOST + 1);
	refused(&query, "nonce", "invalid_request");
	query = good();
	query.scope = long_text(AUTHORIZE_SCOPE_MOST + 1);
	refused(&query, "scope", "invalid_scope");
}

/* Hints and what OpenID Connect 15.1 names never fail a request; empty is absent. */
Test(authorize, req15_req91_accepted)
{
	static const struct change rows[] = {
		{ AT(response_mode), "query", NULL }, { AT(response_mode), "", NULL },
		{ AT(state), NULL, NULL }, { AT(nonce), "", NULL }, { AT(scope), NULL, NULL },
		{ AT(scope), "  openid   email ", NULL }, { AT(scope), "read write", NULL },
		{ AT(prompt), "", NULL }, { AT(prompt), "create", NULL },
		{ AT(prompt), "select_account", NULL }, { AT(prompt), "consent", NULL },
		{ AT(max_age), "0", NULL }, { AT(max_age), "", NULL },
		{ AT(login_hint), "a\nb", NULL }, { AT(ui_locales), "<script>", NULL },
		{ AT(claims), "{}", NULL }, { AT(acr_values), "x y c2", NULL },
		{ AT(display), "nonsense", NULL }, { AT(claims_locales), "<", NULL },
		{ AT(id_token_hint), "a\nb", NULL }, { AT(prompt), "create consent", NULL },
		{ AT(request), "", NULL },
		{ AT(redirect_uri), "https://shop.example/cb?x=1", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authorize_query query = changed(&rows[i]);
		struct authorize request;
		struct authorize_error error;
		cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error),
		    AUTHORIZE_GOOD, "%zu", i);
		cr_assert(request.login_hint == NULL && request.locale == NULL, "%zu", i);
		if (rows[i].at == AT(scope) && i == 5)
			cr_assert_str_eq(request.scope, "openid email");
		if (rows[i].at == AT(max_age))
			cr_assert_eq(request.max_age, rows[i].value[0] == '0' ? 0 : -1);
	}
}

Test(authorize, attackD7_pkce_may_be_left_out_by_confidential_exceptions_alone)
{
	struct authorize_query query = good();
	struct authorize request;
	struct authorize_error error;

	query.client_id = OLD;
	query.code_challenge = query.code_challenge_method = NULL;
	cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error), AUTHORIZE_GOOD);
	cr_assert_null(request.challenge);
	query.code_challenge_method = "S256";
	refused(&query, "method alone", "invalid_request");
	query.code_challenge_method = NULL;
	apps[1].secret_count = 0;
	refused(&query, "public", "invalid_request");
}

/* SEMANTICS 4.2: the client always, and every resource asked for, each once. */
Test(authorize, targets_are_client_and_resources)
{
	struct authorize_query query = good();
	struct authorize request;
	struct authorize_error error;
	const struct sp_id *targets;

	cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error), AUTHORIZE_GOOD);
	cr_assert_eq(authorize_targets(&arena, &tenant, &request, &targets), 1);
	cr_assert(id_equal(targets[0], apps[0].app_id));
	static struct api_need needs[2];
	needs[0].app_id = apps[3].app_id;
	needs[1].app_id = apps[1].app_id;
	apps[0].api = (struct api){ .needs = needs, .need_count = 2 };
	query.scope = "openid api://" API "/.default " OLD "/.default " WEB "/.default";
	query.resource = API;
	cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error), AUTHORIZE_GOOD);
	cr_assert_str_eq(request.resources, API " " OLD " " WEB);
	cr_assert_eq(authorize_targets(&arena, &tenant, &request, &targets), 3);
	for (size_t i = 0; i < 2; i++)
		cr_assert_lt(id_compare(&targets[i], &targets[i + 1]), 0);
	tenant.app_count = 0;
	cr_assert_eq(authorize_targets(&arena, &tenant, &request, &targets), 0);
}

Test(authorize, req22_answers_carry_state_and_iss)
{
	struct authorize request = { .redirect_uri = "https://shop.example/cb",
		.state = "a b&c=\xc3\xa4" };
	struct authorize_error error = { "access_denied", "not today" };

	cr_assert_str_eq(authorize_answer(&arena, &request, ISSUER, "c.o/d"),
	    "https://shop.example/cb?code=c.o%2Fd&state=a%20b%26c%3D%C3%A4"
	    "&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0");
	request.redirect_uri = "https://shop.example/cb?x=1";
	cr_assert_str_eq(authorize_refusal(&arena, &request, ISSUER, &error),
	    "https://shop.example/cb?x=1&error=access_denied&error_description=not%20today"
	    "&state=a%20b%26c%3D%C3%A4&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0");
	request.state = NULL;
	request.redirect_uri = "com.example.app:/cb?";
	cr_assert_str_eq(authorize_answer(&arena, &request, ISSUER, "x"),
	    "com.example.app:/cb?code=x&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0");
}

/* req26: what is registered says which modes there are. */
Test(authorize, req26_modes_by_platform)
{
	static const struct app_redirect places[] = { { APP_WEB, "https://shop.example/cb" },
		{ APP_SPA, "https://shop.example/spa" }, { APP_PUBLIC, "com.example.app:/cb" },
		{ APP_PUBLIC, "http://127.0.0.1/cb" }, { APP_PUBLIC, "http.example.app:/cb" } };
	static const struct { size_t place; const char *mode; int good; } rows[] = {
		{ 0, "query", AUTHORIZE_QUERY }, { 0, "fragment", AUTHORIZE_FRAGMENT },
		{ 0, "form_post", AUTHORIZE_FORM_POST }, { 1, "query", AUTHORIZE_QUERY },
		{ 1, "fragment", AUTHORIZE_FRAGMENT }, { 1, "form_post", -1 },
		{ 2, "query", AUTHORIZE_QUERY }, { 2, "form_post", -1 },
		{ 3, "form_post", AUTHORIZE_FORM_POST }, { 0, "Query", -1 }, { 0, "", 0 },
		{ 0, "query ", -1 }, { 4, "query", AUTHORIZE_QUERY }, { 4, "form_post", -1 },
	};

	apps[0].redirects = places;
	apps[0].redirect_count = COUNT(places);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authorize_query query = good();
		struct authorize request;
		struct authorize_error error;
		query.redirect_uri = places[rows[i].place].uri;
		query.response_mode = rows[i].mode;
		enum authorize_verdict verdict = authorize_check(&arena, &tenant, &query, &request,
		    &error);
		cr_assert_eq(verdict, rows[i].good < 0 ? AUTHORIZE_REDIRECT : AUTHORIZE_GOOD,
		    "%zu", i);
		cr_assert_eq((int)request.mode, rows[i].good < 0 ? 0 : rows[i].good, "%zu", i);
	}
}

Test(authorize, req22_req26_a_fragment_and_a_form_say_the_same)
{
	struct authorize request = { .redirect_uri = "https://shop.example/cb?x=1",
		.state = "a b&c=\xc3\xa4", .mode = AUTHORIZE_FRAGMENT };
	struct authorize_field fields[AUTHORIZE_FIELDS_MOST];
	static const struct authorize_field wanted[] = { { "code", "c.o/d" },
		{ "state", "a b&c=\xc3\xa4" }, { "iss", ISSUER } };

	cr_assert_str_eq(authorize_answer(&arena, &request, ISSUER, "c"),
	    "https://shop.example/cb?x=1#code=c&state=a%20b%26c%3D%C3%A4"
	    "&iss=https%3A%2F%2Fid.example%2Ft%2Fv2.0");
	request.mode = AUTHORIZE_FORM_POST;
	size_t count = authorize_post(&arena, &request,
	    authorize_answer(&arena, &request, ISSUER, "c.o/d"), fields);
	cr_assert_eq(count, COUNT(wanted));
	for (size_t i = 0; i < count; i++) {
		cr_assert_str_eq(fields[i].name, wanted[i].name);
		cr_assert_str_eq(fields[i].value, wanted[i].value);
	}
}

Test(authorize, req58_what_must_be_pushed_is_refused_when_it_is_not)
{
	for (unsigned i = 0; i < 8; i++) {
		struct authorize_query query = good();
		struct authorize request;
		struct authorize_error error;
		query.pushed = (i & 1) != 0;
		apps[0].pushed_only = (i & 2) != 0;
		tenant.settings.pushed_only = (i & 4) != 0;
		cr_assert_eq(authorize_check(&arena, &tenant, &query, &request, &error),
		    i == 0 || query.pushed ? AUTHORIZE_GOOD : AUTHORIZE_REDIRECT, "%u", i);
	}
}
