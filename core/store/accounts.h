/*
 * accounts.h - records of what Sallyport decides about a person (model/account.h)
 *
 * Threads  A loop. Memory  The arena.
 * Failing  A record that can't be read is no record of anything: the reader says false, and the
 *          caller ends as it would without a store. A write that is too large says false.
 */
#pragma once

#include "model/account.h"

#include <sallyport/records.h>

struct arena;

struct sp_address accounts_at(struct sp_id tenant, struct sp_id user);
bool accounts_put(struct sp_records_commit *commit, struct sp_address at,
    const struct account *account, uint64_t expect) __attribute__((warn_unused_result));
void accounts_remove(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id user,
    uint64_t expect);
/* Leaves account_gone() in its place, until no token of his could be in date any more. */
bool accounts_bury(struct sp_records_commit *commit, struct sp_address at,
    const struct account *account, uint64_t expect) __attribute__((warn_unused_result));

/* The account is as it was read: put this into the batch that spends what carries the epoch
 * (2.5). `revision` is the record's, 0 when there was none. */
void accounts_check(struct sp_records_commit *commit, struct sp_id tenant, struct sp_id user,
    uint64_t revision);

/* An absent record is the zero account and true; unreadable is false. */
bool accounts_read(struct arena *arena, const struct sp_record *record,
    struct account *out_account);
