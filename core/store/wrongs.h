/*
 * wrongs.h - the last wrong passwords of an account, so that a repeated one is free
 *
 * Somebody whose phone tries an old password again and again is no guesser (SEMANTICS 1.3).
 * Short keyed hashes alone: of no use to whoever reads the records. Beside the account's counters.
 *
 * Threads  A loop. Memory  Values.
 * Failing  What can't be read is told as false.
 */
#pragma once

#include "base/secret.h"
#include "store/budgets.h"

#define WRONGS_MOST 3u
#define WRONGS_HASH 16u

struct wrongs { size_t count; uint8_t hash[WRONGS_MOST][WRONGS_HASH]; };

struct sp_address wrongs_at(const struct budget_place *place);
bool wrongs_read(const struct sp_record *record, struct wrongs *out_wrongs);	/* absent: none */
void wrongs_put(struct sp_records_commit *commit, const struct budget_place *place,
    const struct wrongs *wrongs, int64_t now);

/* True: it is one of them. Else it becomes the newest. */
bool wrongs_again(struct wrongs *wrongs, const struct store *store,
    const struct budget_place *place, struct secret password);
