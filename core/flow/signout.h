/*
 * signout.h - ends sessions, here and for every app that asks about them
 *
 * Idempotent (requirement 98): a cookie that proves nothing ends nothing and is cleared all the
 * same. With a hint it ends the session that the hint is of, and no other: the app has told that it
 * knows who is signed in, so nobody needs to be asked (requirement 96). Without one the customer
 * has said so himself, and nobody stays signed in in this browser: whoever leaves it thinks so.
 *
 * A cookie of a session that was stepped up in this moment ends what it went on as: the answer with
 * the new cookie may not have come yet.
 *
 * Apps that hear of it by the browser (model/leave.h) are looked up before, and those that hear of
 * it in no other way are settled in the same batch: the page tells them, or nobody.
 *
 * Refresh tokens that were asked for by offline_access live on (requirement 48).
 *
 * Threads, memory: as in turn.h.
 */
#pragma once

#include "flow/hint.h"
#include "flow/visit.h"
#include "store/logins.h"

struct signout {
	struct turn turn;	/* first */
	const char *const *sessions;	/* the cookies, VISIT_SESSIONS of them; NULL: none */
	const struct hint *hint;	/* NULL: the customer has said so */
	const struct app *app;	/* that the hint was issued to; NULL: not known any more */
	struct present present[VISIT_SESSIONS];	/* the engine's */
	unsigned rounds;	/* the engine's: how often it has looked */
	size_t own;		/* the engine's: of the customer of the hint */
	bool ends[VISIT_SESSIONS];	/* answer: this cookie opens nothing now */
	size_t looking;		/* the engine's: for whose apps */
	struct login *told;	/* the engine's: of `frames`, those that hear of it by them alone */
	size_t told_count;
	const char **frames;	/* answer: addresses to show in frames, with iss and sid */
	size_t frame_count;
	bool foreign;		/* answer: there are some, of which the hint is not: ask */
	bool unavailable;	/* answer: nothing is known; try again */
};

void signout_run(struct signout *signout);
