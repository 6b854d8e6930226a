/*
 * set.h - a tenant's policies, compiled
 *
 * Policies are numbered as they came. A set of them is a row of bits.
 *
 * Threads  Immutable once built.
 * Memory   Rows are core's and outlive the set.
 */
#pragma once

#include "index.h"

#define SET_POLICIES_MAX 16384u
#define SET_WORDS_MAX (SET_POLICIES_MAX / 64)

/* What judging reads of a policy, within one cache line: a set of thousands is larger than
 * the caches, and many of them may apply to one sign-in. */
struct policy {
	const struct sp_policy_row *row;	/* terms and locations */
	int64_t frequency, password_since;
	uint32_t platforms, clients, controls, strength;
	bool report_only, blocks, any_of, every_time, second_only, anywhere;
	uint8_t persistent;
};

struct set {
	size_t count, words;
	struct policy *policies;
	const struct sp_policy_row *const *rows;
	struct index *users, *groups, *apps;
	uint64_t *active;		/* not off */
	uint64_t *all_users, *all_apps;	/* they include all */
	uint32_t *by_context;		/* policies whose target is a context */
	size_t by_context_count;
	uint8_t *results, *conditions;	/* where the user is not named, or the policy is off */
	uint8_t *off_target;		/* the condition where he is and the target is not */
};

/* NULL: too many policies, or out of memory. */
struct set *set_new(const struct sp_policy_row *const *rows, size_t count);
void set_free(struct set *set);		/* accepts NULL */

static inline void bits_add(uint64_t *bits, size_t policy)
{
	bits[policy / 64] |= UINT64_C(1) << policy % 64;
}

static inline void bits_drop(uint64_t *bits, size_t policy)
{
	bits[policy / 64] &= ~(UINT64_C(1) << policy % 64);
}

static inline bool contexts_any(struct sp_contexts contexts)
{
	return (contexts.bits[0] | contexts.bits[1]) != 0;
}
