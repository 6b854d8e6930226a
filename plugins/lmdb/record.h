/*
 * record.h - how a record lies in the map
 *
 * Key    kind (2), scope (16), the record's key: LMDB's order is that of addresses.
 * Value  revision (8), expires (8), then the record's value.
 */
#pragma once

#include "store.h"

#include <sallyport/records.h>

#define RECORD_HEAD 16u			/* of a value */
#define RECORD_KEY_HEAD 18u		/* of a key */
#define RECORD_KEY_MAX (RECORD_KEY_HEAD + SP_KEY_MAX)

struct record {
	uint64_t revision;
	int64_t expires;
	struct sp_bytes bytes;	/* in the map: valid until the transaction ends */
};

/* `room` holds RECORD_KEY_MAX bytes and must outlive the key. */
MDB_val record_key(const struct sp_address *at, uint8_t *room);
/* False: damaged. */
bool record_read(const MDB_val *data, struct record *out_record);
bool record_live(const struct record *record, int64_t now);
/* Copies it into an answer. */
void record_fill(struct sp_op *op, struct sp_record *to, const struct record *from);
