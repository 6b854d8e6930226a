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

#include "flow/calling.h"
#include "http/request.h"

/* exchange.caller of this surface; NULL at the socket. */
struct caller {
	const char *actor;	/* for the audit: "token 01a2... deploy", "administrator 03b4..." */
	bool program;		/* an API token */
	struct sp_id user;	/* the administrator, also who is behind an API token; or zero */
	struct sp_id named;	/* of an administrator's token: the only tenant that it opens */
	const struct calling_right *rights;
	size_t right_count;
};

bool caller_known(struct exchange *ex, const char **out_actor);
/* Which tenant is meant: that of the token, or, at the socket and of an API token for all, the one
 * that the header names. NULL: none. */
const char *caller_tenant(struct exchange *ex);
/* What he may be shown, as text: whoever has the same sees the same. */
const char *caller_reach(struct exchange *ex);
/* `tenant` zero: the server itself, or one that isn't there. The server is governed by who may so in
 * all tenants; an administrator's token for that names the tenant of administrators. */
bool caller_may(struct exchange *ex, struct sp_id tenant);
