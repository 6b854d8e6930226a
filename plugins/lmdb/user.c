#include "user.h"

#include <string.h>

#define NO_TEXT 0xffffu

/* Where writing or reading has got to. Beyond the end: nothing more, and not ok. */
struct cursor {
	uint8_t *at;
	size_t left;
	bool ok;
};

MDB_val user_key(const struct sp_id *tenant, const struct sp_id *id, uint8_t *room)
{
	memcpy(room, tenant, sizeof(*tenant));
	memcpy(room + sizeof(*tenant), id, sizeof(*id));
	return (MDB_val){ USER_KEY_SIZE, room };
}

bool user_index(const struct sp_id *tenant, const char *identifier, uint8_t *room,
    MDB_val *out_key)
{
	size_t size = strlen(identifier);

	if (size > SP_IDENTIFIER_MAX)
		return false;
	memcpy(room, tenant, sizeof(*tenant));
	memcpy(room + sizeof(*tenant), identifier, size);
	*out_key = (MDB_val){ sizeof(*tenant) + size, room };
	return true;
}

static uint8_t *step(struct cursor *cursor, size_t size)
{
	uint8_t *at = cursor->at;

	cursor->ok = cursor->ok && size <= cursor->left;
	if (!cursor->ok)
		return NULL;
	cursor->at += size;
	cursor->left -= size;
	return at;
}

static void put_count(struct cursor *cursor, size_t count)
{
	uint8_t *at = step(cursor, 2);

	cursor->ok = cursor->ok && count <= NO_TEXT;
	if (!cursor->ok)
		return;
	at[0] = (uint8_t)(count >> 8);
	at[1] = (uint8_t)count;
}

static void put_text(struct cursor *cursor, const char *text)
{
	size_t size = text != NULL ? strlen(text) : NO_TEXT;

	put_count(cursor, size);
	if (text == NULL)
		return;
	cursor->ok = cursor->ok && size < NO_TEXT;
	uint8_t *at = step(cursor, size + 1);
	if (at != NULL)
		memcpy(at, text, size + 1);
}

bool user_encode(const struct sp_user *user, uint8_t *room, size_t *out_size)
{
	struct cursor cursor = { room, USER_CONTENT_MAX, true };
	uint8_t *enabled = step(&cursor, 1);

	*enabled = user->enabled;
	put_count(&cursor, user->identifier_count);
	for (size_t i = 0; i < user->identifier_count; i++)
		put_text(&cursor, user->identifiers[i]);
	put_count(&cursor, user->attribute_count);
	for (size_t i = 0; i < user->attribute_count; i++) {
		put_text(&cursor, user->attributes[i]->name);
		put_text(&cursor, user->attributes[i]->value);
	}
	put_text(&cursor, user->verifier);
	*out_size = (size_t)(cursor.at - room);
	return cursor.ok;
}

static size_t take_count(struct cursor *cursor)
{
	const uint8_t *at = step(cursor, 2);

	return at != NULL ? (size_t)(at[0] << 8 | at[1]) : 0;
}

static const char *take_text(struct cursor *cursor)
{
	size_t size = take_count(cursor);

	if (!cursor->ok || size == NO_TEXT)
		return NULL;
	const uint8_t *at = step(cursor, size + 1);
	cursor->ok = cursor->ok && at[size] == '\0' && memchr(at, '\0', size) == NULL;
	return (const char *)at;
}

static void take_identifiers(struct cursor *cursor, struct sp_op *op, struct sp_user *user)
{
	user->identifier_count = take_count(cursor);
	const char **texts = sp_op_alloc(op, user->identifier_count * sizeof(*texts));
	for (size_t i = 0; i < user->identifier_count && cursor->ok; i++) {
		texts[i] = take_text(cursor);
		cursor->ok = cursor->ok && texts[i] != NULL;
	}
	user->identifiers = texts;
}

static void take_attributes(struct cursor *cursor, struct sp_op *op, struct sp_user *user)
{
	user->attribute_count = take_count(cursor);
	const size_t count = user->attribute_count;
	const struct sp_attribute **rows = sp_op_alloc(op, count * sizeof(*rows));
	struct sp_attribute *attributes = sp_op_alloc(op, count * sizeof(*attributes));
	for (size_t i = 0; i < count && cursor->ok; i++) {
		attributes[i].name = take_text(cursor);
		attributes[i].value = take_text(cursor);
		cursor->ok = cursor->ok && attributes[i].name && attributes[i].value;
		rows[i] = &attributes[i];
	}
	user->attributes = rows;
}

bool user_decode(struct sp_op *op, const MDB_val *data, struct sp_user *out_user)
{
	if (data->mv_size < USER_HEAD + 1 || data->mv_size > USER_HEAD + USER_CONTENT_MAX)
		return false;
	size_t size = data->mv_size - USER_HEAD;
	uint8_t *copy = sp_op_alloc(op, size);
	struct cursor cursor = { copy, size, true };
	memcpy(copy, (const uint8_t *)data->mv_data + USER_HEAD, size);
	out_user->revision = number_read(data->mv_data);
	out_user->enabled = *step(&cursor, 1) != 0;
	take_identifiers(&cursor, op, out_user);
	if (cursor.ok)
		take_attributes(&cursor, op, out_user);
	if (cursor.ok)
		out_user->verifier = take_text(&cursor);
	return cursor.ok && cursor.left == 0;
}
