#include "store/journeys.h"

#include "base/pack.h"
#include "plugin/op.h"
#include "store/kinds.h"

#define FORMAT 1u

struct sp_address journeys_at(struct sp_id tenant, struct sp_id id)
{
	return kinds_at_id(KIND_JOURNEY, tenant, id);
}

bool journeys_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct journey *journey, uint64_t expect)
{
	struct journey stored = *journey;
	struct pack pack;

	stored.stored = true;
	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	journey_pack(&pack, &stored);
	return kinds_put(commit, journeys_at(tenant, journey->id), pack_end(&pack),
	    journey->expires, expect);
}

bool journeys_read(struct arena *arena, const struct sp_record *record,
    struct journey *out_journey)
{
	struct journey journey = { 0 };
	struct unpack unpack;
	struct sp_id id;

	if (record->revision == 0 || !kinds_id(record, 0, &id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	journey_unpack(&unpack, &journey);
	if (!unpack_ok(&unpack))
		return false;
	journey.stored = true;
	*out_journey = journey;
	return true;
}
