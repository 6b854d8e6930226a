/*
 * format.c - which layout the data has
 *
 * A store of a newer format is refused: what this program doesn't understand it
 * must not write to. One of an older format is brought up step by step, inside the
 * transaction of the opening, so that a crash leaves the old one.
 */
#include "store.h"

#include <stdio.h>

static int meta_read(struct store *store, MDB_txn *txn, MDB_val key, uint64_t *out_number)
{
	MDB_val data;
	int error = mdb_get(txn, store->meta, &key, &data);

	if (error == 0 && data.mv_size != 8)
		return MDB_CORRUPTED;
	if (error == 0)
		*out_number = number_read(data.mv_data);
	return error == MDB_NOTFOUND ? 0 : error;
}

static int meta_write(struct store *store, MDB_txn *txn, MDB_val key, uint64_t number)
{
	uint8_t bytes[8];
	MDB_val data = { sizeof(bytes), bytes };

	number_write(bytes, number);
	return mdb_put(txn, store->meta, &key, &data, 0);
}

int store_format(struct store *store, MDB_txn *txn, struct sp_error *out_error)
{
	uint64_t format = 0;
	int error = meta_read(store, txn, store_name("revision", 8), &store->revision);

	if (error == 0)
		error = meta_read(store, txn, store_name("format", 6), &format);
	if (error != 0 || format == STORE_FORMAT)
		return error;
	if (format == 0 && store->revision == 0)
		return meta_write(store, txn, store_name("format", 6), STORE_FORMAT);
	snprintf(out_error->text, sizeof(out_error->text), format > STORE_FORMAT ?
	    "holds data of format %llu, and this program knows none after %u: use the newer "
	    "program that wrote it, or an older backup" :
	    "holds data of format %llu, which no release has written (this is %u)",
	    (unsigned long long)format, STORE_FORMAT);
	return MDB_VERSION_MISMATCH;
}
