/*
 * ids.h - sets of ids, as policies and facts have them
 *
 * Threads  Any; pure. Failing  Never.
 */
#pragma once

#include "base/id.h"

#include <sallyport/policy.h>

static inline bool ids_hold(struct sp_ids ids, struct sp_id id)
{
	return id_among(ids.sorted, ids.count, id);
}

/* Is one in both? */
static inline bool ids_meet(struct sp_ids some, struct sp_ids others)
{
	for (size_t i = 0; i < some.count; i++)
		if (ids_hold(others, some.sorted[i]))
			return true;
	return false;
}

/* Are some all among the others? */
static inline bool ids_within(struct sp_ids some, struct sp_ids others)
{
	for (size_t i = 0; i < some.count; i++)
		if (!ids_hold(others, some.sorted[i]))
			return false;
	return true;
}

/* Included and not excluded. */
static inline bool ids_in_scope(const struct sp_scope *scope, struct sp_id id)
{
	return (scope->all || ids_hold(scope->include, id)) && !ids_hold(scope->exclude, id);
}
