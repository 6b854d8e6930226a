/* plan_apis.c - applications that name each other: whose an identifier is, and what is granted */
#include "model/plan_steps.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/shape.h"

#include <string.h>

/* By what a scope may name it: its appId, "api://" and that, its identifierUris. */
static void owns(struct plan *plan, json_t *owners, const char *name, const json_t *app)
{
	const char *other = json_text(json_object_get(owners, name), "appId", NULL);

	if (other != NULL && strcmp(other, json_text(app, "appId", "")) != 0)
		document_wrong(&plan->errors, "applications", "ObjectConflict",
		    "'%s' and '%s' would both be called '%s'",
		    json_text(json_object_get(owners, name), "displayName", ""),
		    json_text(app, "displayName", ""), name);
	json_object_set(owners, name, (json_t *)(uintptr_t)app);
}

static json_t *apis_owners(struct plan *plan, const json_t *apps)
{
	json_t *owners = json_object(), *app, *uri;
	size_t index, place;

	json_array_foreach(apps, index, app) {
		const char *id = json_text(app, "appId", "");
		owns(plan, owners, id, app);
		owns(plan, owners, text_print(plan->arena, "api://%s", id), app);
		json_array_foreach(json_object_get(app, "identifierUris"), place, uri)
			owns(plan, owners, json_string_value(uri), app);
	}
	return owners;
}

/* Granted what is not there is granted nothing: a warning, since the other may come later. */
static void warn_access(struct plan *plan, const json_t *owners, const json_t *app,
    const json_t *need)
{
	const char *name = json_text(app, "displayName", "");
	const char *id = json_text(need, "resourceAppId", "");
	const json_t *api = json_object_get(owners, id);
	size_t index;
	json_t *one;

	if (api == NULL)
		json_array_append_new(plan->warnings, json_string(text_print(plan->arena,
		    "applications '%s': requiredResourceAccess: there is no application %s", name,
		    id)));
	json_array_foreach(json_object_get(need, "resourceAccess"), index, one) {
		const char *right = json_text(one, "id", "");
		bool role = text_same(json_text(one, "type", ""), "Role");
		if (api != NULL && !plan_among(role ? json_object_get(api, "appRoles") :
		    shape_at(api, "api", "oauth2PermissionScopes", NULL), right))
			json_array_append_new(plan->warnings, json_string(text_print(plan->arena,
			    "applications '%s': requiredResourceAccess: '%s' has no %s %s", name,
			    json_text(api, "displayName", ""), role ? "role" : "scope", right)));
	}
}

static void warn_accesses(struct plan *plan, const json_t *owners, const json_t *app)
{
	size_t index;
	json_t *need;

	json_array_foreach(json_object_get(app, "requiredResourceAccess"), index, need)
		warn_access(plan, owners, app, need);
}

void plan_apis(struct plan *plan, const json_t *apps)
{
	json_t *owners = apis_owners(plan, apps);

	for (const struct plan_change *change = plan->first; change != NULL; change = change->next)
		if (change->kind == DOCUMENT_APP)
			warn_accesses(plan, owners, change->new);
	json_decref(owners);
}
