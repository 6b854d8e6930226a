/*
 * visit_finish.c - done or denied: the batch that ends the journey
 *
 * One tombstone, one session, one record of the decision. A journey that was never stored ends
 * in a tombstone too, which expects that there is none: one form, one sign-in.
 */
#include "flow/visit_steps.h"

#include "base/arena.h"
#include "flow/visit_value.h"
#include "store/accounts.h"
#include "store/challenges.h"
#include "store/farewells.h"
#include "store/journeys.h"
#include "store/sessions.h"
#include "store/signins.h"
#include "store/spent.h"

#include <string.h>

/* A right try gives back its own charge and ends the run, not the day. */
static void move_refund(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	struct budget_place run = visit_place(visit, work->run_kind);

	if (!work->charged)
		return;
	if (work->run_kind == BUDGET_UNPROVEN_DAY) {
		budgets_refund(commit, &run);
		return;
	}
	budgets_clear(commit, &run);
	if (work->run_kind == BUDGET_MFA_RUN) {
		struct budget_place day = visit_place(visit, BUDGET_MFA_DAY);
		budgets_refund(commit, &day);
	}
}

bool visit_move(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	struct sp_id tenant = visit->turn.tenant->id;

	if (work->passcode_spent) {
		challenges_remove(commit, tenant, work->passcode.id, work->passcode_revision);
		if (work->passcode.purpose == PASSCODE_SECOND)
			visit_drop_notice(visit, commit);
	}
	if (work->link_spent)
		links_remove(commit, tenant, work->link.id, work->link_revision);
	move_refund(visit, commit);
	for (enum signup_step step = SIGNUP_BEGUN; step < SIGNUP_STEPS; step++)
		if (work->reached[step])
			signups_add(commit, tenant, visit->turn.now, step);
	return journeys_put(commit, tenant, &work->journey, work->revision);
}

void visit_spend_push(const struct visit *visit, struct sp_records_commit *commit)
{
	const struct journey *journey = &visit->work->journey;
	struct spent spent = { .code = journey->request.push, .user = journey->user,
		.op = id_random(), .until = journey->request.push_until };

	if (journey->request.pushed)
		spent_put(commit, visit->turn.tenant->id, &spent, SP_ABSENT);
}

void visit_moved(struct visit *visit)
{
	visit->work->passcode_spent = visit->work->link_spent = false;
	visit->work->charged = false;
	memset(visit->work->reached, 0, sizeof(visit->work->reached));
}

bool visit_record(struct visit *visit, struct sp_records_commit *commit,
    enum journey_reason reason)
{
	const struct visit_work *work = visit->work;
	const struct journey *journey = &work->journey;
	const struct app *app = tenant_app(visit->turn.tenant, journey->request.client_id);
	struct signin_record record = judging_record(&work->judged, &visit->turn);

	record.user = journey->user;
	record.app = app != NULL ? app->app_id : (struct sp_id){ { 0 } };
	record.journey = journey->id;
	record.signed_in = journey->signed_in;
	record.factor_time = journey->factor_time;
	record.factors = journey->factors;
	record.missing = work->judged.missing;
	record.reason = reason;
	record.kind = journey->kind;
	record.identifier = work->address.mask;
	record.interactive = true;
	record.single_mailbox = journey->single_mailbox;
	record.password_changed = work->account.password_changed;
	return signins_put(commit, visit->turn.tenant->id, &record,
	    visit_settings(visit)->signin_retention);
}

/* On record while its source is not flooding the log; what is beyond that is counted (8). */
bool visit_record_failure(struct visit *visit, struct sp_records_commit *commit,
    enum source_kind kind, enum journey_reason reason)
{
	return !visit_source_record(visit, kind) || visit_record(visit, commit, reason);
}

static struct session finish_session(struct visit *visit, const struct present *own)
{
	struct visit_work *work = visit->work;
	struct session session = { 0 };

