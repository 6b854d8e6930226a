/*
 * visit_begin.c - an authorize request meets a session, or none
 *
 * By GET: nothing is written. What a session lacks is asked for, and nothing more; a code is
 * issued at once when policy wants nothing more. The record of such a sign-in is written when
 * the code is redeemed (model/code.h).
 */
#include "flow/visit_steps.h"

#include "base/arena.h"
#include "flow/visit_value.h"

void visit_begin_journey(struct visit *visit, enum journey_kind kind)
{
	const struct authorize *request = visit->work->request;
	const struct tenant *tenant = visit->turn.tenant;
	const struct app *app = tenant_app(tenant, request->client_id);
	const struct userflow *flow = app != NULL ? tenant_flow(tenant, app) : NULL;
	struct journey *journey = &visit->work->journey;

	*journey = (struct journey){
		.id = id_ordered(visit->turn.now), .kind = kind, .stage = STAGE_IDENTIFY,
		.issuer = visit->turn.issuer, .request = *request,
		.method = flow != NULL ? flow->method : METHOD_PASSWORD,
		.sign_up_allowed = flow != NULL && flow->sign_up,
		.expires = visit->turn.now + tenant->settings.journey_lifetime,
	};
	if (request->pushed && request->push_until < journey->expires)
		journey->expires = request->push_until;
	(void)visit_browser_hash(visit->cookies.browser, journey->browser);
}

unsigned visit_refused_silently(struct visit *visit, enum journey_reason reason)
{
	struct authorize_error error;

	if (visit_app_error(reason, &error))
		return visit_tell_app(visit, error.error, error.description);
	if (reason == REASON_UNAVAILABLE)
		return visit_tell_app(visit, "temporarily_unavailable",
		    "A part of the service does not answer.");
	return visit_tell_app(visit, "access_denied", "The customer may not sign in here now.");
}

unsigned visit_anew(struct visit *visit)
{
	const struct authorize *request = visit->work->request;

	if (request->none)
		return visit_tell_app(visit, "login_required", "The customer is not signed in.");
	visit_begin_journey(visit, JOURNEY_SIGN_IN);
	/* The answer of a session that does not do for this request is known: not asked twice. */
	visit->work->journey.stay = visit->work->session.persistent;
	visit->input.address = request->login_hint;
	if (request->create) {
		struct journey_event event = { .kind = EVENT_SIGN_UP };
		if (!visit_event(visit, &event))
			return visit_refused(visit, REASON_NO_SIGN_UP);
		return visit_answered(visit, visit->work->ask);
	}
	return visit_answered(visit, ASK_SIGN_IN);
}

/* The journey that this session would have made, up to the policy's word. */
static void begin_from_session(struct visit *visit)
{
	struct visit_work *work = visit->work;
	const struct session *session = &work->session;

	visit_begin_journey(visit, JOURNEY_SIGN_IN);
	work->journey.stage = STAGE_JUDGING;
	work->journey.user = session->user;
	work->journey.session = session->id;
	work->journey.epoch = session->epoch;
	work->journey.factors = session->factors;
	work->journey.signed_in = session->signed_in;
	work->journey.factor_time = session->factor_time;
	work->journey.stay = session->persistent;
	work->journey.single_mailbox = session->single_mailbox;
	work->subject = session->user;
	work->run_kind = BUDGET_MFA_RUN;
}

static unsigned begin_user(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (!visit_open(work)) {
		visit->answer.set_sessions[0] = (struct visit_cookie){ "", false };
		return visit_anew(visit);
	}
	work->journey.address = visit_address(work->user);
	work->journey.identifier = work->user->identifier_count > 0 ?
	    work->user->identifiers[0] : NULL;
	work->journey.revision = work->user->revision;
	return visit_judge(visit);
}

/* Is it young enough for the app, and of the customer whom it speaks of? */
static bool begin_fits(const struct authorize *request, const struct session *session,
    int64_t now)
{
	if (request->hinted && !id_equal(session->user, request->hint))
		return false;
	return request->max_age < 0 || session->signed_in + request->max_age > now;
}

static unsigned begin_account(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (!session_valid(&work->session, visit->turn.issuer, work->account.epoch,
	    visit->turn.now) || !begin_fits(work->request, &work->session, visit->turn.now))
		return visit_anew(visit);
	work->then = begin_user;
	return VISIT_USER;
}

/* The session that was found, or picked. */
unsigned visit_begin_as(struct visit *visit)
{
	begin_from_session(visit);
	return visit_context(visit, begin_account);
}

static unsigned began_short(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (work->request->none && work->journey.reason == REASON_UNMET)
		return visit_refused(visit, REASON_UNMET);
	if (work->request->none)
		return visit_tell_app(visit, "interaction_required",
		    "Policy asks for more than this session has.");
	if (work->ask == ASK_CHALLENGE) {
		work->journey.stage = STAGE_SEND;
		return visit_answered(visit, ASK_SEND);
	}
	return visit_refused(visit, work->journey.reason);
}

/* The session slides when the code is redeemed; its cookie has an end of its own in the browser,
 * and must not come to it first, nor outlive what policy says by now. As seldom as the session,
 * so that a slow answer takes the place of a newer session's cookie once in a blue moon. */
static void began_cookie(struct visit *visit)
{
	struct session session = visit->work->session;

	if (!session_decide(&session, visit->work->judged.persistent) && (!session.persistent ||
	    !session_touch(&session, visit_settings(visit), visit->turn.now)))
		return;
	visit->answer.set_sessions[0] = (struct visit_cookie){ visit->cookies.sessions[0],
		session.persistent };
}

static unsigned began_answer(struct visit *visit)
{
	began_cookie(visit);
	return visit_consent(visit, false);
}

/* The one thing that a GET writes, for somebody who is signed in: that a pushed request has had its
 * answer. Of many at once, and of those that a form is open for, one gets there. */
void visit_ask_once(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_records_commit *commit = turn_commit(&visit->turn, 1);

	visit_spend_push(visit, commit);
	turn_send(&visit->turn, commit);
}

unsigned visit_got_once(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	(void)answer;
	if (status == SP_CONFLICT)
		return visit_tell_app(visit, "invalid_request_uri",
		    "This request_uri was used before.");
	return status == SP_OK ? began_answer(visit) : visit_failed(visit, status);
}

/* Too long ago for a policy: a new sign-in, not a second door. */
unsigned visit_began(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (work->ask == ASK_DONE)
		return work->request->pushed ? (unsigned)VISIT_ONCE : began_answer(visit);
	if (work->ask == ASK_SIGN_IN ||
	    (work->judged.decision == SP_ASK && (work->judged.missing & SP_AGAIN) != 0))
		return visit_anew(visit);
	return began_short(visit);
}
