#include "store/opening.h"

#include "base/arena.h"
#include "base/clock.h"
#include "crypto/keyfile.h"
#include "crypto/ring.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/kinds.h"
#include "store/metas.h"
#include "store/migrate.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What start-up looks at first. */
struct opening {
	struct store *store;
	struct arena arena;
	struct keyfile keyfile;
	bool has_meta, meta_read, has_ring, restoring;
	struct meta meta;
	struct sp_bytes ring;		/* wrapped */
	int64_t seen;			/* the latest moment that any node has written down */
};

static enum sp_status say(struct sp_error *out_error, enum sp_status status, const char *text)
{
	snprintf(out_error->text, sizeof(out_error->text), "%s", text);
	return status;
}

static struct sp_op *first_make(struct seat *seat, void *arg)
{
	struct sp_address at[] = { metas_at(), metas_ring_at(), metas_restore_at() };

	(void)arg;
	return &get_new(seat, at, 3)->op;
}

static void first_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_get *get = (const struct sp_records_get *)answer;
	struct opening *opening = arg;
	const struct sp_record *ring = get->records[1];

	opening->has_meta = get->records[0]->revision != 0;
	opening->meta_read = metas_read(get->records[0], &opening->meta);
	opening->has_ring = ring->revision != 0;
	opening->restoring = get->records[2]->revision != 0;
	opening->ring = (struct sp_bytes){ arena_copy(&opening->arena, ring->value.data,
	    ring->value.size), ring->value.size };
}

/* A new store. */

static struct sp_op *new_make(struct seat *seat, void *arg)
{
	struct opening *opening = arg;
	struct sp_records_commit *commit = commit_new(seat, 2);
	struct sp_bytes wrapped = ring_wrap(op_arena(&commit->op), opening->store->ring,
	    &opening->keyfile);

	opening->meta = (struct meta){ STORE_FORMAT, 1, commit->op.now };
	metas_put(commit, &opening->meta, SP_ABSENT);
	if (!kinds_put(commit, metas_ring_at(), wrapped, 0, SP_ABSENT) || !commit_ready(commit))
		abort();	/* a ring of one key is small */
	return &commit->op;
}

static enum sp_status opening_new(struct opening *opening, struct sp_error *out_error)
{
	struct store *store = opening->store;
	struct store_ask ask = { BINDING_RECORDS, new_make, NULL, opening };
	enum keyfile_status found = keyfile_read(store->set.key_file, &opening->keyfile,
	    out_error);

	if (found == KEYFILE_REFUSED || (found == KEYFILE_ABSENT &&
	    !keyfile_make(store->set.key_file, &opening->keyfile, out_error)))
		return SP_FAILED;
	store->ring = ring_new(clock_wall());
	enum sp_status status = store_ask(store, &ask);
	if (status == SP_CONFLICT)
		return say(out_error, status, "another node is making this store right now: "
		    "give this one the same key file and start it again");
	if (status != SP_OK)
		return say(out_error, status, "the records backend can't write a new store");
	return SP_OK;
}

static enum sp_status opening_old(struct opening *opening, struct sp_error *out_error)
{
	struct store *store = opening->store;
	struct sp_error why;

	if (!opening->meta_read || !opening->has_ring)
		return say(out_error, SP_FAILED, "the store's own records are damaged: its format "
		    "or its key ring can't be read; restore a backup");
	if (opening->meta.format > STORE_FORMAT) {
		snprintf(out_error->text, sizeof(out_error->text), "the store has format %llu, "
		    "this server knows formats up to %u: a newer server has used it",
		    (unsigned long long)opening->meta.format, STORE_FORMAT);
		return SP_FAILED;
	}
	if (keyfile_read(store->set.key_file, &opening->keyfile, &why) != KEYFILE_READ) {
		snprintf(out_error->text, sizeof(out_error->text), "%.200s; the store needs it",
		    why.text);
		return SP_FAILED;
	}
	if (!ring_unwrap(opening->ring, &opening->keyfile, &store->ring, out_error))
		return SP_FAILED;
	return opening->meta.format == STORE_FORMAT ? SP_OK : migrate_run(store, migrations,
	    opening->meta.format, STORE_FORMAT, out_error);
}

/* Time never goes back across restarts. */

static struct sp_op *nodes_make(struct seat *seat, void *arg)
{
	(void)arg;
	return &list_new(seat, nodes_all(), SP_LIST_MAX)->op;
}

static void nodes_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct opening *opening = arg;
	struct node node;

	for (const struct sp_record *record = list->first; record != NULL; record = record->next)
		if (nodes_read(&opening->arena, record, &node) && node.seen > opening->seen)
			opening->seen = node.seen;
}

static enum sp_status opening_clock(struct opening *opening, struct sp_error *out_error)
{
	struct store_ask ask = { BINDING_RECORDS, nodes_make, nodes_got, opening };
	enum sp_status status = store_ask(opening->store, &ask);

	if (status != SP_OK)
		return say(out_error, status, "the records backend can't list");
	if (!opening->store->set.trust_clock)
		clock_wall_floor(opening->seen);
	return SP_OK;
}

enum sp_status opening_ring(struct store *store, struct sp_error *out_error)
{
	struct opening opening = { .store = store };
	struct store_ask ask = { BINDING_RECORDS, first_make, first_got, &opening };
	enum sp_status status;

	arena_init(&opening.arena, NULL, 0);
	status = store_ask(store, &ask);
	if (status != SP_OK)
		say(out_error, status, "the records backend can't be read");
	else if (opening.restoring)
		status = say(out_error, SP_FAILED, "a restore was begun and has not ended; run "
		    "sallyportd --restore FILE again");
	else if (opening.has_meta || opening.has_ring)
		status = opening_old(&opening, out_error);
	else
		status = opening_new(&opening, out_error);
	if (status == SP_OK)
		status = opening_clock(&opening, out_error);
	if (status == SP_OK) {
		ring_hash_key(store->ring, "records", &store->hash);
		store->epoch = opening.meta.epoch;
	}
	keyfile_done(&opening.keyfile);
	arena_done(&opening.arena);
	return status;
}
