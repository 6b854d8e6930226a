#include "flow/forecast.h"

#include "base/arena.h"
#include "base/id.h"
#include "flow/trial.h"
#include "flow/visit_value.h"
#include "model/session.h"
#include "plugin/instance.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/accounts.h"

enum { FORECAST_FIND, FORECAST_ACCOUNT, FORECAST_GROUPS, FORECAST_LOAD, FORECAST_DECIDE };

struct forecast_work {
	struct judging judging;		/* groups */
	struct account account;
	struct trial *trial;
	size_t *places;			/* of its rows, among the policies */
	struct sp_ids locations;
	struct sp_judgement *answer;	/* of an engine that answers at once */
	size_t target;
};

static struct forecast *forecast_of(struct flow *flow)
{
	return (struct forecast *)(void *)flow;
}

static unsigned forecast_end(struct forecast *forecast, enum forecast_outcome outcome)
{
	forecast->outcome = outcome;
	return FLOW_END;
}

bool forecast_take(struct forecast *forecast, const json_t *documents, const bool *drafts)
{
	size_t count = json_array_size(documents);
	struct trial *trial = trial_new(count);
	struct forecast_work *work = arena_alloc(forecast->turn.arena, sizeof(*work));
	bool good = true;

	forecast->work = work;
	work->trial = trial;
	work->places = arena_alloc(&trial->arena, (count + 1) * sizeof(*work->places));
	forecast->policies = arena_alloc(&trial->arena, (count + 1) * sizeof(*forecast->policies));
	forecast->policy_count = count;
	for (size_t i = 0; i < count && good; i++) {
		struct forecast_policy *policy = &forecast->policies[i];
		policy->document = json_array_get(documents, i);
		policy->draft = drafts[i];
		good = policy_compile(&trial->arena, policy->document, 0, &policy->policy);
		if (good)
			policy_aim(&trial->arena, &policy->policy, forecast->turn.tenant);
	}
	return good;
}

/* Who it is about. */

static void forecast_ask_find(struct flow *flow)
{
	struct forecast *forecast = forecast_of(flow);

	turn_find(&forecast->turn, forecast->who);
}

static unsigned forecast_got_find(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct forecast *forecast = forecast_of(flow);

	if (status != SP_OK)
		return forecast_end(forecast, status == SP_NOT_FOUND ? FORECAST_NOBODY :
		    FORECAST_UNAVAILABLE);
	forecast->user = visit_copy_user(forecast->turn.arena,
	    ((struct sp_users_find *)answer)->user);
	return FORECAST_ACCOUNT;
}

static void forecast_ask_account(struct flow *flow)
{
	struct forecast *forecast = forecast_of(flow);
	struct sp_address at = accounts_at(forecast->turn.tenant->id, forecast->user->id);

	turn_get(&forecast->turn, &at, 1);
}

static unsigned forecast_got_account(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct forecast *forecast = forecast_of(flow);

	if (status != SP_OK || !accounts_read(forecast->turn.arena,
	    ((struct sp_records_get *)answer)->records[0], &forecast->work->account))
		return forecast_end(forecast, FORECAST_UNAVAILABLE);
	judging_begin(&forecast->work->judging, &forecast->turn, forecast->user->id);
	return FORECAST_GROUPS;
}

static void forecast_ask_groups(struct flow *flow)
{
	struct forecast *forecast = forecast_of(flow);

	judging_ask_groups(&forecast->work->judging, &forecast->turn);
}

static void customer_of(struct forecast *forecast)
{
	const struct tenant *tenant = forecast->turn.tenant;
	const struct sp_user *user = forecast->user;
	struct judging *judging = &forecast->work->judging;
	const struct userflow *flow = forecast->app != NULL ? tenant_flow(tenant, forecast->app) :
	    NULL;

	judging->targets = forecast->targets;
	judging->target_count = forecast->target_count;
	forecast->customer = (struct whatif_customer){
		.id = user->id,
		.method = flow != NULL ? flow->method : METHOD_PASSWORD,
		.enabled = user->enabled && !forecast->work->account.blocked,
		.has_password = user->verifier != NULL || users_offers(turn_seat(&forecast->turn,
		    BINDING_USERS)->instance, &users_kind_verify),
		.has_address = visit_address(user) != NULL,
		.admitted = judging_admits(judging, &forecast->turn),
		.email_usable = method_usable(&tenant->email, user->id, judging->groups),
	};
}

