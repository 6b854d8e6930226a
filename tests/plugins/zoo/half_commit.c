/* Writes the changes of a commit one after another, until one fails. */
#include "zoo.h"

static void commit_one(struct sp_op *op)
{
	records_commit((struct sp_records_commit *)op);
}

static enum sp_status same(struct sp_op *op, enum sp_status status)
{
	*(enum sp_status *)op->mine = status;
	return status;
}

static void nothing(struct sp_op *op, enum sp_status status)
{
	(void)op, (void)status;
}

static void commit(struct sp_records_commit *op)
{
	const struct sp_host *core = op->op.host;
	struct sp_change *const *changes = op->changes;
	struct sp_host mine = *core;
	size_t count = op->count;
	enum sp_status status = SP_OK;

	mine.done = nothing;
	op->op.mine = &status;
	op->count = 1;
	for (size_t i = 0; i < count && status == SP_OK; i++) {
		op->changes = &changes[i];
		op->op.host = &mine;
		zoo_turned(&op->op, commit_one, same);
	}
	op->op.host = core;
	op->changes = changes;
	op->count = count;
	sp_op_done(&op->op, status);
}

ZOO(records, ZOO_HEAD(RECORDS, records), .get = records_get, .list = records_list,
    .commit = commit);
