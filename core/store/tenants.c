#include "store/tenants.h"

#include "base/text.h"
#include "plugin/op.h"
#include "store/kinds.h"

#include <string.h>

static const struct sp_id server;

static struct sp_address name_at(const char *name)
{
	return kinds_at(KIND_TENANT_NAME, server, name, strlen(name));
}

static bool name_fits(const char *name)
{
	size_t size = strlen(name);

	return size > 0 && size <= TENANTS_NAME_MAX;
}

struct sp_address tenants_at(struct sp_id id)
{
	return kinds_at_id(KIND_TENANT, server, id);
}

struct sp_address tenants_all(void)
{
	return kinds_at(KIND_TENANT, server, NULL, 0);
}

static bool tenants_put(struct sp_records_commit *commit, struct sp_id id, const char *name,
    uint64_t expect)
{
	return kinds_put(commit, name_at(name), (struct sp_bytes){ &id, sizeof(id) }, 0,
	    SP_ABSENT) &&
	    kinds_put(commit, tenants_at(id), (struct sp_bytes){ name, strlen(name) }, 0, expect);
}

bool tenants_create(struct sp_records_commit *commit, struct sp_id id, const char *name)
{
	return name_fits(name) && tenants_put(commit, id, name, SP_ABSENT);
}

bool tenants_rename(struct sp_records_commit *commit, struct sp_id id, const char *old,
    const char *name)
{
	if (!name_fits(name))
		return false;
	if (strcmp(old, name) == 0)
		return true;
	kinds_remove(commit, name_at(old), SP_ANY);
	return tenants_put(commit, id, name, SP_ANY);
}

void tenants_remove(struct sp_records_commit *commit, struct sp_id id, const char *name)
{
	kinds_remove(commit, name_at(name), SP_ANY);
	kinds_remove(commit, tenants_at(id), SP_ANY);
}

bool tenants_read(struct arena *arena, const struct sp_record *record,
    struct tenants_entry *out_entry)
{
	struct tenants_entry entry = { 0 };

	if (record->revision == 0 || record->value.size == 0 ||
	    record->value.size > TENANTS_NAME_MAX ||
	    !text_utf8(record->value.data, record->value.size) ||
	    !kinds_id(record, 0, &entry.id))
		return false;
	entry.name = text_part(arena, record->value.data, record->value.size);
	*out_entry = entry;
	return true;
}

bool tenants_taken(const struct sp_records_commit *commit)
{
	return commit->failed != NULL && commit->failed->at.kind == KIND_TENANT_NAME;
}

/* The change feed. */

void changes_put(struct sp_records_commit *commit, struct sp_id tenant)
{
	changes_move(commit, tenant, SP_ANY);
}

void changes_move(struct sp_records_commit *commit, struct sp_id tenant, uint64_t revision)
{
	(void)kinds_put(commit, changes_at(tenant), (struct sp_bytes){ NULL, 0 }, 0, revision);
	(void)kinds_put(commit, changes_head(), (struct sp_bytes){ NULL, 0 }, 0, SP_ANY);
}

struct sp_address changes_at(struct sp_id tenant)
{
	return kinds_at_id(KIND_CHANGE, server, tenant);
}

/* Shorter than the others, so that none of them is at its place. */
struct sp_address changes_head(void)
{
	return kinds_at(KIND_CHANGE, server, "head", 4);
}

struct sp_address changes_all(void)
{
	return kinds_at(KIND_CHANGE, server, NULL, 0);
}

bool changes_tenant(const struct sp_record *record, struct sp_id *out_tenant)
{
	return record->at.key.size == sizeof(*out_tenant) && kinds_id(record, 0, out_tenant);
}
