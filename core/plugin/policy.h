/*
 * policy.h - asks a policy engine
 *
 *	policy_load() -> set ... policy_decide_now() or policy_decide() ... policy_free_set()
 *
 * Threads  On the seat's loop. decide_now is a plain call on any loop; load and free_set run
 *          on the instance's lane.
 * Memory   The rows that load reads are NOT copied: they are the caller's and must live until
 *          the set has been freed (see policy_free_set). Facts of policy_decide() are copied.
 * Failing  Closed: whatever goes wrong, the decision is SP_DENY. An answer that contradicts
 *          itself (allow beside an unmet policy, a policy not judged) is made a denial, and
 *          the status SP_FAILED, which the log tells.
 */
#pragma once

#include <sallyport/policy.h>

struct arena;
struct instance;
struct op_kind;
struct seat;

#define POLICY_ROWS_MAX 1000u

extern const struct op_kind policy_kind_load, policy_kind_decide;

/* A tenant's compiled policies, immutable; whoever loaded it keeps this beside the rows. */
struct policy_set {
	struct instance *instance;
	void *engine;
	size_t count;		/* of policies, active or not */
};

/* The answer's `set` goes into a struct policy_set by policy_set_of(), once it is OK. */
struct sp_policy_load *policy_load(struct seat *seat, struct sp_id tenant,
    const struct sp_policy_row *const *rows, size_t count);
struct policy_set policy_set_of(const struct seat *seat, const struct sp_policy_load *answer);

/* On the lane; afterwards `freed` is called there, and the rows may go. `set` itself must
 * live until then. Never refused. */
void policy_free_set(struct policy_set *set, void (*freed)(void *arg), void *arg);

/* An answer with arrays as long as the set. */
struct sp_judgement *policy_judgement(struct arena *arena, const struct policy_set *set);

/* False: the engine is elsewhere, use the operation. */
bool policy_at_once(const struct policy_set *set);

/* Anything but SP_OK: `out` says SP_DENY and nothing else. */
enum sp_status policy_decide_now(struct seat *seat, const struct policy_set *set,
    const struct sp_facts *facts, struct sp_judgement *out);

/* The same as an operation, for every engine: `out` in the answer. */
struct sp_policy_decide *policy_decide(struct seat *seat, const struct policy_set *set,
    const struct sp_facts *facts);
