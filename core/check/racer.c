#include "check/racer.h"

static void racer_go(struct racer *racer);

static void racer_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	struct racer *racer = arg;

	if (racer->take(racer, answer, status))
		racer_go(racer);
	else
		sem_post(racer->done);
}

/* Until one takes its time, and is heard later, or all is done. */
static void racer_go(struct racer *racer)
{
	enum sp_status status;

	for (bool more = true; more;) {
		struct sp_op *op = racer->make(racer, subject_seat(racer->loop));
		op->now = SUBJECT_NOON;
		if (!op_call(op, racer_heard, racer))
			return;
		struct sp_op *answer = op_answer(op, &status);
		more = racer->take(racer, answer, status);
		op_free(op);
	}
	sem_post(racer->done);
}

static void racer_start(struct task *task)
{
	racer_go((struct racer *)task);
}

struct racer *racer_at(void *racers, size_t size, unsigned number)
{
	return (struct racer *)(void *)((char *)racers + number * size);
}

void racers_run(void *racers, size_t size)
{
	sem_t done;

	sem_init(&done, 0, 0);
	for (unsigned i = 0; i < RACERS; i++) {
		struct racer *racer = racer_at(racers, size, i);
		racer->task.run = racer_start;
		racer->loop = subject_loop(i);
		racer->number = i;
		racer->done = &done;
	}
	for (unsigned i = 0; i < RACERS; i++)
		loop_post(racer_at(racers, size, i)->loop, &racer_at(racers, size, i)->task);
	for (unsigned i = 0; i < RACERS; i++)
		while (sem_wait(&done) != 0)
			continue;
	sem_destroy(&done);
}
