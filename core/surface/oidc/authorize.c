/* authorize.c - the request of an app, by way of the customer's browser */
#include "surface/oidc/oidc.h"

#include "base/arena.h"
#include "base/encode.h"
#include "base/text.h"
#include "flow/visit_value.h"
#include "http/form.h"
#include "surface/face.h"
#include "surface/pages/cookies.h"
#include "surface/pages/page.h"

#include <stddef.h>
#include <string.h>

struct asking {
	struct visit visit;	/* first: its turn is what ends */
	struct exchange *ex;
	struct authorize request;
};

/* Known parameters, and where they go; all others are ignored (requirement 15). */
static const struct { const char *name; size_t offset; } parameters[] = {
#define PARAMETER(name) { #name, offsetof(struct authorize_query, name) }
	PARAMETER(client_id), PARAMETER(redirect_uri), PARAMETER(response_type),
	PARAMETER(response_mode), PARAMETER(scope), PARAMETER(state), PARAMETER(nonce),
	PARAMETER(code_challenge), PARAMETER(code_challenge_method), PARAMETER(prompt),
	PARAMETER(max_age), PARAMETER(login_hint), PARAMETER(ui_locales), PARAMETER(request),
	PARAMETER(request_uri), PARAMETER(claims), PARAMETER(acr_values), PARAMETER(resource),
	PARAMETER(id_token_hint), PARAMETER(display), PARAMETER(claims_locales),
#undef PARAMETER
};
#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

char *oidc_query_text(struct arena *arena, const struct form *form)
{
	char *text = text_copy(arena, "");

	for (size_t i = 0; i < form->count * PARAMETERS; i++) {
		const struct form_field *field = &form->fields[i / PARAMETERS];
		if (strcmp(field->name, parameters[i % PARAMETERS].name) == 0)
			text = text_print(arena, "%s%s%s=%s", text, text[0] != '\0' ? "&" : "",
			    field->name, encode_url(arena, field->value));
	}
	return text;
}

struct authorize_query oidc_query(struct arena *arena, const struct form *form)
{
	struct authorize_query query = { 0 };

	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		const char *value = form_get(form, parameters[i].name);
		memcpy((char *)&query + parameters[i].offset, &value, sizeof(value));
		query.repeated |= form_repeated(form, parameters[i].name) &&
		    parameters[i].offset != offsetof(struct authorize_query, resource);
	}
	query.resource = form_all(arena, form, "resource");	/* several: RFC 8707 2 */
	return query;
}

static void asking_refuse(struct asking *asking, enum authorize_verdict verdict,
    const struct authorize_error *error)
{
	struct exchange *ex = asking->ex;
	struct turn *turn = &asking->visit.turn;

	if (verdict == AUTHORIZE_REDIRECT)
		page_to_app(ex, turn->tenant, &asking->request, authorize_refusal(ex->arena,
		    &asking->request, turn->issuer, error));
	else
		page_developer(ex, turn->tenant, error->error, error->description);
	face_end(ex, turn);
}

/* A part of the service that fails now is told to the app, as RFC 6749 4.1.2.1 has it (requirement
 * 30): the customer has typed nothing yet that could be lost, and only the app can begin again,
 * since the request may have an end of its own (request_uri, max_age). Further on, where there is
 * a form, the page says so itself and begins the same request again. */
static bool asking_unavailable(const struct asking *asking)
{
	const struct visit_answer *answer = &asking->visit.answer;

	return answer->reason == REASON_UNAVAILABLE && answer->redirect == NULL;
}

static void asking_finished(struct turn *turn, void *arg)
{
	static const struct authorize_error unavailable = { "temporarily_unavailable",
		"A part of the service does not answer. Try again in a moment." };
	struct asking *asking = arg;

	(void)turn;
	if (asking_unavailable(asking)) {
		asking_refuse(asking, AUTHORIZE_REDIRECT, &unavailable);
		return;
	}
	page_answer(asking->ex, &asking->visit, false);
	face_end(asking->ex, &asking->visit.turn);
}

