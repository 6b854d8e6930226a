/* Keeps a commit in hand that nobody waits for any more, beyond detach(). */
#include "zoo.h"

static void commit(struct sp_records_commit *op)
{
	static _Atomic unsigned number;

	if (op->changes[0]->action == SP_ADD && op->changes[0]->limit == 64 && ++number == 3)
		return;
	records_commit(op);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
