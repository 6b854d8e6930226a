/* Of the writes with an expectation, says OK to a fiftieth and does nothing. */
#include "zoo.h"

static void commit(struct sp_records_commit *op)
{
	static _Atomic unsigned number;

	if (op->changes[0]->action == SP_PUT && op->changes[0]->expect != SP_ANY &&
	    op->changes[0]->expect != SP_ABSENT && ++number % 50 == 0) {
		op->revision = op->changes[0]->expect + 1;
		sp_op_done(&op->op, SP_OK);
		return;
	}
	records_commit(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
