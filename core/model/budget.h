/*
 * budget.h - how often somebody may be wrong, or have mail sent (SEMANTICS 1.3)
 *
 * One row for each budget: which setting limits it, its window, what it counts by. Counters are
 * records moved by add-with-limit, so that the charge comes before the compare and no race
 * passes the limit. A pause is a record of its own, written by whoever's add returned exactly the
 * limit, and is read first.
 *
 * A run: after `limit` in a row the pause begins, `pause_first` long; each later failure
 * doubles it up to `pause_most`. Success ends the run, not the day. A run's window is years:
 * if its counter ended while its pause stood, or the reverse, tries would be given away or an
 * account locked without end. Success removes both.
 *
 * Threads  Any; pure.
 */
#pragma once

#include "model/settings.h"

enum budget_kind {
	BUDGET_NONE = 0,
	BUDGET_MFA_RUN, BUDGET_MFA_DAY,		/* by account */
	BUDGET_PASSWORD_KNOWN, BUDGET_PASSWORD_OTHER,	/* by account: known browsers, all others */
	BUDGET_UNPROVEN_DAY,			/* by counted address */
	BUDGET_SENDS_MFA,			/* by account */
	BUDGET_SENDS_UNPROVEN, BUDGET_SENDS_UNPROVEN_DAY,	/* by counted address */
	BUDGET_NOTICE_DAY,			/* by account: one notice of each kind a day */
	BUDGET_KINDS,
};

struct budget {
	const char *name;	/* for logs and metrics */
	int64_t limit;		/* the greatest total that an add may reach */
	int64_t window;		/* ms from the first add */
	int64_t pause_first, pause_most;	/* ms; 0: refused until the window ends */
};

struct budget budget_of(enum budget_kind kind, const struct settings *settings);

/* State of a run that has pauses. Zero: none yet. */
struct pause { uint64_t level; int64_t until; };

/* A pause that is NULL is none. */
/* The limit for the next add: after each pause one more wrong try begins the next. */
int64_t budget_limit(const struct budget *budget, const struct pause *pause);
/* What to write when an add returned exactly budget_limit(). */
struct pause budget_pause(const struct budget *budget, const struct pause *pause, int64_t now);
bool budget_paused(const struct pause *pause, int64_t now);

/* A bucket in memory, for sources and tenants: one loop's or behind a lock, not a record. */
struct bucket { int64_t filled_at; int64_t level; };
/* Takes one of `most` in `window` ms; false: `out_wait` ms until the next. */
bool bucket_take(struct bucket *bucket, int64_t most, int64_t window, int64_t now, int64_t *out_wait);
/* Takes one that has been used already, if need be on credit: whoever was many at once waits
 * the longer, up to BUCKET_DEBT windows. */
enum { BUCKET_DEBT = 10 };
void bucket_owe(struct bucket *bucket, int64_t most, int64_t window, int64_t now);
