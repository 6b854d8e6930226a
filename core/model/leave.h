/*
 * leave.h - what an app asked for when it signed the customer out (RP-Initiated Logout 2, 3)
 *
 * Where the browser may go afterwards, and what is wrong with the request. A mistake never keeps a
 * customer from signing out: it keeps him from being sent anywhere.
 *
 * Threads  Any; pure. Memory  The arena, and the tenant.
 */
#pragma once

#include "model/tenant.h"

#define LEAVE_STATE_MOST 2048u	/* bytes */

struct leave_query {
	const char *client_id, *post_logout_redirect_uri, *state;	/* NULL: absent */
	bool hint;			/* an id_token_hint was there */
	const char *hint_client;	/* its audience; NULL: it is none of ours */
	bool repeated;			/* a known name came twice */
};

struct leave {
	const struct app *app;		/* NULL: not known */
	const char *uri;		/* as registered; NULL: nowhere */
	const char *back;		/* the same with state */
	const char *wrong, *why;	/* for the developer: an error code, what to mend; or NULL */
};

/* An address needs a client, by id or by the hint, and is one of its own byte for byte
 * (requirement 97). Anything wrong: nowhere. */
void leave_check(struct arena *arena, const struct tenant *tenant,
    const struct leave_query *query, struct leave *out_leave);

/* An app hears of the sign-out by a frame on the page of it, where its document says so
 * (Front-Channel Logout 2). Both are told always, so that no foreign page that shows the address
 * signs anybody out there. */
bool leave_frames(const struct tenant *tenant);	/* one of its apps does */
const char *leave_frame(struct arena *arena, const struct app *app, const char *issuer,
    struct sp_id session);
