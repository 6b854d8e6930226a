/*
 * logout_token.h - what an app is told when a session is over (Back-Channel Logout 2.4)
 *
 * Threads  Any; pure. Memory  A new json reference, the caller's.
 */
#pragma once

#include "base/json.h"

#define LOGOUT_TOKEN_TYPE "logout+jwt"
#define LOGOUT_TOKEN_LIFE (INT64_C(120) * 1000)	/* ms, the most that requirement 99 allows */

struct logout_token {
	const char *issuer, *audience;
	struct sp_id id, user, session;	/* jti, sub, sid */
	int64_t now;
};

/* Never a nonce, so that nobody takes it for an ID token. */
json_t *logout_token(const struct logout_token *token);
