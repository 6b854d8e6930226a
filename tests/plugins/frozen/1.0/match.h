/* match.h - which policies apply to these facts, and why the others do not */
#pragma once

#include "set.h"

/*
 * Sets the bits of the policies that apply; of all policies, writes the result that stands
 * if they don't and the first condition that failed.
 */
void match_policies(const struct set *set, const struct sp_facts *facts,
    struct sp_judgement *out, uint64_t *out_applies);
