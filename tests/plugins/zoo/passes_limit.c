/* Adds without looking at the limit. */
#include "zoo.h"

static void commit(struct sp_records_commit *op)
{
	for (size_t i = 0; i < op->count; i++)
		op->changes[i]->limit = INT64_MAX;
	records_commit(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
