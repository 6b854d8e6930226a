/*
 * forgetful - the memory plugin, but no counter counts: a control of the story's test
 *
 * Built from the memory plugin's own files. Every budget is endless with it, every try the first.
 */
#include "../../plugins/memory/memory.h"

#include <stdlib.h>

struct conf {
	const char *path;	/* as lmdb's, in whose place it is put; not used */
};

static const struct sp_key keys[] = {
	{ .name = "path", .type = SP_PATH, .offset = offsetof(struct conf, path),
	  .help = "Folder that nothing is written to." },
	{ 0 },
};

static enum sp_status forgetful_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	(void)host, (void)conf, (void)out_error;
	if (memory == NULL)
		return SP_FAILED;
	pthread_mutex_init(&memory->lock, NULL);
	*out_self = memory;
	return SP_OK;
}

static void forgetful_close(void *self)
{
	struct memory *memory = self;

	records_done(memory);
	users_done(memory);
	pthread_mutex_destroy(&memory->lock);
	free(memory);
}

static void forgetful_commit(struct sp_records_commit *commit)
{
	for (size_t i = 0; i < commit->count; i++)
		if (commit->changes[i]->action == SP_ADD)
			commit->changes[i]->delta = 0;
	records_commit(commit);
}

static const struct sp_records records = SP_RECORDS(
	.get = records_get,
	.list = records_list,
	.commit = forgetful_commit,
);

static const struct sp_users users = SP_USERS(
	.find = users_find,
	.get = users_get,
	.create = users_create,
	.update = users_update,
	.remove = users_remove,
	.list = users_list,
);

SP_PLUGIN(
	.name = "forgetful",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = forgetful_open,
	.close = forgetful_close,
	.records = &records,
	.users = &users,
);
