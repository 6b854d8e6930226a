/*
 * judge.h - are the policies that apply met, and what is missing?
 *
 * Freshness is of the sign-in, not of one policy: the strictest frequency among the
 * enabled policies that apply says how old a second factor may be for all of them.
 */
#pragma once

#include "set.h"

/* Fills in the decision, and the results of the policies that apply. */
void judge_policies(const struct set *set, const struct sp_facts *facts,
    const uint64_t *applies, struct sp_judgement *out);
