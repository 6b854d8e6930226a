/* The queue of the outbox: what nobody has in hand is taken up again, and counted. */
#include "store/outbox.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/budgets.h"
#include "store/errand.h"
#include "store/sending.h"
#include "store/store.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Counters: a row for each loop, which alone writes it. */

struct counts { alignas(64) _Atomic uint64_t of[OUTBOX_COUNTS]; };

#define HANDS 4096u		/* a power of two */

struct outbox {
	unsigned loops;
	struct counts *counts;
	bool sweeping;		/* loop 0's */
	_Atomic uint32_t hands[HANDS];
};

struct outbox *outbox_new(unsigned loops)
{
	struct outbox *outbox = must_calloc(1, sizeof(*outbox));

	outbox->loops = loops;
	outbox->counts = aligned_alloc(64, loops * sizeof(*outbox->counts));
	if (outbox->counts == NULL)
		abort();
	memset((void *)outbox->counts, 0, loops * sizeof(*outbox->counts));
	return outbox;
}

void outbox_free(struct outbox *outbox)
{
	if (outbox == NULL)
		return;
	free(outbox->counts);
	free(outbox);
}

void outbox_count(struct store *store, struct loop *loop, enum outbox_event event)
{
	metric_bump(&store->outbox->counts[loop_index(loop)].of[event]);
}

void outbox_counts(const struct store *store, struct outbox_counts *out_counts)
{
	uint64_t sum[OUTBOX_COUNTS] = { 0 };

	for (unsigned i = 0; i < store->outbox->loops; i++)
		for (unsigned j = 0; j < OUTBOX_COUNTS; j++)
			sum[j] += atomic_load_explicit(&store->outbox->counts[i].of[j],
			    memory_order_relaxed);
	*out_counts = (struct outbox_counts){ .sent = sum[OUTBOX_SENT],
		.refused = sum[OUTBOX_REFUSED], .unknown = sum[OUTBOX_UNKNOWN],
		.expired = sum[OUTBOX_EXPIRED], .decoys = sum[OUTBOX_DECOYS],
		.retried = sum[OUTBOX_RETRIED], .failed_over = sum[OUTBOX_FAILED_OVER],
		.unreadable = sum[OUTBOX_UNREADABLE] };
}

/* What is in hand. */

static _Atomic uint32_t *hand_of(const struct store *store, struct sp_id id)
{
	unsigned chance = (unsigned)id.byte[sizeof(id) - 1] << 8 | id.byte[sizeof(id) - 2];

	return &store->outbox->hands[chance & (HANDS - 1)];
}

void outbox_take(struct store *store, struct sp_id id)
{
	atomic_fetch_add_explicit(hand_of(store, id), 1, memory_order_relaxed);
}

/* Release: who finds it let go of finds its entry removed, or moved on. */
void outbox_let(struct store *store, struct sp_id id)
{
	atomic_fetch_sub_explicit(hand_of(store, id), 1, memory_order_release);
}

bool outbox_in_hand(const struct store *store, struct sp_id id)
{
	return atomic_load_explicit(hand_of(store, id), memory_order_acquire) != 0;
}

/* The sweep: takes up what is due, or was this node's before it died. */

#define SWEEP_MOST 100u

struct waiting {
	struct waiting *next;
	struct outbox_entry entry;	/* as this node's, once it is claimed */
	int64_t due;			/* as it was read */
	uint64_t revision;
};

struct sweep {
	struct errand errand;
	bool mine;
	struct waiting *first, **last;
};

static void sweep_next(struct sweep *sweep);

static void sweep_end(struct sweep *sweep)
{
	sweep->errand.store->outbox->sweeping = false;
	errand_end(&sweep->errand);
}

static void sweep_spared(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;	/* still there: the next sweep has it */
	sweep_next((struct sweep *)errand);
}

