#include "store/turnstile.h"

#include "base/arena.h"

#include <pthread.h>
#include <stdlib.h>

enum { LINES = 64 };

/* Of the tenants that fall into it: they may wait for each other, seldom and shortly. */
struct line {
	pthread_mutex_t lock;
	bool taken;
	STAILQ_HEAD(, pass) waiting;
};

struct turnstile { struct line lines[LINES]; };

struct turnstile *turnstile_new(void)
{
	struct turnstile *turnstile = must_calloc(1, sizeof(*turnstile));

	for (unsigned i = 0; i < LINES; i++) {
		pthread_mutex_init(&turnstile->lines[i].lock, NULL);
		STAILQ_INIT(&turnstile->lines[i].waiting);
	}
	return turnstile;
}

void turnstile_free(struct turnstile *turnstile)
{
	for (unsigned i = 0; turnstile != NULL && i < LINES; i++)
		pthread_mutex_destroy(&turnstile->lines[i].lock);
	free(turnstile);
}

static struct line *line_of(struct turnstile *turnstile, const struct pass *pass)
{
	return &turnstile->lines[pass->tenant.byte[0] % LINES];
}

static void pass_go(struct task *task)
{
	struct pass *pass = (struct pass *)((char *)task - offsetof(struct pass, task));

	pass->go(pass->arg);
}

bool turnstile_enter(struct turnstile *turnstile, struct pass *pass)
{
	struct line *line = line_of(turnstile, pass);

	pass->loop = loop_current();
	pass->task.run = pass_go;
	pass->inside = true;
	pthread_mutex_lock(&line->lock);
	bool free_now = !line->taken;
	line->taken = true;
	if (!free_now)
		STAILQ_INSERT_TAIL(&line->waiting, pass, link);
	pthread_mutex_unlock(&line->lock);
	return free_now;
}

void turnstile_leave(struct turnstile *turnstile, struct pass *pass)
{
	struct line *line = line_of(turnstile, pass);

	if (!pass->inside)
		return;
	pass->inside = false;
	pthread_mutex_lock(&line->lock);
	struct pass *next = STAILQ_FIRST(&line->waiting);
	if (next != NULL)
		STAILQ_REMOVE_HEAD(&line->waiting, link);
	else
		line->taken = false;
	pthread_mutex_unlock(&line->lock);
	if (next == NULL)
		return;
	if (next->loop == loop_current())
		loop_later(next->loop, &next->task);
	else
		loop_post(next->loop, &next->task);
}
