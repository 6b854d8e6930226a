/*
 * sallyport/records.h - the server's own state: ordered records, changed in batches
 *
 * A record has an address (kind, scope, key), a value, a revision and an expiry.
 * Core makes the addresses and encodes the values; to a backend they are bytes.
 *
 * Order    Addresses compare by kind, then scope, then the bytes of the key, as
 *          memcmp would (a key comes after its own prefixes).
 * Revision One number for each commit that writes, given to all that it wrote:
 *          greater than every earlier one in this store, never given again.
 * Expiry   A record whose `expires` is not 0 and not after op->now is absent, for
 *          every operation. Nobody else removes it: a backend reclaims its place in
 *          its own time, a little with each commit, so that what nobody asks for any
 *          more doesn't pile up. No other clock counts, for reclaiming either; and
 *          an operation may have waited: leave what expired in the last minute.
 * Limits   Core keeps them, a backend may rely on them: SP_KEY_MAX, SP_VALUE_MAX,
 *          SP_GET_MAX, SP_LIST_MAX, SP_CHANGES_MAX, SP_COMMIT_MAX; no empty key;
 *          changes sorted by address, each address once.
 * Threads  get() and list() answer at once where the backend can (a read from
 *          memory or from a map); commit() goes through sp_op_batch(), so that
 *          one sync to the disk serves all who wait.
 * Memory   Core allocates every struct here, so all may grow. Values that a
 *          backend answers with are made with sp_op_alloc(), or point to what
 *          outlives the operation: never into a transaction.
 */
#pragma once

#include <sallyport/plugin.h>

#define SP_RECORDS_ABI 1u
#define SP_KEY_MAX 255u
#define SP_VALUE_MAX 65536u
#define SP_GET_MAX 32u
#define SP_LIST_MAX 1000u
#define SP_CHANGES_MAX 4096u
#define SP_COMMIT_MAX (16u << 20)

struct sp_address {		/* frozen */
	uint16_t kind;
	struct sp_id scope;	/* a tenant, or zero: the server's own */
	struct sp_bytes key;
};

struct sp_record {
	struct sp_address at;
	struct sp_bytes value;
	uint64_t revision;	/* 0: absent */
	int64_t expires;	/* ms since 1970; 0: never */
	struct sp_record *next;	/* core's: in a list, in order */
};

/*
 * get - one view of 1 to SP_GET_MAX records.
 * Fills value, revision and expires of each that there is. OK also if none is.
 */
struct sp_records_get {
	struct sp_op op;
	size_t count;
	struct sp_record *const *records;
};

/*
 * list - the records of one kind and scope whose keys begin with `prefix`.
 * Calls sp_records_add() for each, in order, and fills in what it returns (its
 * kind and scope are there already). Fewer than `limit` means: that was the last.
 */
struct sp_records_list {
	struct sp_op op;
	struct sp_address prefix;	/* an empty key: all */
	struct sp_bytes after;		/* begin beyond this key; empty: at the end */
	size_t limit;			/* 1 to SP_LIST_MAX */
	bool backwards;			/* from the greatest key down */
	size_t count;			/* core counts */
	struct sp_record *first, *last;	/* core's */
};

/*
 * commit - all changes or none.
 * Every expectation and limit is checked before the first write.
 *
 *   SP_OK           done; `revision` set; DURABLE: on the disk
 *   SP_CONFLICT     an expectation is not met; `failed` names the change
 *   SP_REJECTED     an add would pass its limit; `failed` names it
 *   SP_UNAVAILABLE  nothing was written
 *   SP_UNKNOWN      the disk failed under it: written or not
 *
 * On CONFLICT and REJECTED `total` of each add says how things stand, unchanged.
 */
enum sp_action {
	SP_CHECK = 0,	/* only the expectation */
	SP_PUT,		/* value and expires */
	SP_REMOVE,	/* of an absent record: fine, if expected */
	SP_ADD,		/* a counter: see below */
};

#define SP_ABSENT UINT64_C(0)	/* expect: no such record (so zero is the strictest) */
#define SP_ANY UINT64_MAX	/* expect: nothing */

/*
 * SP_ADD: the record is a counter, its value eight bytes, big-endian, signed.
 * Absent or expired counts as 0 and begins a window: it expires at now + window
 * (window 0: never). A counter that is there keeps its expiry. A total above
 * `limit` is refused; one below 0 becomes 0. If there is no counter and nothing
 * to add, none is made. A value of another length: SP_FAILED.
 */
struct sp_change {
	enum sp_action action;
	struct sp_address at;
	uint64_t expect;	/* SP_ABSENT, SP_ANY or a revision */
	struct sp_bytes value;	/* put */
	int64_t expires;	/* put */
	int64_t delta;		/* add */
	int64_t limit;		/* add */
	int64_t window;		/* add, ms */
	int64_t total;		/* answer of an add */
};

enum sp_class {
	SP_DURABLE = 0,	/* on the disk before it is OK */
	SP_ORDERED,	/* seen by all at once; on the disk no later than any commit
			 * that is acknowledged after it */
};

struct sp_records_commit {
	struct sp_op op;
	enum sp_class durability;
	size_t count;
	struct sp_change *const *changes;
	uint64_t revision;		/* answer */
	const struct sp_change *failed;	/* answer */
};

struct sp_records {
	unsigned abi;	/* SP_RECORDS_ABI */
	size_t size;	/* sizeof(struct sp_records) */
	void (*get)(struct sp_records_get *op);
	void (*list)(struct sp_records_list *op);
	void (*commit)(struct sp_records_commit *op);
};

#define SP_RECORDS(...) { .abi = SP_RECORDS_ABI, .size = sizeof(struct sp_records), __VA_ARGS__ }

/* The next record of the answer, to be filled in. NULL: that is enough. */
static inline struct sp_record *sp_records_add(struct sp_records_list *list)
{
	return list->op.host->records_add(list);
}
