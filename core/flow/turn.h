/*
 * turn.h - what every flow of one request has at hand
 *
 * A surface fills it in from the request, embeds it in what it runs (a visit, a redemption), and
 * hears of the end through `finished`. Nothing of HTTP is in here.
 *
 * Threads  One loop, that of the request.
 * Memory   `arena` is the request's and outlives the flow; what a flow answers is in it. `tenant` is
 *          held by the surface from before the start until after `finished`.
 */
#pragma once

#include "base/secret.h"
#include "flow/flow.h"
#include "model/origin.h"
#include "model/tenant.h"
#include "plugin/binding.h"
#include "store/audits.h"

struct arena;
struct loop;
struct store;

struct turn {
	struct flow flow;	/* first */
	struct store *store;
	const struct letters *letters;	/* what mails say */
	struct metric *tally;	/* what is counted (tally.h) */
	const struct password_cost *cost;	/* of new verifiers */
	struct loop *loop;
	struct arena *arena;
	const struct tenant *tenant;
	const char *issuer;	/* of the listener that the request came in on */
	uint64_t request_id;
	int64_t now;		/* wall time, the same for the whole turn */

	uint64_t source;	/* whole IPv4 or /64: budgets and fair queues */
	struct origin origin;	/* for policies: platform, whole address */
	const char *source_text, *agent;	/* for the sign-in record; shortened already */

	void (*finished)(struct turn *turn, void *arg);	/* once; the turn may be freed in it */
	void *arg;
};

struct seat *turn_seat(const struct turn *turn, enum binding_role role);

/* From the step `first` to the end, which is heard by `finished`: for a flow that has nothing else
 * to do then. */
void turn_start(struct turn *turn, const struct flow_step *steps, unsigned first);

/* One get of up to SP_GET_MAX addresses, asked through the flow. */
struct sp_op;
/* Asks through the flow, in ask(), once: with the turn's time and request id. */
void turn_call(struct turn *turn, struct sp_op *op);
struct sp_address;
void turn_get(struct turn *turn, const struct sp_address *at, size_t count);
/* Of the turn's tenant, the customer whom an operator names by id or address. */
void turn_find(struct turn *turn, const char *who);

/* Who, from where, when, for the audit of what the turn changes. */
struct audit_act turn_act(const struct turn *turn, struct sp_id tenant, const char *actor);

struct sp_records_commit;
struct sp_records_commit *turn_commit(struct turn *turn, size_t room);
/* Sorts, stamps and asks. A batch beyond the limits is a bug here, and ends the program. */
void turn_send(struct turn *turn, struct sp_records_commit *commit);
/* The same if all fits; else the batch is dropped, and got() hears SP_FAILED. */
void turn_send_if(struct turn *turn, struct sp_records_commit *commit, bool fits);
