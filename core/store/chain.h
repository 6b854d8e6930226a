/*
 * chain.h - the audit as a chain: nothing in it can be changed, left out, moved or put in unseen
 *
 *	changes born in batches --> inbox (audits.h) --> the sealer --> links 1, 2, 3, ... --> ends
 *
 * A link holds an entry, its sequence, the hash of the link before it, and its own: keyed, over all
 * of that and the tenant, under the root of the server's key ring, which never turns. Whoever can
 * write to the disk but has not the key file can make no link that follows, nor mend one that he
 * has changed. `ends` says, under a hash of the same key, which link is the last and which is the
 * last of those that were removed for their age: a checkpoint of both ends. To go back to an older
 * copy of all of it at once is all that is left to him; for that operators note down a sequence
 * and its hash elsewhere, and ask later whether it is still so (`sallyport audit verify --known`).
 *
 * Why entries are born without a link: each batch of a tenant would have to move one record by
 * compare-and-set, also those of customers who consent at the same moment, and all of them but
 * one would begin again (64 writers of one key conflict 34 times for each success). So the batch
 * of a change puts its entry into the inbox, in the same transaction, under a key that nobody else
 * has; and the sealer (sealer.h) moves it into the chain within a second, in one batch that takes
 * it out of there. The sequence is the order in which they became known: who has read up to a
 * sequence misses nothing that comes later, however late it was committed. Until then an entry is
 * told as not yet in the chain. One that a crash leaves open (intents.h) waits until it ends.
 *
 * Threads  Any. Memory  The arena; `json` of a link too.
 * Failing  A link or ends that can't be read, or are not ours, are told apart from none at all.
 */
#pragma once

#include "crypto/hash.h"

#include <sallyport/records.h>

struct arena;
struct store;

struct chain_link {
	uint64_t sequence;	/* from 1 on */
	int64_t at;		/* ms: when it came into the chain */
	struct sp_id id;	/* of the entry */
	const char *json;
	unsigned char before[HASH_SIZE], own[HASH_SIZE];
};

struct chain_ends {
	uint64_t last, floor;	/* sequences; 0: none yet, none removed */
	unsigned char last_own[HASH_SIZE], floor_own[HASH_SIZE];
	int64_t at;		/* when this was written */
	uint64_t revision;	/* as it was read; 0: there is none */
};

/* More than that is no entry: a link is a record. */
#define CHAIN_JSON_MOST (SP_VALUE_MAX - 256u)

/* `tenant` zero: the server's own. */
struct sp_address chain_at(struct sp_id tenant, uint64_t sequence);
struct sp_address chain_all(struct sp_id tenant);	/* list_new() */
struct sp_address chain_ends_at(struct sp_id tenant);

/* One more link, and `ends` as it is then; expects that there is none of that sequence. */
struct chain_entry { struct sp_id id; int64_t at; const char *json; };
bool chain_add(struct sp_records_commit *commit, const struct store *store, struct sp_id tenant,
    struct chain_ends *ends, const struct chain_entry *entry) __attribute__((warn_unused_result));
/* The oldest link goes; `ends` says from then on that it is the last of those that are gone. */
void chain_cut(struct sp_records_commit *commit, struct sp_id tenant, struct chain_ends *ends,
    const struct chain_link *link, uint64_t revision);
/* After all adding and cutting. Expects `ends->revision`. */
void chain_ends_put(struct sp_records_commit *commit, const struct store *store,
    struct sp_id tenant, const struct chain_ends *ends);

enum chain_found { CHAIN_WRONG = 0, CHAIN_NONE, CHAIN_FOUND };
/* WRONG: it is not what the server wrote. NONE: zeroed. */
enum chain_found chain_ends_read(struct arena *arena, const struct store *store,
    struct sp_id tenant, const struct sp_record *record, struct chain_ends *out_ends);
/* False: it is no link at all. Whether it is a true one, chain_true() says. */
bool chain_read(struct arena *arena, const struct sp_record *record, struct chain_link *out_link);
bool chain_true(const struct store *store, struct sp_id tenant, const struct chain_link *link);
/* From its key alone. */
bool chain_sequence(const struct sp_record *record, uint64_t *out_sequence);
