/*
 * groups.h - all groups of a user, for a decision (SEMANTICS 4.3)
 *
 *	ask:  flow_call(flow, groups_ask(...))
 *	got:  if (!groups_got(...)) -> unavailable;  if (!groups_whole(...)) -> the same step again
 *	      groups_closed(...): false is the denial REASON_GROUPS, never a cut list
 *
 * Direct groups are records, in pages; then those that the users backend knows of, if it offers
 * any; then what these lie in, by the tenant of the snapshot.
 *
 * Threads  A loop. Memory  The arena given, which outlives the struct.
 */
#pragma once

#include "model/tenant.h"

#include <sallyport/records.h>

struct loop;
struct sp_op;
struct store;

/* Begin with tenant, user and arena set, the rest zeroed. */
struct groups {
	struct sp_id tenant, user;
	struct arena *arena;
	struct sp_id *ids;
	size_t count, room;
	struct sp_id last;
	bool records_whole, backend_whole, many;
};

struct sp_op *groups_ask(const struct store *store, const struct loop *loop,
    const struct groups *groups);
/* False: the answer is a failure; status says which. */
bool groups_got(struct groups *groups, const struct sp_op *answer, enum sp_status status);
bool groups_whole(const struct groups *groups);
/* False: more than GROUP_MOST. Sorted, each once. */
bool groups_closed(const struct groups *groups, const struct tenant *tenant,
    struct sp_ids *out_all);
