/*
 * lane - the fair lane, and timers that follow the clock
 *
 * A plain program for the sanitizers. Who sends a hundred jobs doesn't keep the others
 * waiting (DESIGN 2), nobody holds more than a quarter of the queue, each job runs once,
 * however many threads push and run.
 */
#include "../house.h"

#include "base/clock.h"
#include "loop/lane.h"
#include "loop/loop.h"

#include <pthread.h>
#include <stdatomic.h>

enum { ROOM = 400, SHARE = ROOM / 4, OTHERS = 20 };

struct work {
	struct job job;
	sem_t *gate;		/* waits here, if there is one */
	atomic_uint ran;
	unsigned place;		/* when it ran, from 1 */
};

static atomic_uint order;

static void work_run(struct job *const *jobs, size_t count)
{
	struct work *work = (struct work *)jobs[0];

	CHECK(count == 1);
	if (work->gate != NULL)
		while (sem_wait(work->gate) != 0)
			continue;
	work->place = atomic_fetch_add(&order, 1) + 1;
	atomic_fetch_add(&work->ran, 1);
}

static bool push(struct lane *lane, struct work *work, uint64_t source)
{
	work->job.run = work_run;
	work->job.source = source;
	return lane_push(lane, &work->job);
}

/* One thread, held at a gate, so that the order is the lane's and not luck's. */
static void serves_sources_in_turn(void)
{
	static struct work first, many[2 * SHARE], others[OTHERS], last;
	struct lane *lane = lane_new_fair(1, ROOM);
	struct lane_busy busy;
	sem_t gate;

	sem_init(&gate, 0, 0);
	first.gate = &gate;
	CHECK(push(lane, &first, 7));
	do
		lane_busy(lane, &busy);
	while (busy.queued > 0);
	unsigned taken = 0;
	for (unsigned i = 0; i < 2 * SHARE; i++)
		taken += push(lane, &many[i], 1);
	CHECK(taken == SHARE);
	for (unsigned i = 0; i < OTHERS; i++)
		CHECK(push(lane, &others[i], 100 + i));
	CHECK(push(lane, &last, 1) == false);
	lane_busy(lane, &busy);
	CHECK(busy.queued == SHARE + OTHERS && busy.running == 1 && busy.refused == SHARE + 1);
	sem_post(&gate);
	lane_stop(lane);
	for (unsigned i = 0; i < OTHERS; i++)
		CHECK(others[i].place <= 2 + OTHERS);
	for (unsigned i = 0; i < SHARE; i++)
		CHECK(many[i].ran == 1 && (i == 0 || many[i].place > many[i - 1].place));
	CHECK(many[SHARE - 1].place == 1 + SHARE + OTHERS);
	lane_free(lane);
	sem_destroy(&gate);
}

/* The queue as a whole is bounded, however many sources there are. */
static void stays_within_its_room(void)
{
	static struct work first, works[2 * ROOM];
	struct lane *lane = lane_new_fair(1, ROOM);
	unsigned taken = 0, ran = 0;
	struct lane_busy busy;
	sem_t gate;

	sem_init(&gate, 0, 0);
	first.gate = &gate;
	CHECK(push(lane, &first, 0));
	do
		lane_busy(lane, &busy);
	while (busy.queued > 0);
	for (unsigned i = 0; i < 2 * ROOM; i++)
		taken += push(lane, &works[i], i);
	CHECK(taken == ROOM);
	sem_post(&gate);
	lane_free(lane);
	for (unsigned i = 0; i < 2 * ROOM; i++)
		ran += works[i].ran;
	CHECK(ran == ROOM);
	sem_destroy(&gate);
}

enum { PUSHERS = 4, EACH = 3000 };

static struct lane *shared;
static struct work storm[PUSHERS][EACH];
static atomic_uint accepted;

static void *pusher(void *arg)
{
	struct work *works = arg;

	for (unsigned i = 0; i < EACH; i++)
		if (push(shared, &works[i], i % 5))
			atomic_fetch_add(&accepted, 1);
	return NULL;
}

