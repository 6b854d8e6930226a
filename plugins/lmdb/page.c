/*
 * page.c - lists users, by id or by the beginning of an identifier, at once
 *
 * The cursor is the last key of the page without its tenant: ids, or identifiers.
 */
#include "roles.h"
#include "user.h"

#include <string.h>

#define TENANT sizeof(struct sp_id)

static bool key_begins(const MDB_val *key, const MDB_val *with)
{
	return key->mv_size >= with->mv_size &&
	    memcmp(key->mv_data, with->mv_data, with->mv_size) == 0;
}

/* To the first key that begins with `prefix` and lies beyond the page before. */
static int page_seek(MDB_cursor *cursor, const struct sp_users_list *list, const MDB_val *prefix,
    MDB_val *key, MDB_val *data)
{
	uint8_t room[TENANT + SP_CURSOR_MAX];
	MDB_val after = { TENANT + list->cursor.size, room };

	*key = *prefix;
	if (list->cursor.size == 0)
		return mdb_cursor_get(cursor, key, data, MDB_SET_RANGE);
	if (list->cursor.size > SP_CURSOR_MAX)
		return MDB_BAD_VALSIZE;
	memcpy(room, &list->tenant, TENANT);
	memcpy(room + TENANT, list->cursor.data, list->cursor.size);
	*key = after;
	int error = mdb_cursor_get(cursor, key, data, MDB_SET_RANGE);
	if (error == 0 && key->mv_size == after.mv_size && key_begins(key, &after))
		error = mdb_cursor_get(cursor, key, data, MDB_NEXT);
	return error;
}

/* The page is full and this key was its last. */
static void page_end(struct sp_users_list *list, const MDB_val *last)
{
	size_t size = last->mv_size - TENANT;
	void *copy = sp_op_alloc(&list->op, size);

	memcpy(copy, (const uint8_t *)last->mv_data + TENANT, size);
	list->next = (struct sp_bytes){ copy, size };
}

static int page_by_id(const struct store *store, struct sp_users_list *list, MDB_cursor *cursor)
{
	MDB_val prefix = { TENANT, &list->tenant }, key, data, last = { 0, NULL };
	int error = page_seek(cursor, list, &prefix, &key, &data);

	(void)store;
	for (; error == 0 && key_begins(&key, &prefix); last = key,
	    error = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) {
		struct sp_user *user = list->count < list->limit ? sp_users_add(list) : NULL;
		if (user == NULL) {
			page_end(list, &last);
			return 0;
		}
		if (key.mv_size != USER_KEY_SIZE)
			return MDB_CORRUPTED;
		memcpy(&user->id, (const uint8_t *)key.mv_data + TENANT, sizeof(user->id));
		if (!user_decode(&list->op, &data, user))
			return MDB_CORRUPTED;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

/* A user with several names of that beginning is listed once: at the least. */
static bool page_is_least(const struct sp_user *user, const char *prefix, const MDB_val *key)
{
	const char *name = (const char *)key->mv_data + TENANT;
	size_t size = key->mv_size - TENANT;

	for (size_t i = 0; i < user->identifier_count; i++) {
		const char *other = user->identifiers[i];
		size_t length = strlen(other), least = length < size ? length : size;
		int order = memcmp(other, name, least);
		if (order == 0)
			order = (length > size) - (length < size);
		if (order < 0 && strncmp(other, prefix, strlen(prefix)) == 0)
			return false;
	}
	return true;
}

/* The user that a key of the index leads to, copied. */
static int page_owner(const struct store *store, struct sp_users_list *list, MDB_cursor *cursor,
    const MDB_val *id, struct sp_user *out_user)
{
	uint8_t room[USER_KEY_SIZE];
	MDB_val key, data;

	if (id->mv_size != sizeof(struct sp_id))
		return MDB_CORRUPTED;
	key = user_key(&list->tenant, id->mv_data, room);
	if (mdb_get(mdb_cursor_txn(cursor), store->users, &key, &data) != 0)
		return MDB_CORRUPTED;
	memcpy(&out_user->id, id->mv_data, sizeof(out_user->id));
	return user_decode(&list->op, &data, out_user) ? 0 : MDB_CORRUPTED;
}

static int page_by_name(const struct store *store, struct sp_users_list *list,
    MDB_cursor *cursor)
{
	uint8_t room[USER_INDEX_MAX];
	MDB_val prefix, key, data, last = { 0, NULL };

	if (!user_index(&list->tenant, list->prefix, room, &prefix))
		return 0;
	int error = page_seek(cursor, list, &prefix, &key, &data);
	for (; error == 0 && key_begins(&key, &prefix); last = key,
	    error = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) {
		struct sp_user owner = { 0 };
		error = page_owner(store, list, cursor, &data, &owner);
		if (error != 0)
			return error;
		if (!page_is_least(&owner, list->prefix, &key))
			continue;
		struct sp_user *user = list->count < list->limit ? sp_users_add(list) : NULL;
		if (user == NULL) {
			page_end(list, &last);
			return 0;
		}
		*user = owner;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

static int page_walk(const struct store *store, MDB_txn *txn, struct sp_users_list *list)
{
	MDB_cursor *cursor;
	bool by_name = list->prefix != NULL && list->prefix[0] != '\0';
	int error = mdb_cursor_open(txn, by_name ? store->identifiers : store->users, &cursor);

	if (error != 0)
		return error;
	error = (by_name ? page_by_name : page_by_id)(store, list, cursor);
	mdb_cursor_close(cursor);
	return error;
}

void page_users(struct sp_users_list *list)
{
	const struct store *store = list->op.self;
	struct here *here = list->op.here;

	if (!store_read_begin(store, here)) {
		sp_op_done(&list->op, SP_UNAVAILABLE);
		return;
	}
	int error = page_walk(store, here->txn, list);
	sp_op_done(&list->op, store_read_end(store, here, "list users", error));
}
