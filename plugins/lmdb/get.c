/* get.c - up to 32 records, at once, in one view */
#include "record.h"
#include "roles.h"

static int get_one(const struct store *store, MDB_txn *txn, struct sp_op *op,
    struct sp_record *record)
{
	uint8_t room[RECORD_KEY_MAX];
	MDB_val key = record_key(&record->at, room), data;
	struct record found;
	int error = mdb_get(txn, store->records, &key, &data);

	if (error != 0)
		return error == MDB_NOTFOUND ? 0 : error;
	if (!record_read(&data, &found))
		return MDB_CORRUPTED;
	if (record_live(&found, op->now))
		record_fill(op, record, &found);
	return 0;
}

void get_records(struct sp_records_get *get)
{
	const struct store *store = get->op.self;
	struct here *here = get->op.here;
	int error = 0;

	if (!store_read_begin(store, here)) {
		sp_op_done(&get->op, SP_UNAVAILABLE);
		return;
	}
	for (size_t i = 0; i < get->count && error == 0; i++)
		error = get_one(store, here->txn, &get->op, get->records[i]);
	sp_op_done(&get->op, store_read_end(store, here, "get records", error));
}
