#include "check/naive.h"

#include <string.h>

static bool has(struct sp_ids ids, const struct sp_id *id)
{
	for (size_t i = 0; i < ids.count; i++)
		if (memcmp(&ids.sorted[i], id, sizeof(*id)) == 0)
			return true;
	return false;
}

static bool has_any(struct sp_ids ids, struct sp_ids of)
{
	for (size_t i = 0; i < of.count; i++)
		if (has(ids, &of.sorted[i]))
			return true;
	return false;
}

static enum sp_condition first_failure(const struct sp_policy_row *row,
    const struct sp_facts *facts)
{
	bool by_context = row->contexts.bits[0] != 0 || row->contexts.bits[1] != 0;

	if (row->state == SP_OFF)
		return SP_BY_STATE;
	if (has(row->users.exclude, &facts->user) || has_any(row->groups.exclude, facts->groups))
		return SP_BY_USER;
	if (!row->users.all && !has(row->users.include, &facts->user) &&
	    !has_any(row->groups.include, facts->groups))
		return SP_BY_USER;
	if (by_context && (row->contexts.bits[0] & facts->contexts.bits[0]) == 0 &&
	    (row->contexts.bits[1] & facts->contexts.bits[1]) == 0)
		return SP_BY_CONTEXT;
	if (!by_context && has(row->apps.exclude, &facts->target))
		return SP_BY_APP;
	if (!by_context && !row->apps.all && !has(row->apps.include, &facts->target))
		return SP_BY_APP;
	if ((row->platforms & (facts->platform == 0 ? 1u : facts->platform)) == 0)
		return SP_BY_PLATFORM;
	if ((row->clients & (facts->client == 0 ? 1u : facts->client)) == 0)
		return SP_BY_CLIENT;
	if (has_any(row->locations.exclude, facts->locations))
		return SP_BY_LOCATION;
	if (!row->locations.all && !has_any(row->locations.include, facts->locations))
		return SP_BY_LOCATION;
	return SP_NONE;
}

/* Is a factor that passed at `when` recent enough for this row's session controls? */
static bool recent(const struct sp_policy_row *row, const struct sp_facts *facts, int64_t when)
{
	if (row->frequency > 0 && facts->now - when >= row->frequency)
		return false;
	return !row->every_time || when >= facts->began;
}

/* A second factor must be recent enough for every enabled policy that applies, and for this. */
static bool second_recent(const struct sp_policy_row *const *rows, size_t count,
    const struct sp_facts *facts, const struct sp_policy_row *row)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i]->state == SP_ON && first_failure(rows[i], facts) == SP_NONE &&
		    !recent(rows[i], facts, facts->factor_time))
			return false;
	return recent(row, facts, facts->factor_time);
}

static bool control_met(const struct sp_policy_row *row, const struct sp_facts *facts,
    uint32_t control, bool second)
{
	uint32_t first = SP_FACTOR_PASSWORD | SP_FACTOR_EMAIL_FIRST;

	switch (control) {
	case SP_MFA:
		return second && (facts->factors & ~first) != 0;
	case SP_STRENGTH:
		return (facts->factors & row->strength & (second ? UINT32_MAX : first)) != 0;
	case SP_NEW_PASSWORD:
		return facts->password_changed != 0 &&
		    facts->password_changed >= row->password_since;
	case SP_TERMS:
		for (size_t i = 0; i < row->terms.count; i++)
			if (!has(facts->terms, &row->terms.sorted[i]))
				return false;
		return true;
	default:
		return false;
	}
}

static bool nonsense(const struct sp_policy_row *row)
{
	if (row->controls == 0)
		return row->frequency <= 0 && !row->every_time &&
		    row->persistent == SP_PERSISTENT_UNSET;
	if ((row->controls & SP_STRENGTH) != 0 && row->strength == 0)
		return true;
	return (row->controls & SP_TERMS) != 0 && row->terms.count == 0;
}

