/*
 * person_work.h - what person.c and person_change.c share: what must be true first, and the change
 *
 * Threads, memory: as in person.h.
 */
#pragma once

#include "flow/keepers.h"
#include "flow/person.h"

#include "base/arena.h"
#include "crypto/password.h"
#include "store/intents.h"

enum { PERSON_FIND, PERSON_ACCOUNT, PERSON_HASH, PERSON_KEEPERS, PERSON_GROUPS, PERSON_BEGIN,
	PERSON_CHANGE, PERSON_AGAIN, PERSON_END,
	PERSON_LOOK };

struct person_hashing {
	struct arena arena;
	struct secret password;
	struct password_cost cost;
	char *out;
};

struct person_work {
	uint64_t account_revision;
	struct intent intent;
	struct sp_user *next;		/* as it shall be */
	struct person_hashing hashing;
	struct keepers keepers;		/* of an administrator who goes */
	bool removed;			/* already: nobody is there but in the logs */
	struct sp_id *groups;		/* of a customer who is being removed */
	size_t group_count;
	unsigned rounds;		/* begun anew, or gone on with */
};

static inline struct person *person_of(struct flow *flow)
{
	return (struct person *)(void *)flow;
}

static inline unsigned person_end(struct person *person, enum person_outcome outcome)
{
	person->outcome = outcome;
	return FLOW_END;
}

static inline enum person_outcome person_outcome_of(enum sp_status status)
{
	return status == SP_OK ? PERSON_GOOD : status == SP_CONFLICT ? PERSON_CONFLICT :
	    status == SP_NOT_FOUND ? PERSON_ABSENT : PERSON_UNAVAILABLE;
}

/* The customer as he shall be, into work->next, from how he is. */
enum intent_kind person_next(struct person *person);
/* Somebody else was faster: whether the same is done to what he made of it. Who writes attributes, or
 * has said how the customer was, is told instead. Not for ever: each call counts. */
bool person_insists(struct person *person);

#define PERSON_STEP(name) \
	void person_ask_##name(struct flow *flow); \
	unsigned person_got_##name(struct flow *flow, struct sp_op *answer, enum sp_status status)
PERSON_STEP(change); PERSON_STEP(again); PERSON_STEP(end); PERSON_STEP(look);
