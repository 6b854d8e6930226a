/* What open() takes, close() doesn't give back. */
#include "zoo.h"

#include <fcntl.h>

static enum sp_status open_more(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
		return SP_FAILED;
	return zoo_open(host, conf, out_self, out_error);
}

static const struct sp_users users = SP_USERS(ZOO_USERS);

SP_PLUGIN(.name = "zoo", .open = open_more, .close = zoo_close, .users = &users);
