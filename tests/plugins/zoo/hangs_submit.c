/* Waits on the loop, for ever, once it is asked for a long list. */
#include "zoo.h"

#include <unistd.h>

static void list(struct sp_records_list *op)
{
	while (op->limit > 500)
		pause();
	records_list(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = list,
    .commit = records_commit);
