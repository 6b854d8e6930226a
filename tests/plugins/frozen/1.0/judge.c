#include "judge.h"

#include <stdlib.h>
#include <string.h>

#define GRANTS (SP_MFA | SP_STRENGTH | SP_NEW_PASSWORD | SP_TERMS)

/* The earliest times that count: a factor passed before is too old. */
struct since { int64_t first, second; };

static bool ids_hold(struct sp_ids all, struct sp_ids some)
{
	size_t at = 0;

	for (size_t i = 0; i < some.count; i++, at++) {
		while (at < all.count &&
		    memcmp(&all.sorted[at], &some.sorted[i], sizeof(struct sp_id)) < 0)
			at++;
		if (at == all.count ||
		    memcmp(&all.sorted[at], &some.sorted[i], sizeof(struct sp_id)) != 0)
			return false;
	}
	return true;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void since_tighten(struct since *since, const struct policy *policy,
    const struct sp_facts *facts)
{
	int64_t from = INT64_MIN;

	if (policy->frequency > 0)
		from = facts->now - policy->frequency + 1;
	if (policy->every_time)
		from = later(from, facts->began);
	since->second = later(since->second, from);
	if (!policy->second_only)
		since->first = later(since->first, from);
}

/* Which of the controls of a row are not met. */
static uint32_t grants_unmet(const struct policy *policy, const struct sp_facts *facts,
    const struct since *since)
{
	uint32_t factors = facts->factors, unmet = policy->controls;

	if (facts->factor_time < since->second)
		factors &= ~(uint32_t)SP_FACTORS_SECOND;
	if ((factors & SP_FACTORS_SECOND) != 0)
		unmet &= ~(uint32_t)SP_MFA;
	if ((factors & policy->strength) != 0)
		unmet &= ~(uint32_t)SP_STRENGTH;
	if (facts->password_changed != 0 && facts->password_changed >= policy->password_since)
		unmet &= ~(uint32_t)SP_NEW_PASSWORD;
	if ((unmet & SP_TERMS) != 0 && ids_hold(facts->terms, policy->row->terms))
		unmet &= ~(uint32_t)SP_TERMS;
	return policy->any_of && unmet != policy->controls ? 0 : unmet;
}

/* What a row still asks for, as bits; SP_BLOCK alone if it blocks. */
static uint32_t policy_unmet(const struct policy *policy, const struct sp_facts *facts,
    const struct since *shared)
{
	struct since own = { INT64_MIN, shared->second };

	if (policy->blocks)
		return SP_BLOCK;
	since_tighten(&own, policy, facts);
	return grants_unmet(policy, facts, &own) | (facts->signed_in < own.first ? SP_AGAIN : 0);
}

static enum sp_result policy_result(const struct policy *policy, uint32_t unmet)
{
	if (!policy->report_only)
		return unmet == 0 ? SP_MET : SP_UNMET;
	if (unmet == 0)
		return SP_REPORT_MET;
	return unmet == SP_BLOCK ? SP_REPORT_BLOCKED : SP_REPORT_ASKED;
}

static void session_add(struct sp_judgement *out, const struct policy *policy)
{
	if (policy->frequency > 0 && (out->frequency == 0 || policy->frequency < out->frequency))
		out->frequency = policy->frequency;
	out->every_time = out->every_time || policy->every_time;
	if (policy->persistent > (uint8_t)out->persistent)
		out->persistent = (enum sp_persistent)policy->persistent;
}

/* Factors that would do for all rows so far; if none would, for the first of them. */
static void missing_add(struct sp_judgement *out, const struct policy *policy, uint32_t bits)
{
	if ((bits & SP_STRENGTH) != 0 && (out->missing & SP_STRENGTH) == 0)
		out->strength = policy->strength;
	else if ((bits & SP_STRENGTH) != 0 && (out->strength & policy->strength) != 0)
		out->strength &= policy->strength;
	out->missing |= bits;
}

/* Calls for each policy that applies, in order. */
#define EACH(set, applies, policy) \
	for (size_t word_ = 0, policy; word_ < (set)->words; word_++) \
		for (uint64_t left_ = (applies)[word_]; left_ != 0 && \
		    (policy = word_ * 64 + (size_t)__builtin_ctzll(left_), true); left_ &= left_ - 1)

/* Those of which one control is enough, last: what others ask for anyway may do. If not,
 * the first of its controls in the order of asking. */
static void judge_any_of(const struct set *set, const struct sp_facts *facts,
    const uint64_t *applies, const struct since *since, struct sp_judgement *out)
{
	uint32_t sure = out->missing;

	EACH(set, applies, i) {
		const struct policy *policy = &set->policies[i];
		if (out->results[i] != SP_UNMET || !policy->any_of)
			continue;
		uint32_t unmet = policy_unmet(policy, facts, since) & GRANTS;
		if ((unmet & sure) == 0)
			missing_add(out, policy, unmet & (~unmet + 1));
	}
}

static void judge_enforced(const struct policy *policy, uint32_t unmet,
    struct sp_judgement *out)
{
	session_add(out, policy);
	if (unmet == SP_BLOCK)
		out->missing |= SP_BLOCK;
	else if (policy->any_of)
		out->missing |= unmet & SP_AGAIN;
	else
		missing_add(out, policy, unmet);
}

void judge_policies(const struct set *set, const struct sp_facts *facts,
    const uint64_t *applies, struct sp_judgement *out)
{
	struct since since = { INT64_MIN, INT64_MIN };

	EACH(set, applies, i)
		if (!set->policies[i].report_only)
			since_tighten(&since, &set->policies[i], facts);
	EACH(set, applies, i) {
		const struct policy *policy = &set->policies[i];
		uint32_t unmet = policy_unmet(policy, facts, &since);
		out->results[i] = (uint8_t)policy_result(policy, unmet);
		if (!policy->report_only)
			judge_enforced(policy, unmet, out);
	}
	if ((out->missing & SP_BLOCK) != 0) {
		out->missing = SP_BLOCK;
		out->strength = 0;
		out->decision = SP_DENY;
		return;
	}
	judge_any_of(set, facts, applies, &since, out);
	out->decision = out->missing != 0 ? SP_ASK : SP_ALLOW;
}
