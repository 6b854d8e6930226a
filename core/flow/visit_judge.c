/* visit_judge.c - groups, policies, the strictest of all targets (SEMANTICS 4) */
#include "flow/visit_steps.h"

#include "base/arena.h"
#include "plugin/policy.h"
#include "store/snapshot.h"

static unsigned judge_begin(struct visit *visit)
{
	struct visit_work *work = visit->work;

	work->judged = (struct visit_judged){ .decision = SP_ALLOW };
	work->judged.reading = (struct groups){ .tenant = visit->turn.tenant->id,
		.user = work->journey.user, .arena = visit->turn.arena };
	return VISIT_GROUPS;
}

/* Whoever has been disabled since his first step goes no further. */
static unsigned judge_user(struct visit *visit)
{
	const struct visit_work *work = visit->work;

	if (work->user == NULL || !work->user->enabled || work->account.blocked)
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

/* A customer who has no account yet is in no group. */
void visit_ask_groups(struct flow *flow)
{
	struct visit *visit = visit_of(flow);

	if (id_zero(visit->work->journey.user))
		flow_skip(flow, SP_OK);
	else
		flow_call(flow, groups_ask(visit->turn.store, visit->turn.loop,
		    &visit->work->judged.reading));
}

unsigned visit_got_groups(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_judged *judged = &visit->work->judged;
	const struct tenant *tenant = visit->turn.tenant;

	if (!id_zero(visit->work->journey.user)) {
		if (!groups_got(&judged->reading, answer, status))
			return visit_failed(visit, status);
		if (!groups_whole(&judged->reading))
			return VISIT_GROUPS;
		if (!groups_closed(&judged->reading, tenant, &judged->groups))
			return visit_deny(visit, REASON_GROUPS);
	}
	judged->target_count = authorize_targets(visit->turn.arena, tenant,
	    &visit->work->journey.request, &judged->targets);
	judged->policy_count = tenant->policy_count * judged->target_count;
	judged->policies = arena_alloc(visit->turn.arena,
	    judged->policy_count * sizeof(*judged->policies));
	return judged->target_count > 0 ? VISIT_DECIDE : visit_deny(visit, REASON_BLOCKED);
}

/* Engines that answer at once are asked here; others through an operation. */
void visit_ask_decide(struct flow *flow)
{
	struct visit *visit = visit_of(flow);
	struct visit_judged *judged = &visit->work->judged;
	const struct policy_set *set = snapshot_policies(visit->turn.tenant);
	struct seat *seat = turn_seat(&visit->turn, BINDING_POLICY);
	struct sp_facts facts = { 0 };

	journey_facts(&visit->work->journey, visit->turn.tenant, judged->groups,
	    visit->turn.now, &facts);
	facts.target = judged->targets[judged->target];
	facts.client = SP_BROWSER;
	facts.platform = visit->turn.platform;
	if (!policy_at_once(set)) {
		turn_call(&visit->turn, &policy_decide(seat, set, &facts)->op);
		return;
	}
	judged->answer = policy_judgement(visit->turn.arena, set);
	flow_skip(flow, policy_decide_now(seat, set, &facts, judged->answer));
}

/* The strictest counts, and what any target misses is missing. */
static void judge_take(struct visit *visit, const struct sp_judgement *answer)
{
	struct visit_judged *judged = &visit->work->judged;
	const struct tenant *tenant = visit->turn.tenant;
	size_t first = judged->target * tenant->policy_count;

	if (answer->decision < judged->decision)
		judged->decision = answer->decision;
	judged->missing |= answer->missing;
	if (answer->persistent > judged->persistent)
		judged->persistent = answer->persistent;
	for (size_t i = 0; i < tenant->policy_count; i++)
		judged->policies[first + i] = (struct signin_policy){
			.id = tenant->policies[i]->id,
			.revision = tenant->policies[i]->row.revision,
			.result = answer->results[i], .condition = answer->conditions[i] };
	judged->target++;
}

static unsigned judge_end(struct visit *visit)
{
	struct visit_work *work = visit->work;
	struct journey_event event = {
		.kind = EVENT_JUDGED, .decision = work->judged.decision,
		.missing = work->judged.missing,
		.email_usable = method_usable(&visit->turn.tenant->email, work->journey.user,
		    work->judged.groups),
		.proof_counts = visit_settings(visit)->proof_counts_as_mfa,
	};

	if (!visit_event(visit, &event))
		return visit_refused(visit, REASON_MOVED);
	return work->request != NULL ? visit_began(visit) : visit_follow(visit);
}

/* An engine that fails denies: 503 for the customer, and nothing is spent (4.4). */
unsigned visit_got_decide(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct visit *visit = visit_of(flow);
	struct visit_judged *judged = &visit->work->judged;

	if (status != SP_OK)
		return visit_failed(visit, SP_UNAVAILABLE);
	judge_take(visit, answer != NULL ? ((struct sp_policy_decide *)answer)->out :
	    judged->answer);
	return judged->target < judged->target_count ? VISIT_DECIDE : judge_end(visit);
}
