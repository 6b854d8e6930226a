/*
 * turnstile.h - operators' changes of a tenant go through this node one at a time
 *
 * Each of them reads all documents, plans, and commits against what it read: at once, all but one
 * would have to begin again. So they stand in line, in the order in which they came. The line
 * is a courtesy: between nodes, and for the rules themselves, the tenant's revision stands guard
 * (changes_move() in tenants.h).
 *
 *	ask:  if (turnstile_enter(store->turnstile, &pass)) go on; else pass.go(pass.arg) comes
 *	end:  turnstile_leave(store->turnstile, &pass)
 *
 * Threads  Any loop; go() is called on the loop that entered, later, never inside enter().
 * Memory   A pass is its owner's, from enter() until leave(). Failing  Never.
 */
#pragma once

#include "loop/loop.h"

#include <sallyport/plugin.h>

struct turnstile;

struct pass {
	struct sp_id tenant;
	void (*go)(void *arg);
	void *arg;

	/* The turnstile's. */
	struct task task;
	struct loop *loop;
	bool inside;
	STAILQ_ENTRY(pass) link;
};

struct turnstile *turnstile_new(void);
void turnstile_free(struct turnstile *turnstile);	/* nobody is inside; accepts NULL */

/* True: he is inside already. */
bool turnstile_enter(struct turnstile *turnstile, struct pass *pass)
    __attribute__((warn_unused_result));
/* Of one who never entered, or has left: nothing. */
void turnstile_leave(struct turnstile *turnstile, struct pass *pass);
