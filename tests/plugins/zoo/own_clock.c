/* Measures expiry by the machine's clock and not by op->now (attackB2). */
#include "zoo.h"

#include <time.h>

static void get(struct sp_records_get *op)
{
	op->op.now = (int64_t)time(NULL) * 1000;
	records_get(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = get, .list = records_list,
    .commit = records_commit);
