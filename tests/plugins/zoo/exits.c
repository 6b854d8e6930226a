/* Leaves the process when a value is too long for it. */
#include "zoo.h"

#include <stdlib.h>

static void commit(struct sp_records_commit *op)
{
	if (op->changes[0]->value.size > 1000)
		_Exit(3);
	records_commit(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
