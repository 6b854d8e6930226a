/*
 * grants.h - records of refresh token families, and the tokens themselves (model/grant.h)
 *
 * A token is "id.secret": the id is the family's, the secret is the number of the token and a
 * keyed hash over it, the id and the seed of the record. So a token of the family is known at any
 * age, the same number is the same token again, and a record without the server's key, or the key
 * without the record, makes none. What is removed is void, whatever was made of it.
 *
 * Threads  A loop. Memory  The arena.
 * Failing  A record that can't be read is no record of anything: the reader says false, and the
 *          caller ends as it would without a store. A write that is too large says false.
 */
#pragma once

#include "model/grant.h"

#include <sallyport/records.h>

struct arena;
struct bearer;
struct store;

struct sp_address grants_at(struct sp_id tenant, struct sp_id id);
bool grants_put(struct sp_records_commit *commit, struct sp_id tenant, const struct grant *grant,
    int64_t expires, uint64_t expect) __attribute__((warn_unused_result));
void grants_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t expect);
void grants_check(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id id,
    uint64_t revision);
bool grants_read(struct arena *arena, const struct sp_record *record, struct grant *out_grant);

/* The token of that number. */
char *grants_token(struct arena *arena, const struct store *store, const struct grant *grant,
    uint64_t generation);
/* Whether it is one of the family's, and which; compared in constant time. */
bool grants_knows(const struct store *store, const struct grant *grant,
    const struct bearer *bearer, uint64_t *out_generation);
