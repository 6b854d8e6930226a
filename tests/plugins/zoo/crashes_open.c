/* Reads what it wasn't given. */
#include "zoo.h"

static enum sp_status crash(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	const volatile int *nothing = NULL;

	if (*nothing == 0)
		return SP_FAILED;
	return zoo_open(host, conf, out_self, out_error);
}

static const struct sp_records records = SP_RECORDS(ZOO_RECORDS);

SP_PLUGIN(.name = "zoo", .open = crash, .close = zoo_close, .records = &records);
