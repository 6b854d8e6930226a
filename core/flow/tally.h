/*
 * tally.h - what flows count, for /metrics
 *
 * Threads  tally_new() on the main thread; tally_count() on the loop that it is given.
 * Memory   tally_free() after the loops have stopped.
 */
#pragma once

#include "model/journey.h"

struct loop;
struct metric;

struct metric *tally_new(unsigned loops);

enum tally {
	TALLY_SIGN_INS = 0,		/* and one for each reason behind it */
	TALLY_CODES_SENT = REASONS,
	TALLY_TOKENS, TALLY_TOKENS_REFUSED,
	TALLY_COUNT,
};

/* `tally` NULL: nobody counts. */
void tally_count(struct metric *tally, const struct loop *loop, unsigned row);
