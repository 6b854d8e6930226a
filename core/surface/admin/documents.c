/* documents.c - applications, user flows, policies, methods, groups, the tenant, and apply */
#include "surface/admin/credentials.h"
#include "surface/admin/users.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/text.h"
#include "flow/edit.h"
#include "flow/etag.h"
#include "http/form.h"
#include "model/location.h"
#include "model/system.h"
#include "store/snapshot.h"
#include "surface/admin/caller.h"
#include "surface/admin/odata.h"

#include <string.h>

struct editing {
	struct edit edit;	/* first: its turn is what ends */
	struct exchange *ex;
	json_t *body;
	json_t *shown;		/* secrets made here, shown once */
};

enum document_kind admin_kind(const struct exchange *ex)
{
	return (enum document_kind)(ex->route->who >> 16);
}

/* What is kept of a secret is nobody's to read (attack E16). */
json_t *admin_served(struct exchange *ex, const json_t *document)
{
	json_t *copy = json_deep_copy(document), *one;
	size_t index;

	json_array_foreach(json_object_get(copy, "passwordCredentials"), index, one)
		json_object_del(one, "secretHash");
	location_show(copy);
	json_object_set_new(copy, "@odata.etag", json_string(etag_of(ex->arena, document)));
	return copy;
}

bool admin_edit_failed(struct exchange *ex, const struct edit *edit)
{
	switch (edit->outcome) {
	case EDIT_GOOD:
		return false;
	case EDIT_WRONG:
		admin_wrong(ex, &edit->plan.errors);
		break;
	case EDIT_ABSENT:
		admin_error(ex, 404, "ResourceNotFound", "There is no such object in this tenant.");
		break;
	case EDIT_STALE:
		admin_stale(ex);
		break;
	case EDIT_CONFLICT:
		admin_error(ex, 409, "ObjectConflict",
		    "Others kept changing this tenant at the same moment; nothing was changed. Try "
		    "again.");
		break;
	default:
		admin_unavailable(ex, "The store does not answer. Read again before you repeat "
		    "this.");
		break;
	}
	return true;
}

static void editing_over(struct editing *editing)
{
	struct exchange *ex = editing->ex;
	struct turn *turn = &editing->edit.turn;

	edit_done(&editing->edit);
	json_decref(editing->body);
	json_decref(editing->shown);
	if (turn->tenant != NULL)
		face_end(ex, turn);
}

static json_t *reply_list(const struct editing *editing)
{
	json_t *value = json_array(), *one;
	size_t index;

	json_array_foreach(editing->edit.plan.stored[editing->edit.kind], index, one)
		json_array_append_new(value, admin_served(editing->ex, one));
	return value;
}

static json_t *reply_apply(const struct editing *editing)
{
	const struct plan *plan = &editing->edit.plan;
	size_t users = json_array_size(json_object_get(editing->body, "users"));
	json_t *body = json_object();

	if (users > 0)
		json_array_append_new(plan->warnings, json_string(text_print(editing->ex->arena,
		    "users: the %zu of the document are not made by this request; POST each to "
		    "/users, as `sallyport apply` does", users)));

	json_object_set(body, "differences", plan->differences);
	json_object_set(body, "kept", plan->kept);
	json_object_set(body, "warnings", plan->warnings);
	json_object_set_new(body, "changes", json_integer((json_int_t)(plan->count +
	    plan->members)));
	json_object_set_new(body, "dryRun", json_boolean(editing->edit.dry_run));
	if (json_array_size(editing->shown) > 0 && !editing->edit.dry_run)
		json_object_set(body, "@sallyport.secrets", editing->shown);
	return body;
}

static json_t *reply_one(const struct editing *editing, const json_t *document)
{
	struct exchange *ex = editing->ex;
	json_t *body = admin_served(ex, document);

	json_object_set_new(body, "@odata.context", json_string(text_print(ex->arena,
	    "%s/$entity", odata_context(ex))));

	if (json_array_size(editing->edit.plan.warnings) > 0)
		json_object_set(body, "@sallyport.warnings", editing->edit.plan.warnings);
	if (editing->shown != NULL)
		json_object_set(body, "@sallyport.secrets", editing->shown);
	return body;
}

static void editing_reply(struct editing *editing)
{
	const struct edit *edit = &editing->edit;
	struct exchange *ex = editing->ex;
	size_t index;

	if (editing->edit.action == EDIT_APPLY) {
		face_json(ex, 200, reply_apply(editing));
	} else if (edit->action == EDIT_READ && edit->id == NULL) {
		admin_reply_all(ex, true, reply_list(editing));
	} else if (edit->action == EDIT_REMOVE) {
		admin_reply_gone(ex, edit->plan.warnings);
	} else {
		const json_t *document = edit->changed != NULL ? edit->changed :
		    plan_find(&edit->plan, edit->kind, edit->id, &index);
		if (document == NULL)
			admin_error(ex, 404, "ResourceNotFound",
			    "There is no such object in this tenant.");
		else if (reply_unchanged(ex, etag_of(ex->arena, document)) &&
		    edit->action == EDIT_READ)
			reply_send(ex);
		else
			admin_reply_one(ex, edit->action == EDIT_CREATE ? 201 : 200,
			    reply_one(editing, document));
	}
}

