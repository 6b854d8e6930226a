/* A get finds what has expired, until a sweeper comes by (attackB13). */
#include "zoo.h"

static void get(struct sp_records_get *op)
{
	op->op.now = 0;
	records_get(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = get, .list = records_list,
    .commit = records_commit);
