/*
 * judging.h - policy's word on one customer: groups, then each target, the strictest counts
 *
 * Sign-ins and token requests ask alike (SEMANTICS 4.2, 4.3; requirement 192): a flow gives its
 * turn, fills in the facts, and has two steps whose ask and got are here.
 *
 *	judging_begin();
 *	groups: judging_ask_groups(), judging_got_groups() until it is not JUDGING_AGAIN
 *	decide: judging_ask_decide(), judging_got_decide() likewise
 *
 * Threads  The turn's loop. Memory  The turn's arena.
 * Failing  JUDGING_FAILED: a backend or the engine did not answer. Nothing is allowed then.
 */
#pragma once

#include "flow/turn.h"
#include "model/authorize.h"
#include "model/signin.h"
#include "store/groups.h"

struct judging {
	struct groups reading;
	struct sp_ids groups;		/* all that he is in */
	struct origin origin;		/* the turn's, until somebody knows better: before targets */
	struct location_place place;	/* of that */
	struct sp_ids locations;	/* named ones that hold it */
	const struct sp_id *targets;
	size_t target_count, target;	/* target: the next to be decided */
	struct sp_judgement *answer;	/* of an engine that answers at once */
	struct signin_policy *policies;	/* target by target, all policies of the set each */
	size_t policy_count;
	enum sp_decision decision;
	uint32_t missing;
	enum sp_persistent persistent;
	struct wishes wishes;		/* of the request: each context is judged on top, alone */
	size_t pass;			/* 0: without a context; n: with the n-th */
	struct wishes_verdict verdicts[WISHES_CONTEXTS_MOST];
	uint32_t factors;
	struct wishes_state wished;	/* READY: what the request misses beyond policy */
};

enum judging_next {
	JUDGING_FAILED = 0,
	JUDGING_AGAIN,		/* the same step once more */
	JUDGING_MANY,		/* more groups than can be judged: a denial with a name (4.3) */
	JUDGING_READY,
};

/* `user` zero: nobody yet, in no group. */
void judging_begin(struct judging *judging, const struct turn *turn, struct sp_id user);
void judging_ask_groups(struct judging *judging, struct turn *turn);

enum judging_next judging_got_groups(struct judging *judging, const struct turn *turn,
    const struct sp_op *answer, enum sp_status status);
/* Of the request: the client, every resource, and the contexts that it wishes. */
void judging_targets(struct judging *judging, const struct turn *turn,
    const struct authorize *request);

/* The named locations that hold a place. Its country is looked up where it is not known yet and some
 * location is made of countries. */
struct sp_ids judging_locations(const struct turn *turn, struct location_place *place);

/* Whether each of the targets lets this customer in at all: appRoleAssignmentRequired. */
bool judging_admits(const struct judging *judging, const struct turn *turn);

/* What the record of a sign-in says of turn and judgement; the rest is the caller's. */
struct signin_record judging_record(const struct judging *judging, const struct turn *turn);

/* Asks the engine, in ask(), once: one that answers at once, here, and then `out_answer` is set;
 * others through an operation, whose answer got() hears. */
struct policy_set;
void judging_engine(struct turn *turn, const struct policy_set *set, const struct sp_facts *facts,
    struct sp_judgement **out_answer);

/* `facts` but for target, contexts, platform, client and locations, which are filled in here. */
void judging_ask_decide(struct judging *judging, struct turn *turn, struct sp_facts *facts);
enum judging_next judging_got_decide(struct judging *judging, const struct turn *turn,
    struct sp_op *answer, enum sp_status status);
