#include "store/errand.h"

#include "base/fatal.h"
#include "store/store.h"

#include <semaphore.h>
#include <stdalign.h>
#include <stdlib.h>

/* One loop's; only that loop writes. */
struct book {
	alignas(64) size_t count;
	bool closing;
	sem_t empty;
};

struct errands { unsigned count; struct book *books; };

struct errands *errands_new(unsigned loops)
{
	struct errands *errands = must_calloc(1, sizeof(*errands));

	errands->count = loops;
	errands->books = aligned_alloc(64, loops * sizeof(struct book));
	if (errands->books == NULL)
		fatal("out of memory");
	for (unsigned i = 0; i < loops; i++) {
		errands->books[i] = (struct book){ .count = 0 };
		sem_init(&errands->books[i].empty, 0, 0);
	}
	return errands;
}

void errands_free(struct errands *errands)
{
	if (errands == NULL)
		return;
	for (unsigned i = 0; i < errands->count; i++)
		sem_destroy(&errands->books[i].empty);
	free(errands->books);
	free(errands);
}

static struct book *book_of(const struct store *store, const struct loop *loop)
{
	return &store->errands->books[loop_index(loop)];
}

static void book_close(struct loop *loop, void *arg)
{
	struct book *book = book_of(arg, loop);

	book->closing = true;
	if (book->count == 0)
		sem_post(&book->empty);
}

void errands_wait(struct store *store)
{
	for (unsigned i = 0; i < store->set.loop_count; i++) {
		loop_call(store->set.loops[i], book_close, store);
		while (sem_wait(&store->errands->books[i].empty) != 0)
			continue;
	}
}

void *errand_new(struct store *store, struct loop *loop, size_t size)
{
	if (atomic_load_explicit(&store->stopping, memory_order_relaxed))
		return NULL;
	struct errand *errand = must_calloc(1, size);
	errand->store = store;
	errand->loop = loop;
	arena_init(&errand->arena, NULL, 0);
	book_of(store, loop)->count++;
	return errand;
}

bool errand_hurried(const struct errand *errand)
{
	return atomic_load_explicit(&errand->store->stopping, memory_order_relaxed);
}

static void errand_free(struct errand *errand)
{
	struct book *book = book_of(errand->store, errand->loop);

	arena_done(&errand->arena);
	free(errand);
	if (--book->count == 0 && book->closing)
		sem_post(&book->empty);
}

static void errand_heard(void *arg, struct sp_op *answer, enum sp_status status);

/* Takes answers that are there at once in a loop; stops where one has to be waited for. */
static void errand_go(struct errand *errand)
{
	while (errand->op != NULL) {
		struct sp_op *op = errand->op;
		enum sp_status status;

		errand->op = NULL;
		if (!op_call(op, errand_heard, errand))
			break;
		struct sp_op *answer = op_answer(op, &status);
		errand->then(errand, answer, status);
		op_free(op);
	}
	errand->running = false;
	if (errand->ended)
		errand_free(errand);
}

static void errand_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	struct errand *errand = arg;

	errand->running = true;
	errand->then(errand, answer, status);
	errand_go(errand);
}

void errand_call(struct errand *errand, struct sp_op *op, errand_fn *then)
{
	errand->op = op;
	errand->then = then;
	if (errand->running)
		return;
	errand->running = true;
	errand_go(errand);
}

void errand_end(struct errand *errand)
{
	errand->ended = true;
	if (!errand->running)
		errand_free(errand);
}

/* To a lane and back. */

static struct errand *errand_of_job(struct job *job)
{
	return (struct errand *)((char *)job - offsetof(struct errand, job));
}

static void work_back(struct task *task)
{
	struct errand *errand = (struct errand *)((char *)task - offsetof(struct errand, task));

	errand_heard(errand, NULL, SP_OK);
}

static void work_run(struct job *const *jobs, size_t count)
{
	struct errand *errand = errand_of_job(jobs[0]);

	(void)count;
	errand->work(errand);
	loop_post(errand->loop, &errand->task);
}

static void work_refused(struct task *task)
{
	struct errand *errand = (struct errand *)((char *)task - offsetof(struct errand, task));

	errand_heard(errand, NULL, SP_UNAVAILABLE);
}

void errand_work(struct errand *errand, struct lane *lane, void (*work)(struct errand *errand),
    errand_fn *then)
{
	errand->work = work;
	errand->then = then;
	errand->job = (struct job){ .run = work_run };
	errand->task.run = work_back;
	if (lane_push_over(lane, &errand->job))
		return;
	errand->task.run = work_refused;
	loop_later(errand->loop, &errand->task);
}

void errand_wait(struct errand *errand, errand_fn *then)
{
	errand->then = then;
	errand->task.run = work_back;
}

void errand_wake(struct errand *errand)
{
	loop_post(errand->loop, &errand->task);
}

static void pause_over(void *arg)
{
	errand_heard(arg, NULL, SP_OK);
}

void errand_pause(struct errand *errand, int64_t ms, errand_fn *then)
{
	errand->then = then;
	timer_set(&errand->timer, errand->loop, errand_hurried(errand) ? 0 : ms, pause_over,
	    errand);
}
