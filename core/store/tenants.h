/*
 * tenants.h - the list of all tenants, and who changed last
 *
 * The list is what start-up reads. A change record for each tenant, and one at their head, are
 * the change feed: nodes look at the head once a second, at the rest only when it has moved.
 * Their revisions are the feed's numbers.
 *
 * Threads  A loop.
 */
#pragma once

#include <sallyport/records.h>

#define TENANTS_NAME_MAX 64u

struct arena;
struct tenants_entry { struct sp_id id; const char *name; };

/* New: expects that neither id nor name is there (CONFLICT). */
bool tenants_create(struct sp_records_commit *commit, struct sp_id id, const char *name)
    __attribute__((warn_unused_result));
bool tenants_rename(struct sp_records_commit *commit, struct sp_id id, const char *old,
    const char *name) __attribute__((warn_unused_result));
void tenants_remove(struct sp_records_commit *commit, struct sp_id id, const char *name);

struct sp_address tenants_at(struct sp_id id);
struct sp_address tenants_all(void);		/* for list_new() */
bool tenants_read(struct arena *arena, const struct sp_record *record,
    struct tenants_entry *out_entry);

/* True of a commit that came to CONFLICT because another tenant has the name. */
bool tenants_taken(const struct sp_records_commit *commit);

/* Goes into every commit that changes a document or a key. Once in a commit. */
void changes_put(struct sp_records_commit *commit, struct sp_id tenant);
/* The same, if nothing of the tenant has changed since: `revision` is that of changes_at(), read
 * before everything else that was looked at, 0 when there was none. So the rules that hold
 * between documents are judged and kept as one, on every node. */
void changes_move(struct sp_records_commit *commit, struct sp_id tenant, uint64_t revision);
struct sp_address changes_at(struct sp_id tenant);
struct sp_address changes_head(void);
struct sp_address changes_all(void);		/* with the head: changes_tenant() tells */
/* False: it is the head. */
bool changes_tenant(const struct sp_record *record, struct sp_id *out_tenant);
