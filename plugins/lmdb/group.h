/*
 * group.h - many changes, one transaction, one sync to the disk
 *
 * Runs on the one lane thread. Each change of a group is checked against what its
 * forerunners in the group have written, in full before its first write. A write
 * that fails spoils the transaction: it is undone, and each change of the group is
 * tried alone, so that one too large for the map doesn't take its neighbours down.
 *
 * Expired  Each group that wrote removes some expired records as well: reclaim.h.
 * Full     When the map is full a change is UNAVAILABLE: nothing was written. Removing
 *          works on, from pages that earlier transactions have freed.
 * Unsure   A commit whose sync failed is UNKNOWN: on the disk or not.
 */
#pragma once

#include "store.h"

struct group {
	struct store *store;
	MDB_txn *txn;
	uint64_t revision;	/* the last one given */
	size_t puts;		/* records written */
	bool plain;		/* leave what is expired */
	bool reclaiming;	/* reclaim_step() has begun; */
	size_t reclaimed;	/* and removed so many */
};

/* One change, into the transaction. Anything but 0: LMDB failed, undo the group. */
typedef int group_apply_fn(struct group *group, struct sp_op *op, enum sp_status *out_status);

/* Ends each op. `durable`: the group survives a power cut before it ends. */
void group_run(struct store *store, struct sp_op *const *ops, size_t count, bool durable,
    group_apply_fn *apply);
