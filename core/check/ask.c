/* ask.c - one operation, waited for and held to what holds for all of them */
#include "check/subject.h"

#include "base/clock.h"
#include "loop/loop.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define LATE "plugin.h, Ending: sp_op_done(), once; the deadline of %lld ms has passed"

const char *ask_word(enum sp_status status)
{
	static const char *const words[] = { "FAILED", "OK", "NOT_FOUND", "CONFLICT", "REJECTED",
		"UNAVAILABLE", "UNKNOWN" };

	return status < sizeof(words) / sizeof(words[0]) ? words[status] :
	    "a number without meaning";
}

static void ask_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	struct ask *ask = arg;

	ask->status = status;
	if (answer != NULL && ask->read != NULL)
		ask->read(answer, ask->arg);
	sem_post(&ask->done);
}

static int64_t micros(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void ask_begin(struct loop *loop, void *arg)
{
	struct ask *ask = arg;
	struct sp_op *op = ask->make(subject_seat(loop), ask->arg);
	enum sp_status status;

	op->now = ask->now != 0 ? ask->now : SUBJECT_NOON;
	int64_t before = micros();
	bool over = op_call(op, ask_heard, ask);
	/* Nobody waits before this has returned: see ask_start(). */
	ask->submit = micros() - before;
	if (!over)
		return;
	struct sp_op *answer = op_answer(op, &status);
	ask_heard(ask, answer, status);
	op_free(op);
}

struct beginning { struct task task; struct ask *ask; sem_t begun; };

static void begin(struct task *task)
{
	struct beginning *beginning = (struct beginning *)task;

	ask_begin(beginning->ask->loop, beginning->ask);
	sem_post(&beginning->begun);
}

static bool wait_ms(sem_t *semaphore, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000 + 1;
	while (sem_timedwait(semaphore, &until) != 0)
		if (errno == ETIMEDOUT)
			return false;
	return true;
}

void ask_start(struct ask *ask, unsigned loop)
{
	struct beginning beginning = { .task.run = begin, .ask = ask };

	page_step("%s", ask->what);
	ask->loop = subject_loop(loop);
	ask->begun = clock_loop();
	sem_init(&ask->done, 0, 0);
	sem_init(&beginning.begun, 0, 0);
	loop_post(ask->loop, &beginning.task);
	MUST(wait_ms(&beginning.begun, 2 * subject.set.deadline + 3000), CLAUSE_BLOCKS,
	    "%s: submit has not returned for %lld ms", ask->what,
	    (long long)(clock_loop() - ask->begun));
	sem_destroy(&beginning.begun);
}

static void in_flight(struct loop *loop, void *arg)
{
	*(size_t *)arg = subject_seat(loop)->in_flight;
}

/* It did not end by its deadline. Late, or never? */
static _Noreturn void ask_late(const struct ask *ask)
{
	static const struct timespec nap = { .tv_nsec = 5000000 };
	int64_t deadline = subject.set.deadline, late = 0;
	char clause[128];
	size_t left = 1;

	snprintf(clause, sizeof(clause), LATE, (long long)deadline);
	while (late < 2 * deadline) {
		loop_call(ask->loop, in_flight, &left);
		late = clock_loop() - ask->begun - deadline;
		if (left == 0)
			page_breach(clause, "%s ended %lld ms after its deadline", ask->what,
			    (long long)late);
		nanosleep(&nap, NULL);
	}
	page_breach(clause, "%s never ended", ask->what);
}

enum sp_status ask_wait(struct ask *ask)
{
	MUST(wait_ms(&ask->done, 3 * subject.set.deadline + 3000), CLAUSE_BLOCKS,
	    "the loop stands still: something has been called on it and does not return (%s)",
	    ask->what);
	sem_destroy(&ask->done);
	if ((ask->status == SP_UNAVAILABLE || ask->status == SP_UNKNOWN) &&
	    clock_loop() - ask->begun >= subject.set.deadline)
		ask_late(ask);
	return ask->status;
}

enum sp_status ask_run(struct ask *ask, unsigned loop)
{
	ask_start(ask, loop);
	return ask_wait(ask);
}

void ask_must(enum sp_status status, enum sp_status want, const char *clause, const char *what)
{
	if (status == want)
		return;
	if (status == SP_FAILED && want != SP_FAILED)
		page_breach(CLAUSE_FAILED, "%s: ended FAILED, not %s", what, ask_word(want));
	page_breach(clause, "%s: ended %s, not %s", what, ask_word(status), ask_word(want));
}
