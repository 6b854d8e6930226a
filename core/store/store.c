#include "store/store.h"

#include "base/arena.h"
#include "crypto/ring.h"
#include "loop/loop.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "store/backup.h"
#include "store/errand.h"
#include "store/farewells.h"
#include "store/opening.h"
#include "store/outbox.h"
#include "store/rebuild.h"
#include "store/snapshot.h"
#include "store/sources.h"
#include "store/sweeper.h"
#include "store/tenants.h"
#include "store/turnstile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEASE 60000
#define SOURCES 65536u

struct seat *store_seat(const struct store *store, enum binding_role role,
    const struct loop *loop)
{
	return binding_seat(store->set.binding, role, 0, loop);
}

/* Asking from the main thread. */

enum sp_status store_wait(struct store_wait *wait, void (*begin)(struct loop *loop, void *wait))
{
	sem_init(&wait->done, 0, 0);
	loop_call(wait->store->set.loops[0], begin, wait);
	while (sem_wait(&wait->done) != 0)
		continue;
	sem_destroy(&wait->done);
	return wait->status;
}

void store_woken(void *wait, enum sp_status status)
{
	struct store_wait *woken = wait;

	woken->status = status;
	sem_post(&woken->done);
}

struct asked { struct store_wait wait; const struct store_ask *ask; };

static void asked_heard(void *arg, struct sp_op *answer, enum sp_status status)
{
	struct asked *asked = arg;

	if (answer != NULL && asked->ask->read != NULL)
		asked->ask->read(answer, asked->ask->arg);
	store_woken(&asked->wait, status);
}

static void asked_begin(struct loop *loop, void *arg)
{
	struct asked *asked = arg;
	struct seat *seat = store_seat(asked->wait.store, asked->ask->role, loop);
	struct sp_op *op = asked->ask->make(seat, asked->ask->arg);
	enum sp_status status;

	if (!op_call(op, asked_heard, asked))
		return;
	struct sp_op *answer = op_answer(op, &status);
	asked_heard(asked, answer, status);
	op_free(op);
}

enum sp_status store_ask(struct store *store, const struct store_ask *ask)
{
	struct asked asked = { .wait.store = store, .ask = ask };

	return store_wait(&asked.wait, asked_begin);
}

/* Opening. */

struct tenants_read {
	struct arena *arena;
	struct tenants_page { struct tenants_page *next; struct sp_id id; } *first, **last;
	struct sp_id after;
	bool more;
};

static struct sp_op *tenants_make(struct seat *seat, void *arg)
{
	struct tenants_read *read = arg;
	struct sp_records_list *list = list_new(seat, tenants_all(), SP_LIST_MAX);

	if (read->more) {
		list->after.data = arena_copy(op_arena(&list->op), &read->after,
		    sizeof(read->after));
		list->after.size = sizeof(read->after);
	}
	return &list->op;
}

static void tenants_got(struct sp_op *answer, void *arg)
{
	const struct sp_records_list *list = (const struct sp_records_list *)answer;
	struct tenants_read *read = arg;
	struct tenants_entry entry;

	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!tenants_read(read->arena, record, &entry))
			continue;
		struct tenants_page *page = arena_alloc(read->arena, sizeof(*page));
		read->after = page->id = entry.id;
		*read->last = page;
		read->last = &page->next;
	}
	read->more = list->count == list->limit;
}

/* A tenant that can't be built is absent, and the log says why; the others serve. */
static enum sp_status store_tenants(struct store *store, struct sp_error *out_error)
{
	struct arena arena;
	struct tenants_read read = { .arena = &arena, .last = &read.first };
	struct store_ask ask = { BINDING_RECORDS, tenants_make, tenants_got, &read };
	enum sp_status status;

	arena_init(&arena, NULL, 0);
	do
		status = store_ask(store, &ask);
	while (status == SP_OK && read.more);
	for (const struct tenants_page *page = read.first; status == SP_OK && page != NULL;
	    page = page->next)
		if (snapshot_change_wait(store, page->id) == SP_UNAVAILABLE)
			status = SP_UNAVAILABLE;
	arena_done(&arena);
	if (status != SP_OK)
		snprintf(out_error->text, sizeof(out_error->text),
		    "the tenants can't be read: the records or the policy backend is down");
	return status;
}

/* The same for the same name: sixteen bytes of its hash. */
static struct sp_id node_id(const char *name)
{
	unsigned char hash[HASH_SIZE];
	struct sp_id id;

	hash_sha256(name, strlen(name), hash);
	memcpy(&id, hash, sizeof(id));
	return id;
}

static struct store *store_new(const struct store_setup *setup)
{
	struct store *store = must_calloc(1, sizeof(*store));

	store->set = *setup;
	if (store->set.lease == 0)
		store->set.lease = LEASE;
	if (store->set.node_name == NULL)
		store->set.node_name = "node";
	store->node = node_id(store->set.node_name);
	store->errands = errands_new(setup->loop_count);
	store->backups = backup_desk_new();
	store->outbox = outbox_new(setup->loop_count);
	store->farewells = farewells_new();
	store->snapshot = snapshot_new(store);
	store->sources = sources_new(SOURCES);
	store->sweeper = sweeper_new(store);
	store->turnstile = turnstile_new();
	return store;
}

enum sp_status store_open(const struct store_setup *setup, struct store **out_store,
    struct sp_error *out_error)
{
	struct store *store = store_new(setup);
	enum sp_status status = opening_ring(store, out_error);

	if (status == SP_OK)
		status = store_tenants(store, out_error);
	if (status != SP_OK) {
		store_close(store);
		return status;
	}
	sweeper_start(store->sweeper);
	*out_store = store;
	return SP_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	sweeper_stop(store->sweeper);
	atomic_store(&store->stopping, true);
	errands_wait(store);
	snapshot_free(store);
	sweeper_free(store->sweeper);
	sources_free(store->sources);
	turnstile_free(store->turnstile);
	outbox_free(store->outbox);
	farewells_free(store->farewells);
	errands_free(store->errands);
	backup_desk_free(store->backups);
	ring_free(store->ring);
	explicit_bzero(&store->hash, sizeof(store->hash));
	free(store);
}
