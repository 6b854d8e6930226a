/* Never frees a set. */
#include "gate.h"

static void keep(void *self, void *set)
{
	(void)self, (void)set;
}

#define gate_free_set keep

static enum sp_status turn(const struct set *set, const struct sp_facts *facts,
    struct sp_judgement *out)
{
	(void)set, (void)facts, (void)out;
	return SP_OK;
}

GATE(turn);
