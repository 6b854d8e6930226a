#include "model/authorize.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/scope.h"

#include <string.h>

#define HINT_MOST 320u
#define LOCALES_MOST 128u
#define MAX_AGE_DIGITS 9u	/* thirty years of seconds */
#define CHALLENGE_SIZE 43u	/* SHA-256 in base64url: RFC 7636 4.2 */

/* One check's view: each judges a part of the query and fills in its part of the request. */
struct check {
	struct arena *arena;
	const struct tenant *tenant;
	const struct app *app;
	const struct app_redirect *redirect;
	const struct authorize_query *query;
	struct authorize request;
	struct authorize_error error;
};

static bool refuse(struct check *check, const char *error, const char *description)
{
	check->error = (struct authorize_error){ error, description };
	return false;
}

static bool invalid(struct check *check, const char *description)
{
	return refuse(check, "invalid_request", description);
}

static const char *present(const char *text)
{
	return text_empty(text) ? NULL : text;
}

/* The app's page in a browser can't read what is posted, nor can a private scheme; all that is
 * registered otherwise takes all three. */
static bool mode_read(const struct app_redirect *redirect, const char *text,
    enum authorize_mode *out_mode)
{
	static const char *const names[] = { [AUTHORIZE_QUERY] = "query",
		[AUTHORIZE_FRAGMENT] = "fragment", [AUTHORIZE_FORM_POST] = "form_post" };
	bool posts = redirect->platform != APP_SPA && app_uri_web(redirect->uri);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], text) != 0 || (i == AUTHORIZE_FORM_POST && !posts))
			continue;
		*out_mode = (enum authorize_mode)i;
		return true;
	}
	return false;
}

/* Who asks, and where the answer goes: as long as this isn't sure, nobody is redirected. */
static bool check_client(struct check *check)
{
	const char *client_id = present(check->query->client_id);
	const char *uri = present(check->query->redirect_uri);

	if (client_id == NULL)
		return invalid(check, "client_id is missing");
	check->app = tenant_app(check->tenant, client_id);
	if (check->app == NULL || !check->app->enabled)
		return refuse(check, "unauthorized_client", "the application is not known here");
	if (uri == NULL)
		return invalid(check, "redirect_uri is missing");
	check->redirect = app_redirect(check->app, uri);
	if (check->redirect == NULL)
		return invalid(check, "redirect_uri is not registered for the application");
	if (present(check->query->response_mode) != NULL)	/* refusals go that way too */
		(void)mode_read(check->redirect, check->query->response_mode,
		    &check->request.mode);
	check->request.client_id = check->app->client_id;
	check->request.redirect_uri = text_copy(check->arena, uri);
	return true;
}

/* First, so that every refusal after it carries the state. */
static bool check_state(struct check *check)
{
	const char *state = present(check->query->state), *nonce = present(check->query->nonce);

	if (state != NULL && strlen(state) > AUTHORIZE_STATE_MOST)
		return invalid(check, "state is too long");
	check->request.state = text_copy(check->arena, state);
	if (check->query->repeated)
		return invalid(check, "a parameter is given twice");
	if (nonce != NULL && strlen(nonce) > AUTHORIZE_NONCE_MOST)
		return invalid(check, "nonce is too long");
	check->request.nonce = text_copy(check->arena, nonce);
	return true;
}

static bool check_response(struct check *check)
{
	const struct authorize_query *query = check->query;

	if (!query->pushed && (check->app->pushed_only || check->tenant->settings.pushed_only))
		return invalid(check, "authorization requests must be pushed (RFC 9126)");
	check->request.pushed = query->pushed;
	if (present(query->request) != NULL)
		return refuse(check, "request_not_supported", "request objects are not supported");
	if (present(query->request_uri) != NULL)
		return refuse(check, "request_uri_not_supported", "request_uri is not supported");
	if (present(query->response_type) == NULL)
		return invalid(check, "response_type is missing");
	if (strcmp(query->response_type, "code") != 0)
		return refuse(check, "unsupported_response_type", "response_type must be code");
	if (present(query->response_mode) != NULL &&
	    !mode_read(check->redirect, query->response_mode, &check->request.mode))
		return invalid(check, "response_mode is not supported for this redirect_uri");
	return true;
}

static bool challenge_shaped(const char *challenge)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-_";

	return strlen(challenge) == CHALLENGE_SIZE && strspn(challenge, plain) == CHALLENGE_SIZE;
}

static bool check_pkce(struct check *check)
{
	const char *challenge = present(check->query->code_challenge);
	const char *method = present(check->query->code_challenge_method);

	if (challenge == NULL) {
		if (method != NULL)
			return invalid(check, "code_challenge is missing");
		if (check->app->without_pkce && app_confidential(check->app))
			return true;
		return invalid(check, "code_challenge is missing: PKCE with S256 is a must");
	}
	if (method == NULL || strcmp(method, "S256") != 0)
		return invalid(check, "code_challenge_method must be S256");
	if (!challenge_shaped(challenge))
		return invalid(check, "code_challenge is not a SHA-256 in base64url");
	check->request.challenge = text_copy(check->arena, challenge);
	return true;
}

/* RFC 6749 3.3: %x21 / %x23-5B / %x5D-7E; what lies between them is folded to one space. */
static bool scope_character(char c)
{
	return c > ' ' && c <= '~' && c != '"' && c != '\\';
}

