#include "zoo.h"

#include <stdlib.h>

/* One at a time on each thread: the sound functions end within themselves. */
static _Thread_local enum sp_status ended;

static void zoo_done(struct sp_op *op, enum sp_status status)
{
	(void)op;
	ended = status;
}

void zoo_turned(struct sp_op *op, void (*call)(struct sp_op *op),
    enum sp_status (*turn)(struct sp_op *op, enum sp_status status))
{
	const struct sp_host *core = op->host;
	struct sp_host mine = *core;

	mine.done = zoo_done;
	op->host = &mine;
	call(op);
	op->host = core;
	sp_op_done(op, turn(op, ended));
}

enum sp_status zoo_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	(void)host, (void)conf, (void)out_error;
	if (memory == NULL)
		return SP_FAILED;
	pthread_mutex_init(&memory->lock, NULL);
	*out_self = memory;
	return SP_OK;
}

void zoo_close(void *self)
{
	struct memory *memory = self;

	records_done(memory);
	users_done(memory);
	pthread_mutex_destroy(&memory->lock);
	free(memory);
}
