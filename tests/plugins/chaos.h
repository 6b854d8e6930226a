/*
 * chaos.h - what a test tells the chaos plugin, and what that has in hand
 *
 * One struct, the test's; the plugin is given its address as a number. Fates are drawn by a
 * generators that the test seeds. Operations whose request id has CHAOS_FLOW are a flow's: they
 * draw from one of their own, and so does mail, so that what the store does in the background
 * changes no walk; and only a flow's are held.
 *
 * Threads  The one loop, or while nothing is under way on it.
 */
#pragma once

#include <sallyport/mail.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHAOS_HELD = 64, CHAOS_FATES = 5 };
#define CHAOS_FLOW (UINT64_C(1) << 63)

enum chaos_fate {
	CHAOS_NONE = 0,
	CHAOS_CONFLICT,		/* not done; only where somebody might have been first */
	CHAOS_DONE,		/* UNKNOWN, and done */
	CHAOS_UNDONE,		/* UNKNOWN, and not done */
	CHAOS_UNAVAILABLE,
};

struct chaos {
	uint64_t seeds[3];		/* the background's, the flows', of mail */
	unsigned odds[CHAOS_FATES];	/* of 1,000 operations; all 0: fair weather */
	enum chaos_fate forced;		/* the fate of a flow's next `forced_count` commits */
	unsigned forced_count;
	unsigned hold;			/* of 1,000 of a flow's: answered when the test says so */

	/* On the loop: carries it out, or not, as its fate was, and ends it. */
	void (*release)(struct chaos *chaos, size_t which);
	struct sp_op *held[CHAOS_HELD];
	size_t held_count;

	void (*deliver)(void *arg, const struct sp_mail_send *mail);
	void *arg;
	unsigned long thrown[CHAOS_FATES], holds;
};
