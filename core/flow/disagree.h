/*
 * disagree.h - what a customer let an app have is taken back, because an operator says so
 *
 * Nothing is renewed on it from then on (model/consent.h); access tokens live out their minutes.
 *
 * Threads  The request's loop. Memory  The request's arena.
 */
#pragma once

#include "flow/turn.h"
#include "model/consent.h"

enum disagree_outcome { DISAGREE_UNAVAILABLE = 0, DISAGREE_GOOD, DISAGREE_ABSENT };

struct disagree {
	struct turn turn;	/* first */
	struct sp_id user, app;
	const char *actor;	/* for the audit: "uid 0" */

	enum disagree_outcome outcome;
	struct consent consent;
	uint64_t revision;
};

void disagree_run(struct disagree *disagree);
