/*
 * sending.h - one outbox entry on its way through the transports
 *
 * What each status leads to is in outbox.h.
 *
 * Threads  The loop that has the lease in hand. Memory  The entry is copied.
 */
#pragma once

#include "store/outbox.h"

/* False: the store is closing; the entry's lease will run out. */
bool sending_begin(struct store *store, struct loop *loop, const struct outbox_entry *entry);

/* What this node has in hand is nobody else's here, whatever became of its lease: a clock that
 * jumps ends all leases, and must not send anything twice. A slot serves several ids: an entry may
 * be thought in hand that isn't, for as long as its neighbour is. Any thread. */
void outbox_take(struct store *store, struct sp_id id);
void outbox_let(struct store *store, struct sp_id id);
bool outbox_in_hand(const struct store *store, struct sp_id id);

enum outbox_event {
	OUTBOX_SENT, OUTBOX_REFUSED, OUTBOX_UNKNOWN, OUTBOX_EXPIRED, OUTBOX_DECOYS,
	OUTBOX_RETRIED, OUTBOX_FAILED_OVER, OUTBOX_UNREADABLE, OUTBOX_COUNTS,
};
void outbox_count(struct store *store, struct loop *loop, enum outbox_event event);
