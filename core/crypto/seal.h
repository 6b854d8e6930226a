/*
 * seal.h - values that only this server can read, and nobody can change
 *
 * AES-256-GCM under a key of its own for each value, derived (HKDF) from the ring's
 * newest key, the purpose and 16 random bytes. Why: with one key and random 96-bit
 * nonces GCM may seal 2^32 values at most, and every anonymous visitor's journey is a
 * sealed value; derived keys bring that to some 2^48 at the same odds, with no counter to
 * keep over restarts or nodes. Overhead: 41 bytes. Requirement 243.
 *
 * Threads  Any.
 * Memory   Results are in the arena, which wipes.
 * Failing  unseal() does not tell why: changed, cut, foreign purpose, other associated
 *          data, unknown key are all one answer.
 */
#pragma once

#include "base/secret.h"

#include <sallyport/plugin.h>

#define SEAL_OVERHEAD 41u
#define SEAL_MAX ((size_t)1 << 24)	/* bytes sealed; more ends the program */

struct arena;
struct ring;

/* How a value is sealed; the same is needed to unseal it. */
struct seal {
	const struct ring *ring;
	const char *purpose;		/* a constant of ours, such as "signing key" */
	struct sp_bytes associated;	/* not in the value, but bound to it: its address */
};

struct sp_bytes seal(struct arena *arena, const struct seal *how, struct secret plain);
bool unseal(struct arena *arena, const struct seal *how, struct sp_bytes sealed,
    struct secret *out_plain);

/* As base64url, for forms and cookies. */
char *seal_text(struct arena *arena, const struct seal *how, struct secret plain);
bool unseal_text(struct arena *arena, const struct seal *how, const char *text,
    struct secret *out_plain);

/* Sealed under another key than the newest: seal it anew. */
bool seal_old(const struct ring *ring, struct sp_bytes sealed);
