/*
 * cookies.h - the cookies of a tenant (SEMANTICS 2.3)
 *
 *	browser   proves which browser a journey belongs to; random, set before the first form
 *	session   id.secret of who is signed in; of others who are, session-2 and so on
 *	known     which accounts have signed in from here, sealed
 *
 * "__Host-sp-{tenant}" on https; "sp-{tenant}-{port}" on http, which is loopback alone. So two
 * tenants, and two servers on one machine, never see each other's.
 *
 * Threads  The exchange's loop. Memory  The exchange's arena.
 */
#pragma once

#include "flow/visit.h"
#include "http/request.h"

/* A browser cookie that is missing or not ours is made anew and set. */
void cookies_read(struct exchange *ex, const struct tenant *tenant,
    struct visit_cookies *out_cookies);
void cookies_ensure(struct exchange *ex, const struct tenant *tenant,
    struct visit_cookies *cookies);
/* What the answer wants set, kept, taken away. */
void cookies_write(struct exchange *ex, const struct tenant *tenant,
    const struct visit_answer *answer);
/* `place`: of visit_cookies.sessions. */
void cookies_end_session(struct exchange *ex, const struct tenant *tenant, size_t place);
