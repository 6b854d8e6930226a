/* Ends a commit, and then once more. */
#include "zoo.h"

static void commit(struct sp_records_commit *op)
{
	records_commit(op);
	sp_op_done(&op->op, SP_OK);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