static void runs_each_once(void)
{
	pthread_t threads[PUSHERS];
	unsigned ran = 0;
	struct lane_busy busy;

	shared = lane_new_fair(3, ROOM);
	for (unsigned i = 0; i < PUSHERS; i++)
		CHECK(pthread_create(&threads[i], NULL, pusher, storm[i]) == 0);
	for (unsigned i = 0; i < PUSHERS; i++)
		pthread_join(threads[i], NULL);
	lane_stop(shared);
	lane_busy(shared, &busy);
	for (unsigned i = 0; i < PUSHERS * EACH; i++) {
		CHECK(storm[i / EACH][i % EACH].ran <= 1);
		ran += storm[i / EACH][i % EACH].ran;
	}
	CHECK(ran == accepted && busy.done == ran);
	CHECK(busy.refused == PUSHERS * EACH - ran && busy.queued == 0);
	lane_free(shared);
}

/* Timers and test_clock: a day goes by in no time, and none fires early. */

enum { TIMERS = 3, HOUR = 3600000 };

struct alarm { struct timer timer; int64_t at; sem_t rung; };

static void alarm_ring(void *arg)
{
	struct alarm *alarm = arg;

	alarm->at = clock_loop();
	sem_post(&alarm->rung);
}

static void alarm_set(struct loop *loop, void *arg)
{
	struct alarm *alarms = arg;

	for (unsigned i = 0; i < TIMERS; i++)
		timer_set(&alarms[i].timer, loop, (int64_t)(i + 1) * 3600000, alarm_ring, &alarms[i]);
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		continue;
}

static void nothing(struct loop *loop, void *arg)
{
	(void)loop, (void)arg;
}

static void timers_follow_the_clock(void)
{
	static struct alarm alarms[2][TIMERS];
	int64_t wall = clock_wall(), before = clock_loop();
	struct house house;
	int value;

	house_open(&house, 2);
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned j = 0; j < TIMERS; j++)
			sem_init(&alarms[i][j].rung, 0, 0);
		loop_call(house.loops[i], alarm_set, alarms[i]);
	}
	loop_advance(1800000);
	loop_advance(1799000);	/* a second is left */
	for (unsigned i = 0; i < 2; i++) {
		loop_call(house.loops[i], nothing, NULL);
		sem_getvalue(&alarms[i][0].rung, &value);
		CHECK(value == 0 || clock_loop() >= before + 3600000);
	}
	loop_advance(2 * 3600000);
	for (unsigned i = 0; i < 2; i++) {
		wait_for(&alarms[i][0].rung);
		wait_for(&alarms[i][1].rung);
		sem_getvalue(&alarms[i][2].rung, &value);
		CHECK(value == 0 || clock_loop() >= before + 3 * 3600000);
	}
	loop_advance(3600000);
	for (unsigned i = 0; i < 2; i++)
		wait_for(&alarms[i][2].rung);
	CHECK(clock_wall() >= wall + 4 * 3600000 - 1000);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned j = 0; j < TIMERS; j++)
			CHECK(alarms[i][j].at >= before + (int64_t)(j + 1) * 3600000);
	house_close(&house);
}

/* A clock that is an hour behind what was seen: time goes on, never back, and they meet again. */
static void time_never_stands_still(void)
{
	int64_t floor = clock_wall() + HOUR, real = clock_wall() - clock_loop();

	clock_wall_floor(floor);
	CHECK(clock_wall() >= floor);
	loop_advance(600000);
	int64_t wall = clock_wall();
	CHECK(wall >= floor + 540000 && wall < floor + 600000);
	loop_advance(8 * HOUR);
	CHECK(clock_wall() > clock_loop() + real);
	wall = clock_wall();
	loop_advance(2 * HOUR);
	CHECK(clock_wall() > wall && clock_wall() <= clock_loop() + real + 1000);
	clock_wall_floor(0);
	CHECK(clock_wall() > wall);
}

int main(void)
{
	serves_sources_in_turn();
	stays_within_its_room();
	runs_each_once();
	timers_follow_the_clock();
	time_never_stands_still();
	return 0;
}
