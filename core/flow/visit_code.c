/*
 * visit_code.c - a passcode: charge, compare, and only then move (DESIGN 4)
 *
 * What is right here is spent by the next batch, with the move of the journey, both by
 * revision. A try that finds the challenge used up moves nothing: of many right ones at once,
 * one must win.
 */
#include "flow/visit_steps.h"

#include "base/log.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/ring.h"
#include "store/challenges.h"

#include <string.h>

void visit_hash_code(const struct visit *visit, const char *digits, uint8_t out_hash[32])
{
	struct hash_key key;

	ring_hash_key(visit->turn.store->ring, "passcode", &key);
	hash_keyed(&key, "passcode", secret_text(digits), out_hash);
	explicit_bzero(&key, sizeof(key));
}

static bool passcode_ours(const struct visit *visit)
{
	const struct visit_work *work = visit->work;

	return work->passcode_revision != 0 &&
	    id_equal(work->passcode.journey, work->journey.id) &&
	    work->passcode.purpose == journey_purpose(&work->journey);
}

unsigned visit_try(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (!passcode_ours(visit))
		return visit_refused(visit, REASON_EXPIRED);
	if (work->journey.stage == STAGE_SECOND && !visit->turn.tenant->email.enabled)
		return visit_deny(visit, REASON_METHOD_OFF);	/* requirement 146 */
	if (budget_paused(&work->pause, visit->turn.now)) {
		visit->answer.wait = work->pause.until - visit->turn.now;
		return visit_retry(visit, REASON_PAUSED);
	}
	return VISIT_TRY;
}

/* The account's second door has a run and a day, an address has a day. */
static void try_charge(struct visit *visit, struct sp_records_commit *commit,
    enum budget_kind kind)
{
	struct budget_place place = visit_place(visit, kind);
	struct budget budget = budget_of(kind, visit_settings(visit));

	budgets_charge(commit, &place, &budget,
	    kind == visit->work->run_kind ? &visit->work->pause : NULL);
}

void visit_ask_try(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct sp_records_commit *commit = turn_commit(&visit->turn, 3);

	commit->durability = SP_ORDERED;
	work->try = challenges_try(commit, visit->turn.tenant->id, work->journey.challenge,
	    visit_settings(visit)->passcode_tries, work->journey.expires - visit->turn.now);
	try_charge(visit, commit, work->run_kind);
	if (work->run_kind == BUDGET_MFA_RUN)
		try_charge(visit, commit, BUDGET_MFA_DAY);
	turn_send(&visit->turn, commit);
}

static unsigned try_rejected(struct visit *visit, const struct sp_records_commit *answer)
{
	enum { DAY = 24 * 3600 * 1000 };
	struct visit_work *work = visit->work;
	struct budget_place run = visit_place(visit, work->run_kind);

	if (challenges_used_up(answer, visit->turn.tenant->id, work->journey.challenge) ||
	    work->run_kind == BUDGET_UNPROVEN_DAY)
		return visit_refused(visit, REASON_TRIES);
	work->denied = REASON_PAUSED;
	if (budgets_hit(answer, &run)) {	/* whoever should have begun the pause has crashed */
		work->run_full = true;
		return VISIT_PAUSE;
	}
	visit->answer.wait = DAY;
	return visit_retry(visit, REASON_PAUSED);
}

static unsigned try_right(struct visit *visit)
{
	struct visit_work *work = visit->work;
	const struct tenant *tenant = visit->turn.tenant;
	const struct app *app = tenant_app(tenant, work->journey.request.client_id);
	const struct userflow *flow = app != NULL ? tenant_flow(tenant, app) : NULL;
	struct journey_event event = {
		.kind = work->journey.stage == STAGE_SECOND ? EVENT_SECOND : EVENT_PROVED,
		.challenge = work->passcode.id, .user = work->journey.user,
		.epoch = work->account.epoch,
		.email_usable = method_usable(&tenant->email, work->journey.user,
		    (struct sp_ids){ 0 }),
		.proof_counts = tenant->settings.proof_counts_as_mfa,
		.attributes_wanted = flow != NULL && flow->attribute_count > 0,
		.single_mailbox = account_single_mailbox(&work->account, visit->turn.now),
	};

	work->passcode_spent = true;
	work->right = true;
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return visit_follow(visit);
}

static unsigned wrong_told(struct visit *visit)
{
	enum journey_reason reason = visit->work->denied;

	return reason == REASON_TRIES ? visit_refused(visit, reason) :
	    visit_retry(visit, reason);
}

