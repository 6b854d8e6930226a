/*
 * migrate.h - a store of an older format becomes one of today's
 *
 * One row for each step from a format to the next: a function over records. A server that finds
 * an older store makes a backup of it first, beside its state, and refuses to go on without; then
 * it runs the steps in order, each through every record, and writes the new number down after
 * each. What is broken off is begun again: a step leaves what it has made already as it is.
 *
 * Most changes need no step: a record begins with a format of its own, and old ones are read for
 * ever (base/pack.h). A step is for what can't be read where it lies: other keys, other kinds.
 *
 * Threads  The main thread, before anything else uses the store. Failing  In words.
 */
#pragma once

#include <sallyport/records.h>

struct arena;
struct store;

enum migrate_verdict { MIGRATE_FAILED = 0, MIGRATE_KEEP, MIGRATE_CHANGE, MIGRATE_REMOVE };

struct migration {
	uint64_t from;		/* 0: the table ends */
	const char *what;	/* for the log */
	/* Of each record of every kind but the store's own; CHANGE sets the value, expiry stays. */
	enum migrate_verdict (*record)(struct arena *arena, const struct sp_record *record,
	    struct sp_bytes *out_value);
};

extern const struct migration migrations[];	/* of this server, up to STORE_FORMAT */

enum sp_status migrate_run(struct store *store, const struct migration *rows, uint64_t from,
    uint64_t to, struct sp_error *out_error) __attribute__((warn_unused_result));
