/* roles.c - who administers what, in Graph's shapes (entra.md 3.4) */
#include "surface/admin/governed.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/people.h"
#include "model/system.h"
#include "store/snapshot.h"

#include <string.h>

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

const char *governed_scope_text(struct arena *arena, struct sp_id tenant)
{
	char id[ID_TEXT];

	id_format(tenant, id);
	return id_zero(tenant) ? "/" : text_print(arena, "/tenants/%s", id);
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

struct listing {
	struct page page;	/* first: its turn is what ends */
	struct exchange *ex;
	governed_json_fn *json;
};

static void listing_finished(struct turn *turn, void *arg)
{
	struct listing *listing = arg;
	struct exchange *ex = listing->ex;
	json_t *value = json_array(), *one;

	(void)turn;
	for (size_t i = 0; listing->page.good && i < listing->page.count; i++)
		if ((one = listing->json(ex->arena, listing->page.records[i])) != NULL)
			json_array_append_new(value, one);
	admin_reply_all(ex, listing->page.good, value);
}

void governed_list(struct exchange *ex, struct sp_address all, size_t most,
    governed_json_fn *json)
{
	struct listing *listing = arena_alloc(ex->arena, sizeof(*listing));
	const char *actor;

	listing->ex = ex;
	listing->json = json;
	if (!admin_begin_server(ex, &listing->page.turn, &actor))
		return;
	listing->page.prefix = all;
	listing->page.limit = most;
	listing->page.turn.finished = listing_finished;
	listing->page.turn.arg = listing;
	page_run(&listing->page);
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

static void governed_finished(struct turn *turn, void *arg)
{
	static const struct { int status; const char *code, *message; } rows[] = {
		[GOVERNING_ABSENT] = { 404, "ResourceNotFound", "There is no such administrator, "
		    "assignment or token." },
		[GOVERNING_THERE] = { 409, "ObjectConflict", "This administrator has that role "
		    "already." },
		[GOVERNING_LAST] = { 409, "LastAdministrator", "Nobody would be left who can sign "
		    "in and administer everything: give that role to somebody else first." },
		[GOVERNING_CONFLICT] = { 409, "ObjectConflict", "Somebody else changed it at the "
		    "same moment; nothing was changed. Try again." },
		[GOVERNING_FULL] = { 409, "QuotaExceeded", "There are as many as there may be." },
	};
	struct governed *governed = arg;
	enum governing_outcome outcome = governed->governing.outcome;

	(void)turn;
	if (outcome == GOVERNING_GOOD) {
		governed->reply(governed);
	} else if (outcome == GOVERNING_UNAVAILABLE) {
		admin_unavailable(governed->ex, "The store does not answer. "
		    "Read again before you repeat this.");
	} else {
		admin_error(governed->ex, rows[outcome].status, rows[outcome].code,
		    rows[outcome].message);
	}
	json_decref(governed->body);
}

struct governed *governed_new(struct exchange *ex, enum governing_action action, bool body)
{
	struct governed *governed = arena_alloc(ex->arena, sizeof(*governed));
	struct governing *governing = &governed->governing;

	governed->ex = ex;
	governing->action = action;
	if (!admin_begin_server(ex, &governing->turn, &governing->actor))
		return NULL;
	if (body && (governed->body = admin_body(ex)) == NULL)
		return NULL;
	governing->turn.finished = governed_finished;
	governing->turn.arg = governed;
	return governed;
}

void governed_wrong(struct governed *governed, const char *message)
{
	admin_error(governed->ex, 400, "BadRequest", message);
	json_decref(governed->body);
}

void governed_gone(struct governed *governed)
{
	admin_reply_gone(governed->ex, NULL);
}

bool governed_scope(struct governed *governed, struct sp_id *out_tenant)
{
	static const char prefix[] = "/tenants/";
	struct exchange *ex = governed->ex;
	struct store *store = governed->governing.turn.store;
	const char *scope = json_text(governed->body, "directoryScopeId", "");
	struct sp_id id = { { 0 } };

	if (strcmp(scope, "/") == 0) {
		*out_tenant = id;
		return true;
	}
	bool named = strncmp(scope, prefix, sizeof(prefix) - 1) == 0 &&
	    id_parse(scope + sizeof(prefix) - 1, &id);
	const struct tenant *tenant = named ? snapshot_hold_id(store, ex->loop, id) : NULL;
	snapshot_release(store, ex->loop, tenant);
	if (tenant == NULL || system_is(id)) {
		governed_wrong(governed, "directoryScopeId must be \"/\", which is all tenants and "
		    "the server itself, or \"/tenants/{id}\" of a tenant of customers.");
		return false;
	}
	*out_tenant = id;
	return true;
}

bool governed_role(struct governed *governed, const struct role **out_role)
{
	const struct role *role = role_find(json_text(governed->body, "roleDefinitionId", ""));

	if (role == NULL)
		governed_wrong(governed, "roleDefinitionId is no role: see /roleManagement/directory/"
		    "roleDefinitions.");
	else
		*out_role = role;
	return role != NULL;
}

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
