#include "surface/admin/governed.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/people.h"
#include "model/system.h"
#include "store/snapshot.h"
#include "surface/admin/caller.h"

#include <string.h>

const char *governed_scope_text(struct arena *arena, struct sp_id tenant)
{
	char id[ID_TEXT];

	id_format(tenant, id);
	return id_zero(tenant) ? "/" : text_print(arena, "/tenants/%s", id);
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
	if (ex->caller != NULL)
		governing->user = ((const struct caller *)ex->caller)->user;
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