static uint32_t unmet(const struct sp_policy_row *const *rows, size_t count,
    const struct sp_facts *facts, const struct sp_policy_row *row)
{
	bool second = second_recent(rows, count, facts, row), one = false;
	uint32_t missing = 0;

	for (uint32_t bit = 1; bit != 0; bit <<= 1) {
		if ((row->controls & bit) == 0)
			continue;
		if (bit != SP_MFA && bit != SP_STRENGTH && bit != SP_NEW_PASSWORD && bit !=
		    SP_TERMS)
			return SP_BLOCK;
		if (control_met(row, facts, bit, second))
			one = true;
		else
			missing |= bit;
	}
	if (nonsense(row) || row->frequency < 0)
		return SP_BLOCK;
	if (row->any_of && one)
		missing = 0;
	return missing | (!row->second_only && !recent(row, facts, facts->signed_in) ? SP_AGAIN :
	    0);
}

static uint8_t result_of(const struct sp_policy_row *row, bool applies, uint32_t missing)
{
	if (row->state == SP_OFF)
		return SP_NOT_ENABLED;
	if (!applies)
		return row->state == SP_ON ? SP_NOT_APPLIED : SP_REPORT_NOT_APPLIED;
	if (row->state == SP_ON)
		return missing == 0 ? SP_MET : SP_UNMET;
	if (missing == 0)
		return SP_REPORT_MET;
	return missing == SP_BLOCK ? SP_REPORT_BLOCKED : SP_REPORT_ASKED;
}

/* Factors for two rows: what would do for both, or else for the first. */
static void need(struct sp_judgement *out, const struct sp_policy_row *row, uint32_t bits)
{
	if ((bits & SP_STRENGTH) != 0) {
		uint32_t both = out->strength & row->strength;
		if (out->strength == 0)
			out->strength = row->strength;
		else if (both != 0)
			out->strength = both;
	}
	out->missing |= bits;
}

static void session(struct sp_judgement *out, const struct sp_policy_row *row)
{
	if (row->frequency > 0 && (out->frequency == 0 || out->frequency > row->frequency))
		out->frequency = row->frequency;
	if (row->every_time)
		out->every_time = true;
	if (row->persistent == SP_PERSISTENT_NEVER || out->persistent == SP_PERSISTENT_UNSET)
		out->persistent = row->persistent;
}

void naive_judge(const struct sp_policy_row *const *rows, size_t count,
    const struct sp_facts *facts, struct sp_judgement *out)
{
	uint32_t missing[WORLD_POLICIES] = { 0 }, sure;
	bool blocked = false;

	*out = (struct sp_judgement){ .results = out->results, .conditions = out->conditions };
	for (size_t i = 0; i < count; i++) {
		enum sp_condition failure = first_failure(rows[i], facts);
		if (failure == SP_NONE)
			missing[i] = unmet(rows, count, facts, rows[i]);
		out->conditions[i] = (uint8_t)failure;
		out->results[i] = result_of(rows[i], failure == SP_NONE, missing[i]);
		if (failure != SP_NONE || rows[i]->state != SP_ON)
			continue;
		session(out, rows[i]);
		blocked = blocked || missing[i] == SP_BLOCK;
		need(out, rows[i], missing[i] & (rows[i]->any_of ? SP_AGAIN : UINT32_MAX));
	}
	sure = out->missing;
	for (size_t i = 0; i < count; i++) {
		uint32_t open = missing[i] & ~(uint32_t)SP_AGAIN, first = 1;
		if (out->results[i] != SP_UNMET || !rows[i]->any_of || open == 0 || (open & sure))
			continue;
		while ((open & first) == 0)
			first <<= 1;
		need(out, rows[i], first);
	}
	out->decision = blocked ? SP_DENY : out->missing != 0 ? SP_ASK : SP_ALLOW;
	if (!blocked)
		return;
	out->missing = SP_BLOCK;
	out->strength = 0;
}

const char *naive_differs(const struct sp_judgement *a, const struct sp_judgement *b, size_t count)
{
	if (a->decision != b->decision)
		return "decision";
	if (a->missing != b->missing)
		return "missing";
	if (a->strength != b->strength)
		return "strength";
	if (a->frequency != b->frequency || a->every_time != b->every_time)
		return "frequency";
	if (a->persistent != b->persistent)
		return "persistent";
	if (memcmp(a->results, b->results, count) != 0)
		return "results";
	return memcmp(a->conditions, b->conditions, count) != 0 ? "conditions" : NULL;
}
