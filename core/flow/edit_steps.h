/*
 * edit_steps.h - what the files of an edit share
 *
 * edit.c: read, plan, commit, publish. edit_members.c: who is in which group, which is a record
 * for each and not part of a document. edit_users.c: customers who are named by id.
 *
 * Threads, memory: as in edit.h.
 */
#pragma once

#include "flow/edit.h"

#include "store/audits.h"
#include "store/turnstile.h"

#include <sallyport/records.h>

#define EDIT_PAGE 500u		/* records of one list */
#define EDIT_MEMBERS 1000u	/* of one batch: three records each */
#define EDIT_TRIES 8u		/* against edits on other nodes; here they stand in line */

enum edit_step { EDIT_WAIT, EDIT_BEGIN, EDIT_LIST, EDIT_COMMIT, EDIT_MEMBERS_LIST, EDIT_USERS,
	EDIT_MEMBERS_COMMIT, EDIT_KEYS, EDIT_PUBLISH };

struct edit_member { struct sp_id group, user; bool there, wanted; };

struct edit_work {
	struct pass pass;			/* in line; the first two outlive a second try */
	unsigned tries;
	uint64_t revision;			/* of the tenant, read before all else */
	enum document_kind reading;
	struct sp_bytes after;
	uint64_t *revisions[DOCUMENT_KINDS];	/* as long as plan.stored */
	bool born;				/* this makes the tenant */

	struct edit_member *members;		/* of the groups that name some */
	size_t member_count, member_room, member_at;
	struct sp_id *groups;			/* whose members are to be read; removed ones first */
	size_t group_count, group_at, removed;
	bool swept;				/* removed groups are being read once more */

	json_t *names;				/* of users, by id; NULL: nobody asked yet */
	const struct plan_named *named;		/* the next of the plan's */
	size_t look_at, looks;			/* the next of `members`; how many gets */
};

static inline struct edit *edit_of(struct flow *flow) { return (struct edit *)(void *)flow; }

unsigned edit_end(struct edit *edit, enum edit_outcome outcome);
unsigned edit_published(struct edit *edit);	/* all is on the disk: what is next */
struct audit_act edit_act(const struct edit *edit);	/* who, where and when */
/* Reads `members` of the wanted groups. False: an id that is none; told in plan.errors. */
bool edit_members_want(struct edit *edit);
void edit_ask_members_list(struct flow *flow);
unsigned edit_got_members_list(struct flow *flow, struct sp_op *answer, enum sp_status status);
void edit_members_tell(struct edit *edit);	/* what differs, once names are known */
unsigned edit_users(struct edit *edit);		/* the plan is made: looks up whom it names */
void edit_ask_users(struct flow *flow);
unsigned edit_got_users(struct flow *flow, struct sp_op *answer, enum sp_status status);
unsigned edit_members_next(struct edit *edit);	/* after a commit */
void edit_ask_members_commit(struct flow *flow);
unsigned edit_got_members_commit(struct flow *flow, struct sp_op *answer, enum sp_status status);
