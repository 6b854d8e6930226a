#include "store/budgets.h"

#include "base/pack.h"
#include "crypto/hash.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"
#include "store/store.h"

#include <string.h>

#define FORMAT 1u
#define DAY (INT64_C(24) * 3600 * 1000)

/* A subject's page: counter and pause of a kind stand next to each other. */
enum budget_part { PART_COUNTER = 0, PART_PAUSE = 1 };

static struct sp_address place_at(const struct budget_place *place, enum budget_part part)
{
	unsigned char key[sizeof(place->subject) + 2];

	memcpy(key, &place->subject, sizeof(place->subject));
	key[sizeof(place->subject)] = (unsigned char)place->kind;
	key[sizeof(place->subject) + 1] = (unsigned char)part;
	return kinds_at(KIND_BUDGET, place->tenant, key, sizeof(key));
}

/* The tenant is part of what is hashed: the same address in two tenants looks different. */
struct sp_id budgets_counted(const struct store *store, struct sp_id tenant,
    const char *counted)
{
	unsigned char text[sizeof(tenant) + 512] = { 0 }, hash[HASH_SIZE];
	size_t size = strlen(counted);
	struct sp_id subject;

	if (size > sizeof(text) - sizeof(tenant))
		size = sizeof(text) - sizeof(tenant);
	memcpy(text, &tenant, sizeof(tenant));
	memcpy(text + sizeof(tenant), counted, size);
	hash_keyed(&store->hash, "budget", (struct secret){ text, sizeof(tenant) + size }, hash);
	memcpy(&subject, hash, sizeof(subject));
	return subject;
}

struct sp_address budgets_at(const struct budget_place *place)
{
	return place_at(place, PART_COUNTER);
}

int64_t budgets_read(const struct sp_record *record)
{
	return kinds_counter(record);
}

static const struct pause no_pause;

static int64_t limit_of(const struct budget *budget, const struct pause *pause)
{
	return budget_limit(budget, pause != NULL ? pause : &no_pause);
}

void budgets_charge(struct sp_records_commit *commit, const struct budget_place *place,
    const struct budget *budget, const struct pause *pause)
{
	struct sp_change *change = commit_add(commit, SP_ADD, budgets_at(place), SP_ANY);

	change->delta = 1;
	change->limit = limit_of(budget, pause);
	change->window = budget->window;
}

void budgets_refund(struct sp_records_commit *commit, const struct budget_place *place)
{
	struct sp_change *change = commit_add(commit, SP_ADD, budgets_at(place), SP_ANY);

	change->delta = -1;
	change->limit = INT64_MAX;
}

void budgets_clear(struct sp_records_commit *commit, const struct budget_place *place)
{
	kinds_remove(commit, budgets_at(place), SP_ANY);
	kinds_remove(commit, pauses_at(place), SP_ANY);
}

static const struct sp_change *charge_of(const struct sp_records_commit *answer,
    const struct budget_place *place)
{
	return kinds_change(answer, SP_ADD, budgets_at(place));
}

bool budgets_hit(const struct sp_records_commit *answer, const struct budget_place *place)
{
	return answer->failed != NULL && answer->failed == charge_of(answer, place);
}

int64_t budgets_total(const struct sp_records_commit *answer, const struct budget_place *place)
{
	const struct sp_change *change = charge_of(answer, place);

	return change != NULL ? change->total : -1;
}

bool budgets_spent(const struct sp_records_commit *answer, const struct budget_place *place,
    const struct budget *budget, const struct pause *pause)
{
	return answer->failed == NULL &&
	    budgets_total(answer, place) == limit_of(budget, pause);
}

/* Pauses. */

struct sp_address pauses_at(const struct budget_place *place)
{
	return place_at(place, PART_PAUSE);
}

void pauses_put(struct sp_records_commit *commit, const struct budget_place *place,
    const struct budget *budget, const struct pause *pause, uint64_t expect)
{
	int64_t after = budget->window > 0 ? budget->window : DAY;
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_number(&pack, pause->level);
	pack_signed(&pack, pause->until);
	(void)kinds_put(commit, pauses_at(place), pack_end(&pack), pause->until + after, expect);
}

bool pauses_read(const struct sp_record *record, struct pause *out_pause)
{
	struct pause pause = { 0 };
	struct unpack unpack;

	if (record->revision != 0) {
		unpack_begin(&unpack, NULL, record->value, FORMAT);
		pause.level = unpack_number(&unpack);
		pause.until = unpack_signed(&unpack);
		if (!unpack_ok(&unpack))
			return false;
	}
	*out_pause = pause;
	return true;
}
