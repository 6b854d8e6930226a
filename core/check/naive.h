/*
 * naive.h - what a policy engine must answer, said as plainly as possible
 *
 * Linear and without a compiled form: the second definition that engines are compared
 * with. It shares no code with any of them.
 *
 * Threads  Any; pure. Memory  The caller's arrays alone.
 */
#pragma once

#include <sallyport/policy.h>

/* `out` has arrays as long as `count` and is otherwise overwritten. */
void naive_judge(const struct sp_policy_row *const *rows, size_t count,
    const struct sp_facts *facts, struct sp_judgement *out);

/* NULL: the same; else what differs. */
const char *naive_differs(const struct sp_judgement *a, const struct sp_judgement *b, size_t count);

/* A random world: `count` policies and facts about somebody in it. The same seed gives the
 * same world. All of it lives in `world`. */
enum { WORLD_POLICIES = 12 };

struct world {
	uint64_t seed;
	size_t count;
	struct sp_policy_row rows[WORLD_POLICIES];
	const struct sp_policy_row *pointers[WORLD_POLICIES];
	struct sp_id ids[1024];
	size_t used;
};

void world_make(struct world *world, uint64_t seed);
/* More facts in the same world; they live until the next call of world_make(). */
struct sp_facts world_facts(struct world *world);
