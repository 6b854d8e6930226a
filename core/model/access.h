/*
 * access.h - an access token that comes back: whether endpoints of our own take it
 *
 * Its signature and type are checked before (crypto/jws.h); this is about what it says. Ours is a
 * token whose audience is the client that it was made for, or names userinfo beside an API. One that
 * was made for an API alone has been seen by that API, and by whoever broke into it: it opens
 * nothing here (requirements 69, 70). That API may ask us about it, though: so whose it is stands
 * apart from what it says.
 *
 * Apps ask for an API and for `openid` at once, and call userinfo with what they get. So such a
 * token, and no other, has two audiences: the API, and our userinfo by its address.
 *
 * Threads  Any; pure. Memory  Texts are copied into the arena.
 */
#pragma once

#include "base/json.h"

struct access {
	const char *client_id, *scope;
	const char *audience;		/* one, or several separated by spaces */
	int64_t expires;		/* ms */
	struct sp_id id, user, session;	/* jti, which is the code's at first; sub; sid */
	bool alone;			/* of an application itself: sub is the client, no sid */
	struct sp_id grant;		/* grant_id: the family that renews it (grant.h); or zero */
};

/* `now` in ms. At its expiry a token is over; one from a clock that is up to a minute ahead is
 * taken (requirement 74). Whether it was revoked and whether session, account and app still stand
 * is for the caller to find out: no token tells. */
bool access_read(struct arena *arena, const json_t *payload, const char *issuer, int64_t now,
    struct access *out_access) __attribute__((warn_unused_result));
bool access_ours(const struct access *access, const char *userinfo);
/* The address of the userinfo endpoint, as an audience. */
char *access_userinfo(struct arena *arena, const char *issuer);
