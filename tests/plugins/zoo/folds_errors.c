/* Says "down" where it means "nobody". */
#include "zoo.h"

static void find_call(struct sp_op *op)
{
	users_find((struct sp_users_find *)op);
}

static enum sp_status down(struct sp_op *op, enum sp_status status)
{
	(void)op;
	return status == SP_NOT_FOUND ? SP_UNAVAILABLE : status;
}

static void find(struct sp_users_find *op)
{
	zoo_turned(&op->op, find_call, down);
}

ZOO(users, ZOO_HEAD(USERS, users), .find = find, .get = users_get, .create = users_create,
    .update = users_update, .remove = users_remove, .list = users_list);
