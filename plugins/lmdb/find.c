/* find.c - one user, by identifier or by id, at once */
#include "roles.h"
#include "user.h"

#include <string.h>

static int find_user(const struct store *store, MDB_txn *txn, struct sp_users_find *find,
    const struct sp_id *id)
{
	uint8_t room[USER_KEY_SIZE];
	MDB_val key = user_key(&find->tenant, id, room), data;
	int error = mdb_get(txn, store->users, &key, &data);

	if (error != 0)
		return error;
	struct sp_user *user = sp_users_found(find);
	user->id = *id;
	return user_decode(&find->op, &data, user) ? 0 : MDB_CORRUPTED;
}

static int find_owner(const struct store *store, MDB_txn *txn, const struct sp_users_find *find,
    struct sp_id *out_id)
{
	uint8_t room[USER_INDEX_MAX];
	MDB_val key, data;

	if (!user_index(&find->tenant, find->identifier, room, &key))
		return MDB_NOTFOUND;
	int error = mdb_get(txn, store->identifiers, &key, &data);
	if (error != 0)
		return error;
	if (data.mv_size != sizeof(*out_id))
		return MDB_CORRUPTED;
	memcpy(out_id, data.mv_data, sizeof(*out_id));
	return 0;
}

void find_by_identifier(struct sp_users_find *find)
{
	const struct store *store = find->op.self;
	struct here *here = find->op.here;
	struct sp_id id;

	if (!store_read_begin(store, here)) {
		sp_op_done(&find->op, SP_UNAVAILABLE);
		return;
	}
	int error = find_owner(store, here->txn, find, &id);
	if (error == 0) {
		error = find_user(store, here->txn, find, &id);
		if (error == MDB_NOTFOUND)	/* the index names a user that is not there */
			error = MDB_CORRUPTED;
	}
	sp_op_done(&find->op, store_read_end(store, here, "find a user", error));
}

void find_by_id(struct sp_users_find *find)
{
	const struct store *store = find->op.self;
	struct here *here = find->op.here;

	if (!store_read_begin(store, here)) {
		sp_op_done(&find->op, SP_UNAVAILABLE);
		return;
	}
	int error = find_user(store, here->txn, find, &find->id);
	sp_op_done(&find->op, store_read_end(store, here, "get a user", error));
}
