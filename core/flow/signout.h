/*
 * signout.h - ends a session, here and for every app that asks about it
 *
 * Idempotent (requirement 98): a cookie that proves nothing ends nothing and is cleared all the
 * same. Threads, memory: as in turn.h.
 */
#pragma once

#include "flow/turn.h"

struct signout {
	struct turn turn;	/* first */
	const char *session;	/* the cookie; NULL: none */
	struct sp_id id;	/* the engine's */
	bool ended;		/* answer: there was one, and it is gone */
	bool unavailable;	/* answer: nothing is known; try again */
};

void signout_run(struct signout *signout);
