/*
 * visit_value.h - the engine's values that travel through the browser
 *
 * A journey that has cost nothing yet is a sealed value in the form (SEMANTICS 2.1), bound to
 * tenant, issuer and the hash of the browser's cookie. Which accounts signed in from here is a
 * sealed cookie: it opens nothing, it only tells a known browser from a stranger (1.3).
 * An authorization code is sealed too: issuing one writes nothing.
 *
 * Threads  Any. Memory  The turn's arena.
 * Failing  What does not unseal proves nothing; why is not told.
 */
#pragma once

#include "flow/visit.h"
#include "model/code.h"

#define VISIT_KNOWN_MAX 4u	/* accounts of one browser; the oldest goes */

/* Of the browser cookie's text. False: there is none, or it is none of ours. */
bool visit_browser_hash(const char *cookie, uint8_t out_hash[32]);

char *visit_seal(const struct visit *visit, const struct journey *journey);
bool visit_unseal(const struct visit *visit, const char *value, struct journey *out_journey);

bool visit_knows(const struct visit *visit, struct sp_id user);
/* The cookie with that account first. */
char *visit_know(const struct visit *visit, struct sp_id user);

char *code_seal(const struct turn *turn, const struct code *code);
bool code_unseal(const struct turn *turn, const char *value, struct code *out_code);

/* What a backend answered lives no longer than the answer. */
struct sp_user;
struct sp_user *visit_copy_user(struct arena *arena, const struct sp_user *user);
/* The address on record, where codes go (1.1): never what was typed (attack B4). NULL: none. */
const char *visit_address(const struct sp_user *user);

/* A request that was pushed (RFC 9126), sealed: to push writes nothing. Its id is spent by the batch
 * that answers it, so it is good for one code, however many tabs it is open in. */
#define PUSHED_URI "urn:ietf:params:oauth:request_uri:"	/* before it */
struct pushed {
	struct sp_id id;
	const char *client_id;
	const char *query;	/* its parameters, as a form */
	int64_t expires;
};
char *pushed_seal(const struct turn *turn, const struct pushed *pushed);
bool pushed_unseal(const struct turn *turn, const char *value, struct pushed *out_pushed);
