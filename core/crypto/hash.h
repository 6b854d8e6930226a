/*
 * hash.h - SHA-256, keyed hashes, derived keys
 *
 * Codes, bearer secrets and session ids are stored as keyed hashes alone: whoever reads
 * the records can neither use nor guess them without the key (requirements 138, 139).
 * libsodium's code: no allocation, no look-up of algorithms, nothing that can fail.
 *
 * Threads  Any. Memory  None. Failing  Never.
 */
#pragma once

#include "base/secret.h"

#include <sallyport/plugin.h>

#define HASH_SIZE 32u

/* From ring_hash_key(); whoever holds one wipes it. */
struct hash_key { unsigned char byte[HASH_SIZE]; };

void hash_sha256(const void *data, size_t size, unsigned char out[HASH_SIZE]);
void hash_hmac(struct secret key, struct secret message, unsigned char out[HASH_SIZE]);

/* A code hashed for one purpose is no proof for another. `purpose` is a constant of ours,
 * such as "session" or "passcode mfa". */
void hash_keyed(const struct hash_key *key, const char *purpose, struct secret secret,
    unsigned char out[HASH_SIZE]);

/* Whether `stored` is its hash, in constant time. Requirement 139. */
bool hash_keyed_equal(const struct hash_key *key, const char *purpose, struct secret secret,
    struct sp_bytes stored);

/* HKDF-SHA256 (RFC 5869) from `key`; salt may be empty; size up to 8160. */
void hash_derive(struct secret key, struct secret salt, struct secret info, void *out,
    size_t size);
