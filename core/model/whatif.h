/*
 * whatif.h - a sign-in that nobody makes: which conditions of each policy it meets, and whether
 * this customer could get through
 *
 * An engine tells of a policy the first condition that fails; an operator who mends one wants to see
 * them all. whatif_conditions() says the same as engines do, for each of them, by the contract of
 * sallyport/policy.h; a test holds both against each other over random policies. What the
 * question does not say is unknown, which is neither met nor missed: such a policy does not apply
 * (entra.md 1.6), and nobody may take that for a promise.
 *
 *	whatif_conditions() for each policy and target -> whatif_first()
 *	an engine judges those that could apply -> whatif_way()
 *
 * Threads  Any; pure. Memory  The arena given.
 */
#pragma once

#include "model/journey.h"

#include <sallyport/policy.h>

enum whatif_answer {
	WHATIF_MISSED = 0,
	WHATIF_MET,
	WHATIF_UNKNOWN,		/* the question does not say */
	WHATIF_UNSET,		/* the policy has no such condition */
};

/* What the question says; user and contexts it always does. */
struct whatif_given { bool app, platform, client, location; };

struct whatif_conditions { enum whatif_answer each[SP_BY_LOCATION + 1]; };

void whatif_conditions(const struct sp_policy_row *row, const struct sp_facts *facts,
    const struct whatif_given *given, struct whatif_conditions *out_conditions);

/* The first that is missed, in the order of judging; where none is, the first that is unknown;
 * else SP_NONE: the policy applies. */
enum sp_condition whatif_first(const struct whatif_conditions *conditions, bool *out_unknown);

/* Whom it is about, as far as a sign-in would look at him. */
struct whatif_customer {
	struct sp_id id;
	enum local_method method;	/* his first factor: of the application's user flow */
	bool enabled;
	bool has_password;		/* true where only the backend knows */
	bool has_address;		/* one that codes can go to */
	bool admitted;			/* appRoleAssignmentRequired: he is assigned */
	bool many_groups;		/* more than can be judged (4.3) */
	bool email_usable;		/* the Email method is on for him */
};

/* The factor that such a sign-in begins with: enum sp_factor. */
uint32_t whatif_factor(enum local_method method);

/* What stands in his way, and what he would be asked for. */
struct whatif_reason { const char *code, *text; struct whatif_reason *next; };
struct whatif_way {
	bool through;			/* with what he has today */
	enum journey_ask ask;		/* what comes after the first factor; DONE: nothing */
	struct whatif_reason *reasons;	/* `through` false: why not, each of them */
};

/* `verdict` is the policies' word on all targets. What a journey would do with it, journey.h says:
 * nothing of that is decided here a second time (3.4, 3.6). */
struct whatif_verdict { enum sp_decision decision; uint32_t missing; int64_t now; };
struct whatif_way whatif_way(struct arena *arena, const struct whatif_customer *customer,
    const struct whatif_verdict *verdict);
