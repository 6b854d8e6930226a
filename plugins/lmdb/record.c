#include "record.h"

#include <string.h>

MDB_val record_key(const struct sp_address *at, uint8_t *room)
{
	room[0] = (uint8_t)(at->kind >> 8);
	room[1] = (uint8_t)at->kind;
	memcpy(room + 2, &at->scope, sizeof(at->scope));
	if (at->key.size > 0)
		memcpy(room + RECORD_KEY_HEAD, at->key.data, at->key.size);
	return (MDB_val){ RECORD_KEY_HEAD + at->key.size, room };
}

bool record_read(const MDB_val *data, struct record *out_record)
{
	const uint8_t *bytes = data->mv_data;

	if (data->mv_size < RECORD_HEAD)
		return false;
	out_record->revision = number_read(bytes);
	out_record->expires = (int64_t)number_read(bytes + 8);
	out_record->bytes = (struct sp_bytes){ bytes + RECORD_HEAD, data->mv_size - RECORD_HEAD };
	return true;
}

bool record_live(const struct record *record, int64_t now)
{
	return record->expires == 0 || record->expires > now;
}

void record_fill(struct sp_op *op, struct sp_record *to, const struct record *from)
{
	void *copy = sp_op_alloc(op, from->bytes.size);

	memcpy(copy, from->bytes.data, from->bytes.size);
	to->value = (struct sp_bytes){ copy, from->bytes.size };
	to->revision = from->revision;
	to->expires = from->expires;
}
