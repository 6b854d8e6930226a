/*
 * grant.h - a family of refresh tokens: what an app may renew without the customer
 *
 * A sign-in for scope `offline_access` makes one family, which is one record. Its tokens are
 * numbered; `generation` is the newest that was issued. Using it issues the next one, by one
 * commit that expects the record as it was read. An answer that got lost can be asked for again:
 * the token before the newest gives the newest again, as long as nobody has used that. Every
 * older one is a copy in somebody's hands, and ends the family (requirements 45, 46).
 *
 *	issued 1..g:   g is current, g-1 is repeated, all before are reuse
 *
 * A family outlives the session that it came from: signing out ends a session, as in the
 * original, and what offline_access was asked for goes on (OpenID Connect Back-Channel Logout
 * 2.7). The epoch of the account ends it: a new password, "revoke sessions", disable, delete.
 *
 * Threads  Any; pure. Memory  Texts are whoever's made them.
 */
#pragma once

#include "model/origin.h"
#include "model/settings.h"
#include "model/wishes.h"

#define GRANT_SEED 16u
#define GRANT_SCOPE "offline_access"

struct arena;
struct app;

struct grant {
	struct sp_id id, user, session;	/* id: that of the code that it was made of */
	uint8_t seed[GRANT_SEED];	/* with the server's key, what its tokens are made of */
	const char *client_id, *scope, *resources, *issuer;
	uint64_t epoch;			/* of the account (2.5) */
	uint32_t factors;
	int64_t signed_in, factor_time;
	bool single_mailbox;
	bool spa;			/* of an app in the browser: a life of its own */
	uint64_t generation;		/* 1 is the first */
	int64_t began, rotated;
	struct wishes wishes;		/* as in a code: model/code.h */
	struct origin origin;		/* likewise */
};

enum grant_verdict {
	GRANT_VOID = 0,		/* too old, or never issued: nothing happens to the family */
	GRANT_REUSED,		/* the family ends */
	GRANT_REPEAT,		/* the newest once more; nothing is written */
	GRANT_CURRENT,
};

enum grant_verdict grant_judge(const struct grant *grant, const struct settings *settings,
    uint64_t generation, int64_t now);
void grant_rotate(struct grant *grant, int64_t now);

/* When it is over if nobody uses it any more: idle, absolute, or the fixed life of a browser
 * app, whichever is first (requirement 47). */
int64_t grant_expires(const struct grant *grant, const struct settings *settings);

/* Whether a sign-in with that scope gives refresh tokens: it asks for them, and the operator has
 * not switched them off for the application. */
bool grant_offered(const struct app *app, const char *scope);

/* Without one word, such as what the application may not have. */
char *grant_without(struct arena *arena, const char *scope, const char *word);
