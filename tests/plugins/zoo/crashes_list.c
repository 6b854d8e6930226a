/* Ends the process when it is asked for a long list. */
#include "zoo.h"

#include <stdlib.h>

static void list(struct sp_records_list *op)
{
	if (op->limit > 500)
		abort();
	records_list(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = list,
    .commit = records_commit);
