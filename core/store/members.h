/*
 * members.h - which users are in which groups: a record for each direction
 *
 * Threads  A loop.
 * Memory   Values; what goes into a batch is copied.
 * Failing  What can't be read is told as false.
 */
#pragma once

#include <sallyport/records.h>

struct audit_act;
struct member { struct sp_id tenant, group, user; };

/* `expect` of the record that members_at() names; with SP_ANY both are as good done twice as
 * once. Two changes of the batch. */
void members_put(struct sp_records_commit *commit, const struct member *member, uint64_t expect);
void members_remove(struct sp_records_commit *commit, const struct member *member,
    uint64_t expect);
/* The audit's entry of it, by who and when of `act`: who is in a group decides what policy asks of
 * him (requirement 239). One change of the batch. */
bool members_tell(struct sp_records_commit *commit, const struct member *member, bool leaves,
    const struct audit_act *act) __attribute__((warn_unused_result));

struct sp_address members_at(const struct member *member);	/* is he in it: get_new() */
struct sp_address members_groups(struct sp_id tenant, struct sp_id user);	/* list_new() */
struct sp_address members_users(struct sp_id tenant, struct sp_id group);	/* list_new() */
/* Of a record of either list: the group, the user. */
bool members_read(const struct sp_record *record, struct sp_id *out_id);
