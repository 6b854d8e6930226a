#include "model/whatif.h"

#include "base/arena.h"
#include "base/id.h"
#include "model/ids.h"
#include "model/session.h"

static enum whatif_answer answer(bool met)
{
	return met ? WHATIF_MET : WHATIF_MISSED;
}

static bool contexts_any(struct sp_contexts contexts)
{
	return (contexts.bits[0] | contexts.bits[1]) != 0;
}

static enum whatif_answer user_answer(const struct sp_policy_row *row,
    const struct sp_facts *facts)
{
	if (ids_hold(row->users.exclude, facts->user) || ids_meet(row->groups.exclude, facts->groups))
		return WHATIF_MISSED;
	return answer(row->users.all || ids_hold(row->users.include, facts->user) ||
	    ids_meet(row->groups.include, facts->groups));
}

/* Whichever application it is, it is one of all; a policy on contexts names none. */
static enum whatif_answer app_answer(const struct sp_policy_row *row,
    const struct sp_facts *facts, bool given)
{
	const struct sp_scope *apps = &row->apps;

	if (contexts_any(row->contexts))
		return WHATIF_UNSET;
	if (!given && apps->all && apps->exclude.count == 0)
		return WHATIF_MET;
	if (!given)
		return apps->all || apps->include.count > 0 ? WHATIF_UNKNOWN : WHATIF_MISSED;
	return answer(ids_in_scope(apps, facts->target));
}

static enum whatif_answer context_answer(const struct sp_policy_row *row,
    const struct sp_facts *facts)
{
	if (!contexts_any(row->contexts))
		return WHATIF_UNSET;
	return answer((row->contexts.bits[0] & facts->contexts.bits[0]) != 0 ||
	    (row->contexts.bits[1] & facts->contexts.bits[1]) != 0);
}

/* A fact of zero is one that nobody could tell, which has a bit of its own. */
static enum whatif_answer mask_answer(uint32_t mask, uint32_t fact, uint32_t untold, bool given)
{
	if (mask == SP_EVERY)
		return WHATIF_UNSET;
	if (!given)
		return mask != 0 ? WHATIF_UNKNOWN : WHATIF_MISSED;
	return answer((mask & (fact != 0 ? fact : untold)) != 0);
}

static enum whatif_answer location_answer(const struct sp_policy_row *row,
    const struct sp_facts *facts, bool given)
{
	const struct sp_scope *locations = &row->locations;

	if (locations->all && locations->exclude.count == 0)
		return WHATIF_UNSET;
	if (!given)
		return WHATIF_UNKNOWN;
	return answer(!ids_meet(locations->exclude, facts->locations) &&
	    (locations->all || ids_meet(locations->include, facts->locations)));
}

void whatif_conditions(const struct sp_policy_row *row, const struct sp_facts *facts,
    const struct whatif_given *given, struct whatif_conditions *out_conditions)
{
	*out_conditions = (struct whatif_conditions){ .each = {
		[SP_NONE] = WHATIF_UNSET,
		[SP_BY_STATE] = answer(row->state != SP_OFF),
		[SP_BY_USER] = user_answer(row, facts),
		[SP_BY_APP] = app_answer(row, facts, given->app),
		[SP_BY_CONTEXT] = context_answer(row, facts),
		[SP_BY_PLATFORM] = mask_answer(row->platforms, facts->platform,
		    SP_PLATFORM_UNKNOWN, given->platform),
		[SP_BY_CLIENT] = mask_answer(row->clients, facts->client, SP_CLIENT_OTHER,
		    given->client),
		[SP_BY_LOCATION] = location_answer(row, facts, given->location),
	} };
}

enum sp_condition whatif_first(const struct whatif_conditions *conditions, bool *out_unknown)
{
	enum sp_condition unknown = SP_NONE;

	for (enum sp_condition i = SP_BY_STATE; i <= SP_BY_LOCATION; i++) {
		if (conditions->each[i] == WHATIF_MISSED) {
			*out_unknown = false;
			return i;
		}
		if (conditions->each[i] == WHATIF_UNKNOWN && unknown == SP_NONE)
			unknown = i;
	}
	*out_unknown = unknown != SP_NONE;
	return unknown;
}

uint32_t whatif_factor(enum local_method method)
{
	return method == METHOD_OTP ? SP_FACTOR_EMAIL_FIRST : SP_FACTOR_PASSWORD;
}

/* The way. */

struct way { struct arena *arena; struct whatif_way *way; struct whatif_reason **end; };

static void way_shut(struct way *way, const char *code, const char *text)
{
	struct whatif_reason *reason = arena_alloc(way->arena, sizeof(*reason));

	*reason = (struct whatif_reason){ .code = code, .text = text };
	*way->end = reason;
	way->end = &reason->next;
	way->way->through = false;
}

/* Before policy is asked at all. */
static void way_door(struct way *way, const struct whatif_customer *customer)
{
	if (!customer->enabled)
		way_shut(way, "accountDisabled", "The account is disabled.");
	if (!customer->admitted)
		way_shut(way, "notAssigned", "The application is for those who are assigned to it, "
		    "and this customer is not.");
	if (customer->many_groups)
		way_shut(way, "groups", "The customer is in more groups than can be judged.");
	if (customer->method == METHOD_PASSWORD && !customer->has_password)
		way_shut(way, "noPassword", "The customer has no password; \"Forgot password\" makes "
		    "one.");
	if (customer->method == METHOD_OTP && !customer->has_address)
		way_shut(way, "noAddress", "There is no address that a code could go to, and a code "
		    "is the first factor of this application's user flow.");
}

static void way_refused(struct way *way, enum journey_reason reason, uint32_t missing)
{
	switch (reason) {
	case REASON_NO_METHOD:
		way_shut(way, "noMethod", "A second factor is demanded. The first one is a code by "
		    "email, so email can't be the second, and there is no other method.");
		break;
	case REASON_METHOD_OFF:
		way_shut(way, "methodOff", "A second factor is demanded. The authentication method "
		    "Email is off, or off for this customer, and there is no other method.");
		break;
	default:
		way_shut(way, journey_reason_name(reason), (missing & SP_BLOCK) != 0 ?
		    "A policy blocks this sign-in." :
		    "A policy demands what this server has no way to ask for.");
		break;
	}
}

static struct journey way_journey(const struct whatif_customer *customer, int64_t now)
{
	return (struct journey){ .id = id_ordered(now), .kind = JOURNEY_SIGN_IN,
		.stage = STAGE_JUDGING, .method = customer->method, .expires = INT64_MAX,
		.user = customer->id, .factors = whatif_factor(customer->method),
		.signed_in = now };
}

struct whatif_way whatif_way(struct arena *arena, const struct whatif_customer *customer,
    const struct whatif_verdict *verdict)
{
	struct whatif_way result = { .through = true, .ask = ASK_DENIED };
	struct way way = { arena, &result, &result.reasons };
	struct journey journey = way_journey(customer, verdict->now);
	struct journey_event event = { .kind = EVENT_JUDGED, .now = verdict->now,
		.decision = verdict->decision, .missing = verdict->missing,
		.email_usable = customer->email_usable };

	way_door(&way, customer);
	if (!journey_step(&journey, &event, &journey, &result.ask)) {
		way_shut(&way, "unknown", "Such a sign-in can't be judged.");
		return result;
	}
	if (result.ask == ASK_DENIED)
		way_refused(&way, journey.reason, verdict->missing);
	else if (result.ask == ASK_CHALLENGE && !customer->has_address)
		way_shut(&way, "noAddress", "A second factor is demanded, and there is no address "
		    "that a code could go to.");
	return result;
}
