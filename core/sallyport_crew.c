/*
 * sallyport_crew.c - one thing done for each of many, by hands enough to keep the server busy
 *
 * A change of a user is three commits, one after another, and the server syncs the disk once for
 * all who wait: one user at a time would wait for three syncs, thirty-two wait for the same.
 */
#include "sallyport.h"

#include "base/arena.h"

#include <pthread.h>
#include <stdatomic.h>

enum { HANDS = 32 };

struct crew {
	const struct cli *cli;
	const struct crew_task *task;
	_Atomic size_t next;
	pthread_mutex_t lock;	/* of what follows */
	size_t done;
	enum cli_exit worst;
	struct progress progress;
};

/* The next number; nothing is begun any more once no server answers. */
static bool crew_take(struct crew *crew, size_t *out_index)
{
	*out_index = atomic_fetch_add(&crew->next, 1);
	return *out_index < crew->task->count;
}

static void crew_done(struct crew *crew, enum cli_exit exit)
{
	pthread_mutex_lock(&crew->lock);
	if (exit > crew->worst)
		crew->worst = exit;
	progress_step(&crew->progress, ++crew->done);
	pthread_mutex_unlock(&crew->lock);
	if (exit == CLI_UNREACHABLE)
		atomic_store(&crew->next, crew->task->count);
}

static void *crew_hand(void *arg)
{
	struct crew *crew = arg;
	struct cli own = *crew->cli;
	struct arena arena;
	size_t index;

	own.call = NULL;
	own.arena = &arena;
	while (crew_take(crew, &index)) {
		arena_init(&arena, NULL, 0);
		crew_done(crew, crew->task->work(&own, crew->task->arg, index));
		arena_done(&arena);
	}
	call_end(&own);
	return NULL;
}

enum cli_exit crew_run(const struct cli *cli, const struct crew_task *task)
{
	struct crew crew = { .cli = cli, .task = task, .worst = CLI_FINE,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.progress = { .word = task->word, .total = task->count } };
	pthread_t hands[HANDS];
	size_t count = 0;

	while (count < HANDS && count + 1 < task->count &&
	    pthread_create(&hands[count], NULL, crew_hand, &crew) == 0)
		count++;
	crew_hand(&crew);
	for (size_t i = 0; i < count; i++)
		pthread_join(hands[i], NULL);
	progress_end(&crew.progress);
	return crew.worst;
}
