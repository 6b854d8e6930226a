/* Lets a second user have a name: he is made without it, and that is called OK. */
#include "zoo.h"

#include <string.h>

static void create_call(struct sp_op *op)
{
	users_create((struct sp_users_change *)op);
}

static enum sp_status anyway(struct sp_op *op, enum sp_status status)
{
	struct sp_users_change *change = (struct sp_users_change *)op;

	if (status != SP_CONFLICT || change->taken == NULL)
		return status;
	change->taken = NULL;
	change->revision = 1;
	return SP_OK;
}

static void create(struct sp_users_change *op)
{
	zoo_turned(&op->op, create_call, anyway);
}

ZOO(users, ZOO_HEAD(USERS, users), .find = users_find, .get = users_get, .create = create,
    .update = users_update, .remove = users_remove, .list = users_list);
