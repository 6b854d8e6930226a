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

struct set {
	size_t count, words;
	const struct sp_policy_row *const *rows;
	struct index *users, *groups, *apps;
	uint64_t *active;		/* not off */
	uint64_t *all_users, *all_apps;	/* they include all */
	uint32_t *by_context;		/* policies whose target is a context */
	size_t by_context_count;
	uint8_t *results, *conditions;	/* of policies that nothing is said about below */
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
