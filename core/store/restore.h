/*
 * restore.h - a store is made from a backup, before any server uses it
 *
 *	head -> key file -> proof -> every block -> is the store empty? -> written -> it is a store
 *
 * Nothing is written before the whole file has been read and found whole, by the right key. While
 * it is written a mark in the records keeps every server from starting with half of it; to run it
 * again is enough. The last batch takes the mark away and raises the server epoch (SEMANTICS 2.5)
 * beyond whatever there was: what was sealed before is void, and what lived in no backup (codes,
 * sessions, journeys, tombstones, mail, budgets) is not there.
 *
 * Threads  The main thread, loops running, instead of store_open(). Blocks.
 * Memory   Its own, freed at the end; a block of the file at a time.
 * Failing  In words: what is wrong with the file, which key file is wanted, what is in the way.
 */
#pragma once

#include "store/store.h"

struct restore {
	const struct store_setup *store;
	int fd;				/* of the file: can be read twice */
	bool replace;			/* what is in the store goes */
	void (*progress)(uint64_t done, uint64_t total);	/* blocks; NULL: nobody asks */

	/* What it came to. */
	int64_t created;		/* of the backup */
	uint64_t users, records, epoch;
	struct sp_id tenant;		/* that has users; zero: none has */
};

enum sp_status restore_run(struct restore *restore, struct sp_error *out_error)
    __attribute__((warn_unused_result));
/* Once the backends have been closed and opened anew: is it still there? */
enum sp_status restore_kept(const struct restore *restore, struct sp_error *out_error)
    __attribute__((warn_unused_result));
