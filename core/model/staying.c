#include "model/staying.h"

static bool nobody_out(const struct sp_scope *scope)
{
	return scope->all && scope->exclude.count == 0;
}

/* For each customer, each application, and this browser? */
static bool for_everybody(const struct sp_policy_row *row, uint32_t platform)
{
	uint32_t is = platform != 0 ? platform : SP_PLATFORM_UNKNOWN;

	return row->state == SP_ON && nobody_out(&row->users) && row->groups.exclude.count == 0 &&
	    nobody_out(&row->apps) && row->contexts.bits[0] == 0 && row->contexts.bits[1] == 0 &&
	    nobody_out(&row->locations) && (row->platforms & is) != 0 &&
	    (row->clients & SP_BROWSER) != 0;
}

enum sp_persistent staying_decided(const struct tenant *tenant, uint32_t platform)
{
	enum sp_persistent decided = SP_PERSISTENT_UNSET;

	for (size_t i = 0; i < tenant->policy_count; i++) {
		const struct sp_policy_row *row = &tenant->policies[i]->row;
		if (row->persistent > decided && for_everybody(row, platform))
			decided = row->persistent;
	}
	return decided;
}
