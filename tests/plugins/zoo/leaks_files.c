/* Opens a file for each find, and closes none. */
#include "zoo.h"

#include <fcntl.h>

static void find(struct sp_users_find *op)
{
	if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
		op->user = NULL;
	users_find(op);
}

ZOO(users, ZOO_HEAD(USERS, users), .find = find, .get = users_get, .create = users_create,
    .update = users_update, .remove = users_remove, .list = users_list);
