/* world.c - random policies and facts, small enough that all of them meet */
#include "check/naive.h"

#include <string.h>

static uint32_t roll(struct world *world, uint32_t below)
{
	world->seed = world->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(world->seed >> 33) % below;
}

static bool chance(struct world *world, uint32_t in)
{
	return roll(world, in) == 0;
}

/* Each of `of` ids of that kind, one in `in`. Ascending, as the contract says. */
static struct sp_ids some(struct world *world, uint8_t kind, unsigned of, uint32_t in)
{
	struct sp_ids ids = { 0, &world->ids[world->used] };

	for (unsigned i = 0; i < of; i++)
		if (chance(world, in))
			world->ids[world->used + ids.count++] =
			    (struct sp_id){ { kind, (uint8_t)i } };
	world->used += ids.count;
	return ids;
}

static struct sp_scope scope(struct world *world, uint8_t kind, unsigned of, uint32_t all_in)
{
	struct sp_scope scope = { .all = chance(world, all_in) };

	scope.include = some(world, kind, of, 4);
	scope.exclude = some(world, kind, of, 8);
	return scope;
}

enum { USERS = 'u', GROUPS = 'g', APPS = 'a', LOCATIONS = 'l', TERMS = 't' };

static const struct sp_scope everybody = { .all = true };

static uint32_t mask(struct world *world)
{
	return chance(world, 3) ? 1 + roll(world, 127) : SP_EVERY;
}

static uint32_t controls(struct world *world)
{
	uint32_t bits = 0;

	if (chance(world, 8))
		return SP_BLOCK | (chance(world, 2) ? SP_MFA : 0);
	if (chance(world, 30))
		return UINT32_C(1) << (6 + roll(world, 26));
	for (uint32_t bit = SP_MFA; bit <= SP_TERMS; bit <<= 1)
		if (chance(world, 3))
			bits |= bit;
	return bits;
}

static struct sp_policy_row policy(struct world *world)
{
	struct sp_policy_row row = { .revision = 1, .users = scope(world, USERS, 5, 2),
		.groups = scope(world, GROUPS, 5, 1000), .apps = scope(world, APPS, 4, 2) };

	row.state = chance(world, 6) ? SP_OFF : chance(world, 4) ? SP_REPORT_ONLY : SP_ON;
	if (chance(world, 6))
		row.contexts.bits[roll(world, 2)] = 1 + roll(world, 7);
	row.locations = chance(world, 4) ? scope(world, LOCATIONS, 3, 3) : everybody;
	row.platforms = mask(world);
	row.clients = mask(world);
	row.controls = controls(world);
	row.any_of = chance(world, 2);
	row.strength = chance(world, 8) ? 0 : 1 + roll(world, 255);
	row.password_since = roll(world, 3) * 50;
	row.terms = some(world, TERMS, 3, 2);
	row.frequency = chance(world, 4) ? (int64_t)roll(world, 61) - (chance(world, 9) ? 60 :
	    0) : 0;
	row.every_time = chance(world, 8);
	row.second_only = chance(world, 3);
	row.persistent = chance(world, 4) ? (enum sp_persistent)(1 + roll(world, 2)) :
	    SP_PERSISTENT_UNSET;
	return row;
}

void world_make(struct world *world, uint64_t seed)
{
	world->seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	world->used = 0;
	world->count = roll(world, WORLD_POLICIES + 1);
	for (size_t i = 0; i < world->count; i++) {
		world->rows[i] = policy(world);
		world->pointers[i] = &world->rows[i];
	}
}

struct sp_facts world_facts(struct world *world)
{
	struct sp_facts facts = { .user = { { USERS, (uint8_t)roll(world, 6) } },
		.target = { { APPS, (uint8_t)roll(world, 5) } },
		.platform = chance(world, 4) ? 0 : UINT32_C(1) << roll(world, 7),
		.client = chance(world, 4) ? 0 : UINT32_C(1) << roll(world, 5),
		.now = 200, .began = 190 };

	if (chance(world, 3))
		facts.contexts.bits[roll(world, 2)] = 1 + roll(world, 7);
	facts.groups = some(world, GROUPS, 5, 3);
	facts.locations = some(world, LOCATIONS, 3, 3);
	facts.terms = some(world, TERMS, 3, 2);
	facts.factors = roll(world, 256);
	facts.signed_in = chance(world, 8) ? 0 : 140 + roll(world, 61);
	facts.factor_time = chance(world, 4) ? 0 : 140 + roll(world, 61);
	facts.password_changed = chance(world, 2) ? 0 : roll(world, 200);
	return facts;
}
