/*
 * errand.h - what the store itself does, several operations one after another
 *
 * A flow serves a visitor and may be left; an errand serves nobody in particular and runs to its
 * end: sending a mail, resuming an intent, rebuilding a tenant. Each step asks one thing and
 * names who reads the answer. Answers that are there at once are taken in a loop.
 *
 * Threads  An errand lives on one loop; errand_work() takes it to a lane and back.
 * Memory   Embedded first in what it is about, made by errand_new() with an arena that is wiped at
 *          errand_end(). `answer` lives until the reader returns.
 * Ending   store_close() waits for all errands: each ends because operations have deadlines.
 *          One that may do without its next step asks errand_hurried() first.
 */
#pragma once

#include "base/arena.h"
#include "loop/lane.h"
#include "loop/loop.h"
#include "plugin/op.h"

struct errand;
struct store;

typedef void errand_fn(struct errand *errand, struct sp_op *answer, enum sp_status status);

struct errand {
	struct store *store;
	struct loop *loop;
	struct arena arena;

	/* The engine's. */
	struct task task;
	struct job job;
	struct timer timer;
	struct sp_op *op;
	errand_fn *then;
	void (*work)(struct errand *errand);
	bool running, ended;
};

/* `size` of the struct that begins with the errand; zeroed. NULL: the store is closing. */
void *errand_new(struct store *store, struct loop *loop, size_t size);
void errand_call(struct errand *errand, struct sp_op *op, errand_fn *then);
/* `work` on the lane, then `then` on the loop with NULL and SP_OK; UNAVAILABLE: the lane has
 * stopped and nothing was done. */
void errand_work(struct errand *errand, struct lane *lane, void (*work)(struct errand *errand),
    errand_fn *then);
/* `then` with NULL and SP_OK once somebody, on any thread, has called errand_wake(). */
void errand_wait(struct errand *errand, errand_fn *then);
void errand_wake(struct errand *errand);
/* `then` with NULL and SP_OK after so many ms; at once, when the store is closing. */
void errand_pause(struct errand *errand, int64_t ms, errand_fn *then);
void errand_end(struct errand *errand);	/* last thing that its owner does with it */
bool errand_hurried(const struct errand *errand);	/* the store is closing */

/* The store's book of them. */
struct errands *errands_new(unsigned loops);
void errands_wait(struct store *store);	/* main thread, after store->stopping is set */
void errands_free(struct errands *errands);
