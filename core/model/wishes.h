/*
 * wishes.h - what a request wants beyond a sign-in: `claims` and `acr_values`
 *
 *	claims={"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"email":null}}
 *	acr_values=urn:sallyport:acr:mfa c1
 *
 * Two wishes are about the sign-in itself: authentication contexts, of which any one will do,
 * in order of preference (OpenID Connect Core 5.5.1), and a second door. An essential one is met or
 * there is no token; a voluntary one is tried, and the tokens say what became of it (requirements
 * 92, 93). The others name claims for the ID token and for userinfo. What is not known here is
 * passed over: the original's "capolids" too, which a refused refresh sends along.
 *
 * Threads  Any; pure.
 * Failing  A parameter beyond the limits, or that is no JSON of that shape, is refused whole.
 */
#pragma once

#include "base/json.h"

#include <sallyport/policy.h>

#define WISHES_TEXT_MOST 4096u	/* bytes of `claims` */
#define WISHES_CLAIMS_MOST 64u	/* members of one of its objects */
#define WISHES_VALUES_MOST 16u	/* of one claim, and words of acr_values */
#define WISHES_CONTEXTS_MOST 8u	/* that are known here; more are passed over */

struct wishes {
	size_t context_count;
	uint8_t contexts[WISHES_CONTEXTS_MOST];	/* 1: "c1"; in order of preference */
	uint32_t essential;	/* which of those, as bits of their places */
	bool context_must;	/* some were essential, known here or not */
	bool mfa, mfa_must;	/* acr: a second door */
	bool acr_unknown;	/* essential, and no value that is ever given here */
	uint32_t id_token, userinfo;	/* claims, as bits of wishes_claims */
};

/* Names of claims that scopes give, in the order of the bits; ends with NULL. */
extern const char *const wishes_claims[];

struct arena;

/* `claims`, then `acr_values`; either may be NULL. NULL: read; else what is wrong. */
const char *wishes_read(struct arena *arena, const char *claims, const char *acr_values,
    struct wishes *out_wishes);
/* Those that are offered here stay. */
void wishes_keep(struct wishes *wishes, struct sp_contexts offered);
/* The contexts as a set, for facts and records. */
struct sp_contexts wishes_contexts(const struct wishes *wishes);
/* Essential, and nobody will ever meet it: known before anybody is asked for anything. */
bool wishes_hopeless(const struct wishes *wishes);

/* What policy said of a request for one of the contexts. */
struct wishes_verdict { enum sp_decision decision; uint32_t missing; };

/* What is missing yet for the essential wishes, and for the voluntary ones; SP_BLOCK: no way.
 * `verdicts` are those of `contexts`; `met` has the contexts that are. */
struct wishes_state { uint32_t must, may; struct sp_contexts met; };
struct wishes_state wishes_judge(const struct wishes *wishes,
    const struct wishes_verdict *verdicts, uint32_t factors);

bool wishes_context_in(struct sp_contexts contexts, unsigned number);
void wishes_context_add(struct sp_contexts *contexts, unsigned number);

struct pack;
struct unpack;
void wishes_pack(struct pack *pack, const struct wishes *wishes);
void wishes_unpack(struct unpack *unpack, struct wishes *out_wishes);
