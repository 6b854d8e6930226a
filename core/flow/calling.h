/*
 * calling.h - who calls the admin API from the network: an administrator, or a program of his
 *
 *	"id.secret"	an API token (store/tokens.h): one role, for one tenant or all
 *	a JWT		an access token of the tenant of administrators for its API (model/system.h),
 *			which names one tenant: whoever wants another one asks for another token
 *			(SEMANTICS 5.1). Only one behind a second door, or behind the link of an
 *			operator at the server, opens anything
 *
 * Neither says what its bearer may: that is looked up at each call, and so are session, account and
 * epoch, so that what is taken away opens nothing from then on. An API token made by an administrator
 * is void while he himself may make none. A token of any other tenant is no token here: neither its
 * issuer nor its key is ours. Wrong ones are counted by source, before any store is asked; one that
 * was right once and is over is not.
 *
 * Threads  The request's loop. Memory  The request's arena.
 * Failing  `outcome`; all but CALLING_GOOD let nobody in.
 */
#pragma once

#include "flow/turn.h"
#include "store/assignments.h"
#include "store/tokens.h"

enum calling_outcome {
	CALLING_UNAVAILABLE = 0, CALLING_GOOD,
	CALLING_WRONG,		/* no such token */
	CALLING_OVER,		/* it was one, and is over; or it is for another API */
	CALLING_WEAK,		/* without a second door */
	CALLING_NAMELESS,	/* it names no tenant, or several */
	CALLING_MANY,		/* too many wrong ones from there; `wait` */
};

/* What he may, in the tenant; zero: in all, and the server itself. */
struct calling_right { const struct role *role; struct sp_id tenant; };

struct calling {
	struct turn turn;	/* first; its tenant: of administrators; NULL: API tokens only */
	const char *bearer;	/* as sent */
	const char *const *issuers;	/* base URLs of this server that sign in; ends with NULL */

	enum calling_outcome outcome;
	int64_t wait;		/* ms */
	bool program;		/* an API token: `token` */
	struct token token;
	struct sp_id user;	/* the administrator, also who is behind an API token; or zero */
	struct sp_id named;	/* the tenant of an access token */
	struct calling_right *rights;
	size_t right_count;

	struct bearer secret;	/* the flow's */
	uint64_t revision;
	struct redeem *proof;
};

void calling_run(struct calling *calling);

/* For calling_admin.c: an access token, to its end or to the step that looks up rights. */
void calling_prove(struct calling *calling);
void calling_rights(struct calling *calling);
void calling_wrong(struct calling *calling);
