/* visit_answer.c - what the customer is told, and what the log says of it */
#include "flow/visit_steps.h"

#include "base/arena.h"
#include "base/log.h"
#include "flow/tally.h"
#include "flow/visit_value.h"
#include "model/staying.h"

#include <stdio.h>
#include <string.h>

enum { RESENT_TOLD = 20000 };	/* ms for which the page says that a new code is on its way */

static void answer_passcode(struct visit *visit)
{
	const struct visit_work *work = visit->work;
	const struct passcode *passcode = &work->passcode;
	struct visit_answer *answer = &visit->answer;
	int64_t now = visit->turn.now;

	answer->purpose = passcode->purpose;
	answer->mask = passcode->mask;
	answer->reference = passcode->reference;
	answer->expires_in = passcode->expires > now ? passcode->expires - now : 0;
	answer->resend_in = 0;
	if (!passcode_may_resend(passcode, visit_settings(visit), now, &answer->resend_in) &&
	    answer->resend_in == 0)
		answer->resend_in = -1;
	answer->resent = passcode->resends > 0 && now - passcode->sent < RESENT_TOLD;
	answer->tries_left = visit_settings(visit)->passcode_tries - work->tries;
	if (answer->tries_left < 0)
		answer->tries_left = 0;
	if (passcode->refused && answer->reason == REASON_NONE)
		answer->reason = REASON_ADDRESS_REFUSED;
}

/* Where a code would go, as far as it may be shown. */
static void answer_target(struct visit *visit)
{
	struct address address;

	if (address_parse(visit->turn.arena, visit->work->journey.address, &address) == ADDRESS_OK)
		visit->answer.mask = address.mask;
}

/* Everything that a face needs to show the journey as it stands. */
void visit_fill(struct visit *visit)
{
	const struct visit_work *work = visit->work;
	struct visit_answer *answer = &visit->answer;
	const struct journey *journey = &work->journey;

	answer->kind = journey->kind;
	answer->method = journey->method;
	answer->sign_up_allowed = journey->sign_up_allowed;
	answer->request = &journey->request;
	answer->address = visit->input.address;
	answer->stay = journey->stay;
	answer->stay_asked = staying_decided(visit->turn.tenant, visit->turn.origin.platform) ==
	    SP_PERSISTENT_UNSET;
	if (journey->request.client_id != NULL)
		answer->app = tenant_app(visit->turn.tenant, journey->request.client_id);
	if (answer->app != NULL)
		answer->flow = tenant_flow(visit->turn.tenant, answer->app);
	answer->founds = journey->founds;
	answer->stored = work->revision != SP_ABSENT;
	if (answer->ask != ASK_DENIED && answer->ask != ASK_DONE && answer->ask != ASK_RESET_DONE &&
	    answer->ask != ASK_LINKED) {
		char *id = arena_alloc(visit->turn.arena, ID_TEXT);
		id_format(journey->id, id);
		answer->journey = answer->stored ? id : visit_seal(visit, journey);
	}
	if (answer->ask == ASK_SEND || answer->ask == ASK_LINKED)
		answer_target(visit);
	if (answer->ask == ASK_CODE && work->passcode_revision != 0)
		answer_passcode(visit);
}

/* The same request from the start: for "try again" after a dead end, and for another way in. */
bool visit_fresh(struct visit *visit, struct journey *out_journey)
{
	const struct journey *old = &visit->work->journey;
	const struct tenant *tenant = visit->turn.tenant;
	struct journey fresh = { .id = id_ordered(visit->turn.now), .kind = JOURNEY_SIGN_IN,
		.stage = STAGE_IDENTIFY, .issuer = visit->turn.issuer, .request = old->request,
		.stay = old->stay,
		.expires = visit->turn.now + tenant->settings.journey_lifetime };

	if (old->request.pushed && old->request.push_until < fresh.expires)
		fresh.expires = old->request.push_until;
	/* A sign-in link was nobody's request: there is no app to go back to. */
	if (old->request.client_id == NULL || old->request.redirect_uri == NULL ||
	    !visit_browser_hash(visit->cookies.browser, fresh.browser))
		return false;
	const struct app *app = tenant_app(tenant, old->request.client_id);
	const struct userflow *flow = app != NULL ? tenant_flow(tenant, app) : NULL;
	fresh.method = flow != NULL ? flow->method : METHOD_PASSWORD;
	fresh.sign_up_allowed = flow != NULL && flow->sign_up;
	*out_journey = fresh;
	return true;
}