static struct sp_facts facts_of(const struct forecast *forecast, size_t target)
{
	const struct turn *turn = &forecast->turn;

	return (struct sp_facts){ .tenant = turn->tenant->id, .user = forecast->user->id,
		.target = target < forecast->target_count ? forecast->targets[target] :
		(struct sp_id){ { 0 } },
		.contexts = forecast->contexts, .groups = forecast->work->judging.groups,
		.locations = forecast->work->locations, .platform = forecast->platform,
		.client = forecast->client, .factors = whatif_factor(forecast->customer.method),
		.single_mailbox = account_single_mailbox(&forecast->work->account, turn->now),
		.password_changed = forecast->work->account.password_changed,
		.signed_in = turn->now, .began = turn->now - SESSION_SKEW, .now = turn->now };
}

/* Each is seen where it came furthest: where it applies, else where most held. */
static void policy_look(struct forecast *forecast, struct forecast_policy *policy, size_t target)
{
	struct sp_facts facts = facts_of(forecast, target);
	struct whatif_conditions conditions;
	bool unknown;

	whatif_conditions(&policy->policy.row, &facts, &forecast->given, &conditions);
	enum sp_condition first = whatif_first(&conditions, &unknown);
	bool further = policy->first != SP_NONE && (first == SP_NONE ||
	    (unknown && !policy->unknown) || (unknown == policy->unknown && first > policy->first));
	if (target > 0 && !further)
		return;
	policy->conditions = conditions;
	policy->first = first;
	policy->unknown = unknown;
}

static enum sp_result result_without(const struct sp_policy_row *row)
{
	return row->state == SP_OFF ? SP_NOT_ENABLED :
	    row->state == SP_ON ? SP_NOT_APPLIED : SP_REPORT_NOT_APPLIED;
}

static size_t targets_of(const struct forecast *forecast)
{
	return forecast->target_count > 0 ? forecast->target_count : 1;
}

/* What hangs on something that the question doesn't say, does not apply: it is not in the set. */
static void policies_look(struct forecast *forecast)
{
	struct trial *trial = forecast->work->trial;

	for (size_t i = 0; i < forecast->policy_count; i++) {
		struct forecast_policy *policy = &forecast->policies[i];
		for (size_t target = 0; target < targets_of(forecast); target++)
			policy_look(forecast, policy, target);
		policy->result = result_without(&policy->policy.row);
		if (policy->unknown)
			continue;
		forecast->work->places[trial->count] = i;
		trial->rows[trial->count++] = &policy->policy.row;
	}
}

static unsigned forecast_got_groups(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct forecast *forecast = forecast_of(flow);

	switch (judging_got_groups(&forecast->work->judging, &forecast->turn, answer, status)) {
	case JUDGING_AGAIN:
		return FORECAST_GROUPS;
	case JUDGING_MANY:
		customer_of(forecast);
		forecast->customer.many_groups = true;
		break;
	case JUDGING_READY:
		customer_of(forecast);
		break;
	default:
		return forecast_end(forecast, FORECAST_UNAVAILABLE);
	}
	if (forecast->given.location)
		forecast->work->locations = judging_locations(&forecast->turn, &forecast->place);
	policies_look(forecast);
	forecast->verdict.decision = SP_ALLOW;
	return FORECAST_LOAD;
}

/* The engine's word. */

static void forecast_ask_load(struct flow *flow)
{
	struct forecast *forecast = forecast_of(flow);

	trial_ask_load(forecast->work->trial, &forecast->turn);
}

static unsigned forecast_got_load(struct flow *flow, struct sp_op *answer, enum sp_status status)
{
	struct forecast *forecast = forecast_of(flow);

	return trial_got_load(forecast->work->trial, &forecast->turn, answer, status) ?
	    FORECAST_DECIDE : forecast_end(forecast, FORECAST_UNAVAILABLE);
}

