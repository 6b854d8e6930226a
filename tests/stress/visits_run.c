/* A batch of turns: started at once, their operations answered in a drawn order, ended. */
#include "visits.h"

#include "base/clock.h"
#include "loop/loop.h"

#include <sched.h>
#include <semaphore.h>

enum { LATE = 6000, LATE_OF = 400 };	/* ms beyond a deadline; one of so many rounds */

struct act *run_add(enum turn_kind kind)
{
	WALK_CHECK(walk.act_count < TURNS);
	struct act *act = &walk.acts[walk.act_count++];

	memset(act, 0, sizeof(*act));
	arena_init(&act->arena, NULL, 0);
	act->kind = kind;
	act->way = act->person = act->letter = act->code = act->session = NOBODY;
	return act;
}

static unsigned running;	/* the loop's */
static sem_t over;

static void run_finished(struct turn *turn, void *arg)
{
	(void)turn;
	((struct act *)arg)->finished++;
	if (--running == 0)
		sem_post(&over);
}

static void run_one(struct act *act)
{
	static uint64_t requests;
	struct authorize_error error;

	world_turn(&act->turn);
	act->turn.arena = &act->arena;
	act->turn.finished = run_finished;
	act->turn.arg = act;
	act->turn.request_id = CHAOS_FLOW | ++requests;
	switch (act->kind) {
	case TURN_BEGIN:
		WALK_CHECK(authorize_check(&act->arena, act->turn.tenant, &act->query,
		    &act->request, &error) == AUTHORIZE_GOOD);
		visit_begin(&act->visit, &act->request);
		break;
	case TURN_POST:
		visit_post(&act->visit);
		break;
	case TURN_SHOW:
		visit_show(&act->visit, act->visit.input.journey);
		break;
	case TURN_REDEEM:
		redeem_code(&act->redeem);
		break;
	case TURN_PERSON:
		person_run(&act->operator);
		break;
	}
}

static void run_start(struct loop *loop, void *arg)
{
	(void)loop, (void)arg;
	walk.now = clock_wall();
	running = walk.act_count;
	for (unsigned i = 0; i < walk.act_count; i++)
		run_one(&walk.acts[i]);
}

enum pumped { PUMPED_OVER = 0, PUMPED_LANE, PUMPED_ON };

static void run_leave(void)
{
	for (unsigned i = 0; i < walk.act_count; i++) {
		struct act *act = &walk.acts[i];
		if (!act->leaves || act->finished > 0 || below(4) != 0)
			continue;
		act->leaves = false;
		walk.lefts++;
		flow_leave(&act->turn.flow);
		return;
	}
}

/* One round on the loop. What a lane has comes back first, so that a walk can be walked again. */
static void run_pump(struct loop *loop, void *arg)
{
	struct chaos *chaos = &walk.chaos;
	bool working = false;

	(void)loop;
	for (unsigned i = 0; i < walk.act_count; i++)
		working |= walk.acts[i].finished == 0 && walk.acts[i].turn.flow.working;
	*(enum pumped *)arg = working ? PUMPED_LANE : running > 0 || chaos->held_count > 0 ?
	    PUMPED_ON : PUMPED_OVER;
	if (working)
		return;
	run_leave();
	if (chaos->held_count > 0)
		chaos->release(chaos, below((unsigned)chaos->held_count));
}

static void run_nothing(struct loop *loop, void *arg)
{
	(void)loop, (void)arg;
}

/* Operations that are held pass their deadlines: the flows go on without an answer. */
static void run_late(void)
{
	walk.lates++;
	loop_advance(LATE);
	for (int i = 0; i < 3; i++)
		loop_call(world_loop(), run_nothing, NULL);
}

static void run_held(void)
{
	enum pumped pumped = PUMPED_ON;

	while (pumped != PUMPED_OVER) {
		if (pumped == PUMPED_ON && walk.storm && below(LATE_OF) == 0)
			run_late();
		loop_call(world_loop(), run_pump, &pumped);
		if (pumped == PUMPED_LANE)
			sched_yield();
	}
	loop_call(world_loop(), run_nothing, NULL);	/* what was late is given back */
}

void run_batch(unsigned hold)
{
	sem_init(&over, 0, 0);
	walk.chaos.hold = hold;
	loop_call(world_loop(), run_start, NULL);
	if (hold > 0)
		run_held();
	while (sem_wait(&over) != 0)
		continue;
	sem_destroy(&over);
	for (unsigned i = 0; i < walk.act_count; i++)
		WALK_CHECK(walk.acts[i].finished == 1);
}

void run_end(void)
{
	for (unsigned i = 0; i < walk.act_count; i++)
		arena_done(&walk.acts[i].arena);
	walk.act_count = 0;
}
