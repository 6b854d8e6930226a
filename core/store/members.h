/*
 * members.h - which users are in which groups: a record for each direction
 *
 * Threads  A loop.
 */
#pragma once

#include <sallyport/records.h>

struct member { struct sp_id tenant, group, user; };

/* Both are as good done twice as once. */
void members_put(struct sp_records_commit *commit, const struct member *member);
void members_remove(struct sp_records_commit *commit, const struct member *member);

struct sp_address members_at(const struct member *member);	/* is he in it: get_new() */
struct sp_address members_groups(struct sp_id tenant, struct sp_id user);	/* list_new() */
struct sp_address members_users(struct sp_id tenant, struct sp_id group);	/* list_new() */
/* Of a record of either list: the group, the user. */
bool members_read(const struct sp_record *record, struct sp_id *out_id);
