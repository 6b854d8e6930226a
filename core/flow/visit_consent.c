/*
 * visit_consent.c - an app of somebody else, and what the customer lets it have (model/consent.h)
 *
 * Asked last: he is signed in, policy has let him through, and nothing is left to do but to issue
 * the code. What the page is about is a journey of its own in the form, at STAGE_CONSENT, made of
 * the session; agreeing puts consent, tombstone and audit into one batch.
 */
#include "flow/visit_steps.h"

#include "base/text.h"
#include "flow/visit_value.h"
#include "model/scope.h"
#include "plugin/records.h"
#include "store/accounts.h"
#include "store/audits.h"
#include "store/consents.h"

#include <string.h>

static const struct app *consent_app(const struct visit *visit)
{
	return tenant_app(visit->turn.tenant, visit->work->journey.request.client_id);
}

/* What is asked for, in words that mean one thing for good. */
static const char *consent_asked(const struct visit *visit)
{
	const struct authorize *request = &visit->work->journey.request;
	struct scope_asker asker = { visit->turn.arena, visit->turn.tenant, consent_app(visit) };
	struct scope_granted granted = { request->scope, request->resources };

	return scope_named(&asker, &granted);
}

/* The code at once, where nobody is to be asked. */
unsigned visit_consent(struct visit *visit, bool recorded)
{
	const struct app *app = consent_app(visit);

	visit->work->recorded = recorded;
	if (app != NULL && app->third_party)
		return VISIT_CONSENT;
	visit->answer.redirect = visit_code(visit, recorded);
	return visit_answered(visit, ASK_DONE);
}

void visit_ask_consent(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	const struct app *app = consent_app(visit);

	if (app == NULL) {
		flow_skip(flow, SP_FAILED);
		return;
	}
	struct sp_address at = consents_at(visit->turn.tenant->id, visit->work->journey.user,
	    app->app_id);
	turn_get(&visit->turn, &at, 1);
}

/* The page. Its journey begins here: the one that led to it may be over already. */
static unsigned consent_page(struct visit *visit, const char *missing)
{
	struct visit_work *work = visit->work;
	struct journey asked = { .id = id_ordered(visit->turn.now), .kind = JOURNEY_SIGN_IN,
		.stage = STAGE_CONSENT, .method = work->journey.method,
		.issuer = visit->turn.issuer, .request = work->journey.request,
		.user = work->session.user, .epoch = work->session.epoch,
		.session = work->session.id, .address = work->journey.address,
		.recorded = work->recorded,
		.stay = work->session.persistent, .factors = work->session.factors,
		.expires = visit->turn.now + visit_settings(visit)->journey_lifetime };

	wishes_keep(&asked.request.wishes, work->judged.wished.met);
	if (!visit_browser_hash(visit->cookies.browser, asked.browser))
		return visit_refused(visit, REASON_FOREIGN);
	work->journey = asked;
	work->revision = SP_ABSENT;
	visit->answer.wanted = missing;
	return visit_answered(visit, ASK_CONSENT);
}

unsigned visit_got_consent(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	const struct authorize *request = &work->journey.request;

	if (status != SP_OK)
		return visit_failed(visit, SP_UNAVAILABLE);
	const struct sp_record *record = ((struct sp_records_get *)answer)->records[0];
	work->consent = (struct consent){ 0 };
	(void)consents_read(visit->turn.arena, record, &work->consent);
	work->consent_revision = record->revision;
	if (visit->input.action == VISIT_AGREE)
		return VISIT_AGREED;
	const char *asked = consent_asked(visit);
	const char *missing = consent_missing(visit->turn.arena, &work->consent, &work->account,
	    asked);
	if (missing[0] == '\0' && !request->consent) {
		visit->answer.redirect = visit_code(visit, work->recorded);
		return visit_answered(visit, ASK_DONE);
	}
	if (request->none)
		return visit_tell_app(visit, "consent_required",
		    "The customer has not agreed to all that is asked for.");
	return consent_page(visit, request->consent ? asked : missing);
}

/* The form of that page. */

static unsigned contexted_for_consent(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct journey_event event = { .kind = EVENT_CONSENTED };

	if (work->account.blocked)
		return visit_refused(visit, REASON_CREDENTIALS);
	/* Whoever has signed in again since, by less, has not what the request was let through by. */
	const struct present *own = visit_own(visit);
	if (own == NULL || (work->journey.factors & ~own->session.factors) != 0)
		return visit_refused(visit, REASON_EXPIRED);
	work->session = own->session;
	/* The request was cut down to what was met when the page was made. */
	memset(&work->judged.wished.met, 0xff, sizeof(work->judged.wished.met));
	if (visit->input.action == VISIT_DECLINE)
		return visit_tell_app(visit, "access_denied", "The customer has declined.");
	return visit_event(visit, &event) ? (unsigned)VISIT_CONSENT :
	    visit_refused(visit, REASON_MOVED);
}

unsigned visit_route_consent(struct visit *visit)
{
	return visit_context(visit, contexted_for_consent);
}

/* Who agrees again has changed nothing: else a customer could write the audit full. */
static bool agreed_tell(const struct visit *visit, struct sp_records_commit *commit, bool wider)
{
	char *user = arena_alloc(visit->turn.arena, ID_TEXT);

	if (!wider)
		return true;
	id_format(visit->work->journey.user, user);
	struct audit_act act = turn_act(&visit->turn, visit->turn.tenant->id,
	    text_print(visit->turn.arena, "user %s", user));
	act.activity = "Consent to application";
	act.verb = "Add";
	act.target = consent_app(visit)->client_id;
	return audits_tell(commit, &act);
}

/* The account as it was read: whoever is signed out of everything in this moment has agreed to
 * nothing. */
void visit_ask_agreed(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct sp_id tenant = visit->turn.tenant->id;
	struct sp_records_commit *commit = turn_commit(&visit->turn, 4 + VISIT_MOVE_ROOM);

	if (work->consent.given < work->account.created)
		work->consent.scope = NULL;	/* of somebody who had this id before */
	work->consent.user = work->journey.user;
	work->consent.app = consent_app(visit)->app_id;
	const char *asked = consent_asked(visit);
	bool wider = consent_missing(visit->turn.arena, &work->consent, &work->account,
	    asked)[0] != '\0';
	consent_widen(visit->turn.arena, &work->consent, asked, visit->turn.now);
	accounts_check(commit, tenant, work->journey.user, work->account_revision);
	turn_send_if(&visit->turn, commit,
	    consents_put(commit, tenant, &work->consent, work->consent_revision) &&
	    agreed_tell(visit, commit, wider) && visit_move(visit, commit));
}

unsigned visit_got_agreed(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	(void)answer;
	if (status != SP_OK)
		return visit_failed(visit, status);
	visit_moved(visit);
	visit->answer.redirect = visit_code(visit, visit->work->journey.recorded);
	return visit_answered(visit, ASK_DONE);
}
