/*
 * journeys.h - records of journeys (model/journey.h)
 *
 * Expires with the journey, as a tombstone too. The first put expects SP_ABSENT: one sealed
 * value becomes at most one journey (2.1).
 *
 * Threads  A loop. Memory  The arena.
 */
#pragma once

#include "model/journey.h"

#include <sallyport/records.h>

struct sp_address journeys_at(struct sp_id tenant, struct sp_id id);
bool journeys_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct journey *journey, uint64_t expect) __attribute__((warn_unused_result));
/* False: absent or unreadable. `stored` is true in what it gives. */
bool journeys_read(struct arena *arena, const struct sp_record *record,
    struct journey *out_journey);
