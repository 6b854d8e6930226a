/*
 * store.h - what the server keeps, and the services that flows share
 *
 * Everything that a flow asks or changes goes through store/: a file for each kind of record
 * gives an address for get_new(), a put for a commit under construction, and a reader. A flow
 * composes one commit of several kinds:
 *
 *	commit = commit_new(store_seat(store, BINDING_RECORDS, loop), 4);
 *	budgets_charge(commit, &place, &budget, &pause);
 *	if (!journeys_put(commit, tenant, &journey, revision) || !commit_ready(commit))
 *		...
 *	flow_call(flow, &commit->op);
 *
 * Writers take `expect`: SP_ABSENT, SP_ANY, or the revision that was read. Those that return
 * bool say false when what they were given is greater than a record can be; nothing has been
 * added then. Readers copy into the arena, so that what they give outlives the answer.
 *
 * Threads  store_open(), store_close(), store_ask() on the main thread, loops running. All
 *          else on a loop, unless its header says more.
 * Memory   Binding, lanes, loops are the caller's and outlive the store. store_close() comes
 *          before any instance is freed.
 * Failing  store_open() says why in words and starts nothing: a store of a newer format, a ring
 *          that this key file doesn't open, a records backend that is down.
 */
#pragma once

#include "crypto/hash.h"
#include "plugin/binding.h"

#include <sallyport/records.h>
#include <semaphore.h>
#include <stdatomic.h>

struct arena;
struct backup_desk;
struct countries;
struct farewells;
struct farewells_post;
struct lane;
struct loop;
struct outbox;
struct ring;
struct snapshot;
struct sources;
struct sweeper;
struct turnstile;

#define STORE_FORMAT 1u

struct store_setup {
	struct binding *binding;
	struct loop *const *loops;
	unsigned loop_count;
	struct lane *work_lane;		/* builds snapshots, generates keys, compiles */
	struct lane *hash_lane;		/* passwords */
	const char *state;		/* folder: where a backup goes before a migration */
	const char *key_file;		/* "<state>/keys/store.key"; made with a new store */
	const char *node_name;		/* of this server among others; NULL: "node" */
	bool trust_clock;		/* whatever any node has seen: not later than the system's */
	int64_t lease;			/* ms that an outbox entry is ours; 0: 60,000 */
	void (*post)(void *client, struct loop *loop, const struct farewells_post *post);
	void *post_client;		/* how apps are told (farewells.h); NULL: they aren't */
	const struct countries *countries;	/* NULL: nobody knows them */
};

struct store {
	struct store_setup set;
	struct sp_id node;		/* of the name: the same after a restart */
	uint64_t epoch;			/* the server's: raised by a restore (2.5) */
	struct ring *ring;		/* data keys (crypto/seal.h) */
	struct hash_key hash;		/* of all keyed hashes; purposes keep them apart */
	struct sources *sources;	/* token buckets (sources.h) */
	struct snapshot *snapshot;
	struct outbox *outbox;
	struct farewells *farewells;
	struct sweeper *sweeper;
	struct turnstile *turnstile;	/* of operators' edits */
	struct errands *errands;	/* under way, by loop */
	struct backup_desk *backups;	/* where one that is made is found (backup.h) */
	bool resuming;			/* loop 0's: intents are under way */
	bool erasing;			/* likewise: somebody is being forgotten */
	bool sealing, pruning;		/* loop 0's: so is the audit (audits.h) */
	int64_t seal_complained;	/* loop 0's: no more about a chain before then */
	_Atomic bool stopping;
};

/* Also resumes what a crash left: outbox entries and intents of this node. */
enum sp_status store_open(const struct store_setup *setup, struct store **out_store,
    struct sp_error *out_error) __attribute__((warn_unused_result));
void store_close(struct store *store);	/* waits for what is under way; accepts NULL */

/* The role's first instance on this loop; NULL: the role isn't filled. */
struct seat *store_seat(const struct store *store, enum binding_role role,
    const struct loop *loop);

/* From the main thread, for start-up: `begin` on loop 0 sees to it that store_woken() is called there
 * with `wait`, once. */
struct store_wait { struct store *store; struct sp_id tenant; enum sp_status status; sem_t done; };
enum sp_status store_wait(struct store_wait *wait,
    void (*begin)(struct loop *loop, void *wait));
void store_woken(void *wait, enum sp_status status);

/* One operation from the main thread, on loop 0: for start-up. `read` runs on the loop and may
 * be NULL; `answer` as in op.h. */
struct store_ask {
	enum binding_role role;
	struct sp_op *(*make)(struct seat *seat, void *arg);
	void (*read)(struct sp_op *answer, void *arg);
	void *arg;
};
enum sp_status store_ask(struct store *store, const struct store_ask *ask);
