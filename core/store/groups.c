#include "store/groups.h"

#include "base/arena.h"
#include "base/id.h"
#include "plugin/op.h"
#include "plugin/records.h"
#include "plugin/users.h"
#include "store/members.h"
#include "store/store.h"

#include <sallyport/users.h>
#include <string.h>

struct sp_op *groups_ask(const struct store *store, const struct loop *loop,
    const struct groups *groups)
{
	if (groups->records_whole)
		return &users_groups(store_seat(store, BINDING_USERS, loop), groups->tenant,
		    groups->user)->op;

	struct sp_records_list *list = list_new(store_seat(store, BINDING_RECORDS, loop),
	    members_groups(groups->tenant, groups->user), SP_LIST_MAX);
	if (groups->count > 0) {
		struct sp_id after[2] = { groups->user, groups->last };
		list->after.data = arena_copy(op_arena(&list->op), after, sizeof(after));
		list->after.size = sizeof(after);
	}
	return &list->op;
}

static void groups_add(struct groups *groups, struct sp_id id)
{
	if (groups->count == GROUP_MOST) {
		groups->many = true;
		return;
	}
	if (groups->count == groups->room) {
		size_t room = groups->room * 2 + 16;
		struct sp_id *ids = arena_alloc(groups->arena, room * sizeof(*ids));
		if (groups->count > 0)
			memcpy(ids, groups->ids, groups->count * sizeof(*ids));
		groups->ids = ids;
		groups->room = room;
	}
	groups->ids[groups->count++] = id;
}

static bool records_got(struct groups *groups, const struct sp_records_list *list)
{
	for (const struct sp_record *record = list->first; record != NULL; record = record->next) {
		if (!members_read(record, &groups->last))
			return false;
		groups_add(groups, groups->last);
	}
	groups->records_whole = list->count < list->limit || groups->many;
	groups->backend_whole = groups->many;
	return true;
}

/* REJECTED: the backend doesn't offer it, so it has no groups; likewise where it knows nothing
 * of the user. */
static bool backend_got(struct groups *groups, const struct sp_users_groups *answer,
    enum sp_status status)
{
	if (status != SP_OK && status != SP_REJECTED && status != SP_NOT_FOUND)
		return false;
	for (size_t i = 0; status == SP_OK && i < answer->count; i++)
		groups_add(groups, answer->groups[i]);
	groups->backend_whole = true;
	return true;
}

bool groups_got(struct groups *groups, const struct sp_op *answer, enum sp_status status)
{
	if (groups->records_whole)
		return backend_got(groups, (const struct sp_users_groups *)answer, status);
	return status == SP_OK && records_got(groups, (const struct sp_records_list *)answer);
}

bool groups_whole(const struct groups *groups)
{
	return groups->records_whole && groups->backend_whole;
}

bool groups_closed(const struct groups *groups, const struct tenant *tenant,
    struct sp_ids *out_all)
{
	size_t count = groups->many ? 0 : id_sort(groups->ids, groups->count);
	struct sp_ids direct = { count, groups->ids };

	return !groups->many && groups_whole(groups) &&
	    group_close(groups->arena, tenant->groups, tenant->group_count, direct, out_all);
}
