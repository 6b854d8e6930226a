/* roles.c - who administers what, in Graph's shapes (entra.md 3.4) */
#include "surface/admin/governed.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"

static json_t *definition(const struct role *role)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "id", role->id, "templateId", role->id,
	    "displayName", role->name, "description", role->description, "isBuiltIn", 1,
	    "isEnabled", 1);
}

void admin_role_definitions(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;

	if (!admin_begin_server(ex, &turn, &actor))
		return;
	json_t *value = json_array();
	for (const struct role *role = roles; role->id != NULL; role++)
		json_array_append_new(value, definition(role));
	admin_reply_all(ex, true, value);
}

void admin_role_definition(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;

	if (!admin_begin_server(ex, &turn, &actor))
		return;
	const struct role *role = role_find(exchange_param(ex, "id"));
	if (role == NULL)
		admin_error(ex, 404, "ResourceNotFound", "There is no such role.");
	else
		face_json(ex, 200, definition(role));
}

static json_t *assignment_json(struct arena *arena, const struct assignment *assignment)
{
	char id[ID_TEXT], user[ID_TEXT];

	id_format(assignment->id, id);
	id_format(assignment->user, user);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", id, "principalId", user,
	    "roleDefinitionId", assignment->role->id, "roleDisplayName", assignment->role->name,
	    "directoryScopeId", governed_scope_text(arena, assignment->tenant));
}

static json_t *assignment_listed(struct arena *arena, const struct sp_record *record)
{
	struct assignment one;

	return assignments_read(record, &one) ? assignment_json(arena, &one) : NULL;
}

void admin_role_assignments(struct exchange *ex)
{
	governed_list(ex, assignments_all(), ASSIGNMENTS_MOST, assignment_listed);
}

/* Changes. */

static void assigned_reply(struct governed *governed)
{
	face_json(governed->ex, 201, assignment_json(governed->ex->arena,
	    &governed->governing.assignment));
}

void admin_role_assign(struct exchange *ex)
{
	struct governed *governed = governed_new(ex, GOVERNING_ASSIGN, true);

	if (governed == NULL)
		return;
	struct assignment *assignment = &governed->governing.assignment;
	governed->reply = assigned_reply;
	if (!id_parse(json_text(governed->body, "principalId", NULL), &assignment->user))
		governed_wrong(governed, "principalId must be the id of a user of the tenant of "
		    "administrators.");
	else if (governed_role(governed, &assignment->role) &&
	    governed_scope(governed, &assignment->tenant))
		governing_run(&governed->governing);
}

void admin_role_unassign(struct exchange *ex)
{
	struct governed *governed = governed_new(ex, GOVERNING_UNASSIGN, false);

	if (governed == NULL)
		return;
	governed->reply = governed_gone;
	if (id_parse(exchange_param(ex, "id"), &governed->governing.assignment.id))
		governing_run(&governed->governing);
	else
		admin_error(ex, 404, "ResourceNotFound", "There is no such assignment.");
}
