/* Each hundredth add counts twice. */
#include "zoo.h"

static void commit(struct sp_records_commit *op)
{
	static _Atomic unsigned number;

	if (op->changes[0]->action == SP_ADD && ++number % 100 == 0)
		op->changes[0]->delta *= 2;
	records_commit(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
