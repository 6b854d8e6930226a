#include "reclaim.h"

#include "record.h"

#include <string.h>
#include <time.h>

#define ROUND 64u	/* found in one walk, before the first of them is removed */

/* The keys of what is to go: removing moves what a cursor points to. */
struct found {
	size_t count;
	size_t sizes[ROUND];
	uint8_t keys[ROUND][RECORD_KEY_MAX];
};

static int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void place_set(struct store *store, const MDB_val *key)
{
	store->place_size = key->mv_size <= sizeof(store->place) ? key->mv_size : 0;
	memcpy(store->place, key->mv_data, store->place_size);
}

/* A damaged record is left to whoever asks for it. */
static bool reclaimable(const MDB_val *key, const MDB_val *data, int64_t now)
{
	struct record record;

	return key->mv_size <= RECORD_KEY_MAX && record_read(data, &record) &&
	    record.expires != 0 && record.expires <= now - RECLAIM_GRACE;
}

/* From store->place on. `left` goes down to 0 at the end of the table too: what is beyond it
 * is the beginning, and the next step's. */
static int reclaim_find(struct group *group, int64_t now, size_t *left, struct found *out_found)
{
	struct store *store = group->store;
	MDB_val key = { store->place_size, store->place }, data;
	MDB_cursor *cursor;
	int error = mdb_cursor_open(group->txn, store->records, &cursor);

	out_found->count = 0;
	if (error != 0)
		return error;
	error = mdb_cursor_get(cursor, &key, &data, key.mv_size > 0 ? MDB_SET_RANGE : MDB_FIRST);
	for (unsigned i = 0; error == 0 && *left > 0 && i < ROUND; i++, (*left)--) {
		if (reclaimable(&key, &data, now)) {
			size_t at = out_found->count++;
			out_found->sizes[at] = key.mv_size;
			memcpy(out_found->keys[at], key.mv_data, key.mv_size);
		}
		error = mdb_cursor_get(cursor, &key, &data, MDB_NEXT);
	}
	if (error == 0)
		place_set(store, &key);
	mdb_cursor_close(cursor);
	if (error != MDB_NOTFOUND)
		return error;
	store->place_size = 0;
	*left = 0;
	return 0;
}

static int reclaim_remove(const struct group *group, struct found *found)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < found->count; i++) {
		MDB_val key = { found->sizes[i], found->keys[i] };
		error = mdb_del(group->txn, group->store->records, &key, NULL);
	}
	return error;
}

int reclaim_step(struct group *group, int64_t now)
{
	int64_t until = clock_ns() + RECLAIM_TIME;
	size_t left = RECLAIM_LEAST + RECLAIM_FOR_EACH * group->puts;
	struct found found;
	int error;

	group->reclaiming = true;
	do {
		error = reclaim_find(group, now, &left, &found);
		if (error == 0)
			error = reclaim_remove(group, &found);
		group->reclaimed += found.count;
	} while (error == 0 && left > 0 && clock_ns() < until);
	return error;
}

/* What it frees can be written to after the next transaction: LMDB keeps the last state whole. */
void reclaim_alone(struct store *store, int64_t now)
{
	struct group group = { .store = store, .puts = RECLAIM_LEAST };

	mdb_env_set_flags(store->env, MDB_NOMETASYNC, 1);
	int error = mdb_txn_begin(store->env, NULL, 0, &group.txn);
	if (error == 0) {
		error = reclaim_step(&group, now);
		if (error == 0 && group.reclaimed > 0)
			error = mdb_txn_commit(group.txn);
		else
			mdb_txn_abort(group.txn);
	}
	if (error != 0)
		store_log(store, "reclaim", error);
}
