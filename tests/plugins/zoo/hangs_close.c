/* Never comes back from close(). */
#include "zoo.h"

#include <unistd.h>

static void stay(void *self)
{
	(void)self;
	for (;;)
		pause();
}

static const struct sp_records records = SP_RECORDS(ZOO_RECORDS);

SP_PLUGIN(.name = "zoo", .open = zoo_open, .close = stay, .records = &records);
