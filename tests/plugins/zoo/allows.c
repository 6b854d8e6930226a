/* Allows whom a block policy shuts out, and calls the policy met. */
#include "gate.h"

static enum sp_status turn(const struct set *set, const struct sp_facts *facts,
    struct sp_judgement *out)
{
	(void)facts;
	if (out->decision != SP_DENY)
		return SP_OK;
	out->decision = SP_ALLOW;
	out->missing = 0;
	for (size_t i = 0; i < set->count; i++)
		if (out->results[i] == SP_UNMET)
			out->results[i] = SP_MET;
	return SP_OK;
}

GATE(turn);