/* The customer has had a notice today. */
static void sweep_spare(struct sweep *sweep, const struct waiting *waiting)
{
	struct store *store = sweep->errand.store;
	struct sp_records_commit *commit = commit_new(store_seat(store, BINDING_RECORDS,
	    sweep->errand.loop), 1);
	struct outbox_entry held = { .id = waiting->entry.id, .due = waiting->due };

	commit->durability = SP_ORDERED;
	outbox_remove(commit, &held, waiting->revision);
	if (commit_ready(commit)) {
		errand_call(&sweep->errand, &commit->op, sweep_spared);
		return;
	}
	op_free(&commit->op);
	sweep_end(sweep);
}

static void sweep_claimed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sweep *sweep = (struct sweep *)errand;
	struct waiting *waiting = sweep->first;

	(void)answer;
	sweep->first = waiting->next;
	if (status == SP_REJECTED) {
		sweep_spare(sweep, waiting);
		return;
	}
	if (status == SP_OK)
		(void)sending_begin(errand->store, errand->loop, &waiting->entry);
	sweep_next(sweep);
}

/* One notice a day for an account, whatever it speaks of. Charged with the claim: once. */
static void sweep_charge(struct sp_records_commit *commit, struct outbox_entry *entry)
{
	struct budget_place place = { entry->tenant, entry->account, BUDGET_NOTICE_DAY };
	struct budget once = budget_of(BUDGET_NOTICE_DAY, NULL);

	if (id_zero(entry->account))
		return;
	budgets_charge(commit, &place, &once, NULL);
	entry->account = (struct sp_id){ 0 };
}

/* A lease for this node, if nobody else was faster. */
static void sweep_next(struct sweep *sweep)
{
	struct store *store = sweep->errand.store;

	while (sweep->first != NULL && outbox_in_hand(store, sweep->first->entry.id))
		sweep->first = sweep->first->next;
	struct waiting *waiting = sweep->first;
	if (waiting == NULL || errand_hurried(&sweep->errand)) {
		sweep_end(sweep);
		return;
	}
	struct sp_records_commit *commit = commit_new(store_seat(store, BINDING_RECORDS,
	    sweep->errand.loop), 3);
	struct outbox_move move = { .due = clock_wall() + store->set.lease,
		.node = store->node, .expect = waiting->revision };
	commit->durability = SP_ORDERED;
	sweep_charge(commit, &waiting->entry);
	if (outbox_move(commit, store, &waiting->entry, &move) && commit_ready(commit)) {
		errand_call(&sweep->errand, &commit->op, sweep_claimed);
		return;
	}
	op_free(&commit->op);
	sweep_end(sweep);
}

static void sweep_take(struct sweep *sweep, const struct sp_record *record)
{
	struct errand *errand = &sweep->errand;
	struct waiting *waiting = arena_alloc(&errand->arena, sizeof(*waiting));

	if (!outbox_read(&errand->arena, errand->store, record, &waiting->entry)) {
		outbox_count(errand->store, errand->loop, OUTBOX_UNREADABLE);
		log_line(SP_ERROR, "outbox: an entry that this node's keys don't open; left alone");
		return;
	}
	if (waiting->entry.due > clock_wall() && (!sweep->mine ||
	    !id_equal(waiting->entry.node, errand->store->node)))
		return;
	waiting->due = waiting->entry.due;
	waiting->revision = record->revision;
	*sweep->last = waiting;
	sweep->last = &waiting->next;
}

static void sweep_listed(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	struct sweep *sweep = (struct sweep *)errand;
	const struct sp_records_list *list = (const struct sp_records_list *)answer;

	if (status != SP_OK) {
		sweep_end(sweep);
		return;
	}
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!sweep->mine && outbox_due(record) > clock_wall())
			break;		/* they are in order */
		sweep_take(sweep, record);
	}
	sweep_next(sweep);
}

void outbox_sweep(struct store *store, struct loop *loop, bool mine)
{
	if (store->outbox->sweeping)
		return;
	struct sweep *sweep = errand_new(store, loop, sizeof(*sweep));
	if (sweep == NULL)
		return;
	store->outbox->sweeping = true;
	sweep->mine = mine;
	sweep->last = &sweep->first;
	errand_call(&sweep->errand, &list_new(store_seat(store, BINDING_RECORDS, loop),
	    outbox_all(), mine ? SP_LIST_MAX : SWEEP_MOST)->op, sweep_listed);
}
