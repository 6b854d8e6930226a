/* Doesn't know platforms: to it, everybody comes from one that is unknown. */
#include "gate.h"

static enum sp_status turn(const struct set *set, const struct sp_facts *facts,
    struct sp_judgement *out)
{
	struct sp_facts less = *facts;
	uint8_t *results = out->results, *conditions = out->conditions;

	less.platform = 0;
	*out = (struct sp_judgement){ .results = results, .conditions = conditions };
	gate_decide(set, &less, out);
	return SP_OK;
}

GATE(turn);
