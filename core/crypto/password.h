/*
 * password.h - passwords as verifiers, and the verifiers of others
 *
 * A verifier is a PHC string. Ours is Argon2id; bcrypt ($2a$ $2b$ $2y$), PBKDF2
 * ($pbkdf2-sha256$i=..,l=..$salt$hash, also -sha512) and scrypt ($scrypt$ln=..,r=..,p=..$)
 * come with customers who were moved here: they verify, and are stale. Requirements
 * 115, 116, 121.
 *
 * A password is UTF-8 of 1 to 1,024 bytes, brought to NFC first, so that it does not
 * matter how a keyboard composes its letters. How long it must be is the model's affair.
 *
 * Threads  Any, but hash and verify take milliseconds: for lanes alone.
 * Memory   Results are in the arena; what was needed on the way is wiped.
 * Failing  Out of memory ends the program. A verifier that would cost more than about a
 *          second is broken, so that a hostile one cannot hold a lane.
 */
#pragma once

#include "base/secret.h"

#include <stdint.h>

#define PASSWORD_BYTES_MAX ((size_t)1024)

struct arena;

/* One lane (p=1), always. */
struct password_cost { uint32_t memory, passes; };	/* memory in KiB */

#define PASSWORD_COST ((struct password_cost){ .memory = 19456, .passes = 2 })

enum password_result {
	PASSWORD_WRONG = 0,
	PASSWORD_RIGHT,
	PASSWORD_BROKEN,	/* the verifier is of no known kind, malformed or too costly */
};

/* At least 19 MiB and two passes. Requirement 121; below it: SEMANTICS 8. */
bool password_cost_enough(const struct password_cost *cost);
/* What this server will ever compute: 8 KiB to 256 MiB, 1 GiB in all passes. */
bool password_cost_possible(const struct password_cost *cost);

/* NULL for what is no password (empty, too long, no UTF-8). The cost must be possible. */
char *password_hash(struct arena *arena, struct secret password,
    const struct password_cost *cost);
enum password_result password_verify(struct secret password, const char *verifier);

/* A new hash is wanted after a right password: foreign, broken, or cheaper than `cost`. */
bool password_stale(const char *verifier, const struct password_cost *cost);

/* A verifier that no password fits, for unknown users to take as long. Cheap to make.
 * SEMANTICS 3.1. */
char *password_dummy(struct arena *arena, const struct password_cost *cost);