static void asking_left(void *arg)
{
	flow_leave(&((struct asking *)arg)->visit.turn.flow);
}

/* A form on the app's page brings no Lax cookie. To set a new one now would take the browser's
 * own away, and with it what it has open in other tabs (attack D5): it is sent here again by a
 * link, which brings the cookie. */
static bool asking_detour(struct asking *asking, const struct form *form)
{
	struct exchange *ex = asking->ex;
	struct visit_cookies cookies;

	cookies_read(ex, asking->visit.turn.tenant, &cookies);
	if (strcmp(ex->method, "POST") != 0 || cookies.browser != NULL)
		return false;
	const char *link = oidc_link(ex, asking->visit.turn.tenant, "authorize", form);
	if (link == NULL)
		return false;
	reply_redirect(ex, 303, link);
	reply_send(ex);
	face_end(ex, &asking->visit.turn);
	return true;
}

static void asking_begin(struct asking *asking)
{
	struct exchange *ex = asking->ex;
	const struct tenant *tenant = asking->visit.turn.tenant;

	cookies_read(ex, tenant, &asking->visit.cookies);
	cookies_ensure(ex, tenant, &asking->visit.cookies);
	exchange_on_leave(ex, asking_left, asking);
	visit_begin(&asking->visit, &asking->request);
}

/* What was pushed, by its name: all else that stands beside it is ignored (RFC 9126 4), and it is
 * judged once more, by what is registered now. */
static enum authorize_verdict asking_pushed(struct asking *asking, const struct form *form,
    const char *name, struct authorize_error *error)
{
	const struct turn *turn = &asking->visit.turn;
	struct pushed pushed;
	struct form inner;
	struct sp_error why;

	*error = (struct authorize_error){ "invalid_request_uri",
		"the request_uri is not of this client, or too old" };
	if (!pushed_unseal(turn, name, &pushed) || pushed.expires <= turn->now ||
	    !text_same(pushed.client_id, form_get(form, "client_id")) ||
	    !form_parse(turn->arena, (struct sp_bytes){ pushed.query, strlen(pushed.query) },
	    &inner, &why))
		return AUTHORIZE_PAGE;
	struct authorize_query query = oidc_query(turn->arena, &inner);
	query.client_id = pushed.client_id;
	query.pushed = true;
	enum authorize_verdict verdict = authorize_check(turn->arena, turn->tenant, &query,
	    &asking->request, error);
	asking->request.push = pushed.id;
	asking->request.push_until = pushed.expires + turn->tenant->settings.journey_lifetime;
	return verdict;
}

static enum authorize_verdict asking_check(struct asking *asking, const struct form *form,
    struct authorize_error *error)
{
	const struct turn *turn = &asking->visit.turn;
	struct authorize_query query = oidc_query(turn->arena, form);
	size_t size = strlen(PUSHED_URI);

	if (query.request_uri != NULL && strncmp(query.request_uri, PUSHED_URI, size) == 0)
		return asking_pushed(asking, form, query.request_uri + size, error);
	return authorize_check(turn->arena, turn->tenant, &query, &asking->request, error);
}

void oidc_authorize(struct exchange *ex)
{
	struct asking *asking = arena_alloc(ex->arena, sizeof(*asking));
	struct authorize_error error = { "invalid_request", "The request can't be read." };
	struct sp_error why;
	struct form form;
	enum authorize_verdict verdict = AUTHORIZE_PAGE;

	asking->ex = ex;
	if (!face_begin(ex, &asking->visit.turn)) {
		page_error(ex, NULL, 404, "not_found");
		return;
	}
	asking->visit.turn.finished = asking_finished;
	asking->visit.turn.arg = asking;
	bool post = strcmp(ex->method, "POST") == 0;
	if (post ? form_body(ex, &form, &why) : form_query(ex, &form, &why))
		verdict = asking_check(asking, &form, &error);
	if (verdict == AUTHORIZE_GOOD && !asking_detour(asking, &form))
		asking_begin(asking);
	else if (verdict != AUTHORIZE_GOOD)
		asking_refuse(asking, verdict, &error);
}
