/*
 * consents.h - records of what customers have let apps have (model/consent.h)
 *
 * Threads  A loop. Memory  The arena.
 * Failing  What can't be read is told as false. A write that is too large says false.
 */
#pragma once

#include "model/consent.h"

#include <sallyport/records.h>

#define CONSENTS_MOST 256u	/* of one customer, listed at once */

struct sp_address consents_at(struct sp_id tenant, struct sp_id user, struct sp_id app);
struct sp_address consents_of(struct sp_id tenant, struct sp_id user);	/* for list_new() */
bool consents_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct consent *consent, uint64_t expect) __attribute__((warn_unused_result));
void consents_remove(struct sp_records_commit *commit, struct sp_id tenant,
    const struct consent *consent, uint64_t expect);
void consents_check(struct sp_records_commit *commit, struct sp_id tenant,
    const struct consent *consent, uint64_t revision);
bool consents_read(struct arena *arena, const struct sp_record *record,
    struct consent *out_consent);
