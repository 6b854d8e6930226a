/*
 * links.h - sign-in links of operators: one use, five minutes (SEMANTICS 5.2)
 *
 * The record holds a keyed hash of the link's secret (crypto/bearer.h). Whoever signs in by it
 * removes it, by the revision that he read, in the batch that moves his journey: one wins.
 *
 * Threads  A loop. Memory  Values.
 * Failing  What can't be read is told as false.
 */
#pragma once

#include "crypto/bearer.h"

#include <sallyport/records.h>

#define LINKS_LIFETIME INT64_C(300000)	/* ms */

struct ring;

struct link {
	struct sp_id id;
	struct sp_id user;		/* zero: whoever bears it becomes the first administrator */
	uint64_t epoch;			/* of his account */
	uint8_t hash[HASH_SIZE];
	int64_t expires;
};

/* A new one for that user; what goes to the person is `out_bearer`, the caller's to wipe. */
struct link links_new(const struct ring *ring, struct sp_id user, int64_t now,
    struct bearer *out_bearer);
bool links_fits(const struct link *link, const struct ring *ring, const struct bearer *bearer);

struct sp_address links_at(struct sp_id tenant, struct sp_id id);
void links_put(struct sp_records_commit *commit, struct sp_id tenant, const struct link *link);
void links_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect);
bool links_read(const struct sp_record *record, struct link *out_link);
