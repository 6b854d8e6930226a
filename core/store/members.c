#include "store/members.h"

#include "base/id.h"
#include "plugin/op.h"
#include "store/audits.h"
#include "store/kinds.h"

struct sp_address members_at(const struct member *member)
{
	return kinds_at_pair(KIND_USER_GROUP, member->tenant, member->user, member->group);
}

static struct sp_address member_back(const struct member *member)
{
	return kinds_at_pair(KIND_GROUP_USER, member->tenant, member->group, member->user);
}

void members_put(struct sp_records_commit *commit, const struct member *member, uint64_t expect)
{
	(void)kinds_put(commit, members_at(member), (struct sp_bytes){ NULL, 0 }, 0, expect);
	(void)kinds_put(commit, member_back(member), (struct sp_bytes){ NULL, 0 }, 0, SP_ANY);
}

void members_remove(struct sp_records_commit *commit, const struct member *member,
    uint64_t expect)
{
	kinds_remove(commit, members_at(member), expect);
	kinds_remove(commit, member_back(member), SP_ANY);
}

bool members_tell(struct sp_records_commit *commit, const struct member *member, bool leaves,
    const struct audit_act *act)
{
	struct audit audit = { .tenant = member->tenant, .id = id_ordered(act->now) };
	struct audit_act full = *act;
	char group[ID_TEXT], user[ID_TEXT];

	id_format(member->group, group);
	id_format(member->user, user);
	full.activity = leaves ? "Remove member from group" : "Add member to group";
	full.verb = leaves ? "Unassign" : "Assign";
	full.target = group;
	json_t *entry = audits_entry(&full);
	json_object_set_new(entry, "member", json_string(user));
	bool fits = audits_put(commit, &audit, entry);
	json_decref(entry);
	return fits;
}

struct sp_address members_groups(struct sp_id tenant, struct sp_id user)
{
	return kinds_at_id(KIND_USER_GROUP, tenant, user);
}

struct sp_address members_users(struct sp_id tenant, struct sp_id group)
{
	return kinds_at_id(KIND_GROUP_USER, tenant, group);
}

bool members_read(const struct sp_record *record, struct sp_id *out_id)
{
	return kinds_id(record, sizeof(struct sp_id), out_id);
}
