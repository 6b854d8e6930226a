#include "store/farewells.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/pack.h"
#include "model/app.h"
#include "model/tenant.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/errand.h"
#include "store/kinds.h"
#include "store/store.h"

#include <stdlib.h>

#define FORMAT 2u	/* 2: how far a round has got */
#define UNTIL (INT64_C(24) * 3600 * 1000)
#define LINGER (INT64_C(3600) * 1000)
#define LEASE INT64_C(60000)		/* longer than one round of telling */
#define SWEEP_MOST 32u

static const struct sp_id server;

struct farewells *farewells_new(void)
{
	return must_calloc(1, sizeof(struct farewells));
}

void farewells_free(struct farewells *farewells)
{
	free(farewells);
}

const struct farewells_counts *farewells_counts(const struct store *store)
{
	return &store->farewells->counts;
}

/* Records: by due time, as the outbox. */

struct sp_address farewells_all(void)
{
	return kinds_at(KIND_FAREWELL, server, NULL, 0);
}

static struct sp_address farewell_at(const struct farewell *farewell)
{
	return kinds_at_time(KIND_FAREWELL, server, farewell->due, farewell->id);
}

static bool farewell_write(struct sp_records_commit *commit, const struct farewell *farewell)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_id(&pack, farewell->tenant);
	pack_id(&pack, farewell->user);
	pack_id(&pack, farewell->root);
	pack_number(&pack, farewell->epoch);
	pack_signed(&pack, farewell->until);
	pack_number(&pack, farewell->tries);
	pack_id(&pack, farewell->root_seen);
	pack_id(&pack, farewell->app_seen);
	pack_number(&pack, farewell->silent);
	return kinds_put(commit, farewell_at(farewell), pack_end(&pack),
	    farewell->until + LINGER, SP_ABSENT);
}

static bool tenant_hears(const struct tenant *tenant)
{
	for (size_t i = 0; i < tenant->app_count; i++)
		if (tenant->apps[i]->backchannel_uri != NULL)
			return true;
	return false;
}

bool farewells_put(struct sp_records_commit *commit, const struct tenant *tenant,
    const struct farewell *farewell)
{
	struct farewell copy = *farewell;

	if (!tenant_hears(tenant))
		return true;
	copy.tenant = tenant->id;
	copy.id = id_ordered(commit->op.now);
	copy.due = commit->op.now;
	copy.until = commit->op.now + UNTIL;
	return farewell_write(commit, &copy);
}

bool farewells_read(struct arena *arena, const struct sp_record *record,
    struct farewell *out_farewell)
{
	struct farewell farewell = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_time(record, &farewell.due, &farewell.id))
		return false;
	unpack_begin(&unpack, arena, record->value, FORMAT);
	farewell.tenant = unpack_id(&unpack);
	farewell.user = unpack_id(&unpack);
	farewell.root = unpack_id(&unpack);
	farewell.epoch = unpack_number(&unpack);
	farewell.until = unpack_signed(&unpack);
	farewell.tries = (unsigned)unpack_number(&unpack);
	if (unpack.format >= 2) {
		farewell.root_seen = unpack_id(&unpack);
		farewell.app_seen = unpack_id(&unpack);
		farewell.silent = unpack_number(&unpack);
	}
	if (!unpack_ok(&unpack))
		return false;
	*out_farewell = farewell;
	return true;
}

void farewells_remove(struct sp_records_commit *commit, const struct farewell *farewell,
    uint64_t expect)
{
	kinds_remove(commit, farewell_at(farewell), expect);
}

bool farewells_move(struct sp_records_commit *commit, struct farewell *farewell, int64_t due,
    uint64_t expect)
{
	if (due == farewell->due)
		due++;		/* one batch, one change of an address */
	farewells_remove(commit, farewell, expect);
	farewell->due = due;
	return farewell_write(commit, farewell);
}

/* The sweep claims what is due, one after another. */

struct due { struct due *next; struct farewell farewell; uint64_t revision; };

struct sweep {
	struct errand errand;
	struct due *first, **last;
};

static void sweep_next(struct sweep *sweep);

static void sweep_end(struct sweep *sweep)
{
	sweep->errand.store->farewells->sweeping = false;
	errand_end(&sweep->errand);
}

/* CONFLICT: another node was faster. */
static void sweep_claimed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sweep *sweep = (struct sweep *)errand;
	struct due *due = sweep->first;

	(void)answer;
	sweep->first = due->next;
	if (status == SP_OK)
		telling_begin(errand->store, errand->loop, &due->farewell);
	sweep_next(sweep);
}

static void sweep_next(struct sweep *sweep)
{
	struct errand *errand = &sweep->errand;
	struct due *due = sweep->first;

	if (due == NULL || errand_hurried(errand)) {
		sweep_end(sweep);
		return;
	}
	struct sp_records_commit *commit = commit_new(store_seat(errand->store,
	    BINDING_RECORDS, errand->loop), 2);
	if (farewells_move(commit, &due->farewell, clock_wall() + LEASE, due->revision) &&
	    commit_ready(commit)) {
		errand_call(errand, &commit->op, sweep_claimed);
		return;
	}
	op_free(&commit->op);
	sweep_end(sweep);
}

static void sweep_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sweep *sweep = (struct sweep *)errand;
	const struct sp_record *record = status == SP_OK ?
	    ((const struct sp_records_list *)answer)->first : NULL;

	for (; record != NULL; record = record->next) {
		struct due *due = arena_alloc(&errand->arena, sizeof(*due));
		if (!farewells_read(&errand->arena, record, &due->farewell))
			continue;
		if (due->farewell.due > clock_wall())
			break;
		due->revision = record->revision;
		*sweep->last = due;
		sweep->last = &due->next;
	}
	sweep_next(sweep);
}

void farewells_sweep(struct store *store, struct loop *loop)
{
	if (store->farewells->sweeping || store->set.post == NULL)
		return;
	struct sweep *sweep = errand_new(store, loop, sizeof(*sweep));
	if (sweep == NULL)
		return;
	store->farewells->sweeping = true;
	sweep->last = &sweep->first;
	errand_call(&sweep->errand, &list_new(store_seat(store, BINDING_RECORDS, loop),
	    farewells_all(), SWEEP_MOST)->op, sweep_listed);
}