	journey_session(&work->journey, &session);
	session.id = id_ordered(visit->turn.now);
	session.root = session.id;
	if (own != NULL && own->session.epoch == session.epoch)
		session.root = own->session.root;	/* its apps go on knowing it */
	(void)session_decide(&session, work->judged.persistent);
	session_begin(&session, visit_settings(visit), visit->turn.now);
	work->bearer = bearer_new(session.id);
	bearer_close(&work->bearer, visit->turn.store->ring, "session", session.hash);
	return session;
}

/* It is over, and its apps hear of it. */
static bool finish_farewell(struct visit *visit, struct sp_records_commit *commit,
    const struct session *session)
{
	struct farewell farewell = { .user = session->user, .root = session->root };

	return farewells_put(commit, visit->turn.tenant, &farewell);
}

/* One more than share a browser: who was here first has to go. */
static bool finish_room(struct visit *visit, struct sp_records_commit *commit)
{
	const struct present *present = &visit->work->present[visit_present_room(visit)];

	if (present == visit->work->present || !present->live || present == visit_own(visit))
		return true;
	sessions_remove(commit, visit->turn.tenant->id, present->session.id, SP_ANY);
	return finish_farewell(visit, commit, &present->session);
}

/* A new session; the one that this customer had here is over (attack D3, requirement 194), if the
 * browser has shown its secret: an id alone, which apps know, ends nobody's session. */
static bool finish_sign_in(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	const struct present *own = visit_own(visit);
	struct sp_id tenant = visit->turn.tenant->id;

	work->session = finish_session(visit, own);
	/* What stands on its first factor falls with whoever signs out at this moment (196). */
	if (own != NULL && !sessions_follow(commit, tenant, &own->session, work->session.id,
	    id_zero(work->journey.session) ? SP_ANY : own->revision))
		return false;
	visit_spend_push(visit, commit);
	if (own != NULL && !id_equal(work->session.root, own->session.root) &&
	    !finish_farewell(visit, commit, &own->session))
		return false;
	if (!finish_room(visit, commit))
		return false;
	/* What this turn has made has moved it on itself. */
	if (work->journey.kind == JOURNEY_SIGN_IN ||
	    (work->journey.kind == JOURNEY_LINK && id_zero(work->intent.id)))
		accounts_check(commit, tenant, work->journey.user, work->account_revision);
	return sessions_put(commit, tenant, &work->session, SP_ABSENT) &&
	    visit_record(visit, commit, REASON_NONE);
}

static bool finish_batch(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;

	if (!id_zero(work->intent.id))
		intents_end(commit, &work->intent, true);
	if (work->journey.kind == JOURNEY_LINK && !visit_link_end(visit, commit))
		return false;
	if (work->journey.kind != JOURNEY_RESET && !finish_sign_in(visit, commit))
		return false;
	return visit_move(visit, commit);
}

void visit_ask_finish(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_records_commit *commit = turn_commit(&visit->turn, 15 + VISIT_MOVE_ROOM);

	turn_send_if(&visit->turn, commit, finish_batch(visit, commit));
}

/* A code for the app: sealed, so that issuing it writes nothing. */
char *visit_code(struct visit *visit, bool recorded)
{
	const struct visit_work *work = visit->work;
	const struct session *session = &work->session;
	const struct authorize *request = &work->journey.request;
	struct code code = {
		.id = id_ordered(visit->turn.now), .user = session->user, .session = session->id,
		.client_id = request->client_id, .redirect_uri = request->redirect_uri,
		.scope = request->scope, .nonce = request->nonce, .challenge = request->challenge,
		.issuer = visit->turn.issuer, .resources = request->resources,
		.epoch = session->epoch, .factors = session->factors,
		.signed_in = session->signed_in, .factor_time = session->factor_time,
		.expires = visit->turn.now + visit_settings(visit)->code_lifetime,
		.single_mailbox = session->single_mailbox, .recorded = recorded,
		.wishes = request->wishes, .origin = visit->turn.origin,
	};

	wishes_keep(&code.wishes, work->judged.wished.met);
	visit->answer.asked = request;
	return authorize_answer(visit->turn.arena, request, visit->turn.issuer,
	    code_seal(&visit->turn, &code));
}

