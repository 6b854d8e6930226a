/*
 * backtest.h - other policies over the sign-ins on record (model/backtest.h), a part at a time
 *
 * Whoever asks pulls: each call reads on from where the last one ended, up to BACKTEST_PART records,
 * and tells what came of these. So nothing of it stays in the server between two calls, and a client
 * that goes away has ended it. Pages are read by the records backend, unpacked on the work lane, and
 * judged on the loop, which sees visitors between two pages.
 *
 *	backtest_take() -> backtest_run() -> turn.finished -> backtest_done()
 *
 * Threads  The request's loop, and the work lane. Memory  The request's arena; a page has its own.
 * Failing  `outcome`; then the tally is of no use.
 */
#pragma once

#include "flow/turn.h"
#include "model/backtest.h"

#define BACKTEST_PART 20000u

enum backtest_outcome {
	BACKTEST_UNAVAILABLE = 0, BACKTEST_GOOD,
	BACKTEST_ELSEWHERE,	/* an engine that is asked one by one: it would take too long */
};

struct backtest {
	struct turn turn;		/* first */
	struct sp_id after;		/* reads what is later; becomes the last that was read */

	enum backtest_outcome outcome;
	bool whole;			/* that was all */
	int64_t last;			/* of when that is; 0: nothing was read */
	struct backtest_tally tally;
	struct backtest_work *work;
};

/* As forecast_take(): all that would be in force. */
bool backtest_take(struct backtest *backtest, const json_t *documents);
void backtest_run(struct backtest *backtest);
void backtest_done(struct backtest *backtest);
