/*
 * version.h - one tenant as it was built once, and who still holds it
 *
 * Each loop counts its own holds and writes nobody else's; a version is freed when it has been
 * replaced on every loop and none holds it.
 *
 * Threads  Built on loop 0 and the work lane; then as each function says.
 */
#pragma once

#include "base/arena.h"
#include "crypto/jwk.h"
#include "model/tenant.h"
#include "plugin/policy.h"

#include <stdalign.h>
#include <stdatomic.h>

struct version_key { enum jwk_alg alg; int64_t active, retired; };

struct hold { alignas(64) size_t count; bool retired; };

struct version {
	struct tenant tenant;	/* first */
	struct arena arena;
	struct policy_set set;	/* no engine: not loaded */
	const struct sp_policy_row *const *rows;
	struct jwk **keys;	/* tenant.keys, to be freed */
	struct version_key *times;	/* of each key */
	_Atomic unsigned loops;	/* that have not let go of it */
	struct hold holds[];
};

struct version *version_new(unsigned loops);
struct version *version_of(const struct tenant *tenant);

/* On the loop with that index. */
void version_hold(struct version *version, unsigned loop);
void version_release(struct version *version, unsigned loop);
void version_retire(struct version *version, unsigned loop);	/* replaced here */

void version_free(struct version *version);	/* nobody has it; any thread */
