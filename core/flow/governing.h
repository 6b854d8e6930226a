/*
 * governing.h - roles and API tokens are given and taken away (SEMANTICS 5.1, 5.3)
 *
 * Threads  The request's loop. Memory  The request's arena; a token's secret is told once, here.
 * Failing  `outcome`; nothing is half done.
 */
#pragma once

#include "flow/turn.h"
#include "store/assignments.h"
#include "store/tokens.h"

enum governing_action { GOVERNING_ASSIGN = 1, GOVERNING_UNASSIGN, GOVERNING_MINT, GOVERNING_REVOKE };

enum governing_outcome {
	GOVERNING_UNAVAILABLE = 0, GOVERNING_GOOD,
	GOVERNING_ABSENT,	/* no such user, assignment or token */
	GOVERNING_THERE,	/* he has that role already */
	GOVERNING_LAST,		/* nobody would be left who can do everything */
	GOVERNING_CONFLICT,	/* somebody else changed it in between */
	GOVERNING_FULL,		/* more than there may be */
};

struct governing {
	struct turn turn;	/* first; without a tenant */
	enum governing_action action;
	const char *actor;
	struct sp_id user;		/* the administrator who asks, or is behind it; or zero */
	struct assignment assignment;	/* ASSIGN: user, role, tenant. UNASSIGN: id */
	struct token token;		/* MINT: name, role, tenant, expires. REVOKE: id */

	enum governing_outcome outcome;
	const char *secret;		/* MINT */
	struct governing_work *work;
};

void governing_run(struct governing *governing);
