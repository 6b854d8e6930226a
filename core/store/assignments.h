/*
 * assignments.h - who administers what: (user of `system`, role, one tenant or all)
 *
 * By user, so that what one may do is one short list; all of them are few. Who changes one also
 * moves the tenant `system` on (changes_move()), so that two can't take each other's place away at
 * the same moment: SEMANTICS 5.3.
 *
 * Threads  A loop. Memory  A role is a pointer into the table of model/role.h.
 * Failing  What can't be read is told as false. A write that is too large says false.
 */
#pragma once

#include "model/role.h"

#include <sallyport/records.h>

#define ASSIGNMENTS_MOST 1000u	/* of all administrators together */

struct assignment {
	struct sp_id id, user;
	struct sp_id tenant;		/* zero: all, and the server itself */
	const struct role *role;
	int64_t created;
};

struct sp_address assignments_at(struct sp_id user, struct sp_id id);
struct sp_address assignments_of(struct sp_id user);	/* for list_new() */
struct sp_address assignments_all(void);		/* for list_new() */

bool assignments_put(struct sp_records_commit *commit, const struct assignment *assignment,
    uint64_t expect) __attribute__((warn_unused_result));
void assignments_remove(struct sp_records_commit *commit, const struct assignment *assignment,
    uint64_t expect);
/* False: absent, unreadable, or of a role that is none of today's: that gives nobody anything. */
bool assignments_read(const struct sp_record *record, struct assignment *out_assignment);
/* May do everything everywhere. */
bool assignments_whole(const struct assignment *assignment);

/* The audit's entry; one change of the batch. */
struct audit_act;
bool assignments_tell(struct sp_records_commit *commit, const struct assignment *assignment,
    bool ends, const struct audit_act *act) __attribute__((warn_unused_result));
