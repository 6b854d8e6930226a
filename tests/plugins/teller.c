/*
 * teller - customers whose passwords core never sees: a backend that verifies, as a directory does
 *
 * The memory plugin, less the verifiers. One password is right for everybody, also for those who
 * aren't there: core must not take its word for that. While the file `storm` exists it is down.
 */
#include "../../plugins/memory/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct conf {
	const char *password, *storm;
};

static const struct sp_key keys[] = {
	{ .name = "password", .type = SP_TEXT, .offset = offsetof(struct conf, password),
	  .help = "The right one." },
	{ .name = "storm", .type = SP_PATH, .offset = offsetof(struct conf, storm),
	  .help = "While this file exists, no password can be verified." },
	{ 0 },
};

struct self {
	struct memory memory;	/* first: what its functions take for theirs */
	char *password, *storm;
};

static void self_free(struct self *self)
{
	free(self->password);
	free(self->storm);
	free(self);
}

static enum sp_status teller_open(const struct sp_host *host, const void *conf,
    void **out_self, struct sp_error *out_error)
{
	const struct conf *set = conf;
	struct self *self = calloc(1, sizeof(*self));

	(void)host, (void)out_error;
	if (self == NULL)
		return SP_FAILED;
	self->password = strdup(set->password);
	self->storm = strdup(set->storm);
	if (self->password == NULL || self->storm == NULL) {
		self_free(self);
		return SP_FAILED;
	}
	pthread_mutex_init(&self->memory.lock, NULL);
	*out_self = self;
	return SP_OK;
}

static void teller_close(void *arg)
{
	struct self *self = arg;

	users_done(&self->memory);
	pthread_mutex_destroy(&self->memory.lock);
	self_free(self);
}

static void teller_create(struct sp_users_change *create)
{
	struct sp_user bare = *create->user;

	bare.verifier = NULL;
	create->user = &bare;
	users_create(create);
}

static void teller_update(struct sp_users_change *update)
{
	struct sp_user bare = *update->user;

	bare.verifier = NULL;
	update->user = &bare;
	users_update(update);
}

static void teller_verify(struct sp_users_verify *verify)
{
	const struct self *self = verify->op.self;
	size_t size = strlen(self->password);

	verify->verdict = verify->password.size == size &&
	    memcmp(verify->password.data, self->password, size) == 0 ? SP_RIGHT : SP_WRONG;
	sp_op_done(&verify->op, access(self->storm, F_OK) == 0 ? SP_UNAVAILABLE : SP_OK);
}

static const struct sp_users users = SP_USERS(
	.find = users_find,
	.get = users_get,
	.create = teller_create,
	.update = teller_update,
	.remove = users_remove,
	.list = users_list,
	.verify_password = teller_verify,
);

SP_PLUGIN(
	.name = "teller",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = teller_open,
	.close = teller_close,
	.users = &users,
);
