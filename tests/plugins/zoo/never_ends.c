/* Forgets a get that found nothing, and ends it nowhere. */
#include "zoo.h"

static void get(struct sp_records_get *op)
{
	if (op->count > 1)
		records_get(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = get, .list = records_list,
    .commit = records_commit);
