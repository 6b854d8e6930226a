/*
 * assertion.h - what a client says when it signs for itself (private_key_jwt; RFC 7523 3)
 *
 * Its signature is checked before (crypto/jws.h). The audience is the issuer and nothing else, as
 * one string: an assertion that names several places, or an address that another server could
 * claim to be its own, is one that the other may pass on (draft-ietf-oauth-rfc7523bis).
 *
 * That it was used is not in a backup. What was made before the server was restored may have been
 * used then, and is refused: its `iat` says when, or the latest that `exp` allows; a clock may be
 * ahead by the skew.
 *
 * Threads  Any; pure. Memory  `jti` is the payload's.
 */
#pragma once

#include "base/json.h"

#define ASSERTION_LIFE INT64_C(300)	/* seconds, at most */
#define ASSERTION_SKEW INT64_C(60)	/* that a client's clock may be ahead */
#define ASSERTION_JTI_MOST 256u

struct assertion {
	const char *jti;
	int64_t until;		/* ms: so long it must be remembered as used */
};

/* NULL: it is of that client, for this issuer, now; else what is wrong, for its developer.
 * Requirement 54. `now` and `restored` in ms. */
struct assertion_rule { const char *client_id, *issuer; int64_t now, restored; };
const char *assertion_wrong(const json_t *payload, const struct assertion_rule *rule,
    struct assertion *out_assertion);
