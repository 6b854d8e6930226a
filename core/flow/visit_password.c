/*
 * visit_password.c - charge, verify, and what a wrong password costs (SEMANTICS 1.3, 3.1)
 *
 * Unknown, disabled and wrong are one way through here: the same reads, one charge, one hash of
 * the same cost, and one answer. Policy is asked only after a right one.
 */
#include "flow/visit_steps.h"

#include "base/clock.h"
#include "base/log.h"
#include "flow/visit_value.h"
#include "plugin/instance.h"
#include "plugin/users.h"

static struct budget run_budget(const struct visit *visit)
{
	return budget_of(visit->work->run_kind, visit_settings(visit));
}

unsigned visit_password(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (!budget_paused(&work->pause, visit->turn.now))
		return VISIT_CHARGE;
	visit->answer.wait = work->pause.until - visit->turn.now;
	return visit_retry(visit, REASON_CREDENTIALS);
}

void visit_ask_charge(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct budget_place place = visit_place(visit, visit->work->run_kind);
	struct budget budget = run_budget(visit);
	struct sp_records_commit *commit = turn_commit(&visit->turn, 1);

	commit->durability = SP_ORDERED;
	budgets_charge(commit, &place, &budget, &visit->work->pause);
	turn_send(&visit->turn, commit);
}

unsigned visit_got_charge(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	struct budget_place place = visit_place(visit, work->run_kind);
	struct budget budget = run_budget(visit);

	if (status == SP_REJECTED) {
		work->run_full = work->unjudged = true;
		return VISIT_WRONG;
	}
	if (status != SP_OK)
		return visit_failed(visit, status);
	work->charged = true;
	work->run_full = budgets_spent((struct sp_records_commit *)answer, &place, &budget,
	    &work->pause);
	return VISIT_VERIFY;
}

/* On the hash lane: nothing but the work is touched. */
static enum sp_status verify_run(void *arg)
{
	struct visit_work *work = arg;

	work->verdict = password_verify(work->password, work->verifier);
	return SP_OK;
}

void visit_ask_verify(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;
	bool there = work->user != NULL && work->user->verifier != NULL;

	work->verifier = there ? work->user->verifier :
	    password_dummy(visit->turn.arena, visit->turn.cost);
	work->password = visit->input.password;
	work->floor = clock_loop() + visit_settings(visit)->password_floor;
	flow_work(flow, visit->turn.store->set.hash_lane, visit->turn.source, verify_run, work);
}

static unsigned password_right(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct journey_event event = {
		.kind = EVENT_PASSWORD, .user = work->user->id, .epoch = work->account.epoch,
		.revision = work->user->revision, .identifier = work->address.key,
		.address = visit_address(work->user),
		.single_mailbox = account_single_mailbox(&work->account, visit->turn.now),
	};

	work->right = true;
	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	work->subject = work->user->id;
	return visit_follow(visit);
}

static bool password_asks_backend(const struct visit *visit)
{
	return users_offers(turn_seat(&visit->turn, BINDING_USERS)->instance, &users_kind_verify);
}

/* A backend that verifies takes as long as it likes, and less for who isn't there: then none is
 * told so before the floor is over, whoever it was and whatever was wrong (3.1). */
static unsigned password_wrong(const struct visit *visit)
{
	return password_asks_backend(visit) ? VISIT_FLOOR : VISIT_WRONG;
}

static unsigned password_judge(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (!visit_open(work) || work->verdict != PASSWORD_RIGHT)
		return password_wrong(visit);
	return work->stale ? VISIT_REHASH : password_right(visit);
}

/* A verifier from elsewhere, or of a lower cost than today's, is replaced while the password is
 * at hand (requirement 121). One operation on the user, by revision: nothing to resume, and
 * whoever changed him in between wins. It is no reason to keep the customer out. */
void visit_ask_rehash(struct flow *flow)
{
	visit_hash_begin(visit_of(flow));
}

unsigned visit_got_rehash(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct seat *users = turn_seat(&visit->turn, BINDING_USERS);
	const char *verifier = visit_hash_end(visit, status);

	(void)answer;
	if (verifier == NULL || !users_offers(users->instance, &users_kind_update))
		return password_right(visit);
	visit->work->user->verifier = verifier;
	return VISIT_REPLACE;
}

void visit_ask_replace(struct flow *flow)
{
	struct visit *visit = visit_of(flow);

	turn_call(&visit->turn, &users_update(turn_seat(&visit->turn, BINDING_USERS),
	    visit->turn.tenant->id, visit->work->user)->op);
}

