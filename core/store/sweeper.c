#include "store/sweeper.h"

#include "base/arena.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "plugin/records.h"
#include "store/audits.h"
#include "store/errand.h"
#include "store/erasures.h"
#include "store/farewells.h"
#include "store/intents.h"
#include "store/keyrings.h"
#include "store/metas.h"
#include "store/outbox.h"
#include "store/rebuild.h"
#include "store/store.h"

#include <stdlib.h>

#define TICK 1000		/* ms: the change feed */
#define OUTBOX_EVERY 3		/* ticks */
#define ERASURES_EVERY 5
#define INTENTS_EVERY 15
#define NODE_EVERY 20
#define KEYS_EVERY 60000	/* ms: by the clock, which a test may move */

struct sweeper {
	struct store *store;
	struct timer timer;
	unsigned ticks;
	int64_t started, keys_due;
};

struct sweeper *sweeper_new(struct store *store)
{
	struct sweeper *sweeper = must_calloc(1, sizeof(*sweeper));

	sweeper->store = store;
	sweeper->started = clock_wall();
	return sweeper;
}

void sweeper_free(struct sweeper *sweeper)
{
	free(sweeper);
}

static void node_written(struct errand *errand, struct sp_op *answer, enum sp_status status)
{
	(void)answer, (void)status;	/* the next one is soon */
	errand_end(errand);
}

/* That this node lives; and how late it is, for the next life's clock. */
static void sweeper_node(struct sweeper *sweeper, struct loop *loop)
{
	struct store *store = sweeper->store;
	struct errand *errand = errand_new(store, loop, sizeof(*errand));
	int64_t now = clock_wall();
	struct node node = { store->node, store->set.node_name, sweeper->started, now };

	if (errand == NULL)
		return;
	struct sp_records_commit *commit =
	    commit_new(store_seat(store, BINDING_RECORDS, loop), 1);
	commit->durability = SP_ORDERED;
	if (nodes_put(commit, &node, now + NODES_KEEP) && commit_ready(commit)) {
		errand_call(errand, &commit->op, node_written);
		return;
	}
	op_free(&commit->op);
	errand_end(errand);
}

static void sweeper_tick(void *arg)
{
	struct sweeper *sweeper = arg;
	struct store *store = sweeper->store;
	struct loop *loop = store->set.loops[0];
	unsigned tick = sweeper->ticks++;

	timer_set(&sweeper->timer, loop, TICK, sweeper_tick, sweeper);
	rebuilds_poll(store, loop);
	farewells_sweep(store, loop);
	audits_seal(store, loop);
	if (tick % OUTBOX_EVERY == 0)
		outbox_sweep(store, loop, tick == 0);
	if (tick % ERASURES_EVERY == 0)
		erasures_sweep(store, loop);
	if (tick % INTENTS_EVERY == 0)
		intents_sweep(store, loop, tick == 0);
	if (tick % NODE_EVERY == 0)
		sweeper_node(sweeper, loop);
	if (clock_loop() < sweeper->keys_due)
		return;
	sweeper->keys_due = clock_loop() + KEYS_EVERY;
	keyrings_sweep(store, loop);
	audits_prune(store, loop);
}

void sweeper_round(struct sweeper *sweeper)
{
	struct loop *loop = sweeper->store->set.loops[0];

	rebuilds_poll(sweeper->store, loop);
	outbox_sweep(sweeper->store, loop, false);
	intents_sweep(sweeper->store, loop, false);
	farewells_sweep(sweeper->store, loop);
	erasures_sweep(sweeper->store, loop);
	keyrings_sweep(sweeper->store, loop);
	audits_seal(sweeper->store, loop);
	audits_prune(sweeper->store, loop);
}

static void sweeper_begin(struct loop *loop, void *arg)
{
	(void)loop;
	sweeper_tick(arg);
}

static void sweeper_cease(struct loop *loop, void *arg)
{
	(void)loop;
	timer_clear(&((struct sweeper *)arg)->timer);
}

/* The first tick takes up what the last life of this node left. */
void sweeper_start(struct sweeper *sweeper)
{
	loop_call(sweeper->store->set.loops[0], sweeper_begin, sweeper);
}

void sweeper_stop(struct sweeper *sweeper)
{
	loop_call(sweeper->store->set.loops[0], sweeper_cease, sweeper);
}