static unsigned try_wrong(struct visit *visit, enum passcode_verdict verdict)
{
	struct visit_work *work = visit->work;
	bool last = work->tries >= visit_settings(visit)->passcode_tries;

	work->denied = last ? REASON_TRIES : verdict == PASSCODE_EXPIRED ? REASON_CODE_EXPIRED :
	    verdict == PASSCODE_REPLACED ? REASON_CODE_REPLACED : REASON_CODE;
	bool second = work->journey.stage == STAGE_SECOND;
	work->record_due = work->journey.kind != JOURNEY_RESET &&
	    visit_source_record(visit, second ? SOURCE_DENIALS : SOURCE_FAILURES);
	if (work->run_full || work->record_due || (last && second))
		return VISIT_PAUSE;
	return wrong_told(visit);
}

unsigned visit_got_try(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	const struct sp_records_commit *charged = (struct sp_records_commit *)answer;
	struct budget_place place = visit_place(visit, work->run_kind);
	struct budget budget = budget_of(work->run_kind, visit_settings(visit));
	uint8_t hash[32];

	if (status == SP_REJECTED)
		return try_rejected(visit, charged);
	if (status != SP_OK)
		return visit_failed(visit, status);
	work->charged = true;
	work->tries = work->try->total;
	work->run_full = budget.pause_first > 0 &&
	    budgets_spent(charged, &place, &budget, &work->pause);
	const char *typed = text_part(visit->turn.arena, (const char *)visit->input.code.data,
	    visit->input.code.size);
	const char *digits = passcode_normalise(visit->turn.arena, typed,
	    visit_settings(visit)->passcode_digits);
	visit_hash_code(visit, digits != NULL ? digits : "", hash);
	enum passcode_verdict verdict = passcode_judge(&work->passcode, hash, visit->turn.now);
	return verdict == PASSCODE_RIGHT ? try_right(visit) : try_wrong(visit, verdict);
}

/* Policy is not asked again for a wrong code: what it said is why there is a second door. */
static void pause_record(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;

	if (work->journey.stage == STAGE_SECOND) {
		work->judged.decision = SP_ASK;
		work->judged.missing = SP_MFA;
	}
	if (!visit_record(visit, commit, work->denied))
		log_line(SP_ERROR, "a wrong code is not on record: its record is too long");
}

/* Not for a slip: the next code may be the right one, and there is one notice a day. */
static bool pause_alarms(const struct visit_work *work)
{
	return work->journey.stage == STAGE_SECOND &&
	    (work->run_full || work->denied == REASON_TRIES);
}

/* A wrong code goes on record, while its source is not flooding (8). The run is full, or the
 * challenge is: a pause begins, and the owner of the account hears that somebody knows his
 * password, once a day (1.3). */
void visit_ask_pause(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct budget_place place = visit_place(visit, work->run_kind);
	struct budget budget = budget_of(work->run_kind, visit_settings(visit));
	struct sp_records_commit *commit = turn_commit(&visit->turn, 6);

	if (work->run_full) {
		struct pause pause = budget_pause(&budget, &work->pause, visit->turn.now);
		pauses_put(commit, &place, &budget, &pause, work->pause_revision);
		visit->answer.wait = pause.until - visit->turn.now;
	}
	work->notice_there = false;
	if (pause_alarms(work) && !work->told &&
	    visit_compose_notice(visit, "failed-second-door", visit->turn.now)) {
		struct budget_place day = visit_place(visit, BUDGET_NOTICE_DAY);
		struct budget once = budget_of(BUDGET_NOTICE_DAY, visit_settings(visit));
		budgets_charge(commit, &day, &once, NULL);
		work->notice_there = outbox_put(commit, visit->turn.store, &work->notice);
		visit_drop_notice(visit, commit);
	}
	if (commit->count == 0)
		commit->durability = SP_ORDERED;
	if (work->record_due)
		pause_record(visit, commit);
	if (commit->count > 0) {
		turn_send(&visit->turn, commit);
	} else {
		op_free(&commit->op);
		flow_skip(flow, SP_OK);
	}
}

unsigned visit_got_pause(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	(void)answer;
	if (status == SP_REJECTED) {	/* he was told today: the pause alone */
		work->told = true;
		return VISIT_PAUSE;
	}
	if (status != SP_OK && status != SP_CONFLICT)
		return visit_failed(visit, status);
	if (status == SP_OK && work->notice_there)
		outbox_send(visit->turn.store, visit->turn.loop, &work->notice);
	return wrong_told(visit);
}
