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
	struct sp_id subject;		/* who that is to the app (store/subject.h); zero: the id */
	const char *token_id;		/* jti */
	struct sp_id grant;		/* the family that renews it: grant_id; zero: none */
	const char *audience;		/* of the access token; NULL: the client */
	const char *userinfo;		/* its second one; NULL: none (access.h) */
	const char *scope, *values;	/* of the access token: all, and those of the API alone */
	const struct app *app, *api;	/* the client, and whom that is for; NULL: no more is said */
	struct sp_ids groups;		/* all that the customer is in */
	struct sp_contexts contexts;	/* that this sign-in meets: acrs, in both tokens */
	bool proven;			/* account.proven: email_verified (requirement 82) */
	int64_t now;
};

#define CLAIMS_GROUPS 200u	/* more are told of by "hasgroups", never cut (entra.md 3.3) */

/* All that scopes could give of the customer, whatever the scope is: for the `claims` parameter,
 * which names claims one by one (claims_wish.c). */
json_t *claims_personal(const struct claims *claims);
/* Those of them that `bits` of wishes_claims name, beside what is there. */
void claims_wish(json_t *object, const struct claims *claims, uint32_t bits);
/* Which claims of userinfo an access token asks for, and back. */
void claims_wish_tell(json_t *object, uint32_t bits);
uint32_t claims_wish_told(const json_t *payload);
/* acrs: the authentication contexts; none: no claim. */
void claims_contexts(json_t *object, struct sp_contexts contexts);

/* An app that knows customers by ids of its own is told no oid, nor anything else that two apps
 * could compare but what is asked for by scope (requirement 71).
 *
 * Both tokens: iss sub aud exp iat nbf auth_time acr amr sid oid tid ver, and what the application
 * that they are for asks for in its document: roles, groups, optional claims (requirement 67).
 *
 * The ID token: nonce; name and preferred_username by scope profile, email by email, as the
 * original's, which its libraries read. All else of those scopes and of address is told by userinfo
 * (82), unless optionalClaims name it. Access tokens say nothing personal but the id, unless they
 * do so (68, 75; RFC 9068 2). `user` NULL: nothing by scope. */
json_t *claims_id_token(const struct claims *claims);
json_t *claims_access_token(const struct claims *claims);
json_t *claims_userinfo(const struct claims *claims);
/* The access token of an application that acts for itself: app, api, values and the code's issuer. */
json_t *claims_alone(const struct claims *claims);

/* The user's id as text: stable, never given again (requirement 71). */
char *claims_subject(struct arena *arena, struct sp_id user);
