#include "flow/judging.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/countries.h"
#include "base/id.h"
#include "plugin/policy.h"
#include "store/snapshot.h"
#include "store/store.h"

#include <string.h>

void judging_begin(struct judging *judging, const struct turn *turn, struct sp_id user)
{
	*judging = (struct judging){
		.decision = SP_ALLOW, .origin = turn->origin,
		.reading = { .tenant = turn->tenant->id, .user = user, .arena = turn->arena },
	};
}

void judging_ask_groups(struct judging *judging, struct turn *turn)
{
	if (id_zero(judging->reading.user))
		flow_skip(&turn->flow, SP_OK);
	else
		flow_call(&turn->flow, groups_ask(turn->store, turn->loop, &judging->reading));
}

enum judging_next judging_got_groups(struct judging *judging, const struct turn *turn,
    const struct sp_op *answer, enum sp_status status)
{
	if (id_zero(judging->reading.user))
		return JUDGING_READY;
	if (!groups_got(&judging->reading, answer, status))
		return JUDGING_FAILED;
	if (!groups_whole(&judging->reading))
		return JUDGING_AGAIN;
	return groups_closed(&judging->reading, turn->tenant, &judging->groups) ?
	    JUDGING_READY : JUDGING_MANY;
}

struct sp_ids judging_locations(const struct turn *turn, struct location_place *place)
{
	const struct countries *countries = turn->store->set.countries;

	if (place->known && place->country[0] == '\0' && countries != NULL &&
	    locations_by_country(turn->tenant->locations))
		(void)countries_find(countries, place->address, place->country);
	return locations_at(turn->arena, turn->tenant->locations, place);
}

static void judging_locate(struct judging *judging, const struct turn *turn)
{
	struct location_place *place = &judging->place;

	*place = (struct location_place){ .known = judging->origin.known };
	memcpy(place->address, judging->origin.address, sizeof(place->address));
	judging->locations = judging_locations(turn, place);
}

void judging_targets(struct judging *judging, const struct turn *turn,
    const struct authorize *request)
{
	judging_locate(judging, turn);
	judging->wishes = request->wishes;
	/* One that has been withdrawn since is met by nobody: no policy would ask for anything. */
	wishes_keep(&judging->wishes, turn->tenant->contexts);
	for (size_t i = 0; i < WISHES_CONTEXTS_MOST; i++)
		judging->verdicts[i] = (struct wishes_verdict){ .decision = SP_ALLOW };
	judging->target_count = authorize_targets(turn->arena, turn->tenant, request,
	    &judging->targets);
	judging->policy_count = turn->tenant->policy_count * judging->target_count;
	judging->policies = arena_alloc(turn->arena,
	    judging->policy_count * sizeof(*judging->policies));
}

bool judging_admits(const struct judging *judging, const struct turn *turn)
{
	for (size_t i = 0; i < judging->target_count; i++) {
		char id[ID_TEXT];
		id_format(judging->targets[i], id);
		const struct app *app = tenant_app(turn->tenant, id);
		if (app == NULL || !api_admits(&app->api, judging->reading.user, judging->groups))
			return false;
	}
	return true;
}

struct signin_record judging_record(const struct judging *judging, const struct turn *turn)
{
	return (struct signin_record){
		.id = id_ordered(clock_wall()), .at = turn->now,
		.platform = turn->origin.platform, .client = SP_BROWSER,
		.group_count = judging->groups.count, .groups = judging->groups.sorted,
		.target_count = judging->target_count, .targets = judging->targets,
		.policy_count = judging->policy_count, .policies = judging->policies,
		.decision = judging->decision, .source = turn->source_text, .agent = turn->agent,
		.request_id = turn->request_id, .contexts = wishes_contexts(&judging->wishes),
		.location_count = judging->locations.count,
		.locations = judging->locations.sorted, .country = judging->place.country,
	};
}

void judging_engine(struct turn *turn, const struct policy_set *set, const struct sp_facts *facts,
    struct sp_judgement **out_answer)
{
	struct seat *seat = turn_seat(turn, BINDING_POLICY);

	if (!policy_at_once(set)) {
		turn_call(turn, &policy_decide(seat, set, facts)->op);
		return;
	}
	*out_answer = policy_judgement(turn->arena, set);
	flow_skip(&turn->flow, policy_decide_now(seat, set, facts, *out_answer));
}

/* Without a target there is nothing to allow. */
void judging_ask_decide(struct judging *judging, struct turn *turn, struct sp_facts *facts)
{
	if (judging->target_count == 0) {
		flow_skip(&turn->flow, SP_FAILED);
		return;
	}
	facts->target = judging->targets[judging->target];
	facts->contexts = (struct sp_contexts){ { 0, 0 } };
	if (judging->pass > 0)
		wishes_context_add(&facts->contexts, judging->wishes.contexts[judging->pass - 1]);
	judging->factors = facts->factors;
	facts->client = SP_BROWSER;
	facts->platform = judging->origin.platform;
	facts->locations = judging->locations;
	judging_engine(turn, snapshot_policies(turn->tenant), facts, &judging->answer);
}

/* What a policy on a context says is on record beside the others: without the context it had
 * nothing to say. */
static void judging_take_context(struct judging *judging, const struct tenant *tenant,
    const struct sp_judgement *answer)
{
	struct wishes_verdict *verdict = &judging->verdicts[judging->pass - 1];
	struct signin_policy *policies = judging->policies +
	    judging->target * tenant->policy_count;

	if (answer->decision < verdict->decision)
		verdict->decision = answer->decision;
	verdict->missing |= answer->missing;
	for (size_t i = 0; i < tenant->policy_count; i++) {
		if (policies[i].condition != SP_BY_CONTEXT || answer->conditions[i] == SP_BY_CONTEXT)
			continue;
		policies[i].result = answer->results[i];
		policies[i].condition = answer->conditions[i];
	}
	judging->target++;
}

/* The strictest counts, and what any target misses is missing. */
static void judging_take(struct judging *judging, const struct tenant *tenant,
    const struct sp_judgement *answer)
{
	size_t first = judging->target * tenant->policy_count;

	if (answer->decision < judging->decision)
		judging->decision = answer->decision;
	judging->missing |= answer->missing;
	if (answer->persistent > judging->persistent)
		judging->persistent = answer->persistent;
	for (size_t i = 0; i < tenant->policy_count; i++)
		judging->policies[first + i] = (struct signin_policy){
			.id = tenant->policies[i]->id,
			.revision = tenant->policies[i]->row.revision,
			.result = answer->results[i], .condition = answer->conditions[i] };
	judging->target++;
}

enum judging_next judging_got_decide(struct judging *judging, const struct turn *turn,
    struct sp_op *answer, enum sp_status status)
{
	if (status != SP_OK)
		return JUDGING_FAILED;
	(judging->pass == 0 ? judging_take : judging_take_context)(judging, turn->tenant,
	    answer != NULL ? ((struct sp_policy_decide *)answer)->out : judging->answer);
	if (judging->target < judging->target_count)
		return JUDGING_AGAIN;
	if (judging->decision != SP_DENY && judging->pass < judging->wishes.context_count) {
		judging->pass++;
		judging->target = 0;
		return JUDGING_AGAIN;
	}
	judging->wished = wishes_judge(&judging->wishes, judging->verdicts, judging->factors);
	return JUDGING_READY;
}
