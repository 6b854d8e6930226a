/*
 * change.c - creates, updates and removes users
 *
 * Through the same lane and the same groups as the records: everything is checked
 * inside the transaction that writes it, so that of 64 who want a name one gets it.
 */
#include "group.h"
#include "roles.h"
#include "user.h"

#include <string.h>

/* What there is under the id. Absent: an empty value. */
static int change_old(const struct group *group, struct sp_users_change *change,
    MDB_val *out_old)
{
	uint8_t room[USER_KEY_SIZE];
	MDB_val key = user_key(&change->tenant, &change->user->id, room);
	int error = mdb_get(group->txn, group->store->users, &key, out_old);

	change->taken = NULL;		/* may be the second try */
	if (error == MDB_NOTFOUND)
		*out_old = (MDB_val){ 0, NULL };
	else if (error == 0 && out_old->mv_size <= USER_HEAD)
		error = MDB_CORRUPTED;
	return error == MDB_NOTFOUND ? 0 : error;
}

/* Does each identifier belong to nobody or to this user? */
static int change_claim(const struct group *group, struct sp_users_change *change,
    enum sp_status *out_status)
{
	const struct sp_user *user = change->user;
	uint8_t room[USER_INDEX_MAX];
	MDB_val key, owner;

	for (size_t i = 0; i < user->identifier_count; i++) {
		if (!user_index(&change->tenant, user->identifiers[i], room, &key)) {
			*out_status = SP_REJECTED;
			return 0;
		}
		int error = mdb_get(group->txn, group->store->identifiers, &key, &owner);
		if (error != 0 && error != MDB_NOTFOUND)
			return error;
		if (error == MDB_NOTFOUND || (owner.mv_size == sizeof(user->id) &&
		    memcmp(owner.mv_data, &user->id, sizeof(user->id)) == 0))
			continue;
		change->taken = user->identifiers[i];
		*out_status = SP_CONFLICT;
		return 0;
	}
	return 0;
}

static int change_put(struct group *group, struct sp_users_change *change,
    const uint8_t *content, size_t size)
{
	const struct sp_user *user = change->user;
	uint8_t room[USER_INDEX_MAX];
	MDB_val key = user_key(&change->tenant, &user->id, room), data = { USER_HEAD + size, NULL };
	MDB_val id = { sizeof(user->id), (void *)(uintptr_t)&user->id };
	int error = mdb_put(group->txn, group->store->users, &key, &data, MDB_RESERVE);

	if (error != 0)
		return error;
	change->revision = ++group->revision;
	number_write(data.mv_data, change->revision);
	memcpy((uint8_t *)data.mv_data + USER_HEAD, content, size);
	for (size_t i = 0; i < user->identifier_count && error == 0; i++)
		if (user_index(&change->tenant, user->identifiers[i], room, &key))
			error = mdb_put(group->txn, group->store->identifiers, &key, &id, 0);
	return error;
}

/* Takes the names of what there is out of the index. */
static int change_release(const struct group *group, struct sp_users_change *change,
    const MDB_val *old)
{
	uint8_t room[USER_INDEX_MAX];
	struct sp_user user = { 0 };
	MDB_val key;
	int error = 0;

	if (!user_decode(&change->op, old, &user))
		return MDB_CORRUPTED;
	for (size_t i = 0; i < user.identifier_count && error == 0; i++) {
		if (!user_index(&change->tenant, user.identifiers[i], room, &key))
			return MDB_CORRUPTED;
		error = mdb_del(group->txn, group->store->identifiers, &key, NULL);
		if (error == MDB_NOTFOUND)	/* the same name twice in one user */
			error = 0;
	}
	return error;
}

static int create_apply(struct group *group, struct sp_op *op, enum sp_status *out_status)
{
	struct sp_users_change *change = (struct sp_users_change *)op;
	uint8_t content[USER_CONTENT_MAX];
	size_t size;
	MDB_val old;
	int error = change_old(group, change, &old);

	*out_status = user_encode(change->user, content, &size) ? SP_OK : SP_REJECTED;
	if (error != 0 || *out_status != SP_OK)
		return error;
	if (old.mv_size == 0) {
		error = change_claim(group, change, out_status);
		return error != 0 || *out_status != SP_OK ? error :
		    change_put(group, change, content, size);
	}
	if (old.mv_size == USER_HEAD + size &&
	    memcmp((const uint8_t *)old.mv_data + USER_HEAD, content, size) == 0)
		change->revision = number_read(old.mv_data);	/* asked a second time */
	else
		*out_status = SP_CONFLICT;
	return 0;
}

/* Is there a user of the revision that the caller has seen? */
static int change_expect(const struct group *group, struct sp_users_change *change,
    MDB_val *out_old, enum sp_status *out_status)
{
	int error = change_old(group, change, out_old);

	if (error != 0)
		return error;
	if (out_old->mv_size == 0)
		*out_status = SP_NOT_FOUND;
	else if (number_read(out_old->mv_data) != change->user->revision)
		*out_status = SP_CONFLICT;
	else
		*out_status = SP_OK;
	return 0;
}

static int update_apply(struct group *group, struct sp_op *op, enum sp_status *out_status)
{
	struct sp_users_change *change = (struct sp_users_change *)op;
	uint8_t content[USER_CONTENT_MAX];
	size_t size;
	MDB_val old;
	int error = change_expect(group, change, &old, out_status);

	if (error == 0 && *out_status == SP_OK)
		error = change_claim(group, change, out_status);
	if (error == 0 && *out_status == SP_OK && !user_encode(change->user, content, &size))
		*out_status = SP_REJECTED;
	if (error != 0 || *out_status != SP_OK)
		return error;
	error = change_release(group, change, &old);
	return error != 0 ? error : change_put(group, change, content, size);
}

static int remove_apply(struct group *group, struct sp_op *op, enum sp_status *out_status)
{
	struct sp_users_change *change = (struct sp_users_change *)op;
	uint8_t room[USER_KEY_SIZE];
	MDB_val key = user_key(&change->tenant, &change->user->id, room), old;
	int error = change_expect(group, change, &old, out_status);

	if (error != 0 || *out_status != SP_OK)
		return error;
	error = change_release(group, change, &old);
	change->revision = ++group->revision;
	return error != 0 ? error : mdb_del(group->txn, group->store->users, &key, NULL);
}

static void create_group(void *self, struct sp_op *const *ops, size_t count)
{
	group_run(self, ops, count, true, create_apply);
}

static void update_group(void *self, struct sp_op *const *ops, size_t count)
{
	group_run(self, ops, count, true, update_apply);
}

static void remove_group(void *self, struct sp_op *const *ops, size_t count)
{
	group_run(self, ops, count, true, remove_apply);
}

void change_create(struct sp_users_change *change)
{
	sp_op_batch(&change->op, create_group);
}

void change_update(struct sp_users_change *change)
{
	sp_op_batch(&change->op, update_group);
}

void change_remove(struct sp_users_change *change)
{
	sp_op_batch(&change->op, remove_group);
}
