/*
 * calling.h - who calls the admin API from the network: a bearer of an API token
 *
 * Wrong ones are counted by source, before any store is asked; what a token may is looked up at each
 * call, so that one that is revoked opens nothing from then on.
 *
 * Threads  The request's loop. Memory  The request's arena.
 * Failing  `outcome`; all but CALLING_GOOD let nobody in.
 */
#pragma once

#include "flow/turn.h"
#include "store/tokens.h"

enum calling_outcome {
	CALLING_UNAVAILABLE = 0, CALLING_GOOD,
	CALLING_WRONG,		/* no such token */
	CALLING_MANY,		/* too many wrong ones from there; `wait` */
};

struct calling {
	struct turn turn;	/* first; without a tenant */
	const char *bearer;	/* as sent */

	enum calling_outcome outcome;
	int64_t wait;		/* ms */
	struct token token;
	struct bearer secret;	/* the flow's */
	uint64_t revision;
};

void calling_run(struct calling *calling);
