#include "group.h"

#include "reclaim.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define GROUP_UNSURE (-1)	/* beside the errors of LMDB and the system */
#define GROUP_CHECK 60000	/* ms between two looks for dead readers */

/* Without a sync of the meta page a crash may lose the last transactions, never
 * break or reorder them; the next commit with one makes all before it durable. */
static int group_begin(struct group *group, bool durable)
{
	struct store *store = group->store;

	mdb_env_set_flags(store->env, MDB_NOMETASYNC, store->lazy_meta || !durable);
	return mdb_txn_begin(store->env, NULL, 0, &group->txn);
}

static int group_end(struct group *group)
{
	uint8_t bytes[8];
	MDB_val key = store_name("revision", 8), data = { sizeof(bytes), bytes };

	if (group->revision == group->store->revision) {	/* nobody wrote */
		mdb_txn_abort(group->txn);
		return 0;
	}
	number_write(bytes, group->revision);
	int error = mdb_put(group->txn, group->store->meta, &key, &data, 0);
	if (error != 0) {
		mdb_txn_abort(group->txn);
		return error;
	}
	error = mdb_txn_commit(group->txn);
	if (error == 0)
		group->store->revision = group->revision;
	if (error == 0 || error == MDB_MAP_FULL || error == ENOSPC || error == EDQUOT)
		return error;	/* it failed before the page that makes it count */
	store_log(group->store, "sync", error);
	return GROUP_UNSURE;
}

static int group_try(struct group *group, struct sp_op *const *ops, size_t count, bool durable,
    group_apply_fn *apply, enum sp_status *out_statuses)
{
	int error = group_begin(group, durable);

	if (error != 0)
		return error;
	for (size_t i = 0; i < count && error == 0; i++)
		error = apply(group, ops[i], &out_statuses[i]);
	if (error == 0 && !group->plain && group->revision != group->store->revision)
		error = reclaim_step(group, ops[0]->now);
	if (error == 0)
		return group_end(group);
	mdb_txn_abort(group->txn);
	return error;
}

/* LMDB refuses everything from a failed write of its root page on, until it is opened anew: so the
 * process ends, past the log and its buffers, and is started again. What was acknowledged is on
 * the disk. */
static void group_panic(void)
{
	static const char words[] = "sallyport: lmdb: the root page of the database could not be "
	    "written: look at the disk; the process ends here, and may be started again\n";

	(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
	abort();
}

/* A process that died while reading holds pages back until somebody looks. */
static void group_check_readers(struct store *store, int64_t now)
{
	int dead = 0;

	if (now >= store->checked && now - store->checked < GROUP_CHECK)
		return;
	store->checked = now;
	int error = mdb_reader_check(store->env, &dead);
	if (error != 0)
		store_log(store, "look for dead readers", error);
}

static void group_finish(struct store *store, struct sp_op *const *ops, size_t count,
    int error, const enum sp_status *statuses)
{
	if (error != 0 && error != GROUP_UNSURE)
		store_log(store, "write", error);
	for (size_t i = 0; i < count; i++)
		sp_op_done(ops[i], error == 0 ? statuses[i] :
		    error == GROUP_UNSURE ? SP_UNKNOWN : SP_UNAVAILABLE);
}

void group_run(struct store *store, struct sp_op *const *ops, size_t count, bool durable,
    group_apply_fn *apply)
{
	struct group group = { .store = store, .revision = store->revision };
	enum sp_status statuses[SP_BATCH_MAX];

	group_check_readers(store, ops[0]->now);
	int error = group_try(&group, ops, count, durable, apply, statuses);
	if (error == MDB_PANIC)
		group_panic();
	if (error != 0 && error != GROUP_UNSURE && group.reclaiming) {
		group = (struct group){ .store = store, .revision = store->revision,
			.plain = true };
		error = group_try(&group, ops, count, durable, apply, statuses);
	}
	if (error == MDB_MAP_FULL)
		reclaim_alone(store, ops[0]->now);
	if (error == 0 || error == GROUP_UNSURE || count == 1) {
		group_finish(store, ops, count, error, statuses);
		return;
	}
	for (size_t i = 0; i < count; i++)
		group_run(store, &ops[i], 1, durable, apply);
}