static void forecast_ask_decide(struct flow *flow)
{
	struct forecast *forecast = forecast_of(flow);
	struct forecast_work *work = forecast->work;
	struct sp_facts facts = facts_of(forecast, work->target);

	judging_engine(&forecast->turn, &work->trial->set, &facts, &work->answer);
}

/* A block that is only reported weighs more than a question. */
static unsigned weight(enum sp_result result)
{
	return result == SP_REPORT_BLOCKED ? SP_REPORT_ASKED + 1u : (unsigned)result;
}

static void verdict_add(struct sp_judgement *verdict, const struct sp_judgement *answer)
{
	if (answer->decision < verdict->decision)
		verdict->decision = answer->decision;
	verdict->missing |= answer->missing;
	verdict->strength |= answer->strength;
	if (answer->frequency > 0 && (verdict->frequency == 0 ||
	    answer->frequency < verdict->frequency))
		verdict->frequency = answer->frequency;
	verdict->every_time = verdict->every_time || answer->every_time;
	if (answer->persistent > verdict->persistent)
		verdict->persistent = answer->persistent;
}

/* Whether a policy applies, the engine says; where it does not, and why, was seen already. */
static void answer_take(struct forecast *forecast, const struct sp_judgement *answer)
{
	const struct forecast_work *work = forecast->work;

	verdict_add(&forecast->verdict, answer);
	for (size_t i = 0; i < work->trial->count; i++) {
		struct forecast_policy *policy = &forecast->policies[work->places[i]];
		if (weight((enum sp_result)answer->results[i]) > weight(policy->result))
			policy->result = (enum sp_result)answer->results[i];
		if (answer->conditions[i] == SP_NONE)
			policy->first = SP_NONE;
		else if (targets_of(forecast) == 1)
			policy->first = (enum sp_condition)answer->conditions[i];
	}
}

static unsigned forecast_got_decide(struct flow *flow, struct sp_op *answer,
    enum sp_status status)
{
	struct forecast *forecast = forecast_of(flow);
	struct forecast_work *work = forecast->work;

	if (status != SP_OK)
		return forecast_end(forecast, FORECAST_UNAVAILABLE);
	answer_take(forecast, answer != NULL ? ((struct sp_policy_decide *)answer)->out :
	    work->answer);
	if (++work->target < targets_of(forecast))
		return FORECAST_DECIDE;
	forecast->way = whatif_way(forecast->turn.arena, &forecast->customer,
	    &(struct whatif_verdict){ forecast->verdict.decision, forecast->verdict.missing,
	    forecast->turn.now });
	return forecast_end(forecast, FORECAST_GOOD);
}

#define TO FLOW_TO
static const struct flow_step forecast_steps[] = {
	[FORECAST_FIND] = { "find", forecast_ask_find, forecast_got_find,
	    TO(FORECAST_ACCOUNT) | TO(FLOW_END) },
	[FORECAST_ACCOUNT] = { "account", forecast_ask_account, forecast_got_account,
	    TO(FORECAST_GROUPS) | TO(FLOW_END) },
	[FORECAST_GROUPS] = { "groups", forecast_ask_groups, forecast_got_groups,
	    TO(FORECAST_GROUPS) | TO(FORECAST_LOAD) | TO(FLOW_END) },
	[FORECAST_LOAD] = { "load", forecast_ask_load, forecast_got_load,
	    TO(FORECAST_DECIDE) | TO(FLOW_END) },
	[FORECAST_DECIDE] = { "decide", forecast_ask_decide, forecast_got_decide,
	    TO(FORECAST_DECIDE) | TO(FLOW_END) },
};

void forecast_run(struct forecast *forecast)
{
	forecast->outcome = FORECAST_UNAVAILABLE;
	turn_start(&forecast->turn, forecast_steps, FORECAST_FIND);
}

void forecast_done(struct forecast *forecast)
{
	if (forecast->work != NULL)
		trial_free(forecast->work->trial);
}