static void editing_finished(struct turn *turn, void *arg)
{
	struct editing *editing = arg;

	(void)turn;
	if (!admin_edit_failed(editing->ex, &editing->edit))
		editing_reply(editing);
	editing_over(editing);
}

static struct editing *editing_new(struct exchange *ex, enum edit_action action)
{
	struct editing *editing = arena_alloc(ex->arena, sizeof(*editing));
	struct edit *edit = &editing->edit;

	editing->ex = ex;
	if (!admin_begin(ex, &edit->turn, &edit->actor))
		return NULL;
	edit->action = action;
	edit->kind = admin_kind(ex);
	edit->tenant = edit->turn.tenant->id;
	edit->seen = action == EDIT_PATCH || action == EDIT_REMOVE ?
	    exchange_header(ex, "If-Match") : NULL;
	edit->turn.finished = editing_finished;
	edit->turn.arg = editing;
	return editing;
}

/* False: the body has been refused. */
static bool editing_body(struct editing *editing)
{
	struct exchange *ex = editing->ex;
	struct turn *turn = &editing->edit.turn;

	editing->body = admin_body(ex);
	editing->edit.body = editing->body;
	if (editing->body == NULL) {
		if (turn->tenant != NULL)
			face_end(ex, turn);
		return false;
	}
	return true;
}

void admin_list(struct exchange *ex)
{
	struct editing *editing = editing_new(ex, EDIT_READ);

	if (editing != NULL)
		edit_run(&editing->edit);
}

static const char *editing_id(const struct editing *editing)
{
	return editing->edit.kind == DOCUMENT_TENANT ? editing->edit.turn.tenant->id_text :
	    exchange_param(editing->ex, "id");
}

void admin_get(struct exchange *ex)
{
	struct editing *editing = editing_new(ex, EDIT_READ);

	if (editing == NULL)
		return;
	editing->edit.id = editing_id(editing);
	edit_run(&editing->edit);
}

static void editing_change(struct exchange *ex, enum edit_action action)
{
	struct editing *editing = editing_new(ex, action);

	if (editing == NULL)
		return;
	if (action == EDIT_PATCH)
		editing->edit.id = editing_id(editing);
	if (!editing_body(editing))
		return;
	if (action == EDIT_CREATE && editing->edit.kind == DOCUMENT_POLICY)
		editing->edit.body = editing->body = templates_fill(editing->body);
	editing->shown = json_array();
	const char *why = editing->edit.kind != DOCUMENT_APP ? NULL : credentials_take(ex,
	    editing->edit.turn.store, editing->body, editing->shown);
	if (why != NULL) {
		admin_error(ex, 400, "BadRequest", why);
		plan_begin(&editing->edit.plan, ex->arena, 0);
		editing_over(editing);
		return;
	}
	if (json_array_size(editing->shown) == 0) {
		json_decref(editing->shown);
		editing->shown = NULL;
	}
	if (action == EDIT_PATCH && editing->edit.kind == DOCUMENT_APP)
		editing->edit.revise = credentials_keep;
	edit_run(&editing->edit);
}

void admin_create(struct exchange *ex)
{
	editing_change(ex, EDIT_CREATE);
}

void admin_patch(struct exchange *ex)
{
	editing_change(ex, EDIT_PATCH);
}

void admin_remove(struct exchange *ex)
{
	struct editing *editing = editing_new(ex, EDIT_REMOVE);

	if (editing == NULL)
		return;
	editing->edit.id = exchange_param(ex, "id");
	edit_run(&editing->edit);
}

/* Apply: the tenant is the document's own; a new one is made. */

/* By the id that the document gives, else by its name; neither there: a new one. */
static bool apply_tenant(struct editing *editing)
{
	struct exchange *ex = editing->ex;
	struct edit *edit = &editing->edit;
	const json_t *tenant = json_object_get(editing->body, "tenant");
	const char *id = json_text(tenant, "id", NULL), *name = json_text(tenant, "name", NULL);
	const char *which = id != NULL ? id : name != NULL ? name : caller_tenant(ex);

	if (which == NULL && caller_may(ex, edit->tenant))
		admin_error(ex, 400, "TenantMissing", "tenant: the document names none, and neither "
		    "does the header Sallyport-Tenant.");
	if (which == NULL)
		return false;
	edit->turn.tenant = snapshot_hold(edit->turn.store, ex->loop, which);
	if (edit->turn.tenant != NULL) {
		edit->tenant = edit->turn.tenant->id;
		return true;
	}
	if (id != NULL && id_parse(id, &edit->tenant))
		return true;
	/* Whether it is there is told to whoever may in all of them. */
	if ((id != NULL || tenant == NULL) && !caller_may(ex, edit->tenant))
		return false;
	if (id != NULL || tenant == NULL) {
		admin_error(ex, 404, "TenantNotFound",
		    text_print(ex->arena, "There is no tenant '%s'.", which));
		return false;
	}
	char text[ID_TEXT];
	edit->tenant = id_random();
	id_format(edit->tenant, text);
	json_object_set_new((json_t *)(uintptr_t)tenant, "id", json_string(text));
	return true;
}

