/*
 * racer.h - many who ask at once, each one thing after another
 *
 * Threads  A racer lives on its loop; racers_run() waits on the main thread.
 * Memory   Embedded in what knows more; beside a sort of its own for each race.
 */
#pragma once

#include "check/subject.h"

#include "loop/loop.h"

enum { RACERS = 64 };

struct racer {
	struct task task;
	struct loop *loop;
	unsigned number;
	struct sp_op *(*make)(struct racer *racer, struct seat *seat);
	/* False: it is done. `answer` may be NULL, see plugin/op.h. */
	bool (*take)(struct racer *racer, struct sp_op *answer, enum sp_status status);
	sem_t *done;
};

/* `racers` lie `size` bytes apart, their functions set. Returns when all are done. */
void racers_run(void *racers, size_t size);
struct racer *racer_at(void *racers, size_t size, unsigned number);
