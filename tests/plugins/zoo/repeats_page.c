/* A list begins at the start each time: `after` is not looked at. */
#include "zoo.h"

static void list(struct sp_records_list *op)
{
	op->after = (struct sp_bytes){ NULL, 0 };
	records_list(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = list,
    .commit = records_commit);
