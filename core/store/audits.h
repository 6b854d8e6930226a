/*
 * audits.h - who changed what: JSON, newest last
 *
 * In the same batch as the change that it tells of (DESIGN 5, requirement 239):
 *
 *	struct audit_act act = { .tenant = tenant, .now = now, .request_id = request,
 *	    .actor = "uid 0", .activity = "Rotate signing keys", .verb = "Update" };
 *	ok = audits_tell(commit, &act)
 *
 * Threads  A loop. Memory  audits_entry() and audits_read() give a new reference, the caller's.
 */
#pragma once

#include "base/json.h"

#include <sallyport/records.h>

struct audit_act {
	struct sp_id tenant;	/* zero: of the server */
	int64_t now;
	uint64_t request_id;	/* 0: nobody asked */
	const char *actor;	/* "uid 0" */
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
struct audit { struct sp_id tenant, id; /* ordered */ int64_t until; /* 0: kept */ };

struct sp_address audits_at(struct sp_id tenant, struct sp_id id);
struct sp_address audits_all(struct sp_id tenant);	/* list_new(); set `backwards` */
bool audits_put(struct sp_records_commit *commit, const struct audit *audit,
    const json_t *json) __attribute__((warn_unused_result));
bool audits_id(const struct sp_record *record, struct sp_id *out_id);
json_t *audits_read(const struct sp_record *record);
