/*
 * person.h - an operator looks at or changes one customer
 *
 * A change of a user spans users and records, so it is an intent: first what must come first to
 * fail closed (disable blocks and raises the epoch, so do reset, delete and revoke), then the users
 * operation, then the intent's end (DESIGN 5). A crash in between is resumed. Whoever writes
 * attributes at the same moment does not keep an operator from disabling, resetting or removing.
 *
 * Threads  The request's loop. Memory  The request's arena.
 * Failing  `outcome`. PERSON_UNAVAILABLE after a change: it may have been begun, and will be
 *          finished by itself; asking again is harmless.
 */
#pragma once

#include "base/secret.h"
#include "flow/turn.h"
#include "model/account.h"
#include "model/newpassword.h"

#include <sallyport/users.h>

enum person_action {
	PERSON_GET = 1,
	PERSON_CREATE,		/* `wanted`, and a password or none */
	PERSON_UPDATE,		/* `wanted` attributes over those there; enabled stays. Another
				 * address for codes ends sessions and tokens */
	PERSON_ENABLE, PERSON_DISABLE,
	PERSON_RESET,		/* the password is void: "forgot password" makes a new one */
	PERSON_REVOKE,		/* all sessions and tokens */
	PERSON_UNLOCK,		/* pauses and runs of the account end */
	PERSON_REMOVE,
};

enum person_outcome {
	PERSON_UNAVAILABLE = 0, PERSON_GOOD, PERSON_ABSENT, PERSON_CONFLICT, PERSON_WEAK_PASSWORD,
	PERSON_LAST,		/* nobody would be left who can administer everything */
	PERSON_TOO_LARGE,	/* more than sallyport/users.h allows */
	PERSON_STALE,		/* `allows` said so */
};

struct person {
	struct turn turn;		/* first */
	enum person_action action;
	const char *who;		/* id or address; not for CREATE */
	struct sp_user wanted;		/* CREATE (id zero: made here), UPDATE */
	struct secret password;		/* CREATE; empty: none */
	const char *actor;
	bool erase;			/* REMOVE: also from the logs (store/erasures.h), and of who
					 * is removed already, by his id */
	/* Whether he is still as the caller has seen him; NULL: it does not matter. */
	bool (*allows)(const struct person *person);

	enum person_outcome outcome;
	enum newpassword_verdict verdict;
	struct sp_user *user;		/* as it is now; after REMOVE as it was */
	struct account account;
	struct person_work *work;
};

void person_run(struct person *person);

/* Attributes that are wanted over those there; an empty value takes one away. */
void person_merge(struct arena *arena, const struct sp_user *old, const struct sp_user *wanted,
    struct sp_user *next);
