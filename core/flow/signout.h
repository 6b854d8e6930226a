/*
 * signout.h - ends a session, here and for every app that asks about it
 *
 * Idempotent (requirement 98): a cookie that proves nothing ends nothing and is cleared all the
 * same. With a hint it ends the session that the hint is of, and no other: the app has told that it
 * knows who is signed in, so nobody needs to be asked (requirement 96). Without one the customer
 * has said so himself.
 *
 * Refresh tokens that were asked for by offline_access live on (requirement 48).
 *
 * Threads, memory: as in turn.h.
 */
#pragma once

#include "flow/hint.h"
#include "flow/turn.h"
#include "store/sessions.h"

struct signout {
	struct turn turn;	/* first */
	const char *session;	/* the cookie; NULL: none */
	const struct hint *hint;	/* NULL: the customer has said so */
	const struct app *app;	/* that the hint was issued to; NULL: not known any more */
	struct session record;	/* the engine's */
	bool ended;		/* answer: there was one, and it is gone */
	bool foreign;		/* answer: there is one, of which the hint is not: ask */
	bool unavailable;	/* answer: nothing is known; try again */
};

void signout_run(struct signout *signout);
