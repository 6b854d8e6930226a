#include "plugin/policy.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/metric.h"
#include "loop/lane.h"
#include "plugin/instance.h"
#include "plugin/op.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void call_load(const struct instance *instance, struct sp_op *op)
{
	instance->policy.load((struct sp_policy_load *)op);
}

static bool sound_load(const struct sp_op *op)
{
	return ((const struct sp_policy_load *)op)->set != NULL;
}

const struct op_kind policy_kind_load = {
	"policy.load", sizeof(struct sp_policy_load), true, call_load, sound_load,
	OP_POLICY_LOAD,
};

struct sp_policy_load *policy_load(struct seat *seat, struct sp_id tenant,
    const struct sp_policy_row *const *rows, size_t count)
{
	struct sp_policy_load *load = (struct sp_policy_load *)op_new(seat, &policy_kind_load);

	assert(count <= POLICY_ROWS_MAX);
	load->tenant = tenant;
	load->count = count;
	load->policies = rows;
	return load;
}

struct policy_set policy_set_of(const struct seat *seat, const struct sp_policy_load *answer)
{
	return (struct policy_set){ seat->instance, answer->set, answer->count };
}

struct discard {
	struct job job;
	struct policy_set *set;
	void (*freed)(void *arg);
	void *arg;
};

static void discard_run(struct job *const *jobs, size_t count)
{
	struct discard *discard = (struct discard *)jobs[0];
	struct instance *instance = discard->set->instance;

	(void)count;
	instance->policy.free_set(instance->self, discard->set->engine);
	discard->set->engine = NULL;
	if (discard->freed != NULL)
		discard->freed(discard->arg);
	free(discard);
}

void policy_free_set(struct policy_set *set, void (*freed)(void *arg), void *arg)
{
	struct discard *discard = must_calloc(1, sizeof(*discard));
	struct job *job = &discard->job;

	*discard = (struct discard){ .job.run = discard_run, .set = set, .freed = freed,
		.arg = arg };
	if (!lane_push_over(set->instance->lane, job))
		discard_run(&job, 1);	/* the lane has stopped: nobody else runs there */
}

/* Judging. */

struct sp_judgement *policy_judgement(struct arena *arena, const struct policy_set *set)
{
	struct sp_judgement *out = arena_alloc(arena, sizeof(*out));

	out->results = arena_alloc(arena, set->count + 1);
	out->conditions = arena_alloc(arena, set->count + 1);
	return out;
}

bool policy_at_once(const struct policy_set *set)
{
	return set->instance->policy.decide_now != NULL;
}

/* Nothing but the denial may be read from an answer that cannot be trusted. */
static enum sp_status judgement_deny(struct sp_judgement *out, size_t count)
{
	memset(out->results, SP_NOT_JUDGED, count);
	memset(out->conditions, SP_NONE, count);
	*out = (struct sp_judgement){ .decision = SP_DENY, .results = out->results,
		.conditions = out->conditions };
	return SP_FAILED;
}

static bool judgement_sound(const struct sp_judgement *out, size_t count)
{
	bool unmet = false;

	if (out->decision > SP_ALLOW)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (out->results[i] == SP_NOT_JUDGED || out->results[i] > SP_REPORT_ASKED)
			return false;
		unmet |= out->results[i] == SP_UNMET;
	}
	if (out->decision == SP_ALLOW)
		return !unmet && out->missing == 0;
	return out->decision == SP_DENY || out->missing != 0;
}

enum sp_status policy_decide_now(struct seat *seat, const struct policy_set *set,
    const struct sp_facts *facts, struct sp_judgement *out)
{
	struct instance *instance = seat->instance;
	struct op_counts *counts = &seat->counts[OP_POLICY_DECIDE];
	enum sp_status status = SP_UNAVAILABLE;

	assert(instance == set->instance);
	metric_bump(&counts->calls);
	if (instance_ready(instance))
		status = instance->policy.decide_now(seat->here, set->engine, facts, out);
	if (status == SP_OK && judgement_sound(out, set->count))
		return SP_OK;
	if (status == SP_OK)
		log_line(SP_ERROR, "%s: policy.decide_now: the answer contradicts itself; denied",
		    instance->set.name);
	metric_bump(&counts->failures);
	judgement_deny(out, set->count);
	return status == SP_OK ? SP_FAILED : status;
}

static void call_decide(const struct instance *instance, struct sp_op *op)
{
	struct sp_policy_decide *decide = (struct sp_policy_decide *)op;

	if (instance->policy.decide != NULL)
		instance->policy.decide(decide);
	else
		sp_op_done(op, instance->policy.decide_now(op->here, decide->set, decide->facts,
		    decide->out));
}

/* The count stands before the judgement: the public struct doesn't have it. */
struct counted { size_t count; struct sp_judgement out; };

static bool sound_decide(const struct sp_op *op)
{
	struct sp_judgement *out = ((const struct sp_policy_decide *)op)->out;
	const struct counted *counted =
	    (const void *)((const char *)out - offsetof(struct counted, out));

	if (judgement_sound(out, counted->count))
		return true;
	judgement_deny(out, counted->count);
	return false;
}

const struct op_kind policy_kind_decide = {
	"policy.decide", sizeof(struct sp_policy_decide), false, call_decide, sound_decide,
	OP_POLICY_DECIDE,
};

static struct sp_ids copy_ids(struct arena *arena, struct sp_ids ids)
{
	ids.sorted = arena_copy(arena, ids.sorted, ids.count * sizeof(*ids.sorted));
	return ids;
}

struct sp_policy_decide *policy_decide(struct seat *seat, const struct policy_set *set,
    const struct sp_facts *facts)
{
	struct sp_policy_decide *decide =
	    (struct sp_policy_decide *)op_new(seat, &policy_kind_decide);
	struct arena *arena = op_arena(&decide->op);
	struct sp_facts *copy = arena_copy(arena, facts, sizeof(*facts));
	struct counted *counted = arena_alloc(arena, sizeof(*counted));

	assert(facts->groups.count <= SP_GROUPS_MAX && seat->instance == set->instance);
	copy->groups = copy_ids(arena, facts->groups);
	copy->locations = copy_ids(arena, facts->locations);
	copy->terms = copy_ids(arena, facts->terms);
	counted->count = set->count;
	counted->out = *policy_judgement(arena, set);
	decide->set = set->engine;
	decide->facts = copy;
	decide->out = &counted->out;
	return decide;
}
