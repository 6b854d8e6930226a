/* Authorization requests, as queries: nobody is sent where the app has not said (requirement 18),
 * what goes back is one address with the state that came, and what is taken can be kept. */
#include "fuzz.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/id.h"
#include "base/pack.h"
#include "base/text.h"
#include "http/form.h"
#include "model/authorize.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ISSUER "https://id.example/t/v2.0"

static const struct app_redirect places[] = { { APP_WEB, "https://shop.example/cb" },
	{ APP_WEB, "https://shop.example/cb?x=1" } };

static const struct tenant *shop(void)
{
	static const char *const ids[] = { "11111111-1111-4111-8111-111111111111",
		"22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333",
		"44444444-4444-4444-8444-444444444444" };
	static const struct app_secret secret[1];
	static struct app apps[COUNT(ids)];
	static const struct app *list[COUNT(ids)];
	static struct tenant tenant = { .apps = list, .app_count = COUNT(ids),
	    .contexts = { { UINT64_C(14), 0 } } };

	for (size_t i = 0; i < COUNT(ids); i++) {
		apps[i] = (struct app){ .client_id = ids[i], .enabled = i != 2,
			.redirects = places, .redirect_count = COUNT(places),
			.without_pkce = i == 1, .secret_count = i == 1, .secrets = secret };
		CHECK(id_parse(ids[i], &apps[i].app_id));
		list[i] = &apps[i];
	}
	return &tenant;
}

static struct authorize_query query_of(const struct form *form)
{
	static const struct { const char *name; size_t offset; } parameters[] = {
#define PARAMETER(name) { #name, offsetof(struct authorize_query, name) }
		PARAMETER(client_id), PARAMETER(redirect_uri), PARAMETER(response_type),
		PARAMETER(response_mode), PARAMETER(scope), PARAMETER(state), PARAMETER(nonce),
		PARAMETER(code_challenge), PARAMETER(code_challenge_method), PARAMETER(prompt),
		PARAMETER(max_age), PARAMETER(login_hint), PARAMETER(ui_locales),
		PARAMETER(request), PARAMETER(request_uri), PARAMETER(claims),
		PARAMETER(acr_values), PARAMETER(resource), PARAMETER(id_token_hint),
		PARAMETER(display), PARAMETER(claims_locales),
#undef PARAMETER
	};
	struct authorize_query query = { 0 };

	for (size_t i = 0; i < COUNT(parameters); i++) {
		const char *value = form_get(form, parameters[i].name);
		memcpy((char *)&query + parameters[i].offset, &value, sizeof(value));
		query.repeated |= form_repeated(form, parameters[i].name);
	}
	return query;
}

static bool registered(const char *uri)
{
	return text_same(uri, places[0].uri) || text_same(uri, places[1].uri);
}

/* The answer is the registered address and parameters of ours behind it, each once. */
static void check_back(struct arena *arena, const struct authorize *request, const char *uri)
{
	struct sp_error error;
	struct form form;
	size_t size = strlen(request->redirect_uri);

	CHECK(registered(request->redirect_uri));
	CHECK(strncmp(uri, request->redirect_uri, size) == 0);
	bool fragment = request->mode == AUTHORIZE_FRAGMENT;
	CHECK(uri[size] == (fragment ? '#' : strchr(request->redirect_uri, '?') != NULL ? '&' : '?'));
	for (const char *c = uri; *c != '\0'; c++)
		CHECK(*c > ' ' && *c <= '~' && (*c != '#' || (fragment && c == uri + size)));
	CHECK(form_parse(arena, (struct sp_bytes){ uri + size + 1, strlen(uri + size + 1) },
	    &form, &error));
	CHECK(text_same(form_get(&form, "state"), request->state));
	CHECK(text_same(form_get(&form, "iss"), ISSUER));
	CHECK(form_any_repeated(&form) == NULL);
	CHECK((form_get(&form, "code") != NULL) != (form_get(&form, "error") != NULL));
}

static void check_kept(struct arena *arena, const struct authorize *request)
{
	struct pack first, second;
	struct unpack unpack;
	struct authorize kept;

	pack_begin(&first, arena, 1);
	authorize_pack(&first, request);
	unpack_begin(&unpack, arena, pack_end(&first), 1);
	authorize_unpack(&unpack, &kept);
	CHECK(unpack_ok(&unpack));
	pack_begin(&second, arena, 1);
	authorize_pack(&second, &kept);
	CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
}

static void check_good(struct arena *arena, const struct tenant *tenant,
    const struct authorize *request)
{
	const struct sp_id *targets;
	const struct app *app = tenant_app(tenant, request->client_id);

	CHECK(app != NULL && app->enabled);
	CHECK(app->without_pkce || (request->challenge != NULL && strlen(request->challenge) == 43));
	CHECK(!request->none || !(request->login || request->create || request->select ||
	    request->consent));
	CHECK(!request->create || !(request->login || request->select));
	CHECK(request->wishes.context_count <= WISHES_CONTEXTS_MOST);
	CHECK(!wishes_hopeless(&request->wishes));
	for (size_t i = 0; i < request->wishes.context_count; i++)
		CHECK(wishes_context_in(tenant->contexts, request->wishes.contexts[i]));
	CHECK(request->max_age >= -1 && strpbrk(request->scope, "\"\\\r\n") == NULL);
	CHECK(authorize_targets(arena, tenant, request, &targets) > 0);
	check_kept(arena, request);
	check_back(arena, request, authorize_answer(arena, request, ISSUER, "a.b"));
}

static void check(struct arena *arena, const struct authorize_query *query)
{
	const struct tenant *tenant = shop();
	struct authorize request = { 0 };
	struct authorize_error error = { 0 };
	enum authorize_verdict verdict = authorize_check(arena, tenant, query, &request, &error);

	CHECK((verdict == AUTHORIZE_GOOD) == (error.error == NULL));
	if (!registered(query->redirect_uri))
		CHECK(verdict == AUTHORIZE_PAGE);
	if (verdict == AUTHORIZE_GOOD)
		check_good(arena, tenant, &request);
	else if (verdict == AUTHORIZE_REDIRECT)
		check_back(arena, &request, authorize_refusal(arena, &request, ISSUER, &error));
	CHECK(verdict != AUTHORIZE_GOOD || !query->repeated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct sp_error error;
	struct form form;

	if (form_parse(&arena, (struct sp_bytes){ data, size }, &form, &error)) {
		struct authorize_query query = query_of(&form);
		check(&arena, &query);
	}
	arena_done(&arena);
	return 0;
}
