/*
 * spent.h - authorization codes that have been redeemed (model/code.h)
 *
 * Put expecting SP_ABSENT, so that one redemption wins. Who finds another's there replays: put it
 * again with `revoked`, and what the winner got is void (requirement 36). Who finds his own, after
 * an UNKNOWN, has won. `until` is when the last token made of it has expired.
 *
 * Threads  A loop.
 * Memory   Values; what goes into a batch is copied.
 * Failing  What can't be read is told as false.
 */
#pragma once

#include <sallyport/records.h>

struct spent {
	struct sp_id code, user, session;
	struct sp_id op;	/* the redemption that put it: it knows its own write by this */
	bool revoked;
	int64_t until;
};

struct sp_address spent_at(struct sp_id tenant, struct sp_id code);
void spent_put(struct sp_records_commit *commit, struct sp_id tenant, const struct spent *spent,
    uint64_t expect);
bool spent_read(const struct sp_record *record, struct spent *out_spent);
