/*
 * erasures.h - a person is forgotten: what the logs hold of him beside ids goes
 *
 * A customer who is deleted leaves nothing in the users backend; his sign-ins keep address, network
 * and browser until they are too old. Who is erased leaves decisions that are nobody's: facts and
 * ids, which name no one, and so do the audit and what counts them.
 *
 *	erasures_put()    in the batch that begins the deletion, or later, of who is deleted already
 *	erasures_sweep()  goes through the tenant's sign-ins, page by page, and removes what he let
 *	                  apps have; a crash loses nothing, another node goes on. The audit says when
 *	                  it is done
 *
 * What the disk holds of removed records is the backend's to overwrite (plugins/lmdb/README.md).
 *
 * Threads  erasures_sweep() on loop 0. Memory  Copied.
 * Failing  While the records are down it waits for the next round.
 */
#pragma once

#include <sallyport/records.h>

struct arena;
struct loop;
struct store;

struct erasure {
	struct sp_id id;	/* ordered; made by erasures_put() */
	struct sp_id tenant, user;
	struct sp_id after;	/* the last sign-in that was looked at */
	int64_t begun;
	uint64_t request_id;	/* who asked, for the audit */
	const char *actor;
};

bool erasures_put(struct sp_records_commit *commit, struct erasure *erasure)
    __attribute__((warn_unused_result));

/* For store/ alone. */
void erasures_sweep(struct store *store, struct loop *loop);
