/*
 * retry.h - a mail that waits is tried at once, because an operator says so
 *
 * Looks through the whole queue, page by page, however long it is.
 *
 * Threads  The request's loop. Memory  The request's arena; of the pages nothing is kept.
 */
#pragma once

#include "flow/turn.h"
#include "store/outbox.h"

enum retry_outcome {
	RETRY_UNAVAILABLE = 0,	/* the store is down */
	RETRY_GOOD,
	RETRY_ABSENT,		/* no such mail waits */
	RETRY_BUSY,		/* it is being sent at this moment */
};

struct retry {
	struct turn turn;	/* first */
	struct sp_id id;	/* the entry's */
	const char *actor;	/* for the audit: "uid 0" */

	enum retry_outcome outcome;
	struct outbox_entry entry;
	uint64_t revision;
	struct sp_bytes after;	/* where the next page begins */
};

void retry_run(struct retry *retry);
