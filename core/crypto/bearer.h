/*
 * bearer.h - values that open something for whoever bears them
 *
 * "id.secret", both base64url: the id is the record's key, the record holds the keyed
 * hash of id and secret. Codes, sessions, refresh tokens, sign-in links. DESIGN 5;
 * requirements 138, 139.
 *
 * Threads  Any.
 * Memory   The struct is the caller's, to be wiped by bearer_done().
 * Failing  One spelling for each value: anything else is refused.
 */
#pragma once

#include "crypto/hash.h"

#define BEARER_SECRET 32u
#define BEARER_TEXT 66u		/* its length, without the end */

struct arena;
struct ring;

struct bearer { struct sp_id id; unsigned char secret[BEARER_SECRET]; };

struct bearer bearer_new(struct sp_id id);
void bearer_done(struct bearer *bearer);

char *bearer_format(struct arena *arena, const struct bearer *bearer);
bool bearer_parse(const char *text, struct bearer *out_bearer);	/* NULL is refused */

/* What the record holds; `purpose` as in hash_keyed(). */
void bearer_hash(const struct bearer *bearer, const struct hash_key *key, const char *purpose,
    unsigned char out[HASH_SIZE]);
bool bearer_fits(const struct bearer *bearer, const struct hash_key *key, const char *purpose,
    struct sp_bytes stored);

/* The same by the ring's key for bearers, in a record's own hash. */
void bearer_close(const struct bearer *bearer, const struct ring *ring, const char *purpose,
    unsigned char out[HASH_SIZE]);
bool bearer_opens(const struct bearer *bearer, const struct ring *ring, const char *purpose,
    const unsigned char stored[HASH_SIZE]);
