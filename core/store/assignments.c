#include "store/assignments.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"
#include "base/pack.h"
#include "model/system.h"
#include "plugin/op.h"
#include "store/audits.h"
#include "store/kinds.h"

#define FORMAT 1u

struct sp_address assignments_at(struct sp_id user, struct sp_id id)
{
	return kinds_at_pair(KIND_ROLE_ASSIGNMENT, system_id, user, id);
}

struct sp_address assignments_of(struct sp_id user)
{
	return kinds_at_id(KIND_ROLE_ASSIGNMENT, system_id, user);
}

struct sp_address assignments_all(void)
{
	return kinds_at(KIND_ROLE_ASSIGNMENT, system_id, NULL, 0);
}

bool assignments_put(struct sp_records_commit *commit, const struct assignment *assignment,
    uint64_t expect)
{
	struct pack pack;

	pack_begin(&pack, op_arena(&commit->op), FORMAT);
	pack_text(&pack, assignment->role->id);
	pack_id(&pack, assignment->tenant);
	pack_signed(&pack, assignment->created);
	return kinds_put(commit, assignments_at(assignment->user, assignment->id),
	    pack_end(&pack), 0, expect);
}

void assignments_remove(struct sp_records_commit *commit, const struct assignment *assignment,
    uint64_t expect)
{
	kinds_remove(commit, assignments_at(assignment->user, assignment->id), expect);
}

bool assignments_read(const struct sp_record *record, struct assignment *out_assignment)
{
	struct assignment assignment = { .role = NULL };
	struct arena arena = { 0 };
	struct unpack unpack;

	if (record->revision == 0 || !kinds_id(record, 0, &assignment.user) ||
	    !kinds_id(record, sizeof(assignment.user), &assignment.id))
		return false;
	arena_init(&arena, NULL, 0);
	unpack_begin(&unpack, &arena, record->value, FORMAT);
	const char *role = unpack_text(&unpack);
	assignment.tenant = unpack_id(&unpack);
	assignment.created = unpack_signed(&unpack);
	if (unpack_ok(&unpack) && role != NULL)
		assignment.role = role_find(role);
	arena_done(&arena);
	if (assignment.role == NULL)
		return false;
	*out_assignment = assignment;
	return true;
}

bool assignments_whole(const struct assignment *assignment)
{
	return assignment->role == role_global() && id_zero(assignment->tenant);
}

bool assignments_tell(struct sp_records_commit *commit, const struct assignment *assignment,
    bool ends, const struct audit_act *act)
{
	struct audit audit = { .tenant = system_id, .id = id_ordered(act->now) };
	struct audit_act full = *act;
	char user[ID_TEXT], tenant[ID_TEXT];

	id_format(assignment->user, user);
	id_format(assignment->tenant, tenant);
	full.activity = ends ? "Remove member from role" : "Add member to role";
	full.verb = ends ? "Unassign" : "Assign";
	full.target = user;
	json_t *entry = audits_entry(&full);
	json_object_set_new(entry, "role", json_string(assignment->role->name));
	json_object_set_new(entry, "scope", json_string(id_zero(assignment->tenant) ? "/" : tenant));
	bool fits = audits_put(commit, &audit, entry);
	json_decref(entry);
	return fits;
}
