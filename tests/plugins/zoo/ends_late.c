/* Sleeps on the lane until after the deadline, and ends then. */
#include "zoo.h"

#include <time.h>

static enum sp_status late(struct sp_op *op)
{
	while (sp_op_left(op) > 0)
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	return SP_OK;
}

static void list(struct sp_records_list *op)
{
	sp_op_work(&op->op, late);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = list,
    .commit = records_commit);
