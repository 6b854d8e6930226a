/*
 * challenges.h - records of passcodes under way (model/passcode.h), and their tries
 *
 * The record outlives its code, so that a late one is told as such; give the journey's expiry.
 * Tries are a counter beside it, moved before the compare.
 *
 * Threads  A loop. Memory  The arena.
 * Failing  A record that can't be read is no record of anything: the reader says false, and the
 *          caller ends as it would without a store. A write that is too large says false.
 */
#pragma once

#include "model/passcode.h"

#include <sallyport/records.h>

struct sp_address challenges_at(struct sp_id tenant, struct sp_id id);
bool challenges_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct passcode *passcode, int64_t until, uint64_t expect)
    __attribute__((warn_unused_result));
/* Its tries too. */
void challenges_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect);
bool challenges_read(struct arena *arena, const struct sp_record *record,
    struct passcode *out_passcode);

/* One try of `most`, until the journey ends in `window` ms. REJECTED: used up. After the answer
 * the change's `total` says how many there have been. */
const struct sp_change *challenges_try(struct sp_records_commit *commit, struct sp_id tenant,
    struct sp_id id, int64_t most, int64_t window);
/* A try that said nothing is given back. */
void challenges_try_back(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id);
/* Was it the tries that this REJECTED is about? */
bool challenges_used_up(const struct sp_records_commit *answer, struct sp_id tenant,
    struct sp_id id);
/* For the page: get_new() of this, then tries so far; absent: 0. */
struct sp_address challenges_tries_at(struct sp_id tenant, struct sp_id id);
int64_t challenges_tries(const struct sp_record *record);
