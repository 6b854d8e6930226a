/*
 * sessions.h - records of sessions (model/session.h)
 *
 * Threads  A loop. Memory  The arena.
 * Failing  A record that can't be read is no record of anything: the reader says false, and the
 *          caller ends as it would without a store. A write that is too large says false.
 */
#pragma once

#include "model/session.h"

#include <sallyport/records.h>

struct arena;

struct sp_address sessions_at(struct sp_id tenant, struct sp_id id);
bool sessions_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct session *session, uint64_t expect) __attribute__((warn_unused_result));
void sessions_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect);
/* Whoever signs out at this moment is signed out of what comes of it, too. */
void sessions_check(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t revision);
/* In place of sessions_remove(): over, and for whoever signs out by its cookie within an hour, gone
 * on as `next`. To sessions_read() it is not there. */
bool sessions_follow(struct sp_records_commit *commit, struct sp_id tenant,
    const struct session *session, struct sp_id next, uint64_t expect)
    __attribute__((warn_unused_result));
bool sessions_followed(struct arena *arena, const struct sp_record *record,
    struct session *out_session, struct sp_id *out_next);
bool sessions_read(struct arena *arena, const struct sp_record *record,
    struct session *out_session);
