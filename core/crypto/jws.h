/*
 * jws.h - signed tokens (RFC 7515, compact; RFC 8725)
 *
 * The key decides the algorithm, never the token. Refused, always: alg none and HS256,
 * an unknown kid, crit, b64, jku, x5u, an embedded jwk, another number of parts than
 * three, loose base64url, duplicate members, more than 16 KiB (requirement 69). What the
 * claims say (iss, aud, exp) is for the caller to check.
 *
 * Threads  Any. Signing takes 20 us (ES256) or 2 ms (RS256, 3,072 bits), verifying 70 us.
 * Memory   The token is in the arena; the payload is the caller's to decref.
 * Failing  jws_verify() is false and says why, for a log line, without quoting the token.
 */
#pragma once

#include "crypto/jwk.h"

#define JWS_SIZE_MAX ((size_t)16384)

/* The payload is signed as it is. `typ` NULL: left out. The key must be private. */
char *jws_sign(struct arena *arena, const struct jwk *jwk, const char *typ, const char *payload)
    __attribute__((returns_nonnull));

struct jws_rule {
	const struct jwk *const *keys;
	size_t count;
	const char *typ;	/* "at+jwt", with or without "application/"; NULL: "JWT" or none */
	bool kid_optional;	/* a client with one key of that alg may leave its kid out */
};

/* What it says, unproven: to find out whose keys to try. NULL: it is no JWT. */
json_t *jws_peek(struct arena *arena, const char *token);

bool jws_verify(struct arena *arena, const struct jws_rule *rule, const char *token,
    json_t **out_payload, struct sp_error *out_error);
