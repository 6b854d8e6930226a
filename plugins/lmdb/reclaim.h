/*
 * reclaim.h - gives back what expired records take up
 *
 * An expired record is absent to everybody; this makes it absent on the disk too. Each group
 * that wrote takes a few steps: from where the last one stopped, in the order of addresses and
 * around again, it looks at some records and removes those that are long expired, in the
 * group's own transaction, so that it costs no sync. It looks at several times as many as the
 * group wrote: so at most a quarter or so of the store is expired, however busy it is. A quiet
 * server reclaims little, and needs no more.
 *
 * Clock  That of the operations, and no other. A record stays for RECLAIM_GRACE beyond its
 *        expiry, so that an operation which waited in a queue sees at its `now` what there was.
 * Time   Bounded in number and time: RECLAIM_TIME at the most, for the largest group.
 * Full   Its pages may be what doesn't fit any more: then the group is written without it. A
 *        group that finds the map full is followed by a step of its own.
 */
#pragma once

#include "group.h"

#define RECLAIM_LEAST 64u		/* records looked at for a group, */
#define RECLAIM_FOR_EACH 4u		/* and for each record that it put */
#define RECLAIM_TIME INT64_C(2000000)	/* ns */
#define RECLAIM_GRACE INT64_C(60000)	/* ms */

/* Within the group's transaction. Anything but 0: LMDB failed, undo the group. */
int reclaim_step(struct group *group, int64_t now);

/* When the map is full: in a transaction of its own. */
void reclaim_alone(struct store *store, int64_t now);
