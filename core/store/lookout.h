/*
 * lookout.h - what changes while somebody reads everything
 *
 * A backup reads the backends page by page, and what it has read goes on changing. From begin on
 * the lookout notes, on every loop, which lasting record and which user an operation may have
 * changed, so that they can be read again: a few after that, fewer after the next round. For the
 * last few all changes are held, some milliseconds: then all that was read is of one moment.
 * Whatever the backend is; but what others write into it, past this server, nobody sees.
 *
 * Threads  Made and freed anywhere; all else on one loop at a time. The moves are made on every
 *          loop: begun by lookout_do(), over when lookout_did() says so. One at a time.
 * Memory   The notes that lookout_take() gives are the caller's: changed_free().
 */
#pragma once

#include <sallyport/records.h>

#include <stdatomic.h>
#include <sys/queue.h>

struct lookout;
struct store;

struct changed {
	STAILQ_ENTRY(changed) link;
	bool is_user;
	struct sp_id tenant, user;	/* of a user */
	struct sp_address at;		/* of a record */
	unsigned char key[];
};
STAILQ_HEAD(changed_list, changed);
void changed_free(struct changed *changed);

enum lookout_move {
	LOOKOUT_BEGIN,
	LOOKOUT_COLLECT,	/* the notes up to now, for lookout_take() */
	LOOKOUT_HOLD,
	LOOKOUT_STILL,		/* asks whether all that was begun before HOLD is over */
	LOOKOUT_RELEASE,
	LOOKOUT_END,		/* releases as well */
};

struct lookout *lookout_new(struct store *store);
void lookout_free(struct lookout *lookout);	/* it has ended, or never began; accepts NULL */

void lookout_do(struct lookout *lookout, enum lookout_move move);
bool lookout_did(const struct lookout *lookout);
bool lookout_still(const struct lookout *lookout);	/* after LOOKOUT_STILL */
/* After LOOKOUT_COLLECT: appends; how many they were. */
size_t lookout_take(struct lookout *lookout, struct changed_list *list);
bool lookout_flooded(const struct lookout *lookout);	/* more than it keeps: notes are missing */
