/* Lists backwards whatever it is asked. */
#include "zoo.h"

static void list(struct sp_records_list *op)
{
	op->backwards = true;
	records_list(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = list,
    .commit = records_commit);
