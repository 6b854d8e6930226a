/*
 * forecast.h - what policy would say of a sign-in that nobody makes (What If, entra.md 1.6)
 *
 * The customer, his account and his groups are read as a sign-in reads them; the policies given are
 * loaded into a set of their own by the engine that judges sign-ins, and asked for each target. So
 * an unsaved draft is judged like a stored policy, and nothing of it is in force meanwhile.
 *
 *	forecast_take() -> forecast_run() -> turn.finished -> forecast_done()
 *
 * Threads  The request's loop; the set is loaded and freed on the engine's lane.
 * Memory   The request's arena; documents are borrowed until forecast_done().
 * Failing  `outcome`. The engine's failure is UNAVAILABLE, never an allow.
 */
#pragma once

#include "flow/judging.h"
#include "model/account.h"
#include "model/whatif.h"

enum forecast_outcome { FORECAST_UNAVAILABLE = 0, FORECAST_GOOD, FORECAST_NOBODY };

struct forecast_policy {
	const json_t *document;		/* borrowed */
	struct policy policy;
	bool draft;			/* the caller's, unsaved */
	struct whatif_conditions conditions;	/* of the target where it came furthest */
	enum sp_condition first;	/* that did not hold there; NONE: it applies */
	bool unknown;			/* and that is because the question doesn't say */
	enum sp_result result;		/* the heaviest over all targets */
};

struct forecast {
	struct turn turn;		/* first */
	const char *who;		/* id or address */
	const struct sp_id *targets;	/* none: whichever application asks for the contexts */
	size_t target_count;
	const struct app *app;		/* the one that signs him in; NULL: not known */
	struct sp_contexts contexts;
	uint32_t platform, client;	/* as `given` says */
	struct location_place place;
	struct whatif_given given;

	enum forecast_outcome outcome;
	struct sp_user *user;
	struct whatif_customer customer;
	struct forecast_policy *policies;
	size_t policy_count;
	struct sp_judgement verdict;	/* over all targets; without results and conditions */
	struct whatif_way way;
	struct forecast_work *work;
};

/* An array of canonical documents; a policy among `drafts`, by its place in it. False: one of them
 * is none, which a check would have told. Once, before forecast_run(). */
bool forecast_take(struct forecast *forecast, const json_t *documents, const bool *drafts);
void forecast_run(struct forecast *forecast);
void forecast_done(struct forecast *forecast);
