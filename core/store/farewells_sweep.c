/* farewells_sweep.c - what is due is taken in hand, tenant by tenant (farewells.h) */
#include "store/farewells.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/errand.h"
#include "store/store.h"

#include <stdlib.h>

#define LEASE INT64_C(60000)	/* longer than one round of telling */
#define PAGE 256u
#define LOOKED_AT 2048u		/* of a sweep, so many are put into turns */
#define CLAIMED 64u		/* and so many of those told */

struct due {
	struct farewell farewell;
	uint64_t revision;
	size_t order, turn;	/* as they came; which of its tenant's */
};

struct sweep {
	struct errand errand;
	struct due *due;	/* LOOKED_AT, once there is one */
	size_t count, at;
};

static void sweep_next(struct sweep *sweep);
static void sweep_list(struct sweep *sweep);

static void sweep_end(struct sweep *sweep)
{
	sweep->errand.store->farewells->sweeping = false;
	errand_end(&sweep->errand);
}

static int by_order(const struct due *a, const struct due *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static int due_by_tenant(const void *a, const void *b)
{
	const struct due *x = a, *y = b;
	int way = id_compare(&x->farewell.tenant, &y->farewell.tenant);

	return way != 0 ? way : by_order(x, y);
}

static int due_by_turn(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	return x->turn != y->turn ? (x->turn < y->turn ? -1 : 1) : by_order(x, y);
}

static void sweep_order(struct sweep *sweep)
{
	struct due *due = sweep->due;

	if (sweep->count < 2)
		return;
	qsort(due, sweep->count, sizeof(*due), due_by_tenant);
	for (size_t i = 1; i < sweep->count; i++)
		due[i].turn = id_equal(due[i].farewell.tenant, due[i - 1].farewell.tenant) ?
		    due[i - 1].turn + 1 : 0;
	qsort(due, sweep->count, sizeof(*due), due_by_turn);
	if (sweep->count > CLAIMED)
		sweep->count = CLAIMED;
}

/* CONFLICT: another node was faster. */
static void sweep_claimed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sweep *sweep = (struct sweep *)errand;

	(void)answer;
	if (status == SP_OK)
		telling_begin(errand->store, errand->loop, &sweep->due[sweep->at].farewell);
	sweep->at++;
	sweep_next(sweep);
}

static void sweep_next(struct sweep *sweep)
{
	struct errand *errand = &sweep->errand;

	if (sweep->at == sweep->count || errand_hurried(errand)) {
		sweep_end(sweep);
		return;
	}
	struct due *due = &sweep->due[sweep->at];
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

/* False: it is not due, nor is anything behind it. */
static bool sweep_take(struct sweep *sweep, const struct sp_record *record)
{
	struct due due = { .revision = record->revision, .order = sweep->count };

	if (!farewells_read(&sweep->errand.arena, record, &due.farewell))
		return true;
	if (due.farewell.due > clock_wall())
		return false;
	if (sweep->due == NULL)
		sweep->due = arena_alloc(&sweep->errand.arena, LOOKED_AT * sizeof(due));
	sweep->due[sweep->count++] = due;
	return true;
}

static void sweep_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sweep *sweep = (struct sweep *)errand;
	const struct sp_record *record = status == SP_OK ?
	    ((const struct sp_records_list *)answer)->first : NULL;
	size_t before = sweep->count;

	while (record != NULL && sweep_take(sweep, record))
		record = record->next;
	if (sweep->count == before + PAGE && sweep->count < LOOKED_AT) {
		sweep_list(sweep);
		return;
	}
	sweep_order(sweep);
	sweep_next(sweep);
}

static void sweep_list(struct sweep *sweep)
{
	struct sp_records_list *list = list_new(store_seat(sweep->errand.store, BINDING_RECORDS,
	    sweep->errand.loop), farewells_all(), PAGE);

	if (sweep->count > 0)
		farewells_after(list, &sweep->due[sweep->count - 1].farewell);
	errand_call(&sweep->errand, &list->op, sweep_listed);
}

void farewells_sweep(struct store *store, struct loop *loop)
{
	if (store->farewells->sweeping || store->set.post == NULL)
		return;
	struct sweep *sweep = errand_new(store, loop, sizeof(*sweep));
	if (sweep == NULL)
		return;
	store->farewells->sweeping = true;
	sweep_list(sweep);
}
