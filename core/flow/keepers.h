/*
 * keepers.h - would anybody be left who can administer everything? (SEMANTICS 5.3)
 *
 * Asked before an administrator, or what makes him one, goes. One step of a flow, taken again until
 * it is not KEEPERS_AGAIN. The batch that follows holds changes_move() with `revision`: whoever takes
 * another one away at the same moment conflicts.
 *
 * Threads  The turn's loop. Memory  The turn's arena.
 */
#pragma once

#include "flow/turn.h"
#include "store/assignments.h"

enum keepers_next { KEEPERS_FAILED = 0, KEEPERS_AGAIN, KEEPERS_LEFT, KEEPERS_NONE };

struct keepers {
	struct sp_id leaving;		/* user */
	struct sp_id assignment;	/* that ends; zero: the user goes, with all of his */

	uint64_t revision;		/* of the tenant `system` */
	struct assignment *his;		/* all of the leaving user's */
	uint64_t *his_revisions;
	size_t his_count;
	struct sp_id *others;		/* who may do everything; the leaving one is the last */
	size_t count, at;
	unsigned stage;
};

void keepers_ask(struct keepers *keepers, struct turn *turn);
enum keepers_next keepers_got(struct keepers *keepers, struct turn *turn,
    const struct sp_op *answer, enum sp_status status);
