/*
 * keyrings.h - signing keys of a tenant: RS256 and ES256, sealed
 *
 * A record for each key: the sealed private key, when it was made and from when until when it
 * signs. A key is published at once, signs from `active`, and stays published
 * until the last token that it signed has expired (`retired` + KEYRINGS_KEEP).
 *
 * A key of the snapshot is a struct jwk (crypto/jwk.h); keyrings_signs() finds the one to sign
 * with, all others of tenant->keys are published and verify.
 *
 * Threads  As each function says. Memory  Wiped with the arena.
 */
#pragma once

#include "base/secret.h"
#include "crypto/jwk.h"

#include <sallyport/records.h>

struct arena;
struct store;

#define KEYRINGS_MAX 16u			/* published at once */
#define KEYRINGS_KEEP (INT64_C(48) * 3600 * 1000)	/* ms after its last signature */
#define KEYRINGS_LEAD (INT64_C(24) * 3600 * 1000)	/* published before it signs: caches */

struct keyring_key {
	struct sp_id id;		/* ordered: newest last */
	enum jwk_alg alg;
	struct secret der;		/* private: jwk_import() */
	int64_t created, active, retired;	/* retired 0: signs */
};

/* On a lane: blocks for up to seconds. A new key that signs from `active` on. */
void keyrings_make(struct arena *arena, enum jwk_alg alg, int64_t now, int64_t active,
    struct keyring_key *out_key);

struct sp_address keyrings_at(struct sp_id tenant, struct sp_id key);
struct sp_address keyrings_all(struct sp_id tenant);	/* for list_new() */
bool keyrings_put(struct sp_records_commit *commit, const struct store *store,
    struct sp_id tenant, const struct keyring_key *key, uint64_t expect)
    __attribute__((warn_unused_result));
void keyrings_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id key,
    uint64_t expect);
/* Any thread. False: absent, unreadable, or sealed for somebody else. */
bool keyrings_read(struct arena *arena, const struct store *store,
    const struct sp_record *record, struct keyring_key *out_key);

struct tenant;
/* The newest key of the algorithm that is active. NULL: the tenant has none. Any thread. */
const struct jwk *keyrings_signs(const struct tenant *tenant, enum jwk_alg alg, int64_t now);

/* Rotates: makes a key of each algorithm, active after KEYRINGS_LEAD (at once where none signs),
 * retires the old ones then, removes those that nobody needs, and rebuilds the snapshot. On any
 * loop; `done` is called there, later. A new tenant gets its keys by this, after its commit.
 * REJECTED: too many keys are published as yet. False: the store is closing.
 * `act` says for the audit who asked, in which tenant; its `now` is the clock's here. */
struct audit_act;
typedef void keyrings_done_fn(void *arg, enum sp_status status);
bool keyrings_rotate(struct store *store, const struct audit_act *act, keyrings_done_fn *done,
    void *arg) __attribute__((warn_unused_result));
/* The same, if a key is older than `lifetime` still when it comes to it: of many nodes one does. */
bool keyrings_renew(struct store *store, const struct audit_act *act, int64_t lifetime,
    keyrings_done_fn *done, void *arg) __attribute__((warn_unused_result));
bool keyrings_old(int64_t active, int64_t lifetime, int64_t now);
/* Every tenant whose keys are due, by its settings. On loop 0. */
struct loop;
void keyrings_sweep(struct store *store, struct loop *loop);
/* As keyrings_rotate(), from the main thread, for start-up; waits. */
enum sp_status keyrings_rotate_wait(struct store *store, struct sp_id tenant);