static bool check_scope(struct check *check)
{
	const char *scope = present(check->query->scope);
	char *copy, *at;

	if (scope == NULL)
		scope = "";
	if (strlen(scope) > AUTHORIZE_SCOPE_MOST)
		return refuse(check, "invalid_scope", "scope is too long");
	at = copy = arena_alloc(check->arena, strlen(scope) + 1);
	for (; *scope != '\0'; scope++) {
		if (scope_character(*scope))
			*at++ = *scope;
		else if (*scope != ' ')
			return refuse(check, "invalid_scope", "scope holds a wrong character");
		else if (at > copy && at[-1] != ' ')
			*at++ = ' ';
	}
	if (at > copy && at[-1] == ' ')
		at[-1] = '\0';
	check->request.scope = copy;
	return true;
}

/* Of APIs: what is known, and granted to the application by an operator. */
static bool check_resources(struct check *check)
{
	struct scope_asker asker = { check->arena, check->tenant, check->app };
	struct scope_granted granted;
	const char *why, *error = scope_ask(&asker, check->request.scope, check->query->resource,
	    &granted, &why);

	if (error != NULL)
		return refuse(check, error, why);
	check->request.scope = granted.scope;
	check->request.resources = granted.resources;
	return true;
}

static bool *prompt_flag(struct authorize *request, const char *word, size_t size)
{
	const struct { const char *word; bool *flag; } rows[] = {
		{ "login", &request->login }, { "select_account", &request->select },
		{ "none", &request->none }, { "create", &request->create },
		{ "consent", &request->consent },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].word) == size && memcmp(rows[i].word, word, size) == 0)
			return rows[i].flag;
	return NULL;
}

/* Who is to sign up is signed in already by nobody's account, and has none to choose. */
static bool check_prompt(struct check *check)
{
	struct authorize *request = &check->request;
	const char *at = present(check->query->prompt);
	size_t words = 0;

	for (size_t size; at != NULL && *at != '\0'; at += size) {
		size = strcspn(at, " ");
		bool *flag = prompt_flag(request, at, size);
		if (size > 0 && flag == NULL)
			return invalid(check, "prompt holds a value that is not supported");
		words += size > 0;
		if (size > 0)
			*flag = true;
		size += at[size] == ' ';
	}
	if (request->none && words > 1)
		return invalid(check, "prompt none stands alone");
	if (request->create && (request->login || request->select))
		return invalid(check, "prompt create goes without login and select_account");
	return true;
}

static bool check_max_age(struct check *check)
{
	const char *text = present(check->query->max_age);
	int64_t seconds = 0;

	check->request.max_age = -1;
	if (text == NULL)
		return true;
	if (strlen(text) > MAX_AGE_DIGITS || strspn(text, "0123456789") != strlen(text))
		return invalid(check, "max_age is not a number of seconds");
	for (; *text != '\0'; text++)
		seconds = seconds * 10 + (*text - '0');
	check->request.max_age = seconds * 1000;
	return true;
}

/* Hints never fail a request; what makes no sense is left out (requirements 90, 91). Of an
 * id_token_hint that cannot be one, no more is known than whom it doesn't name. */
static bool check_hints(struct check *check)
{
	static const char tags[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789- ";
	const char *hint = present(check->query->login_hint);
	const char *locales = present(check->query->ui_locales);
	const char *token = present(check->query->id_token_hint);

	if (hint != NULL && strlen(hint) <= HINT_MOST && text_plain(hint))
		check->request.login_hint = text_copy(check->arena, hint);
	if (locales != NULL && strlen(locales) <= LOCALES_MOST &&
	    strspn(locales, tags) == strlen(locales))
		check->request.locale = text_copy(check->arena, locales);
	check->request.hinted = token != NULL;
	if (token != NULL && strlen(token) <= AUTHORIZE_HINT_MOST && text_plain(token))
		check->request.id_token_hint = text_copy(check->arena, token);
	return true;
}

static bool check_wishes(struct check *check)
{
	struct wishes *wishes = &check->request.wishes;
	const char *wrong = wishes_read(check->arena, present(check->query->claims),
	    present(check->query->acr_values), wishes);

	if (wrong != NULL)
		return invalid(check, wrong);
	wishes_keep(wishes, check->tenant->contexts);
	return !wishes_hopeless(wishes) || refuse(check, "unmet_authentication_requirements",
	    "no value of an essential acr or acrs is offered here");
}

enum authorize_verdict authorize_check(struct arena *arena, const struct tenant *tenant,
    const struct authorize_query *query, struct authorize *out_request,
    struct authorize_error *out_error)
{
	struct check check = { .arena = arena, .tenant = tenant, .query = query,
	    .request = { .max_age = -1 } };

	if (!check_client(&check)) {
		*out_error = check.error;
		return AUTHORIZE_PAGE;
	}
	if (check_state(&check) && check_response(&check) && check_pkce(&check) &&
	    check_scope(&check) && check_resources(&check) && check_prompt(&check) &&
	    check_max_age(&check) && check_hints(&check) && check_wishes(&check)) {
		*out_request = check.request;
		return AUTHORIZE_GOOD;
	}
	*out_request = (struct authorize){ .mode = check.request.mode,
	    .client_id = check.request.client_id,
	    .redirect_uri = check.request.redirect_uri, .state = check.request.state,
	    .max_age = -1 };
	*out_error = check.error;
	return AUTHORIZE_REDIRECT;
}
