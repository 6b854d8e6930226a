#include "store/members.h"

#include "plugin/op.h"
#include "store/kinds.h"

struct sp_address members_at(const struct member *member)
{
	return kinds_at_pair(KIND_USER_GROUP, member->tenant, member->user, member->group);
}

static struct sp_address member_back(const struct member *member)
{
	return kinds_at_pair(KIND_GROUP_USER, member->tenant, member->group, member->user);
}

void members_put(struct sp_records_commit *commit, const struct member *member)
{
	(void)kinds_put(commit, members_at(member), (struct sp_bytes){ NULL, 0 }, 0, SP_ANY);
	(void)kinds_put(commit, member_back(member), (struct sp_bytes){ NULL, 0 }, 0, SP_ANY);
}

void members_remove(struct sp_records_commit *commit, const struct member *member)
{
	kinds_remove(commit, members_at(member), SP_ANY);
	kinds_remove(commit, member_back(member), SP_ANY);
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
