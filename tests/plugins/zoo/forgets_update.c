/* Takes over names and state of an update, and drops the verifier. */
#include "zoo.h"

static void update(struct sp_users_change *op)
{
	struct sp_user *user = sp_op_alloc(&op->op, sizeof(*user));

	*user = *op->user;
	user->verifier = NULL;
	op->user = user;
	users_update(op);
}

ZOO(users, ZOO_HEAD(USERS, users), .find = users_find, .get = users_get, .create = users_create,
    .update = update, .remove = users_remove, .list = users_list);
