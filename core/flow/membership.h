/*
 * membership.h - one customer is put into a group, or taken out
 *
 * The batch checks the group's document as it was read, so that nobody gets into a group that is
 * being removed: what policy asks of people would else hang on a name that can be given again.
 *
 * Threads  The request's loop. Memory  The request's arena.
 * Failing  `outcome`. Nothing is half done.
 */
#pragma once

#include "flow/turn.h"
#include "store/members.h"

enum membership_outcome {
	MEMBERSHIP_UNAVAILABLE = 0,	/* a backend is down */
	MEMBERSHIP_GOOD,
	MEMBERSHIP_NO_GROUP,
	MEMBERSHIP_NO_USER,		/* put in: there is no such user */
	MEMBERSHIP_ALREADY,		/* put in: he is */
	MEMBERSHIP_NO_MEMBER,		/* taken out: he isn't in it */
	MEMBERSHIP_CONFLICT,		/* others kept changing the group at the same moment */
};

struct membership {
	struct turn turn;	/* first */
	struct member member;
	bool leaves;
	const char *actor;	/* for the audit: "uid 0" */

	enum membership_outcome outcome;
	struct membership_work { unsigned tries; uint64_t group, there; } work;
};

void membership_run(struct membership *membership);
