/*
 * ring.h - the data keys
 *
 * The newest key seals; older ones only unseal, until everything of theirs is sealed
 * anew (seal_old() finds it). Beside them is a root for keyed hashes which does not
 * turn, since a hash cannot be made again without what it hides. The ring is stored
 * wrapped by the key file. Requirement 243.
 *
 * Threads  A ring does not change once made: any thread may read it.
 * Memory   On the heap, until ring_free(), which wipes; NULL is fine.
 * Failing  ring_unwrap() says which key file is wanted and which was given.
 */
#pragma once

#include "crypto/hash.h"
#include "crypto/keyfile.h"

#define RING_MAX 64u
#define RING_ID 8u

struct arena;
struct ring;

struct ring *ring_new(int64_t now);	/* wall time, ms */
void ring_free(struct ring *ring);

/* Another ring with one more key, the newest; NULL when it has RING_MAX. */
struct ring *ring_rotate(const struct ring *ring, int64_t now);
/* Another ring with the newest key alone: what the others sealed is lost. */
struct ring *ring_shed(const struct ring *ring);

struct sp_bytes ring_wrap(struct arena *arena, const struct ring *ring,
    const struct keyfile *keyfile);
bool ring_unwrap(struct sp_bytes wrapped, const struct keyfile *keyfile, struct ring **out_ring,
    struct sp_error *out_error);

/* The key for keyed hashes of that name, such as "bearer"; the same for all rings that
 * were rotated from one. */
void ring_hash_key(const struct ring *ring, const char *name, struct hash_key *out_key);

struct ring_key { unsigned char id[RING_ID], key[32]; int64_t made; };

size_t ring_count(const struct ring *ring);
const struct ring_key *ring_newest(const struct ring *ring);
/* NULL: no such key, or never was. */
const struct ring_key *ring_find(const struct ring *ring, const unsigned char id[RING_ID]);