static const char *answer_restart(struct visit *visit)
{
	struct journey fresh;

	/* Another journey has had the answer of what was pushed: it is over, begin at the app. */
	if (visit->answer.reason == REASON_MOVED && visit->work->journey.request.pushed)
		return NULL;
	return visit_fresh(visit, &fresh) ? visit_seal(visit, &fresh) : NULL;
}

unsigned visit_answered(struct visit *visit, enum journey_ask ask)
{
	visit->answer.ask = ask;
	visit_fill(visit);
	if (ask == ASK_DENIED || ask == ASK_RESET_DONE)
		visit->answer.restart = answer_restart(visit);
	return visit->work->charged && visit->work->right ? VISIT_REFUND : FLOW_END;
}

unsigned visit_retry(struct visit *visit, enum journey_reason reason)
{
	visit->answer.reason = reason;
	visit_log(visit, reason);
	return visit_answered(visit, journey_asks(&visit->work->journey));
}

bool visit_app_error(enum journey_reason reason, struct authorize_error *out_error)
{
	static const struct { enum journey_reason reason; struct authorize_error error; } rows[] = {
		{ REASON_OTHER, { "login_required",
		    "Another customer signed in than the one of the id_token_hint." } },
		{ REASON_UNMET, { "unmet_authentication_requirements",
		    "The customer cannot pass what the request demands." } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].reason == reason) {
			*out_error = rows[i].error;
			return true;
		}
	return false;
}

static void answer_app(struct visit *visit, const struct authorize_error *error)
{
	const struct visit_work *work = visit->work;
	const struct authorize *request = work->request != NULL ? work->request :
	    &work->journey.request;

	visit->answer.asked = request;
	visit->answer.redirect = authorize_refusal(visit->turn.arena, request, visit->turn.issuer,
	    error);
}

unsigned visit_tell_app(struct visit *visit, const char *error, const char *description)
{
	answer_app(visit, &(struct authorize_error){ error, description });
	return visit_answered(visit, ASK_DONE);
}

unsigned visit_refused(struct visit *visit, enum journey_reason reason)
{
	struct authorize_error error;

	visit->answer.reason = reason;
	if (reason == REASON_FOREIGN)
		visit->work->journey = (struct journey){ 0 };
	visit_log(visit, reason);
	if (visit->work->request != NULL && visit->work->request->none)
		return visit_refused_silently(visit, reason);
	if (visit->work->journey.request.redirect_uri != NULL && visit_app_error(reason, &error))
		answer_app(visit, &error);
	return visit_answered(visit, ASK_DENIED);
}

/* CONFLICT is another tab, another node, the same form twice: whoever lost. */
unsigned visit_failed(struct visit *visit, enum sp_status status)
{
	if (status == SP_CONFLICT)
		return visit_refused(visit, REASON_MOVED);
	return visit_refused(visit, REASON_UNAVAILABLE);
}

/* One line for each sign-in, without a secret or a whole address. */
void visit_log(const struct visit *visit, enum journey_reason reason)
{
	const struct visit_work *work = visit->work;
	char user[ID_TEXT] = "", request[17];

	tally_count(visit->turn.tally, visit->turn.loop, TALLY_SIGN_INS + (unsigned)reason);
	if (!id_zero(work->journey.user))
		id_format(work->journey.user, user);
	snprintf(request, sizeof(request), "%016llx", (unsigned long long)visit->turn.request_id);
	LOG_EVENT(reason == REASON_NONE ? SP_INFO : SP_WARNING, "sign-in",
	    { "result", reason == REASON_NONE ? "success" : journey_reason_name(reason) },
	    { "tenant", visit->turn.tenant->name },
	    { "client_id", work->journey.request.client_id },
	    { "user", user[0] != '\0' ? user : NULL },
	    { "address", work->address.mask },
	    { "source", visit->turn.source_text },
	    { "request_id", request });
}
