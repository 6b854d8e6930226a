/*
 * claims.h - what tokens say: the truth, and no more than was asked
 *
 * Threads  Any; pure. Memory  New json references, the caller's.
 */
#pragma once

#include "model/code.h"

#include <sallyport/users.h>

/* amr (SEMANTICS 6, requirement 94): pwd; emailotp as second adds emailotp and mfa; as first it is
 * emailotp alone; a proof that counted at sign-up says pwd, emailotp, mfa. */
json_t *claims_amr(uint32_t factors);

/* Our own words, so that nobody reads a level of assurance into them (requirement 94). */
#define CLAIMS_ACR_SINGLE "urn:sallyport:acr:single"
#define CLAIMS_ACR_MFA "urn:sallyport:acr:mfa"
const char *claims_acr(uint32_t factors);

struct claims {
	const struct tenant *tenant;
	const struct code *code;
	const struct sp_user *user;
	const char *token_id;		/* jti */
	struct sp_id grant;		/* the family that renews it: grant_id; zero: none */
	const char *audience;		/* of the access token; NULL: the client */
	bool proven;			/* account.proven: email_verified (requirement 82) */
	int64_t now;
};

/* iss sub aud exp iat nbf nonce auth_time acr amr sid oid tid ver, and by scope profile (name,
 * preferred_username ...), email, address (requirements 67, 82). Access tokens say nothing
 * personal but the id (75). `user` NULL: nothing by scope. */
json_t *claims_id_token(const struct claims *claims);
json_t *claims_access_token(const struct claims *claims);	/* RFC 9068 2; requirement 68, 75 */
json_t *claims_userinfo(const struct claims *claims);

/* The user's id as text: stable, never given again (requirement 71). */
char *claims_subject(struct arena *arena, struct sp_id user);
