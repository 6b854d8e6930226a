/*
 * signins.h - records of decisions (model/signin.h), newest last
 *
 * An id says when its batch was made, a moment before it is asked for. So a list in order that ends
 * before instance_settled() (plugin/instance.h), less SIGNINS_MARGIN for that moment, misses
 * nothing: whatever comes later comes behind it. That holds for this node; of others it sees
 * what they have committed by then.
 *
 * Threads  A loop. Memory  The arena.
 * Failing  A record that can't be read is no record of anything: the reader says false, and the
 *          caller ends as it would without a store. A write that is too large says false.
 */
#pragma once

#include "model/signin.h"

#include <sallyport/records.h>

#define SIGNINS_MARGIN 1000	/* ms */

struct sp_address signins_at(struct sp_id tenant, struct sp_id id);
struct sp_address signins_all(struct sp_id tenant);	/* list_new(); set `backwards` */
/* Kept for `retention` ms after signin->at. */
bool signins_put(struct sp_records_commit *commit, struct sp_id tenant,
    const struct signin_record *signin, int64_t retention) __attribute__((warn_unused_result));
bool signins_read(struct arena *arena, const struct sp_record *record,
    struct signin_record *out_signin);
/* By signin_unpack_facts(). */
bool signins_read_facts(struct arena *arena, const struct sp_record *record,
    struct signin_record *out_signin);
/* Of an erased customer (erasures.h): is it his? The facts stay, address, network and browser go; of
 * what can't be read all goes. */
bool signins_of(const struct sp_record *record, struct sp_id user);
bool signins_forget(struct sp_records_commit *commit, struct sp_id tenant,
    const struct sp_record *record) __attribute__((warn_unused_result));
/* Without reading the rest: for who looks through millions. */
struct signins_whose { struct sp_id id, user, app; };
bool signins_whose(const struct sp_record *record, struct signins_whose *out_whose);
