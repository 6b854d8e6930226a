/* visit_judge.c - what policy says of this journey, and what follows (SEMANTICS 4) */
#include "flow/visit_steps.h"

#include "plugin/instance.h"
#include "plugin/users.h"

static unsigned judge_begin(struct visit *visit)
{
	judging_begin(&visit->work->judged, &visit->turn, visit->work->journey.user);
	return VISIT_GROUPS;
}

/* Whoever has been disabled since his first step goes no further. */
static unsigned judge_user(struct visit *visit)
{
	const struct visit_work *work = visit->work;

	if (!visit_open(work))
		return visit_deny(visit, REASON_CREDENTIALS);
	return judge_begin(visit);
}

unsigned visit_judge(struct visit *visit)
{
	struct visit_work *work = visit->work;

	if (id_zero(work->journey.user) || work->user != NULL)
		return judge_begin(visit);
	work->then = judge_user;
	return VISIT_USER;
}

void visit_ask_groups(struct flow *flow)
{
	judging_ask_groups(&visit_of(flow)->work->judged, &visit_of(flow)->turn);
}

unsigned visit_got_groups(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct judging *judged = &visit->work->judged;

	switch (judging_got_groups(judged, &visit->turn, answer, status)) {
	case JUDGING_AGAIN:
		return VISIT_GROUPS;
	case JUDGING_MANY:
		return visit_deny(visit, REASON_GROUPS);
	case JUDGING_READY:
		judging_targets(judged, &visit->turn, &visit->work->journey.request);
		return judging_admits(judged, &visit->turn) ? VISIT_DECIDE :
		    visit_deny(visit, REASON_NOT_ASSIGNED);
	default:
		return visit_failed(visit, status);
	}
}

void visit_ask_decide(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct sp_facts facts = { 0 };

	journey_facts(&visit->work->journey, visit->turn.tenant, visit->work->judged.groups,
	    visit->turn.now, &facts);
	/* Whoever signs up chooses his now. */
	facts.password_changed = id_zero(visit->work->journey.user) ? visit->turn.now :
	    visit->work->account.password_changed;
	judging_ask_decide(&visit->work->judged, &visit->turn, &facts);
}

static unsigned judge_end(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct journey_event event = {
		.kind = EVENT_JUDGED, .decision = work->judged.decision,
		.missing = work->judged.missing,
		.must = work->judged.wished.must, .may = work->judged.wished.may,
		.email_usable = method_usable(&visit->turn.tenant->email, work->journey.user,
		    work->judged.groups),
		.proof_counts = visit_settings(visit)->proof_counts_as_mfa,
		.renewable = users_offers(turn_seat(&visit->turn, BINDING_USERS)->instance,
		    &users_kind_update),
	};

	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return work->request != NULL ? visit_began(visit) : visit_follow(visit);
}

/* An engine that fails denies: 503 for the customer, and nothing is spent (4.4). */
unsigned visit_got_decide(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);

	switch (judging_got_decide(&visit->work->judged, &visit->turn, answer, status)) {
	case JUDGING_AGAIN:
		return VISIT_DECIDE;
	case JUDGING_READY:
		return judge_end(visit);
	default:
		return visit_failed(visit, SP_UNAVAILABLE);
	}
}
