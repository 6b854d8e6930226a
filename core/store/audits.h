/*
 * audits.h - who changed what: JSON, in the order in which it became known
 *
 * In the same batch as the change that it tells of (DESIGN 5, requirement 239), into the inbox, from
 * where the sealer takes it into the chain of its tenant (chain.h, requirement 238):
 *
 *	struct audit_act act = { .tenant = tenant, .now = now, .request_id = request,
 *	    .actor = "uid 0", .activity = "Rotate signing keys", .verb = "Update" };
 *	ok = audits_tell(commit, &act)
 *
 * Threads  A loop. Memory  audits_entry() and audits_read() give a new reference, the caller's.
 * Failing  A write that is too large says false; audits_shorten() sees to it that none is.
 */
#pragma once

#include "base/json.h"

#include <sallyport/records.h>

struct audit_act {
	struct sp_id tenant;	/* zero: of the server */
	int64_t now;
	uint64_t request_id;	/* 0: nobody asked */
	const char *actor;	/* "uid 0" */
	const char *source;	/* where he called from; NULL: not over a network */
	const char *activity;	/* "Add member to group" */
	const char *verb;	/* Graph's operationType: Add, Update, Delete, Assign, Unassign */
	const char *target;	/* an id; NULL: the tenant itself */
};

/* What every entry has, with the result "success". */
json_t *audits_entry(const struct audit_act *act);
/* One entry, one change of the batch. */
bool audits_tell(struct sp_records_commit *commit, const struct audit_act *act)
    __attribute__((warn_unused_result));

/* `tenant` zero: of the server. */
struct audit { struct sp_id tenant, id; /* ordered */ };

/* In the inbox. The second write of one, at the end of an intent, replaces the first. */
struct sp_address audits_at(struct sp_id tenant, struct sp_id id);
struct sp_address audits_new(struct sp_id tenant);	/* its inbox: list_new() */
struct sp_address audits_inbox(void);			/* all of them, tenant by tenant */
struct sp_address audits_old(struct sp_id tenant);	/* from before the chain, by id */
bool audits_put(struct sp_records_commit *commit, const struct audit *audit,
    const json_t *json) __attribute__((warn_unused_result));
/* Of the inbox, and of old ones. */
bool audits_id(const struct sp_record *record, struct audit *out_audit);
bool audits_old_id(const struct sp_record *record, struct sp_id *out_id);
/* An entry of the inbox, or from before the chain. */
json_t *audits_read(const struct sp_record *record);
/* It waits for the end of an intent. */
bool audits_open(const json_t *entry);
/* Of its lists, which may be of any length, leaves as many as an entry has room for, and says in
 * "omitted" how many it left out: a change is never refused because its audit is too long. */
void audits_shorten(json_t *entry);

/* sealer.c: the inbox goes into the chains. On loop 0. */
struct loop;
struct store;
void audits_seal(struct store *store, struct loop *loop);
/* pruner.c: what is older than its tenant's setting, or beyond their number, goes. On loop 0. */
void audits_prune(struct store *store, struct loop *loop);
