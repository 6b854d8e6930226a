/*
 * code.h - an authorization code, and what it may be turned into
 *
 * A code is a sealed value: issuing one writes nothing. Redeeming it writes its id as spent,
 * expecting absent, so one wins; who replays it revokes what the winner got (requirement 36).
 *
 * Threads  Any; pure.
 */
#pragma once

#include "model/authorize.h"
#include "model/origin.h"

struct code {
	struct sp_id id, user, session;
	const char *client_id, *redirect_uri, *scope, *nonce, *challenge, *issuer, *resources;
	uint64_t epoch;
	uint32_t factors;
	int64_t signed_in, factor_time;
	int64_t expires;
	bool single_mailbox;
	bool recorded;		/* the sign-in record is written; else redeeming writes it */
	struct wishes wishes;	/* contexts: those that were met; tokens say them while they are */
	struct origin origin;	/* of the customer, whoever redeems it */
};

#define CODE_FORMAT 3u	/* 2: wishes; 3: origin */
void code_pack(struct pack *pack, const struct code *code);
void code_unpack(struct unpack *unpack, struct code *out_code);

/* Token request against code: client, redirect_uri, verifier (RFC 7636 4.6), issuer, expiry.
 * NULL: fits; else "invalid_grant" or "invalid_request". */
struct code_claim { const char *client_id, *redirect_uri, *verifier, *issuer; };
const char *code_refuses(const struct code *code, const struct code_claim *claim, int64_t now);