/* Ids and app ids of the applications that there are, and below "names" how they are called. */
static json_t *apply_known(const struct tenant *tenant)
{
	json_t *known = json_object(), *names = json_object();
	char id[ID_TEXT];

	for (size_t i = 0; tenant != NULL && i < tenant->app_count; i++) {
		const struct app *app = tenant->apps[i];
		id_format(app->id, id);
		json_object_set_new(known, id, json_true());
		json_object_set_new(known, app->client_id, json_true());
		json_object_set_new(names, app->display_name, json_true());
	}
	json_object_set_new(known, "names", names);
	return known;
}

/* As plan_apply() will find it: by one of its ids, else by its name. */
static bool apply_knows(const json_t *known, const json_t *wanted)
{
	static const char *const ids[] = { "id", "appId" };
	bool named = false;
	char text[ID_TEXT];
	struct sp_id id;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const char *given = json_text(wanted, ids[i], NULL);
		named = named || given != NULL;
		if (!id_parse(given, &id))
			continue;
		id_format(id, text);
		if (json_object_get(known, text) != NULL)
			return true;
	}
	return !named && json_object_get(json_object_get(known, "names"),
	    json_text(wanted, "displayName", "")) != NULL;
}

/* Secrets of apps that are there already are passed over, so that a second apply says the same.
 * NULL: fine. */
static const char *apply_secrets(struct editing *editing)
{
	json_t *known = apply_known(editing->edit.turn.tenant), *app;
	const char *why = NULL;
	size_t index;

	json_array_foreach(json_object_get(editing->body, "applications"), index, app) {
		if (apply_knows(known, app))
			json_object_del(app, "passwordCredentials");
		if (why == NULL)
			why = credentials_take(editing->ex, editing->edit.turn.store, app,
			    editing->shown);
	}
	json_decref(known);
	return why;
}

/* Users are requests of their own, so that a document of a million is no batch: whoever sends them
 * here is told so, and of what would be refused there, too. False: told. */
static bool apply_users(struct editing *editing)
{
	enum { WRONG_MOST = 100 };
	struct exchange *ex = editing->ex;
	struct document_errors errors = { .arena = ex->arena };
	json_t *users = json_object_get(editing->body, "users"), *one;
	struct sp_user user;
	size_t index;

	if (users != NULL && !json_is_array(users))
		document_wrong(&errors, "users", "InvalidType", "must be a list");
	json_array_foreach(users, index, one)
		if (errors.count < WRONG_MOST)
			(void)users_read(ex->arena, one, text_print(ex->arena, "users[%zu]", index),
			    &user, &errors);
	if (errors.count > 0)
		admin_wrong(ex, &errors);
	return errors.count == 0;
}

void admin_apply(struct exchange *ex)
{
	struct editing *editing = arena_alloc(ex->arena, sizeof(*editing));
	struct edit *edit = &editing->edit;

	editing->ex = ex;
	if (!admin_begin_server(ex, &edit->turn, &edit->actor) || !editing_body(editing))
		return;
	edit->action = EDIT_APPLY;
	edit->dry_run = admin_flag(ex, "dryRun");
	edit->prune = admin_flag(ex, "prune");
	edit->turn.finished = editing_finished;
	edit->turn.arg = editing;
	editing->shown = json_array();
	bool found = apply_tenant(editing) && caller_may(ex, edit->tenant) &&
	    apply_users(editing);
	const char *why = found ? apply_secrets(editing) : NULL;
	if (found && why == NULL) {
		edit_run(edit);
		return;
	}
	if (found)
		admin_error(ex, 400, "BadRequest", why);
	plan_begin(&edit->plan, ex->arena, 0);
	editing_over(editing);
}

void admin_tenants(struct exchange *ex)
{
	struct turn turn = { 0 };
	const char *actor;
	json_t *value = json_array();
	struct sp_id after = { { 0 } };
	const struct tenant *tenant;

	if (!admin_begin_server(ex, &turn, &actor)) {
		json_decref(value);
		return;
	}
	while ((tenant = snapshot_hold_next(turn.store, ex->loop, after)) != NULL) {
		json_t *one = json_object();
		json_object_set_new(one, "id", json_string(tenant->id_text));
		json_object_set_new(one, "name", json_string(tenant->name));
		json_object_set_new(one, "displayName", json_string(tenant->display_name));
		json_object_set_new(one, "builtIn", json_boolean(system_is(tenant->id)));
		json_array_append_new(value, one);
		after = tenant->id;
		snapshot_release(turn.store, ex->loop, tenant);
	}
	admin_reply_all(ex, true, value);
}
