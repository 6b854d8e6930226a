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

enum outbox_event {
	OUTBOX_SENT, OUTBOX_REFUSED, OUTBOX_UNKNOWN, OUTBOX_EXPIRED, OUTBOX_DECOYS,
	OUTBOX_RETRIED, OUTBOX_FAILED_OVER, OUTBOX_UNREADABLE, OUTBOX_COUNTS,
};
void outbox_count(struct store *store, struct loop *loop, enum outbox_event event);
