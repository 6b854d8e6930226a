/* The last update wins, whoever has read what: a write that matched is taken for one that wrote
 * (attackA18). */
#include "zoo.h"

static void nothing(struct sp_op *op, enum sp_status status)
{
	(void)op, (void)status;
}

/* Some revision is there: tried one after another, since few have passed. */
static void update(struct sp_users_change *op)
{
	struct sp_user *user = sp_op_alloc(&op->op, sizeof(*user));
	const struct sp_host *core = op->op.host;
	struct sp_host mine = *core;

	mine.done = nothing;
	*user = *op->user;
	op->op.host = &mine;
	for (user->revision = 1; user->revision < 100 && op->revision == 0; user->revision++) {
		op->user = user;
		users_update(op);
	}
	op->op.host = core;
	if (op->revision != 0)
		sp_op_done(&op->op, SP_OK);
	else
		users_update(op);
}

ZOO(users, ZOO_HEAD(USERS, users), .find = users_find, .get = users_get, .create = users_create,
    .update = update, .remove = users_remove, .list = users_list);