unsigned visit_got_replace(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	if (status == SP_OK)
		visit->work->user->revision = ((struct sp_users_change *)answer)->revision;
	else
		log_line(SP_WARNING, "a stale verifier could not be replaced this time");
	return password_right(visit);
}

/* Nobody is asked about as well, under an id that stands for him: a backend that is down is down
 * for all. */
unsigned visit_got_verify(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	(void)answer;
	if (status != SP_OK) {	/* the lane is full: that is nobody's wrong password */
		work->denied = REASON_UNAVAILABLE;
		return VISIT_WRONG;
	}
	if (work->user != NULL && work->user->verifier != NULL)
		work->stale = password_stale(work->user->verifier, visit->turn.cost);
	else if (password_asks_backend(visit) && visit->input.password.size <= USERS_PASSWORD_MAX)
		return VISIT_BACKEND;
	else
		work->verdict = PASSWORD_WRONG;
	return password_judge(visit);
}

void visit_ask_backend(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	const struct visit_work *work = visit->work;

	turn_call(&visit->turn, &users_verify(turn_seat(&visit->turn, BINDING_USERS),
	    visit->turn.tenant->id, work->user != NULL ? work->user->id : work->subject,
	    visit->input.password)->op);
}

unsigned visit_got_backend(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_work *work = visit->work;

	if (status != SP_OK && status != SP_NOT_FOUND) {
		work->denied = REASON_UNAVAILABLE;
		return VISIT_FLOOR;
	}
	work->verdict = status == SP_OK &&
	    ((struct sp_users_verify *)answer)->verdict == SP_RIGHT ? PASSWORD_RIGHT : PASSWORD_WRONG;
	return password_judge(visit);
}

void visit_ask_floor(struct flow *flow)
{
	int64_t left = visit_of(flow)->work->floor - clock_loop();

	if (left < 0 && visit_settings(visit_of(flow))->password_floor > 0)
		log_line(SP_WARNING, "the users backend takes longer to verify a password than "
		    "passwordFloor: who listens to the time may learn who has an account");
	flow_wait(flow, left);
}

unsigned visit_got_floor(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	(void)flow, (void)answer, (void)status;
	return VISIT_WRONG;
}

/* What a wrong one costs: its source always, or else one of the last three, which is free for the
 * account, would have us hash without an end. The last try begins a pause. So does one that finds
 * the run full and no pause: who should have begun it has crashed, and without it nobody would
 * ever be let in again. */
static void wrong_cost(struct visit *visit, struct sp_records_commit *commit)
{
	struct visit_work *work = visit->work;
	struct budget_place place = visit_place(visit, work->run_kind);
	struct budget budget = run_budget(visit);

	bool judged = !work->unjudged;

	visit_source_owe(visit, SOURCE_PASSWORDS);
	if (judged && wrongs_again(&work->wrongs, visit->turn.store, &place,
	    visit->input.password)) {
		budgets_refund(commit, &place);
		return;
	}
	if (judged)
		wrongs_put(commit, &place, &work->wrongs, visit->turn.now);
	if (!work->run_full)
		return;
	struct pause pause = budget_pause(&budget, &work->pause, visit->turn.now);
	pauses_put(commit, &place, &budget, &pause, work->pause_revision);
	visit->answer.wait = pause.until - visit->turn.now;
}

/* A try that said nothing about the password, because a backend was down or the lane full, is
 * given back, and is no failure of the customer's. */
void visit_ask_wrong(struct flow *flow)
{
	enum { ROOM = 4 };
	struct visit *visit = visit_of(flow);
	struct budget_place place = visit_place(visit, visit->work->run_kind);
	struct sp_records_commit *commit = turn_commit(&visit->turn, ROOM);

	if (visit->work->denied == REASON_UNAVAILABLE)
		budgets_refund(commit, &place);
	else
		wrong_cost(visit, commit);
	turn_send_if(&visit->turn, commit, visit->work->denied == REASON_UNAVAILABLE ||
	    visit_record_failure(visit, commit, SOURCE_FAILURES, REASON_CREDENTIALS));
}

unsigned visit_got_wrong(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	(void)answer;
	if (visit->work->denied == REASON_UNAVAILABLE)
		return visit_refused(visit, REASON_UNAVAILABLE);
	if (status != SP_OK && status != SP_CONFLICT)
		return visit_failed(visit, status);
	return visit_retry(visit, REASON_CREDENTIALS);
}
