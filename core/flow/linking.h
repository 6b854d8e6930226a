/*
 * linking.h - an operator at the server makes a sign-in link for an administrator (SEMANTICS 5.2)
 *
 * Threads  The request's loop. Memory  The request's arena; the link is wiped with it.
 * Failing  `outcome`. The link is told once, here; the store has a hash of it.
 */
#pragma once

#include "flow/turn.h"
#include "model/account.h"

enum linking_outcome {
	LINKING_UNAVAILABLE = 0,
	LINKING_GOOD,
	LINKING_ABSENT,		/* there is no such administrator */
	LINKING_DISABLED,	/* there is, and he is shut out */
	LINKING_LATE,		/* the first one is there already */
};

struct linking {
	struct turn turn;	/* first; turn.tenant is `system` */
	const char *who;	/* id or address; NULL: the first administrator */
	const char *actor;

	enum linking_outcome outcome;
	const char *secret;	/* "id.secret" */
	int64_t expires;
	struct sp_user *user;
	struct account account;
};

void linking_run(struct linking *linking);
