/*
 * redeem.h - a code or a refresh token for tokens, and a token for claims
 *
 * redeem_code()  authorization_code grant: client, code, PKCE, epoch, policy with the factors of
 *                the session, then one batch that spends the code. Of N parallel redemptions one
 *                wins; who comes later revokes what the winner got (requirements 35-37).
 * redeem_refresh() refresh_token grant: client, token, epoch, groups and policy as they are now;
 *                then one batch that rotates the family. A lost answer is given again; a token whose
 *                successor was used ends the family, and so does a changed epoch, but nothing else
 *                (requirements 43-52, 4.4; model/grant.h).
 * redeem_alone() client_credentials grant: a token for the client itself (requirement 51).
 * redeem_push()  an authorization request ahead of the customer (RFC 9126; requirement 57).
 * redeem_device_ask(), redeem_device()  a sign-in on a device without a browser is begun, and
 *                asked for (RFC 8628; requirement 104).
 * redeem_token() userinfo: signature, audience (model/access.h), epoch, not revoked; then claims
 *                by scope.
 *
 * redeem_introspect() what a confidential client or an API may know of a token that was made for
 *                it: what it says, or no more than that it is not active (RFC 7662).
 * redeem_revoke() ends a token of the client's: of a refresh token the whole family (RFC 7009).
 *
 * Threads  The request's loop; signing is done on the work lane. Memory  The request's arena.
 * Failing  `error` is the RFC's word, `status` the HTTP status; a policy no longer met is
 *          invalid_grant with suberror; a backend that is down 503, nothing spent (4.4). Where a
 *          write may have happened it is looked for; if it stays unknown, the 503 says so.
 */
#pragma once

#include "flow/client.h"
#include "model/code.h"

struct redeem {
	struct turn turn;		/* first */
	struct client client;
	bool basic;			/* it came in the Authorization header */
	/* redeem_code: */
	const char *code, *redirect_uri, *verifier;
	const char *resource;		/* which of those granted (RFC 8707 2.2); NULL: the first */
	bool wants_info;		/* client_info=1, as the original's libraries ask */
	/* redeem_refresh: */
	const char *refresh, *asked;	/* scope; NULL: all that was granted */
	const char *wished;		/* `claims`; NULL: none */
	/* redeem_token, redeem_introspect, redeem_revoke: */
	const char *token;
	/* redeem_push: as it was read, and as a form to be read again */
	struct authorize_query query;
	const char *query_text;
	/* redeem_device: what it has; redeem_device_ask: what it gets */
	const char *device_code, *user_code;
	int64_t interval;		/* ms */

	/* The answer. */
	const char *error, *description, *suberror;	/* error NULL: fine */
	const char *missing;		/* `claims` to authorize with; NULL: nothing would help */
	int status;
	int64_t wait;			/* ms, with 503 and 429 */
	const char *access_token, *id_token, *scope;
	const char *refresh_token;	/* NULL: none */
	const char *request_uri;	/* redeem_push */
	const char *client_info;	/* NULL: not asked for */
	int64_t expires_in;		/* ms */
	const char *claims;		/* userinfo, introspection: JSON */
	struct redeem_work *work;	/* the engine's */
};

void redeem_code(struct redeem *redeem);
void redeem_alone(struct redeem *redeem);
void redeem_push(struct redeem *redeem);
void redeem_device_ask(struct redeem *redeem);
void redeem_device(struct redeem *redeem);
void redeem_refresh(struct redeem *redeem);
void redeem_token(struct redeem *redeem);
void redeem_introspect(struct redeem *redeem);
void redeem_revoke(struct redeem *redeem);