/* His cookie is the first; who was here before keeps his own, in another place. */
static void finish_cookies(struct visit *visit)
{
	const struct visit_work *work = visit->work;
	struct visit_cookie *set = visit->answer.set_sessions;
	const struct present *own = visit_own(visit);
	size_t room = visit_present_room(visit);

	if (own != NULL)
		set[own - work->present] = (struct visit_cookie){ "", false };
	if (work->journey.kind == JOURNEY_RESET)
		return;
	if (room > 0)
		set[room] = (struct visit_cookie){ visit->cookies.sessions[0],
			work->present[0].session.persistent };
	set[0] = (struct visit_cookie){ bearer_format(visit->turn.arena, &visit->work->bearer),
		work->session.persistent };
}

unsigned visit_got_finish(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	(void)answer;
	if (status != SP_OK)
		return visit_failed(visit, status);
	visit_moved(visit);
	if (work->notice_there)
		outbox_send(visit->turn.store, visit->turn.loop, &work->notice);
	finish_cookies(visit);
	if (work->journey.kind == JOURNEY_RESET)
		return visit_answered(visit, ASK_RESET_DONE);
	visit->answer.set_known = visit_know(visit, work->session.user);
	bearer_done(&work->bearer);
	visit_log(visit, REASON_NONE);
	return work->journey.kind == JOURNEY_LINK ? visit_link_told(visit) :
	    visit_consent(visit, true);
}

/* The journey is over; that it was, and why, is on record. What nobody has earned writes
 * nothing: a journey that was never stored and has passed no factor. */
unsigned visit_deny(struct visit *visit, enum journey_reason reason)
{
	struct visit_work *work = visit->work;
	struct journey_event event = { .kind = EVENT_DENIED, .reason = reason };

	if (work->journey.stage != STAGE_OVER)
		(void)visit_event(visit, &event);
	work->denied = reason;
	if (work->request != NULL || (work->revision == SP_ABSENT && work->journey.factors == 0))
		return visit_refused(visit, reason);
	return VISIT_DENY;
}

void visit_ask_deny(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct sp_records_commit *commit = turn_commit(&visit->turn, 3 + VISIT_MOVE_ROOM);

	if (!id_zero(work->intent.id))	/* the new password stands; policy wants yet more */
		intents_end(commit, &work->intent, true);
	turn_send_if(&visit->turn, commit,
	    visit_record_failure(visit, commit, SOURCE_DENIALS, visit->work->denied) &&
	    visit_move(visit, commit));
}

unsigned visit_got_deny(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	(void)answer;
	if (status != SP_OK)
		return visit_failed(visit, status);
	visit_moved(visit);
	return visit_refused(visit, visit->work->denied);
}

/*
 * A right try whose turn came to nothing, because a backend was down, the sends were spent or
 * another tab was first, is given back: who knows the secret is not shut out by what failed
 * behind it. The try of the challenge too, if the challenge is still there.
 */
void visit_ask_refund(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct sp_records_commit *commit = turn_commit(&visit->turn, 3);
	struct budget_place run = visit_place(visit, work->run_kind);
	struct budget_place day = visit_place(visit, BUDGET_MFA_DAY);

	commit->durability = SP_ORDERED;
	budgets_refund(commit, &run);
	if (work->run_kind == BUDGET_MFA_RUN)
		budgets_refund(commit, &day);
	if (work->passcode_spent && visit->answer.reason == REASON_UNAVAILABLE)
		challenges_try_back(commit, visit->turn.tenant->id, work->passcode.id);
	turn_send(&visit->turn, commit);
}

/* The answer stands, whether or not this could be written. */
unsigned visit_got_refund(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)flow, (void)answer, (void)status;
	return FLOW_END;
}
