/*
 * walk.h - along a chain of the audit: is every link there, as it was written, in its place?
 *
 * WALK_MOST links at a time; `more` says to go on after `to`. What the sealer adds and the pruner
 * takes away meanwhile is no fault: a page with a fault is walked again as long as the ends of the
 * chain have moved.
 *
 * Threads  The request's loop. Memory  The request's arena. Failing  `good` false: the store is down.
 */
#pragma once

#include "flow/turn.h"
#include "store/chain.h"

enum { WALK_MOST = 10000, WALK_FAULTS = 100 };

struct walk_fault {
	uint64_t from, to;	/* sequences; 0: of no link */
	const char *what;
};

struct walk {
	struct turn turn;	/* first */
	struct sp_id of;	/* tenant; zero: the server's own */
	uint64_t after;		/* 0: from the beginning */
	uint64_t known;		/* noted down once, with its hash; 0: nothing was */
	unsigned char known_own[HASH_SIZE];

	bool good, more;
	struct chain_ends ends;
	uint64_t to, checked;	/* the last one looked at; how many were */
	size_t waiting;		/* entries that are not in the chain yet; at most SP_LIST_MAX */
	struct walk_fault faults[WALK_FAULTS];
	size_t fault_count;	/* no more are told */

	/* While it walks. */
	struct walk_at {
		uint64_t next;		/* 0: whichever comes first */
		size_t key_size;	/* of the record that was looked at last; 0: none was */
		unsigned char key[SP_KEY_MAX];
		unsigned char own[HASH_SIZE];	/* of the one before it */
		bool certain;			/* that it is */
		bool beyond, endless;	/* there are links behind the last one; nobody knows which
					 * that is */
	} at;
	unsigned tries;
};

void walk_run(struct walk *walk);
