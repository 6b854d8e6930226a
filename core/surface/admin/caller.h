/*
 * caller.h - who calls the admin API, and may he?
 *
 * admin_begin() and admin_begin_server() ask; a handler that names its tenant in the body asks
 * caller_may() itself, once it knows which.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 * Failing  False: all is replied, or will be.
 */
#pragma once

#include "http/request.h"
#include "model/role.h"

/* exchange.caller of this surface. */
struct caller {
	const char *actor;	/* for the audit: "token 01a2... deploy" */
	const struct role *role;
	struct sp_id tenant;	/* zero: all, and the server itself */
};

bool caller_known(struct exchange *ex, const char **out_actor);
/* Which tenant is meant: that of the token, or, at the socket and of a token for all, the one that
 * the header names. NULL: none. */
const char *caller_tenant(struct exchange *ex);
bool caller_may(struct exchange *ex, struct sp_id tenant);
